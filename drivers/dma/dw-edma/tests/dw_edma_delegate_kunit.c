// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of handing exact hardware channels to the other side
 *
 * The invariant: a channel, and where registers are shared a direction, has one
 * owner. What the other side does with its channels is none of our business, and
 * what we do with ours never reaches its registers.
 */

#include <linux/delay.h>
#include <linux/irq.h>
#include <linux/kthread.h>

#include "dw_edma_fake.h"
#include "../dw-hdma-v0-regs.h"

#define LOCAL	DW_EDMA_CHIP_LOCAL

static struct dw_edma_fake *delegate_fake(struct kunit *test)
{
	struct dw_edma_fake *fake = dw_edma_fake_create(test, LOCAL, 2, 2, 1);

	irqd_set_trigger_type(irq_get_irq_data(fake->irq[0]),
			      IRQ_TYPE_LEVEL_HIGH);
	KUNIT_ASSERT_EQ(test, 0, dw_edma_probe(&fake->chip));

	return fake;
}

static struct dma_chan *delegate_reserve(struct kunit *test,
					 struct dw_edma_fake *fake, int ch)
{
	struct dma_chan *dchan;

	dchan = dw_edma_reserve_channel(&fake->chip, EDMA_DIR_READ, ch);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dchan);

	return dchan;
}

/* Direction and number mean exactly that channel */
static void reserve_exact_test(struct kunit *test)
{
	struct dw_edma_fake *fake = delegate_fake(test);
	struct dma_chan *dchan = delegate_reserve(test, fake, 1);

	KUNIT_EXPECT_PTR_EQ(test, dchan,
			    &dw_edma_fake_chan(fake, EDMA_DIR_READ, 1)->vc.chan);
	KUNIT_EXPECT_TRUE(test, dw_edma_shared_direction(&fake->chip));
	dw_edma_release_channel(dchan);
}

static void reserve_errors_test(struct kunit *test)
{
	struct dw_edma_fake *fake = delegate_fake(test);
	struct dma_chan *dchan = delegate_reserve(test, fake, 0);

	KUNIT_EXPECT_EQ(test, -EBUSY,
			PTR_ERR(dw_edma_reserve_channel(&fake->chip, EDMA_DIR_READ, 0)));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			PTR_ERR(dw_edma_reserve_channel(&fake->chip, EDMA_DIR_READ, 2)));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			PTR_ERR(dw_edma_reserve_channel(&fake->chip, 2, 0)));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			PTR_ERR(dw_edma_reserve_channel(&fake->chip, EDMA_DIR_READ, ~0)));
	/* Not the first one of the other direction either */
	KUNIT_EXPECT_EQ(test, -EINVAL,
			PTR_ERR(dw_edma_reserve_channel(&fake->chip, EDMA_DIR_WRITE, 2)));
	dw_edma_release_channel(dchan);

	dw_edma_remove(&fake->chip);
	KUNIT_EXPECT_EQ(test, -ENODEV,
			PTR_ERR(dw_edma_reserve_channel(&fake->chip, EDMA_DIR_READ, 0)));
}

/* One viewport for all channels cannot be shared with the other side */
static void reserve_legacy_test(struct kunit *test)
{
	struct dw_edma_fake *fake = dw_edma_fake_create(test, LOCAL, 1, 1, 1);

	fake->chip.mf = EDMA_MF_EDMA_LEGACY;
	KUNIT_ASSERT_EQ(test, 0, dw_edma_probe(&fake->chip));
	KUNIT_EXPECT_EQ(test, -EOPNOTSUPP,
			PTR_ERR(dw_edma_reserve_channel(&fake->chip, EDMA_DIR_READ, 0)));
}

/* No client gets a channel of a reserved direction, others are not affected */
static void one_owner_test(struct kunit *test)
{
	struct dw_edma_fake *fake = delegate_fake(test);
	struct dma_chan *dchan = delegate_reserve(test, fake, 0), *client;

	KUNIT_EXPECT_NULL(test, dw_edma_fake_get(fake, EDMA_DIR_READ, 0));
	KUNIT_EXPECT_NULL(test, dw_edma_fake_get(fake, EDMA_DIR_READ, 1));
	client = dw_edma_fake_get(fake, EDMA_DIR_WRITE, 0);
	KUNIT_EXPECT_NOT_NULL(test, client);
	if (client)
		dma_release_channel(client);

	dw_edma_release_channel(dchan);
	client = dw_edma_fake_get(fake, EDMA_DIR_READ, 1);
	KUNIT_ASSERT_NOT_NULL(test, client);

	/* And the other way round */
	KUNIT_EXPECT_EQ(test, -EBUSY,
			PTR_ERR(dw_edma_reserve_channel(&fake->chip, EDMA_DIR_READ, 0)));
	dma_release_channel(client);
	dw_edma_release_channel(delegate_reserve(test, fake, 0));
}

