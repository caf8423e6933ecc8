// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of how transfers of dw-edma are given up
 *
 * The invariant: what is left of a transfer that was given up, in the hardware
 * and on its way from there, does nothing to the next one, and to no memory. And
 * waiting for hardware that does not stop takes as long as waiting once.
 */

#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/logic_iomem.h>

#include "../dw-hdma-v0-regs.h"
#include "dw_edma_fake.h"

/* Interrupt handler that is held up between the status and what it makes of it */
static struct stop_gap {
	struct dw_edma_core_ops ops;
	const struct dw_edma_core_ops *real;
	dw_edma_handler_t done, abort;
	void (*in_gap)(struct dw_edma_chan *chan);
	struct kunit *test;
	struct dw_edma_fake *fake;
	struct dw_edma_fake_client new;
} gap;

static void gap_open(struct dw_edma_chan *chan)
{
	void (*in_gap)(struct dw_edma_chan *chan) = gap.in_gap;

	gap.in_gap = NULL;
	if (in_gap)
		in_gap(chan);
}

static void gap_done(struct dw_edma_chan *chan)
{
	gap_open(chan);
	gap.done(chan);
}

static void gap_abort(struct dw_edma_chan *chan)
{
	gap_open(chan);
	gap.abort(chan);
}

static irqreturn_t gap_handle_int(struct dw_edma_irq *dw_irq, enum dw_edma_dir dir,
				  dw_edma_handler_t done, dw_edma_handler_t abort)
{
	gap.done = done;
	gap.abort = abort;

	return gap.real->handle_int(dw_irq, dir, gap_done, gap_abort);
}

/* The client gives up what runs, and starts something else */
static void gap_restart(struct dw_edma_chan *chan)
{
	struct dma_chan *dchan = &chan->vc.chan;

	KUNIT_EXPECT_EQ(gap.test, 0, dmaengine_terminate_async(dchan));
	dw_edma_fake_submit(gap.test, dchan, &gap.new);
	dma_async_issue_pending(dchan);
	*dw_edma_fake_control1(gap.fake, EDMA_DIR_READ, 0) = FAKE_CS_RUNNING;
	/* From now on status is about the new transfer */
	gap.fake->regs->rd_int_clear = 0;
}

struct old_interrupt {
	const char *name;
	u32 status;
};

static const struct old_interrupt old_interrupts[] = {
	{ "done", BIT(0) },
	{ "abort", BIT(16) },
};

KUNIT_ARRAY_PARAM_DESC(old_interrupt, old_interrupts, name);

/*
 * An interrupt of the old transfer does not end the new one, and does not clear
 * its status, although its handler read the status before and goes on after
 */
static void old_interrupt_test(struct kunit *test)
{
	const struct old_interrupt *p = test->param_value;
	struct dw_edma_fake *fake =
		dw_edma_fake_probed(test, DW_EDMA_CHIP_PARTIAL, 1, 1, 1);
	struct dma_chan *dchan = dw_edma_fake_get(fake, EDMA_DIR_READ, 0);
	struct dw_edma_fake_client old;

	KUNIT_ASSERT_NOT_NULL(test, dchan);
	dw_edma_fake_submit(test, dchan, &old);
	dma_async_issue_pending(dchan);
	*dw_edma_fake_control1(fake, EDMA_DIR_READ, 0) = FAKE_CS_STOPPED;

	gap.real = fake->chip.dw->core;
	gap.ops = *gap.real;
	gap.ops.handle_int = gap_handle_int;
	gap.in_gap = gap_restart;
	gap.test = test;
	gap.fake = fake;
	fake->chip.dw->core = &gap.ops;

	fake->regs->rd_int_status = p->status;
	dw_edma_fake_irq(fake, 0);
	KUNIT_EXPECT_NULL(test, gap.in_gap);
	KUNIT_EXPECT_FALSE(test, dw_edma_fake_called(&gap.new));
	KUNIT_EXPECT_EQ(test, 0, fake->regs->rd_int_clear);
	KUNIT_EXPECT_EQ(test, 0, old.calls);

	/* Its own one does */
	fake->regs->rd_int_status = BIT(0);
	dw_edma_fake_irq(fake, 0);
	fake->regs->rd_int_status = 0;
	KUNIT_EXPECT_TRUE(test, dw_edma_fake_called(&gap.new));
	KUNIT_EXPECT_EQ(test, DMA_TRANS_NOERROR, gap.new.result.result);
	KUNIT_EXPECT_EQ(test, BIT(0), fake->regs->rd_int_clear);

	*dw_edma_fake_control1(fake, EDMA_DIR_READ, 0) = FAKE_CS_STOPPED;
	dma_release_channel(dchan);
	fake->chip.dw->core = gap.real;
}

