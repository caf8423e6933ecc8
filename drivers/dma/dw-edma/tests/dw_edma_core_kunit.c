// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the dw-edma core: what it takes from its chip and its hardware
 *
 * The invariant: values that no working hardware has (a list without room, an
 * unanswered read, a channel that never stops) cost an error in bounded time,
 * never a write outside the list nor a transfer that "succeeds".
 */

#include <linux/jiffies.h>

#include "dw_edma_fake.h"
#include "../dw-hdma-v0-regs.h"

#define RUNNING(fake, dir, ch)	\
	(*dw_edma_fake_control1(fake, dir, ch) |= FAKE_CS_RUNNING)

struct ll_size {
	size_t size;
	int ret;
};

static const struct ll_size ll_sizes[] = {
	{ 0, -EINVAL },
	{ 1, -EINVAL },
	{ EDMA_LL_SZ - 1, -EINVAL },
	{ EDMA_LL_SZ, -EINVAL },
	{ 2 * EDMA_LL_SZ - 1, -EINVAL },
	{ 2 * EDMA_LL_SZ, 0 },
	{ FAKE_LL_SZ, 0 },
};

static void ll_size_desc(const struct ll_size *p, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%zu bytes", p->size);
}

KUNIT_ARRAY_PARAM(ll_size, ll_sizes, ll_size_desc);

/* A list needs room for one element and the link, else the probe fails */
static void ll_size_test(struct kunit *test)
{
	const struct ll_size *p = test->param_value;
	struct dw_edma_fake *fake;

	fake = dw_edma_fake_create(test, DW_EDMA_CHIP_LOCAL, 1, 1, 1);
	fake->chip.ll_region_rd[0].sz = p->size;

	KUNIT_ASSERT_EQ(test, p->ret, dw_edma_probe(&fake->chip));
	if (p->ret)
		return;
	KUNIT_EXPECT_EQ(test, p->size / EDMA_LL_SZ - 1,
			dw_edma_fake_chan(fake, EDMA_DIR_READ, 0)->ll_max);
}

/* The tests below can only be trusted if a good completion is seen as one */
static void done_test(struct kunit *test)
{
	struct dw_edma_fake *fake =
		dw_edma_fake_probed(test, DW_EDMA_CHIP_PARTIAL, 1, 1, 1);
	struct dma_chan *dchan = dw_edma_fake_get(fake, EDMA_DIR_READ, 0);
	struct dw_edma_fake_client client;

	KUNIT_ASSERT_NOT_NULL(test, dchan);
	dw_edma_fake_submit(test, dchan, &client);
	dma_async_issue_pending(dchan);

	fake->regs->rd_int_status = BIT(0);
	dw_edma_fake_irq(fake, 0);
	fake->regs->rd_int_status = 0;

	KUNIT_EXPECT_TRUE(test, dw_edma_fake_called(&client));
	KUNIT_EXPECT_EQ(test, DMA_TRANS_NOERROR, client.result.result);
	KUNIT_EXPECT_EQ(test, BIT(0), fake->regs->rd_int_clear);
	dma_release_channel(dchan);
}

/* A link that does not answer completes nothing, neither well nor badly */
static void status_all_ones_test(struct kunit *test)
{
	struct dw_edma_fake *fake = dw_edma_fake_probed(test, 0, 1, 1, 1);
	struct dma_chan *dchan = dw_edma_fake_get(fake, EDMA_DIR_READ, 0);
	struct dw_edma_fake_client client;

	KUNIT_ASSERT_NOT_NULL(test, dchan);
	dw_edma_fake_submit(test, dchan, &client);
	dma_async_issue_pending(dchan);
	fake->regs->rd_int_clear = 0;

	fake->regs->rd_int_status = ~0;
	dw_edma_fake_irq(fake, 0);
	fake->regs->rd_int_status = 0;

	KUNIT_EXPECT_FALSE(test, dw_edma_fake_called(&client));
	KUNIT_EXPECT_EQ(test, 0, fake->regs->rd_int_clear);
	KUNIT_EXPECT_EQ(test, DMA_IN_PROGRESS,
			dma_async_is_tx_complete(dchan, client.cookie, NULL, NULL));
	dma_release_channel(dchan);
}