/* Native HDMA shares nothing: clients and reserved channels live side by side */
static void native_test(struct kunit *test)
{
	struct dw_edma_fake *fake = dw_edma_fake_create(test, LOCAL, 2, 2, 1);
	struct dma_chan *client, *dchan;

	fake->chip.mf = EDMA_MF_HDMA_NATIVE;
	KUNIT_ASSERT_EQ(test, 0, dw_edma_probe(&fake->chip));
	KUNIT_EXPECT_FALSE(test, dw_edma_shared_direction(&fake->chip));
	client = dw_edma_fake_get(fake, EDMA_DIR_READ, 0);
	KUNIT_ASSERT_NOT_NULL(test, client);
	dchan = delegate_reserve(test, fake, 1);
	dma_release_channel(client);
	client = dw_edma_fake_get(fake, EDMA_DIR_READ, 0);
	KUNIT_EXPECT_NOT_NULL(test, client);
	if (client)
		dma_release_channel(client);
	dw_edma_release_channel(dchan);
}

/* A channel that did not stop for its last user cannot be reserved */
static void reserve_busy_test(struct kunit *test)
{
	struct dw_edma_fake *fake = delegate_fake(test);
	struct dw_edma_chan *chan = dw_edma_fake_chan(fake, EDMA_DIR_READ, 0);

	chan->status = EDMA_ST_BUSY;
	*dw_edma_fake_control1(fake, EDMA_DIR_READ, 0) = FAKE_CS_RUNNING;
	KUNIT_EXPECT_EQ(test, -EBUSY,
			PTR_ERR(dw_edma_reserve_channel(&fake->chip, EDMA_DIR_READ, 0)));
	KUNIT_EXPECT_FALSE(test, chan->reserved);

	*dw_edma_fake_control1(fake, EDMA_DIR_READ, 0) = FAKE_CS_STOPPED;
	chan->status = EDMA_ST_IDLE;
	dw_edma_release_channel(delegate_reserve(test, fake, 0));
}

struct delegate_race {
	struct dw_edma_fake *fake;
	struct dw_edma_chan *chan;
	struct task_struct *task;
	struct completion done;
	struct dma_chan *reserved;
};

static int delegate_race_thread(void *data)
{
	struct delegate_race *race = data;

	race->reserved = dw_edma_reserve_channel(&race->fake->chip, EDMA_DIR_READ, 1);
	complete(&race->done);

	return 0;
}

/* Called while the core chooses a channel: nobody else gets one meanwhile */
static bool delegate_race_filter(struct dma_chan *dchan, void *data)
{
	struct delegate_race *race = data;
	int i;

	if (dchan != &race->chan->vc.chan)
		return false;

	race->task = kthread_run(delegate_race_thread, race, "reserver");
	for (i = 0; i < 1000 && !READ_ONCE(race->chan->reserved); i++)
		usleep_range(500, 1000);

	return true;
}

/* Not even a client that asks while a channel is being reserved */
static void reserve_race_test(struct kunit *test)
{
	struct dw_edma_fake *fake = delegate_fake(test);
	struct dma_chan *first = delegate_reserve(test, fake, 0), *client;
	struct delegate_race race = {
		.fake = fake,
		.chan = dw_edma_fake_chan(fake, EDMA_DIR_READ, 1),
	};
	dma_cap_mask_t mask;

	dma_cap_zero(mask);
	dma_cap_set(DMA_SLAVE, mask);
	init_completion(&race.done);
	client = dma_request_channel(mask, delegate_race_filter, &race);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, race.task);
	wait_for_completion(&race.done);

	KUNIT_EXPECT_NULL(test, client);
	if (client)
		dma_release_channel(client);
	KUNIT_EXPECT_FALSE(test, IS_ERR(race.reserved));
	if (!IS_ERR(race.reserved))
		dw_edma_release_channel(race.reserved);
	dw_edma_release_channel(first);
}

