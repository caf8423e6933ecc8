// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for the planning of BAR mappings of DesignWare endpoints
 *
 * dw_pcie_ep_ib_plan() gets the windows that are in use and the ranges that are
 * wanted, and says which window does what. Invariant: a window of another BAR
 * is never touched, one whose content is wanted is left alone, no window is
 * given away twice, and the one that refuses comes after all others.
 */

#include <kunit/test.h>

#include "../pcie-designware.h"
#include "../pcie-designware-ep-ib.h"

#define BASE	0x80000000ULL
#define NUM	4

/* A window of BAR 2, function 0, in Address Match Mode unless said otherwise */
#define RANGE(_off, _size, _target)					\
	{ .base = BASE, .offset = (_off), .size = (_size), .target = (_target) }
#define BAR_RANGE(_size, _target)					\
	{ .size = (_size), .target = (_target), .bar_match = true }
#define REFUSAL								\
	{ .size = 0x4000, .bar_match = true, .refuse = true }
#define WIN(...)							\
	{ .busy = true, .bar = BAR_2, .range = __VA_ARGS__ }
#define OTHER								\
	{ .busy = true, .bar = BAR_0, .range = BAR_RANGE(0x1000, 0x1000) }
#define STEP(...)							\
	{ .range = __VA_ARGS__, .index = ~0 }
#define KEEP	DW_PCIE_EP_IB_KEEP
#define NEW	DW_PCIE_EP_IB_NEW
#define REUSE	DW_PCIE_EP_IB_REUSE

struct plan_case {
	const char *name;
	struct dw_pcie_ep_ib_win wins[NUM];
	struct dw_pcie_ep_ib_step steps[NUM];
	unsigned int num_steps;
	int ret;
	struct {
		unsigned int index;
		enum dw_pcie_ep_ib_action action;
	} want[NUM];
};