/* How long it takes to get rid of a busy channel whose state reads as @state */
static unsigned int release_ms(struct kunit *test, u32 state)
{
	struct dw_edma_fake *fake = dw_edma_fake_probed(test, 0, 1, 1, 1);
	struct dma_chan *dchan = dw_edma_fake_get(fake, EDMA_DIR_READ, 0);
	struct dw_edma_fake_client client;
	unsigned long start;

	KUNIT_ASSERT_NOT_NULL(test, dchan);
	dw_edma_fake_submit(test, dchan, &client);
	dma_async_issue_pending(dchan);
	*dw_edma_fake_control1(fake, EDMA_DIR_READ, 0) = state;

	start = jiffies;
	dma_release_channel(dchan);
	KUNIT_EXPECT_EQ(test, 0, client.calls);

	/* And it can be had again */
	dchan = dw_edma_fake_get(fake, EDMA_DIR_READ, 0);
	if (state == FAKE_CS_RUNNING)
		KUNIT_EXPECT_NULL(test, dchan);
	else
		KUNIT_EXPECT_NOT_NULL(test, dchan);
	if (dchan)
		dma_release_channel(dchan);

	return jiffies_to_msecs(jiffies - start);
}

static void terminate_all_ones_test(struct kunit *test)
{
	KUNIT_EXPECT_LT(test, release_ms(test, ~0), 500);
}

static void terminate_halted_test(struct kunit *test)
{
	KUNIT_EXPECT_LT(test, release_ms(test, FAKE_CS_HALTED), 500);
}

/* One second of grace, and what it takes to see that it cannot be stopped */
static void terminate_stuck_test(struct kunit *test)
{
	KUNIT_EXPECT_LT(test, release_ms(test, FAKE_CS_RUNNING), 2000);
}

/* A stuck channel is told to stop, it alone, and comes back when it has */
static void stuck_recovers_test(struct kunit *test)
{
	struct dw_edma_fake *fake = dw_edma_fake_probed(test, 0, 1, 2, 1);
	struct dma_chan *dchan = dw_edma_fake_get(fake, EDMA_DIR_READ, 1);
	struct dw_edma_fake_client client;

	KUNIT_ASSERT_NOT_NULL(test, dchan);
	dw_edma_fake_submit(test, dchan, &client);
	dma_async_issue_pending(dchan);
	RUNNING(fake, EDMA_DIR_READ, 1);
	dma_release_channel(dchan);

	KUNIT_EXPECT_EQ(test, EDMA_V0_DOORBELL_STOP | 1, fake->regs->rd_doorbell);
	KUNIT_EXPECT_EQ(test, 1, fake->regs->rd_engine_en);
	KUNIT_EXPECT_NULL(test, dw_edma_fake_get(fake, EDMA_DIR_READ, 1));

	*dw_edma_fake_control1(fake, EDMA_DIR_READ, 1) = FAKE_CS_STOPPED;
	fake->regs->rd_int_clear = 0;
	dchan = dw_edma_fake_get(fake, EDMA_DIR_READ, 1);
	KUNIT_ASSERT_NOT_NULL(test, dchan);
	/* The interrupt of the old transfer must not end a new one */
	KUNIT_EXPECT_EQ(test, BIT(17) | BIT(1), fake->regs->rd_int_clear);
	dma_release_channel(dchan);
}