/* Routing is for reserved, idle channels, and masks the local interrupt */
static void irq_mode_test(struct kunit *test)
{
	struct dw_edma_fake *fake = delegate_fake(test);
	struct dma_chan *client = dw_edma_fake_get(fake, EDMA_DIR_WRITE, 0);
	struct dma_chan *dchan = delegate_reserve(test, fake, 1);
	struct dw_edma_fake_client xfer;

	KUNIT_ASSERT_NOT_NULL(test, client);
	KUNIT_EXPECT_EQ(test, -EINVAL,
			dw_edma_set_irq_mode(client, DW_EDMA_CH_IRQ_REMOTE));
	dma_release_channel(client);
	KUNIT_EXPECT_EQ(test, -EINVAL, dw_edma_set_irq_mode(dchan, 2));

	dw_edma_fake_submit(test, dchan, &xfer);
	KUNIT_EXPECT_EQ(test, -EBUSY,
			dw_edma_set_irq_mode(dchan, DW_EDMA_CH_IRQ_REMOTE));
	dma_async_issue_pending(dchan);
	KUNIT_EXPECT_EQ(test, -EBUSY,
			dw_edma_set_irq_mode(dchan, DW_EDMA_CH_IRQ_REMOTE));
	*dw_edma_fake_control1(fake, EDMA_DIR_READ, 1) = FAKE_CS_STOPPED;
	dmaengine_terminate_sync(dchan);

	/* Not while the last user could not stop it */
	dw_edma_fake_chan(fake, EDMA_DIR_READ, 1)->status = EDMA_ST_BUSY;
	KUNIT_EXPECT_EQ(test, -EBUSY,
			dw_edma_set_irq_mode(dchan, DW_EDMA_CH_IRQ_REMOTE));
	dw_edma_fake_chan(fake, EDMA_DIR_READ, 1)->status = EDMA_ST_IDLE;

	/* Nothing to do: the mask is left alone */
	fake->regs->rd_int_mask = 0;
	KUNIT_EXPECT_EQ(test, 0, dw_edma_set_irq_mode(dchan, DW_EDMA_CH_IRQ_LOCAL));
	KUNIT_EXPECT_EQ(test, 0, fake->regs->rd_int_mask);

	fake->regs->rd_int_mask = 0;
	KUNIT_EXPECT_EQ(test, 0,
			dw_edma_set_irq_mode(dchan, DW_EDMA_CH_IRQ_REMOTE));
	KUNIT_EXPECT_EQ(test, BIT(1) | BIT(17), fake->regs->rd_int_mask);
	/* Its completion would never be seen here */
	KUNIT_EXPECT_NULL(test, dw_edma_fake_prep(dchan));

	dw_edma_release_channel(dchan);
	KUNIT_EXPECT_EQ(test, DW_EDMA_CH_IRQ_LOCAL,
			dw_edma_fake_chan(fake, EDMA_DIR_READ, 1)->irq_mode);
}

/* There is no doorbell: nobody is told where it would be */
static void no_doorbell_test(struct kunit *test)
{
	static const int irqs[] = { 0, -EINVAL };
	const resource_size_t none = ~(resource_size_t)0;
	struct dw_edma_fake *fake = delegate_fake(test);
	struct dw_edma_chip *chip = fake->chip.dw->chip;
	int i, irq = chip->db_irq;
	struct dma_chan *dchan;

	for (i = 0; i < ARRAY_SIZE(irqs); i++) {
		chip->db_irq = irqs[i];
		chip->db_offset = none;
		dchan = dw_edma_reserve_channel(&fake->chip, EDMA_DIR_READ, 0);
		KUNIT_EXPECT_FALSE(test, IS_ERR(dchan));
		KUNIT_EXPECT_EQ(test, none, chip->db_offset);
		if (!IS_ERR(dchan))
			dw_edma_release_channel(dchan);
		KUNIT_EXPECT_EQ(test, none, chip->db_offset);
	}
	chip->db_irq = irq;
}

/* The status of a channel that is not ours stays, its local interrupt does not */
static void unmasked_by_host_test(struct kunit *test)
{
	struct dw_edma_fake *fake = delegate_fake(test);
	struct dma_chan *dchan = delegate_reserve(test, fake, 1);

	KUNIT_ASSERT_EQ(test, 0,
			dw_edma_set_irq_mode(dchan, DW_EDMA_CH_IRQ_REMOTE));
	fake->regs->rd_int_mask = 0;
	fake->regs->rd_int_clear = 0;
	fake->regs->rd_int_status = BIT(1);
	dw_edma_fake_irq(fake, 0);

	KUNIT_EXPECT_EQ(test, BIT(1) | BIT(17), fake->regs->rd_int_mask);
	KUNIT_EXPECT_EQ(test, 0, fake->regs->rd_int_clear);
	fake->regs->rd_int_status = 0;
	dw_edma_release_channel(dchan);
}