struct stop_handler {
	struct completion entered;
	struct completion leave;
	struct dma_chan *dchan;
	struct completion synchronized;
};

static irqreturn_t stop_hard_handler(int irq, void *data)
{
	return IRQ_WAKE_THREAD;
}

static irqreturn_t stop_thread_handler(int irq, void *data)
{
	struct stop_handler *h = data;

	complete(&h->entered);
	wait_for_completion(&h->leave);

	return IRQ_HANDLED;
}

static int stop_synchronize(void *data)
{
	struct stop_handler *h = data;

	dmaengine_synchronize(h->dchan);
	complete(&h->synchronized);

	return 0;
}

/* Who has synchronized hears nothing any more of interrupts before */
static void synchronize_test(struct kunit *test)
{
	struct dw_edma_fake *fake = dw_edma_fake_probed(test, 0, 1, 1, 1);
	struct dma_chan *dchan = dw_edma_fake_get(fake, EDMA_DIR_READ, 0);
	struct stop_handler *h = kunit_kzalloc(test, sizeof(*h), GFP_KERNEL);
	struct task_struct *task;

	KUNIT_ASSERT_NOT_NULL(test, dchan);
	KUNIT_ASSERT_NOT_NULL(test, h);
	init_completion(&h->entered);
	init_completion(&h->leave);
	init_completion(&h->synchronized);
	h->dchan = dchan;

	/* In place of a handler of the driver that is held up as a thread */
	KUNIT_ASSERT_EQ(test, 0, request_threaded_irq(fake->irq[0], stop_hard_handler,
						      stop_thread_handler, IRQF_SHARED,
						      "kunit", h));
	dw_edma_fake_irq(fake, 0);
	KUNIT_EXPECT_TRUE(test, wait_for_completion_timeout(&h->entered, 10 * HZ));

	task = kthread_run(stop_synchronize, h, "kunit");
	KUNIT_EXPECT_FALSE(test, IS_ERR(task));
	KUNIT_EXPECT_FALSE(test, wait_for_completion_timeout(&h->synchronized, HZ / 10));
	complete(&h->leave);
	if (!IS_ERR(task))
		wait_for_completion(&h->synchronized);

	free_irq(fake->irq[0], h);
	dma_release_channel(dchan);
}

static void stop_fill(struct dw_edma_fake *fake)
{
	struct dw_edma_v0_ch_regs *ch = &fake->regs->type.unroll.ch[0].rd;

	/* In the middle of a list */
	ch->transfer_size = 4096;
	ch->sar.lsb = 0x5a5a0000;
	ch->dar.lsb = 0x5a5a0000;
	ch->llp.lsb += EDMA_LL_SZ;
}

static void stop_expect_scrubbed(struct kunit *test, struct dw_edma_fake *fake)
{
	struct dw_edma_v0_ch_regs *ch = &fake->regs->type.unroll.ch[0].rd;

	KUNIT_EXPECT_EQ(test, 0, ch->ch_control1);
	KUNIT_EXPECT_EQ(test, 0, ch->transfer_size);
	KUNIT_EXPECT_EQ(test, 0, ch->sar.lsb);
	KUNIT_EXPECT_EQ(test, 0, ch->dar.lsb);
	KUNIT_EXPECT_EQ(test, 0, ch->llp.lsb);
	KUNIT_EXPECT_EQ(test, 0, ch->llp.msb);
}

