// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of when an endpoint's DMA channels exist on the host
 *
 * The invariant: there is a device only while both sides say that the link is up,
 * and its driver is unbound before anybody is told that the link goes down.
 */

#include <linux/auxiliary_bus.h>
#include <linux/device.h>
#include <linux/seq_file.h>
#include <linux/string.h>

#include "dma_fixture.h"

/* An NTB works without, and says why; the next LINK_UP tries again */
static void create_fails_test(struct kunit *test)
{
	struct dma_ctx *ctx = test->priv;

	ntb_epf_dma_set_irqs(&ctx->dma, 16, 20);
	ctx->dma.dev = NULL;
	dma_link_enable(ctx);
	ctx->dma.dev = ctx->dev;
	KUNIT_EXPECT_NULL(test, ctx->dma.child);
	KUNIT_EXPECT_EQ(test, -EINVAL, ctx->dma.error);
	KUNIT_EXPECT_TRUE(test, ntb_epf_dma_link_is_up(&ctx->dma));

	ntb_epf_dma_link_down(&ctx->dma);
	dma_link_enable(ctx);
	KUNIT_EXPECT_NOT_NULL(test, ctx->dma.child);
	KUNIT_EXPECT_EQ(test, 0, ctx->dma.error);
}

/* The device stays: another driver may be loaded */
static void probe_fails_test(struct kunit *test)
{
	struct dma_ctx *ctx;

	dma_seen.probe_ret = -ENODEV;
	ctx = dma_up(test);
	KUNIT_EXPECT_NULL(test, ctx->dma.child->dev.driver);
	ntb_epf_dma_link_down(&ctx->dma);
	KUNIT_EXPECT_NULL(test, ctx->dma.child);
	KUNIT_EXPECT_EQ(test, 0, dma_seen.removes);
}

static void down_order_test(struct kunit *test)
{
	struct dma_ctx *ctx = dma_up(test);

	KUNIT_EXPECT_TRUE(test, ntb_epf_dma_link_is_up(&ctx->dma));
	dma_seen.link_up_at_remove = true;
	ntb_epf_dma_link_down(&ctx->dma);

	/* The endpoint has heard nothing yet */
	KUNIT_EXPECT_TRUE(test, ctx->peer_up);
	KUNIT_EXPECT_EQ(test, 1, dma_seen.removes);
	KUNIT_EXPECT_FALSE(test, dma_seen.link_up_at_remove);
	KUNIT_EXPECT_NULL(test, ctx->dma.child);
	KUNIT_EXPECT_FALSE(test, ntb_epf_dma_link_is_up(&ctx->dma));

	ntb_epf_dma_link_down(&ctx->dma);
	KUNIT_EXPECT_EQ(test, 1, dma_seen.removes);
}

static void cycles_test(struct kunit *test)
{
	struct dma_ctx *ctx = dma_up(test);
	int id = ctx->dma.child->id;
	int i;

	for (i = 2; i <= 200; i++) {
		ntb_epf_dma_link_down(&ctx->dma);
		dma_link_enable(ctx);
		KUNIT_ASSERT_NOT_NULL(test, ctx->dma.child);
		KUNIT_ASSERT_EQ(test, id, ctx->dma.child->id);
		KUNIT_ASSERT_EQ(test, i, dma_seen.probes);
	}
}

/* LINK_UP twice: one device */
static void up_twice_test(struct kunit *test)
{
	struct dma_ctx *ctx = dma_up(test);

	ntb_epf_dma_link_up(&ctx->dma);
	KUNIT_EXPECT_EQ(test, 1, dma_seen.probes);
}

/* The endpoint interrupts: only if it says that the link is down it is */
static void event_test(struct kunit *test)
{
	struct dma_ctx *ctx = dma_up(test);

	dma_event(ctx);
	KUNIT_EXPECT_NOT_NULL(test, ctx->dma.child);

	ctx->peer_up = false;
	dma_event(ctx);
	KUNIT_EXPECT_NULL(test, ctx->dma.child);
	KUNIT_EXPECT_EQ(test, 1, dma_seen.removes);

	/* Neither does it come back by itself, nor is LINK_DOWN confused */
	ctx->peer_up = true;
	dma_event(ctx);
	KUNIT_EXPECT_NULL(test, ctx->dma.child);
	ntb_epf_dma_link_down(&ctx->dma);
	KUNIT_EXPECT_EQ(test, 1, dma_seen.removes);
}

/* The link went down again, on either side, before LINK_UP was dealt with */
static void late_test(struct kunit *test)
{
	struct dma_ctx *ctx = test->priv;

	ntb_epf_dma_set_irqs(&ctx->dma, 16, 20);
	ctx->peer_up = true;
	ntb_epf_dma_link_up(&ctx->dma);
	KUNIT_EXPECT_NULL(test, ctx->dma.child);

	ctx->dma.link_up = true;
	ctx->peer_up = false;
	ntb_epf_dma_link_up(&ctx->dma);
	KUNIT_EXPECT_NULL(test, ctx->dma.child);
	KUNIT_EXPECT_EQ(test, 0, dma_seen.probes);
}

static void exit_test(struct kunit *test)
{
	struct dma_ctx *ctx = dma_up(test);

	ntb_epf_dma_exit(&ctx->dma);
	KUNIT_EXPECT_NULL(test, ctx->dma.child);
	KUNIT_EXPECT_EQ(test, 1, dma_seen.removes);

	/* Interrupts still come, and a client could be late */
	ntb_epf_dma_link_event(&ctx->dma);
	KUNIT_EXPECT_FALSE(test, work_busy(&ctx->dma.work));
	dma_link_enable(ctx);
	KUNIT_EXPECT_NULL(test, ctx->dma.child);

	ntb_epf_dma_exit(&ctx->dma);
	KUNIT_EXPECT_EQ(test, 1, dma_seen.removes);
}