/* Native HDMA can raise a third interrupt, which the driver does not use */
static void watermark_test(struct kunit *test)
{
	struct dw_edma_fake *fake = dw_edma_fake_create(test, LOCAL, 2, 2, 1);
	struct dw_hdma_v0_ch_regs *ch =
		&((struct dw_hdma_v0_regs *)fake->regs)->ch[1].rd;
	struct dma_chan *dchan;

	fake->chip.mf = EDMA_MF_HDMA_NATIVE;
	KUNIT_ASSERT_EQ(test, 0, dw_edma_probe(&fake->chip));
	dchan = delegate_reserve(test, fake, 1);
	KUNIT_ASSERT_EQ(test, 0,
			dw_edma_set_irq_mode(dchan, DW_EDMA_CH_IRQ_REMOTE));

	ch->int_setup = HDMA_V0_STOP_INT_MASK | HDMA_V0_ABORT_INT_MASK;
	ch->int_stat = HDMA_V0_WATERMARK_INT_MASK;
	ch->int_clear = 0;
	dw_edma_fake_irq(fake, 0);
	KUNIT_EXPECT_EQ(test, HDMA_V0_ALL_INT_MASK, ch->int_setup);
	KUNIT_EXPECT_EQ(test, 0, ch->int_clear);

	/* Nor is it there when the channel is a local one again */
	ch->int_setup = 0;
	ch->watermark_en = 3;
	ch->handshake = 1;
	dw_edma_release_channel(dchan);
	KUNIT_EXPECT_EQ(test, HDMA_V0_ALL_INT_MASK, ch->int_setup);
	KUNIT_EXPECT_EQ(test, HDMA_V0_ALL_INT_MASK, ch->int_clear);
	KUNIT_EXPECT_EQ(test, 0, ch->watermark_en);
	KUNIT_EXPECT_EQ(test, 0, ch->handshake);
}

/* Quiesce stops the direction and leaves nothing behind, nor touches the other */
static void quiesce_test(struct kunit *test)
{
	struct dw_edma_fake *fake = delegate_fake(test);
	struct dma_chan *client = dw_edma_fake_get(fake, EDMA_DIR_WRITE, 0);
	struct dma_chan *dchan = delegate_reserve(test, fake, 1);
	struct dw_edma_v0_ch_regs *ch = &fake->regs->type.unroll.ch[1].rd;

	KUNIT_ASSERT_NOT_NULL(test, client);
	KUNIT_EXPECT_EQ(test, -EINVAL, dw_edma_quiesce_channel(client));
	dma_release_channel(client);

	fake->regs->wr_engine_en = 1;
	fake->regs->rd_engine_en = 1;
	fake->regs->rd_done_imwr.lsb = 0xfee00000;
	memset(ch, 0x5a, sizeof(*ch));
	KUNIT_EXPECT_EQ(test, 0, dw_edma_quiesce_channel(dchan));

	KUNIT_EXPECT_EQ(test, 0, fake->regs->rd_engine_en);
	KUNIT_EXPECT_EQ(test, 1, fake->regs->wr_engine_en);
	KUNIT_EXPECT_EQ(test, 0, fake->regs->rd_done_imwr.lsb);
	KUNIT_EXPECT_EQ(test, 0, ch->llp.lsb);
	KUNIT_EXPECT_EQ(test, 0, ch->llp.msb);
	KUNIT_EXPECT_EQ(test, 0, ch->ch_control1);
	KUNIT_EXPECT_EQ(test, 0, ch->ch_control2);
	dw_edma_release_channel(dchan);
}