/* A doorbell finds nothing to go on with in a channel whose transfer was given up */
static void scrub_given_up_test(struct kunit *test)
{
	struct dw_edma_fake *fake = dw_edma_fake_probed(test, 0, 1, 1, 1);
	struct dma_chan *dchan = dw_edma_fake_get(fake, EDMA_DIR_READ, 0);
	struct dw_edma_fake_client client;

	KUNIT_ASSERT_NOT_NULL(test, dchan);
	dw_edma_fake_submit(test, dchan, &client);
	dma_async_issue_pending(dchan);
	KUNIT_EXPECT_NE(test, 0, fake->regs->type.unroll.ch[0].rd.llp.lsb);
	stop_fill(fake);
	*dw_edma_fake_control1(fake, EDMA_DIR_READ, 0) |= FAKE_CS_STOPPED;

	KUNIT_EXPECT_EQ(test, 0, dmaengine_terminate_sync(dchan));
	stop_expect_scrubbed(test, fake);
	dma_release_channel(dchan);
}

/* ... or was aborted: its buffers are the client's again */
static void scrub_aborted_test(struct kunit *test)
{
	struct dw_edma_fake *fake = dw_edma_fake_probed(test, 0, 1, 1, 1);
	struct dma_chan *dchan = dw_edma_fake_get(fake, EDMA_DIR_READ, 0);
	struct dw_edma_fake_client client;

	KUNIT_ASSERT_NOT_NULL(test, dchan);
	dw_edma_fake_submit(test, dchan, &client);
	dma_async_issue_pending(dchan);
	stop_fill(fake);
	*dw_edma_fake_control1(fake, EDMA_DIR_READ, 0) |= FAKE_CS_HALTED;

	fake->regs->rd_int_status = BIT(16);
	dw_edma_fake_irq(fake, 0);
	fake->regs->rd_int_status = 0;
	KUNIT_EXPECT_TRUE(test, dw_edma_fake_called(&client));
	KUNIT_EXPECT_EQ(test, DMA_TRANS_ABORTED, client.result.result);
	stop_expect_scrubbed(test, fake);

	/* And the next one starts at the list */
	dw_edma_fake_submit(test, dchan, &client);
	dma_async_issue_pending(dchan);
	KUNIT_EXPECT_EQ(test, lower_32_bits(fake->chip.ll_region_rd[0].paddr),
			fake->regs->type.unroll.ch[0].rd.llp.lsb);
	*dw_edma_fake_control1(fake, EDMA_DIR_READ, 0) = FAKE_CS_STOPPED;
	dma_release_channel(dchan);
}

/* The same with the native registers of HDMA */
static void scrub_hdma_test(struct kunit *test)
{
	struct dw_edma_fake *fake = dw_edma_fake_create(test, 0, 1, 1, 1);
	struct dw_hdma_v0_regs *regs = (void *)fake->regs;
	struct dw_hdma_v0_ch_regs *ch = &regs->ch[0].rd;
	struct dw_edma_fake_client client;
	struct dma_chan *dchan;

	fake->chip.mf = EDMA_MF_HDMA_NATIVE;
	KUNIT_ASSERT_EQ(test, 0, dw_edma_probe(&fake->chip));
	dchan = dw_edma_fake_get(fake, EDMA_DIR_READ, 0);
	KUNIT_ASSERT_NOT_NULL(test, dchan);
	dw_edma_fake_submit(test, dchan, &client);
	dma_async_issue_pending(dchan);
	KUNIT_EXPECT_NE(test, 0, ch->llp.lsb);
	KUNIT_EXPECT_NE(test, 0, ch->control1);

	ch->ch_stat = 3;
	ch->transfer_size = 4096;
	KUNIT_EXPECT_EQ(test, 0, dmaengine_terminate_sync(dchan));
	KUNIT_EXPECT_EQ(test, 0, ch->control1);
	KUNIT_EXPECT_EQ(test, 0, ch->transfer_size);
	KUNIT_EXPECT_EQ(test, 0, ch->llp.lsb);
	dma_release_channel(dchan);
}

struct abort_enable {
	const char *name;
	u32 flags;
	u32 want;
};