static void irqs_test(struct kunit *test)
{
	static const struct {
		u32 abi, chans, slots, vectors, base, count, arg;
	} c[] = {
		{ 1, 4, 16, 20, 16, 4, VNTB_LINK_UP_ARG_DMA_V1 },
		{ 1, 4, 16, 32, 16, 4, VNTB_LINK_UP_ARG_DMA_V1 },
		{ 1, 4, 16, 17, 16, 1, VNTB_LINK_UP_ARG_DMA_V1 },
		{ 1, 8, 16, 32, 16, 8, VNTB_LINK_UP_ARG_DMA_V1 },
		{ 1, 4, 16, 16, 16, 0, 0 },
		{ 1, 4, 32, 32, 32, 0, 0 },
		{ 1, 4, 16, 8, 16, 0, 0 },
		{ 0, 0, 16, 20, 16, 0, 0 },
	};
	struct dma_ctx *ctx = test->priv;
	int i;

	for (i = 0; i < ARRAY_SIZE(c); i++) {
		ctx->layout.dma_abi = c[i].abi;
		ctx->layout.dma_num_chans = c[i].chans;
		ntb_epf_dma_set_irqs(&ctx->dma, c[i].slots, c[i].vectors);
		KUNIT_EXPECT_EQ_MSG(test, c[i].base, ctx->dma.irq_base, "case %d", i);
		KUNIT_EXPECT_EQ_MSG(test, c[i].count, ctx->dma.irq_count, "case %d", i);
		KUNIT_EXPECT_EQ_MSG(test, c[i].arg, ntb_epf_dma_link_arg(&ctx->dma),
				    "case %d", i);
	}

	/* Nobody has announced anything: no device even if the link is up */
	dma_link_enable(ctx);
	KUNIT_EXPECT_EQ(test, 0, dma_seen.probes);
}

static void info_expect(struct kunit *test, const char *expected)
{
	struct dma_ctx *ctx = test->priv;
	struct seq_file s = { .size = 1024 };

	s.buf = kunit_kzalloc(test, s.size, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, s.buf);
	ntb_epf_info_show(&s, &ctx->dma);
	KUNIT_ASSERT_LT(test, s.count, s.size);
	KUNIT_EXPECT_TRUE_MSG(test, strstr(s.buf, expected), "no '%s' in:\n%s", expected,
			      s.buf);
}

/* For each state the reason why there is a device or none */
static void info_test(struct kunit *test)
{
	static const char refused[] =
		"reason: DMA slice refused: dma_bar 0x3, allowed 0x0 - 0x5 (not a memory BAR)\n";
	struct dma_ctx *ctx = test->priv;
	struct ntb_epf_layout layout = ctx->layout;

	memset(&ctx->layout, 0, sizeof(ctx->layout));
	info_expect(test, "layout: legacy\n");
	info_expect(test, "child: none\nreason: the endpoint has the control block of old\n");

	ctx->issue = (struct ntb_epf_ctrl_issue) { "revision", 0, 1, U32_MAX, NULL };
	info_expect(test, "reason: extension refused: revision 0x0, allowed 0x1 - 0xffffffff\n");

	ctx->layout.extended = true;
	ctx->issue = (struct ntb_epf_ctrl_issue) { "dma_bar", 3, 0, 5, "not a memory BAR" };
	info_expect(test, refused);

	memset(&ctx->issue, 0, sizeof(ctx->issue));
	info_expect(test, "dma_abi: 0\n");
	info_expect(test, "reason: the endpoint lends no channels\n");

	ctx->layout = layout;
	ntb_epf_dma_set_irqs(&ctx->dma, 16, 16);
	info_expect(test, "reason: 16 interrupt vectors, needed 17 - 20\n");

	ntb_epf_dma_set_irqs(&ctx->dma, 16, 20);
	info_expect(test,
		    "dma_irqs: 4 from 16\nlink: down\nchild: none\nreason: the link is down\n");

	dma_seen.probe_ret = -ENODEV;
	dma_link_enable(ctx);
	info_expect(test, "link: up\nchild: ntb_hw_epf.ep_dma_v1.");
	info_expect(test, "driver: none");
	ntb_epf_dma_link_down(&ctx->dma);

	dma_seen.probe_ret = 0;
	dma_link_enable(ctx);
	info_expect(test, "driver: ");
	info_expect(test, ".kunit\n");

	ctx->peer_up = false;
	dma_event(ctx);
	info_expect(test, "link: down\nchild: none\nreason: the endpoint took the link down\n");
}

static struct kunit_case dma_test_cases[] = {
	KUNIT_CASE(create_fails_test),
	KUNIT_CASE(probe_fails_test),
	KUNIT_CASE(down_order_test),
	KUNIT_CASE(cycles_test),
	KUNIT_CASE(up_twice_test),
	KUNIT_CASE(event_test),
	KUNIT_CASE(late_test),
	KUNIT_CASE(exit_test),
	KUNIT_CASE(irqs_test),
	KUNIT_CASE(info_test),
	{}
};

static struct kunit_suite dma_test_suite = {
	.name = "ntb-epf-dma",
	.init = dma_init,
	.test_cases = dma_test_cases,
};

kunit_test_suite(dma_test_suite);

MODULE_DESCRIPTION("KUnit tests of the device for DMA channels of an NTB endpoint");
MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
MODULE_LICENSE("GPL");