/* Nor must an interrupt that was taken, but not dealt with yet */
static void stale_event_test(struct kunit *test)
{
	struct dw_edma_fake *fake = dw_edma_fake_probed(test, 0, 1, 1, 1);
	struct dma_chan *dchan = dw_edma_fake_get(fake, EDMA_DIR_READ, 0);
	struct dw_edma_fake_client old, new;
	struct dw_edma_chan *chan;

	KUNIT_ASSERT_NOT_NULL(test, dchan);
	chan = dw_edma_fake_chan(fake, EDMA_DIR_READ, 0);
	dw_edma_fake_submit(test, dchan, &old);
	dma_async_issue_pending(dchan);
	*dw_edma_fake_control1(fake, EDMA_DIR_READ, 0) = FAKE_CS_STOPPED;

	/* As the interrupt handler leaves it */
	atomic_set(&chan->irq_pending, BIT(0));
	KUNIT_EXPECT_EQ(test, 0, dmaengine_terminate_async(dchan));
	dw_edma_fake_submit(test, dchan, &new);
	dma_async_issue_pending(dchan);
	queue_work(fake->chip.dw->wq, &chan->irq_work);
	flush_work(&chan->irq_work);

	KUNIT_EXPECT_FALSE(test, dw_edma_fake_called(&new));
	KUNIT_EXPECT_EQ(test, 0, old.calls);
	dma_release_channel(dchan);
}

/* What is removed is gone: no pointer to it stays behind */
static void remove_twice_test(struct kunit *test)
{
	struct dw_edma_fake *fake = dw_edma_fake_probed(test, 0, 1, 1, 1);

	KUNIT_EXPECT_EQ(test, 0, dw_edma_remove(&fake->chip));
	KUNIT_EXPECT_NULL(test, fake->chip.dw);
	KUNIT_EXPECT_EQ(test, -ENODEV, dw_edma_remove(&fake->chip));
}

struct hdma_state {
	const char *name;
	u32 ch_stat;
	int ret;
};

static const struct hdma_state hdma_states[] = {
	{ "never used", 0, 0 },
	{ "stopped", 3, 0 },
	{ "runs on", 1, -ETIMEDOUT },
	{ "does not answer", ~0, -ENODEV },
};

KUNIT_ARRAY_PARAM_DESC(hdma_state, hdma_states, name);

/* Removal waits for HDMA, too, and says if it goes on although something runs */
static void remove_hdma_test(struct kunit *test)
{
	const struct hdma_state *p = test->param_value;
	struct dw_edma_fake *fake = dw_edma_fake_create(test, 0, 1, 2, 1);
	struct dw_hdma_v0_regs *regs = (void *)fake->regs;
	struct dw_hdma_v0_ch_regs *ch = &regs->ch[1].rd;

	BUILD_BUG_ON(sizeof(*fake->regs) < offsetof(struct dw_hdma_v0_regs, ch[2]));
	fake->chip.mf = EDMA_MF_HDMA_NATIVE;
	KUNIT_ASSERT_EQ(test, 0, dw_edma_probe(&fake->chip));

	ch->ch_en = 1;
	ch->ch_stat = p->ch_stat;
	KUNIT_EXPECT_EQ(test, p->ret, dw_edma_remove(&fake->chip));
	KUNIT_EXPECT_EQ(test, 0, ch->ch_en);
}

static struct kunit_case dw_edma_core_cases[] = {
	KUNIT_CASE_PARAM(ll_size_test, ll_size_gen_params),
	KUNIT_CASE(done_test),
	KUNIT_CASE(status_all_ones_test),
	KUNIT_CASE(terminate_all_ones_test),
	KUNIT_CASE(terminate_halted_test),
	KUNIT_CASE_SLOW(terminate_stuck_test),
	KUNIT_CASE_SLOW(stuck_recovers_test),
	KUNIT_CASE(stale_event_test),
	KUNIT_CASE(remove_twice_test),
	KUNIT_CASE_PARAM(remove_hdma_test, hdma_state_gen_params),
	{}
};

static struct kunit_suite dw_edma_core_suite = {
	.name = "dw-edma-core",
	.test_cases = dw_edma_core_cases,
};

kunit_test_suite(dw_edma_core_suite);

MODULE_DESCRIPTION("KUnit tests of the Synopsys DesignWare eDMA driver");
MODULE_LICENSE("GPL");