static const struct abort_enable abort_enables[] = {
	{ "local", DW_EDMA_CHIP_LOCAL, BIT(17) },
	{ "remote", 0, BIT(17) | BIT(1) },
};

KUNIT_ARRAY_PARAM_DESC(abort_enable, abort_enables, name);

/*
 * LLLAIE, bits 23:16, makes the status of an abort, LLRAIE, bits 7:0, sends the
 * message. Nobody has told the engine where to the message of a local channel.
 */
static void abort_enable_test(struct kunit *test)
{
	const struct abort_enable *p = test->param_value;
	struct dw_edma_fake *fake = dw_edma_fake_probed(test, p->flags, 2, 2, 1);
	struct dma_chan *dchan = dw_edma_fake_get(fake, EDMA_DIR_READ, 1);
	struct dw_edma_fake_client client;

	KUNIT_ASSERT_NOT_NULL(test, dchan);
	/* As the other side has left it */
	fake->regs->rd_linked_list_err_en = BIT(1);
	dw_edma_fake_submit(test, dchan, &client);
	dma_async_issue_pending(dchan);
	KUNIT_EXPECT_EQ(test, p->want, fake->regs->rd_linked_list_err_en);
	*dw_edma_fake_control1(fake, EDMA_DIR_READ, 1) = FAKE_CS_STOPPED;
	dma_release_channel(dchan);
}

/* A channel that does not stop gets its time once, however often one waits */
static void grace_once_test(struct kunit *test)
{
	struct dw_edma_fake *fake = dw_edma_fake_probed(test, 0, 1, 1, 1);
	struct dma_chan *dchan = dw_edma_fake_get(fake, EDMA_DIR_READ, 0);
	struct dw_edma_fake_client client;
	unsigned long start;

	KUNIT_ASSERT_NOT_NULL(test, dchan);
	dw_edma_fake_submit(test, dchan, &client);
	dma_async_issue_pending(dchan);
	*dw_edma_fake_control1(fake, EDMA_DIR_READ, 0) = FAKE_CS_RUNNING;

	/* The second from here on is all that it gets to end by itself */
	KUNIT_EXPECT_EQ(test, 0, dmaengine_terminate_async(dchan));
	dmaengine_synchronize(dchan);
	KUNIT_EXPECT_EQ(test, EDMA_V0_DOORBELL_STOP, fake->regs->rd_doorbell);

	fake->regs->rd_doorbell = 0x5a;
	start = jiffies;
	KUNIT_EXPECT_EQ(test, 0, dmaengine_terminate_sync(dchan));
	dma_release_channel(dchan);
	KUNIT_EXPECT_LT(test, jiffies_to_msecs(jiffies - start), 1000);
	/* It was told once, too */
	KUNIT_EXPECT_EQ(test, 0x5a, fake->regs->rd_doorbell);
	*dw_edma_fake_control1(fake, EDMA_DIR_READ, 0) = FAKE_CS_STOPPED;
}

#ifdef CONFIG_INDIRECT_IOMEM
/*
 * Registers that do something when they are written can only be made where
 * accesses to MMIO are function calls, which is ARCH=um.
 */
#define STOP_BASE	0xe8000000
#define STOP_LEN	SZ_64K

static struct stop_mmio {
	struct dw_edma_fake *fake;
	void __iomem *regs;		/* mapped for ever, as the region exists */
	bool stuck;			/* the engine stays on */
	unsigned int rivals;		/* so often somebody switches it on again */
	unsigned int looks;		/* so often it was looked at */
} mmio;

static unsigned long mmio_read(void *priv, unsigned int offset, int size)
{
	unsigned long val = 0;

	if (offset == offsetof(struct dw_edma_v0_regs, rd_engine_en)) {
		mmio.looks++;
		if (mmio.stuck)
			return 1;
	}
	memcpy(&val, (u8 *)mmio.fake->regs + offset, size);

	return val;
}