static const struct plan_case plan_cases[] = {
	{
		.name = "first mapping takes the first free window",
		.wins = { OTHER },
		.steps = { STEP(BAR_RANGE(0x4000, 0x10000)) },
		.num_steps = 1,
		.want = { { 1, NEW } },
	}, {
		.name = "same again is kept",
		.wins = { OTHER, WIN(BAR_RANGE(0x4000, 0x10000)) },
		.steps = { STEP(BAR_RANGE(0x4000, 0x10000)) },
		.num_steps = 1,
		.want = { { 1, KEEP } },
	}, {
		.name = "same ranges in another order of windows are kept",
		.wins = { WIN(RANGE(0x2000, 0x2000, 0x20000)),
			  WIN(RANGE(0, 0x2000, 0x10000)) },
		.steps = { STEP(RANGE(0, 0x2000, 0x10000)),
			   STEP(RANGE(0x2000, 0x2000, 0x20000)) },
		.num_steps = 2,
		.want = { { 1, KEEP }, { 0, KEEP } },
	}, {
		.name = "new target reuses the window, neighbour is kept",
		.wins = { WIN(RANGE(0, 0x2000, 0x10000)),
			  WIN(RANGE(0x2000, 0x2000, 0x20000)) },
		.steps = { STEP(RANGE(0, 0x2000, 0x30000)),
			   STEP(RANGE(0x2000, 0x2000, 0x20000)) },
		.num_steps = 2,
		.want = { { 0, REUSE }, { 1, KEEP } },
	}, {
		.name = "swapped targets reuse both windows",
		.wins = { WIN(RANGE(0, 0x2000, 0x10000)),
			  WIN(RANGE(0x2000, 0x2000, 0x20000)) },
		.steps = { STEP(RANGE(0, 0x2000, 0x20000)),
			   STEP(RANGE(0x2000, 0x2000, 0x10000)) },
		.num_steps = 2,
		.want = { { 0, REUSE }, { 1, REUSE } },
	}, {
		.name = "BAR that the host moved reuses its windows",
		.wins = { WIN({ .base = BASE + 0x100000, .size = 0x4000,
				.target = 0x10000 }) },
		.steps = { STEP(RANGE(0, 0x4000, 0x10000)) },
		.num_steps = 1,
		.want = { { 0, REUSE } },
	}, {
		.name = "split makes before it breaks",
		.wins = { WIN(BAR_RANGE(0x4000, 0x10000)) },
		.steps = { STEP(RANGE(0, 0x2000, 0x10000)),
			   STEP(RANGE(0x2000, 0x2000, 0x20000)) },
		.num_steps = 2,
		.want = { { 1, NEW }, { 2, NEW } },
	}, {
		.name = "last free window goes to the range that stays mapped",
		.wins = { WIN(BAR_RANGE(0x4000, 0x10000)), OTHER, OTHER },
		.steps = { STEP(RANGE(0, 0x2000, 0x20000)),
			   STEP(RANGE(0x2000, 0x2000, 0x12000)) },
		.num_steps = 2,
		.want = { { 0, REUSE }, { 3, NEW } },
	}, {
		.name = "window that nothing depends on goes first",
		.wins = { WIN(RANGE(0, 0x2000, 0x10000)),
			  WIN(RANGE(0x2000, 0x2000, 0x20000)), OTHER, OTHER },
		.steps = { STEP(RANGE(0, 0x1000, 0x10000)) },
		.num_steps = 1,
		.want = { { 1, REUSE } },
	}, {
		.name = "every old window can be reused",
		.wins = { WIN(BAR_RANGE(0x4000, 0x10000)), OTHER, OTHER, OTHER },
		.steps = { STEP(RANGE(0, 0x4000, 0x10000)) },
		.num_steps = 1,
		.want = { { 0, REUSE } },
	}, {
		.name = "too few windows",
		.wins = { WIN(BAR_RANGE(0x4000, 0x10000)), OTHER, OTHER, OTHER },
		.steps = { STEP(RANGE(0, 0x2000, 0x10000)),
			   STEP(RANGE(0x2000, 0x2000, 0x20000)) },
		.num_steps = 2,
		.ret = -ENOSPC,
	}, {
		.name = "same BAR of another function is not ours",
		.wins = { { .busy = true, .func_no = 1, .bar = BAR_2,
			    .range = BAR_RANGE(0x4000, 0x10000) } },
		.steps = { STEP(BAR_RANGE(0x4000, 0x10000)) },
		.num_steps = 1,
		.want = { { 1, NEW } },
	}, {
		.name = "two equal ranges never share a window",
		.wins = { WIN(RANGE(0, 0x2000, 0x10000)) },
		.steps = { STEP(RANGE(0, 0x2000, 0x10000)),
			   STEP(RANGE(0, 0x2000, 0x10000)) },
		.num_steps = 2,
		.want = { { 0, KEEP }, { 1, NEW } },
	}, {
		.name = "refusal takes the last window",
		.steps = { STEP(REFUSAL) },
		.num_steps = 1,
		.want = { { 3, NEW } },
	}, {
		.name = "refusal takes the place of the whole BAR's window",
		.wins = { OTHER, WIN(BAR_RANGE(0x4000, 0x10000)) },
		.steps = { STEP(REFUSAL) },
		.num_steps = 1,
		.want = { { 1, REUSE } },
	}, {
		.name = "the whole BAR takes the place of its refusal",
		.wins = { WIN(RANGE(0, 0x2000, 0x10000)), OTHER, WIN(REFUSAL) },
		.steps = { STEP(BAR_RANGE(0x4000, 0x10000)) },
		.num_steps = 1,
		.want = { { 2, REUSE } },
	}, {
		.name = "refusal comes after what is mapped",
		.wins = { WIN(BAR_RANGE(0x4000, 0x10000)) },
		.steps = { STEP(RANGE(0, 0x2000, 0x10000)),
			   STEP(RANGE(0x2000, 0x1000, 0x20000)), STEP(REFUSAL) },
		.num_steps = 3,
		.want = { { 1, NEW }, { 2, NEW }, { 3, NEW } },
	}, {
		.name = "refusal stays where it is",
		.wins = { OTHER, WIN(RANGE(0, 0x2000, 0x10000)), WIN(REFUSAL) },
		.steps = { STEP(RANGE(0, 0x2000, 0x20000)), STEP(REFUSAL) },
		.num_steps = 2,
		.want = { { 1, REUSE }, { 2, KEEP } },
	}, {
		.name = "refusal moves out of the way",
		.wins = { WIN(RANGE(0, 0x2000, 0x10000)), WIN(REFUSAL), OTHER },
		.steps = { STEP(RANGE(0, 0x2000, 0x10000)),
			   STEP(RANGE(0x2000, 0x1000, 0x20000)), STEP(REFUSAL) },
		.num_steps = 3,
		.want = { { 0, KEEP }, { 1, REUSE }, { 3, NEW } },
	}, {
		.name = "too few windows with the refusal",
		.wins = { WIN(RANGE(0, 0x2000, 0x10000)), WIN(REFUSAL), OTHER, OTHER },
		.steps = { STEP(RANGE(0, 0x2000, 0x10000)),
			   STEP(RANGE(0x2000, 0x1000, 0x20000)), STEP(REFUSAL) },
		.num_steps = 3,
		.ret = -ENOSPC,
	}, {
		.name = "nothing wanted is no error",
		.wins = { OTHER, OTHER, OTHER, OTHER },
	},
};

KUNIT_ARRAY_PARAM_DESC(plan, plan_cases, name);

static void plan_test(struct kunit *test)
{
	const struct plan_case *c = test->param_value;
	struct dw_pcie_ep_ib_step steps[NUM];
	unsigned int i;
	int ret;

	memcpy(steps, c->steps, sizeof(steps));
	ret = dw_pcie_ep_ib_plan(c->wins, NUM, 0, BAR_2, steps, c->num_steps);
	KUNIT_ASSERT_EQ(test, ret, c->ret);

	for (i = 0; !ret && i < c->num_steps; i++) {
		KUNIT_EXPECT_EQ_MSG(test, steps[i].index, c->want[i].index,
				    "step %u", i);
		KUNIT_EXPECT_EQ_MSG(test, steps[i].action, c->want[i].action,
				    "step %u", i);
	}
}

static struct kunit_case plan_test_cases[] = {
	KUNIT_CASE_PARAM(plan_test, plan_gen_params),
	{ }
};

static struct kunit_suite plan_test_suite = {
	.name = "dw_pcie_ep_ib_plan",
	.test_cases = plan_test_cases,
};

kunit_test_suite(plan_test_suite);

MODULE_DESCRIPTION("KUnit tests for the planning of DesignWare endpoint BAR mappings");
MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
MODULE_LICENSE("GPL");