/* Who calls hears of a channel that does not stop, and it is left as it is */
static void stuck_test(struct kunit *test)
{
	struct dw_edma_fake *fake = dw_edma_fake_create(test, LOCAL, 2, 2, 1);
	struct dw_hdma_v0_ch_regs *ch =
		&((struct dw_hdma_v0_regs *)fake->regs)->ch[1].rd;
	struct dma_chan *dchan;

	fake->chip.mf = EDMA_MF_HDMA_NATIVE;
	KUNIT_ASSERT_EQ(test, 0, dw_edma_probe(&fake->chip));
	dchan = delegate_reserve(test, fake, 1);

	ch->ch_stat = 1;
	ch->llp.lsb = 0x5a5a5a5a;
	KUNIT_EXPECT_EQ(test, -ETIMEDOUT, dw_edma_quiesce_channel(dchan));
	KUNIT_EXPECT_EQ(test, 0x5a5a5a5a, ch->llp.lsb);

	ch->ch_stat = 3;
	KUNIT_EXPECT_EQ(test, 0, dw_edma_quiesce_channel(dchan));
	KUNIT_EXPECT_EQ(test, 0, ch->llp.lsb);
	dw_edma_release_channel(dchan);
}

/* One that does not stop is given back all the same, but nobody can use it */
static void stuck_release_test(struct kunit *test)
{
	struct dw_edma_fake *fake = dw_edma_fake_create(test, LOCAL, 2, 2, 1);
	struct dw_hdma_v0_ch_regs *ch =
		&((struct dw_hdma_v0_regs *)fake->regs)->ch[1].rd;
	struct dw_edma_chan *chan;
	struct dma_chan *dchan;

	fake->chip.mf = EDMA_MF_HDMA_NATIVE;
	KUNIT_ASSERT_EQ(test, 0, dw_edma_probe(&fake->chip));
	chan = dw_edma_fake_chan(fake, EDMA_DIR_READ, 1);
	dchan = delegate_reserve(test, fake, 1);

	ch->ch_stat = 1;
	dw_edma_release_channel(dchan);
	KUNIT_EXPECT_FALSE(test, chan->reserved);
	KUNIT_EXPECT_EQ(test, EDMA_ST_BUSY, chan->status);
	KUNIT_EXPECT_NULL(test, dw_edma_fake_get(fake, EDMA_DIR_READ, 1));

	ch->ch_stat = 3;
	chan->status = EDMA_ST_IDLE;
	dw_edma_release_channel(delegate_reserve(test, fake, 1));
}

/* After release it is a local channel like any other */
static void local_again_test(struct kunit *test)
{
	struct dw_edma_fake *fake = delegate_fake(test);
	struct dma_chan *dchan = delegate_reserve(test, fake, 0);
	struct dw_edma_fake_client xfer;

	KUNIT_ASSERT_EQ(test, 0,
			dw_edma_set_irq_mode(dchan, DW_EDMA_CH_IRQ_REMOTE));
	dw_edma_release_channel(dchan);

	dchan = dw_edma_fake_get(fake, EDMA_DIR_READ, 0);
	KUNIT_ASSERT_NOT_NULL(test, dchan);
	dw_edma_fake_submit(test, dchan, &xfer);
	dma_async_issue_pending(dchan);
	KUNIT_EXPECT_EQ(test, 1, fake->regs->rd_engine_en);
	KUNIT_EXPECT_EQ(test, 0, fake->regs->rd_int_mask & (BIT(0) | BIT(16)));
	fake->regs->rd_int_status = BIT(0);
	dw_edma_fake_irq(fake, 0);
	fake->regs->rd_int_status = 0;
	KUNIT_EXPECT_TRUE(test, dw_edma_fake_called(&xfer));
	dma_release_channel(dchan);
}

static struct kunit_case dw_edma_delegate_cases[] = {
	KUNIT_CASE(reserve_exact_test),
	KUNIT_CASE(reserve_errors_test),
	KUNIT_CASE(reserve_legacy_test),
	KUNIT_CASE(one_owner_test),
	KUNIT_CASE(native_test),
	KUNIT_CASE(reserve_busy_test),
	KUNIT_CASE(reserve_race_test),
	KUNIT_CASE(irq_mode_test),
	KUNIT_CASE(no_doorbell_test),
	KUNIT_CASE(unmasked_by_host_test),
	KUNIT_CASE(watermark_test),
	KUNIT_CASE(quiesce_test),
	KUNIT_CASE(stuck_test),
	KUNIT_CASE(stuck_release_test),
	KUNIT_CASE(local_again_test),
	{}
};

static struct kunit_suite dw_edma_delegate_suite = {
	.name = "dw-edma-delegate",
	.test_cases = dw_edma_delegate_cases,
};

kunit_test_suite(dw_edma_delegate_suite);