static void mmio_write(void *priv, unsigned int offset, int size, unsigned long val)
{
	memcpy((u8 *)mmio.fake->regs + offset, &val, size);

	if (offset == offsetof(struct dw_edma_v0_regs, rd_engine_en) && !val &&
	    mmio.rivals) {
		mmio.rivals--;
		mmio.fake->regs->rd_engine_en = 1;
	}
}

static const struct logic_iomem_ops mmio_ops = {
	.read = mmio_read,
	.write = mmio_write,
};

static long mmio_map(unsigned long offset, size_t size,
		     const struct logic_iomem_ops **ops, void **priv)
{
	*ops = &mmio_ops;

	return offset;
}

static const struct logic_iomem_region_ops mmio_region_ops = {
	.map = mmio_map,
};

static struct resource mmio_region = {
	.name = "kunit eDMA",
	.start = STOP_BASE,
	.end = STOP_BASE + STOP_LEN - 1,
	.flags = IORESOURCE_MEM,
};

static struct dw_edma_fake *mmio_fake(struct kunit *test)
{
	struct dw_edma_fake *fake = dw_edma_fake_create(test, 0, 4, 4, 1);

	if (!mmio.regs) {
		KUNIT_ASSERT_EQ(test, 0, logic_iomem_add_region(&mmio_region,
								&mmio_region_ops));
		mmio.regs = ioremap(STOP_BASE, sizeof(*fake->regs));
	}
	KUNIT_ASSERT_NOT_NULL(test, mmio.regs);
	mmio = (struct stop_mmio){ .fake = fake, .regs = mmio.regs };

	fake->chip.reg_base = mmio.regs;
	fake->regs->rd_engine_en = 1;
	fake->chip.flags = DW_EDMA_CHIP_PARTIAL;

	return fake;
}

/* The other side may have the registers, too, and switch the engine on again */
static void rival_test(struct kunit *test)
{
	struct dw_edma_fake *fake = mmio_fake(test);

	KUNIT_ASSERT_EQ(test, 0, dw_edma_probe(&fake->chip));
	mmio.rivals = 3;
	KUNIT_EXPECT_EQ(test, 0, dw_edma_remove(&fake->chip));
	KUNIT_EXPECT_EQ(test, 0, fake->regs->rd_engine_en);
}

/* All channels of a direction have one engine, and one answer is enough */
static void stuck_once_test(struct kunit *test)
{
	struct dw_edma_fake *fake = mmio_fake(test);
	struct dw_edma_chan *chan;
	int i;

	KUNIT_ASSERT_EQ(test, 0, dw_edma_probe(&fake->chip));
	chan = dw_edma_fake_chan(fake, EDMA_DIR_READ, 0);

	mmio.stuck = true;
	KUNIT_EXPECT_EQ(test, -ETIMEDOUT, dw_edma_core_ch_quiesce(chan));
	for (i = 1; i < 4; i++) {
		mmio.looks = 0;
		KUNIT_EXPECT_EQ(test, -ETIMEDOUT, dw_edma_core_ch_quiesce(chan + i));
		KUNIT_EXPECT_LE(test, mmio.looks, 2);
	}

	/* Later it is found out that it has stopped */
	mmio.stuck = false;
	KUNIT_EXPECT_EQ(test, 0, dw_edma_core_ch_quiesce(chan));
}
#endif

static struct kunit_case dw_edma_stop_cases[] = {
	KUNIT_CASE_PARAM(old_interrupt_test, old_interrupt_gen_params),
	KUNIT_CASE(synchronize_test),
	KUNIT_CASE(scrub_given_up_test),
	KUNIT_CASE(scrub_aborted_test),
	KUNIT_CASE(scrub_hdma_test),
	KUNIT_CASE_PARAM(abort_enable_test, abort_enable_gen_params),
	KUNIT_CASE_SLOW(grace_once_test),
#ifdef CONFIG_INDIRECT_IOMEM
	KUNIT_CASE(rival_test),
	KUNIT_CASE(stuck_once_test),
#endif
	{}
};

static struct kunit_suite dw_edma_stop_suite = {
	.name = "dw-edma-stop",
	.test_cases = dw_edma_stop_cases,
};

kunit_test_suite(dw_edma_stop_suite);
