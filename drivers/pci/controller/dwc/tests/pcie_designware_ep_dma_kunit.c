// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for the delegation of eDMA channels by DesignWare endpoints
 *
 * The code under test is built in here once more, on top of a fake of the eDMA
 * driver that counts who holds which channel. Invariant: after each call,
 * whatever failed, the channels that are reserved, routed to the host and known
 * as delegated are the same ones. Failure is forced by a channel that somebody
 * else holds, that cannot be routed, or that does not stop.
 */

#include <kunit/test.h>
#include <linux/dma/edma.h>
#include <linux/pci-epc.h>

static struct dma_chan *fake_reserve(struct dw_edma_chip *chip, enum dw_edma_dir dir,
				     unsigned int hw_ch);
static void fake_release(struct dma_chan *chan);
static int fake_set_irq_mode(struct dma_chan *chan, enum dw_edma_ch_irq_mode mode);
static int fake_quiesce(struct dma_chan *chan);
static bool fake_shared(struct dw_edma_chip *chip);
static void fake_edma_remove(struct dw_edma_chip *chip);

#define dw_edma_reserve_channel			fake_reserve
#define dw_edma_release_channel			fake_release
#define dw_edma_set_irq_mode			fake_set_irq_mode
#define dw_edma_quiesce_channel			fake_quiesce
#define dw_edma_shared_direction		fake_shared
#define dw_pcie_ep_delegate_dma_channels	ut_delegate
#define dw_pcie_ep_quiesce_dma_channels		ut_quiesce
#define dw_pcie_ep_undelegate_dma_channels	ut_undelegate
#define dw_pcie_ep_dma_remove			ut_dma_remove
#include "../pcie-designware.h"
#define dw_pcie_edma_remove(pci)		fake_edma_remove(&(pci)->edma)
#include "../pcie-designware-ep-dma.c"

#define NUM_CH	4
#define ALL	GENMASK(NUM_CH - 1, 0)

struct fake_chan {
	struct dma_chan			chan;
	bool				held;
	bool				stopped;
	int				stuck;
	bool				unroutable;
	enum dw_edma_ch_irq_mode	mode;
};

struct fake {
	struct kunit			*test;
	struct dw_pcie			pci;
	struct pci_epc			epc;
	struct fake_chan		chan[2][NUM_CH];
	bool				shared;
	unsigned int			removed;
};

static struct fake_chan *to_fake(struct dma_chan *chan)
{
	return container_of(chan, struct fake_chan, chan);
}

static struct dma_chan *fake_reserve(struct dw_edma_chip *chip, enum dw_edma_dir dir,
				     unsigned int hw_ch)
{
	struct fake *fake = container_of(chip, struct fake, pci.edma);
	struct fake_chan *c;

	KUNIT_ASSERT_LT(fake->test, hw_ch, NUM_CH);
	c = &fake->chan[dir][hw_ch];
	if (c->held)
		return ERR_PTR(-EBUSY);
	c->held = true;
	c->stopped = false;

	return &c->chan;
}

static void fake_release(struct dma_chan *chan)
{
	to_fake(chan)->held = false;
	to_fake(chan)->mode = DW_EDMA_CH_IRQ_LOCAL;
}

static int fake_set_irq_mode(struct dma_chan *chan, enum dw_edma_ch_irq_mode mode)
{
	if (to_fake(chan)->unroutable)
		return -EBUSY;
	to_fake(chan)->mode = mode;

	return 0;
}

static int fake_quiesce(struct dma_chan *chan)
{
	if (to_fake(chan)->stuck)
		return to_fake(chan)->stuck;
	to_fake(chan)->stopped = true;

	return 0;
}

static bool fake_shared(struct dw_edma_chip *chip)
{
	return container_of(chip, struct fake, pci.edma)->shared;
}

static void fake_edma_remove(struct dw_edma_chip *chip)
{
	struct fake *fake = container_of(chip, struct fake, pci.edma);

	/* Nobody may get a channel between the last one's return and this */
	KUNIT_EXPECT_TRUE(fake->test, mutex_is_locked(&fake->epc.dma_lock));
	chip->dw = NULL;
	fake->removed++;
}

static const struct pci_epc_ops fake_epc_ops = {
	.delegate_dma_channels = ut_delegate,
	.quiesce_dma_channels = ut_quiesce,
	.undelegate_dma_channels = ut_undelegate,
};

static int fake_init(struct kunit *test)
{
	struct fake *fake = kunit_kzalloc(test, sizeof(*fake), GFP_KERNEL);
	struct dw_pcie *pci;

	KUNIT_ASSERT_NOT_NULL(test, fake);
	test->priv = fake;
	fake->test = test;
	fake->shared = true;
	mutex_init(&fake->epc.lock);
	mutex_init(&fake->epc.dma_lock);
	fake->epc.ops = &fake_epc_ops;
	fake->epc.max_functions = 2;

	pci = &fake->pci;
	pci->dev = &fake->epc.dev;
	pci->ep.epc = &fake->epc;
	pci->edma.dw = (struct dw_edma *)fake;	/* never followed */
	pci->edma.mf = EDMA_MF_EDMA_UNROLL;
	pci->edma.ll_wr_cnt = NUM_CH;
	pci->edma.ll_rd_cnt = NUM_CH;
	epc_set_drvdata(&fake->epc, &pci->ep);

	return 0;
}

/* Delegated are @wr and @rd, and everybody agrees about that */
static void expect_delegated(struct fake *fake, u32 wr, u32 rd)
{
	const u32 masks[] = { wr, rd };
	struct dw_pcie_ep *ep = &fake->pci.ep;
	struct fake_chan *c;
	unsigned int dir, i;
	bool is;

	for (dir = 0; dir < 2; dir++) {
		KUNIT_EXPECT_EQ(fake->test, ep->dma_delegated[dir], masks[dir]);
		for (i = 0; i < NUM_CH; i++) {
			c = &fake->chan[dir][i];
			is = masks[dir] & BIT(i);
			KUNIT_EXPECT_EQ(fake->test, !!ep->dma_chan[dir][i], is);
			KUNIT_EXPECT_EQ(fake->test, c->mode == DW_EDMA_CH_IRQ_REMOTE, is);
			if (is)
				KUNIT_EXPECT_TRUE(fake->test, c->held);
		}
	}
}

static unsigned int fake_num_held(struct fake *fake)
{
	unsigned int i, held = 0;

	for (i = 0; i < NUM_CH; i++)
		held += fake->chan[0][i].held + fake->chan[1][i].held;

	return held;
}

static int delegate(struct fake *fake, u32 wr, u32 rd)
{
	return pci_epc_delegate_dma_channels(&fake->epc, 0, 0, wr, rd);
}

static int undelegate(struct fake *fake, u32 wr, u32 rd)
{
	return pci_epc_undelegate_dma_channels(&fake->epc, 0, 0, wr, rd);
}

static void delegate_and_back(struct kunit *test)
{
	struct fake *fake = test->priv;
	unsigned int i;

	KUNIT_EXPECT_EQ(test, delegate(fake, 0, ALL), 0);
	expect_delegated(fake, 0, ALL);
	KUNIT_EXPECT_EQ(test, delegate(fake, 0, ALL), -EBUSY);
	KUNIT_EXPECT_EQ(test, delegate(fake, ALL, ALL), -EBUSY);
	expect_delegated(fake, 0, ALL);
	KUNIT_EXPECT_EQ(test, fake_num_held(fake), NUM_CH);
	KUNIT_EXPECT_EQ(test, undelegate(fake, ALL, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, undelegate(fake, ALL, ALL), -EINVAL);
	expect_delegated(fake, 0, ALL);

	KUNIT_EXPECT_EQ(test, undelegate(fake, 0, ALL), 0);
	expect_delegated(fake, 0, 0);
	KUNIT_EXPECT_EQ(test, fake_num_held(fake), 0);
	for (i = 0; i < NUM_CH; i++)
		KUNIT_EXPECT_TRUE(test, fake->chan[EDMA_DIR_READ][i].stopped);
	KUNIT_EXPECT_EQ(test, undelegate(fake, 0, ALL), -EINVAL);
	KUNIT_EXPECT_EQ(test, delegate(fake, ALL, ALL), 0);
	expect_delegated(fake, ALL, ALL);
}

static void wrong_channels(struct kunit *test)
{
	struct fake *fake = test->priv;

	/* Part of a direction that has one owner, more than there is */
	KUNIT_EXPECT_EQ(test, delegate(fake, 0, BIT(0)), -EINVAL);
	KUNIT_EXPECT_EQ(test, delegate(fake, ALL, ALL >> 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, delegate(fake, 0, ALL | BIT(NUM_CH)), -EINVAL);
	KUNIT_EXPECT_EQ(test, delegate(fake, U32_MAX, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, fake_num_held(fake), 0);

	fake->shared = false;
	KUNIT_EXPECT_EQ(test, delegate(fake, 0, BIT(NUM_CH)), -EINVAL);
	KUNIT_EXPECT_EQ(test, delegate(fake, BIT(1), BIT(0) | BIT(3)), 0);
	expect_delegated(fake, BIT(1), BIT(0) | BIT(3));
	KUNIT_EXPECT_EQ(test, undelegate(fake, 0, BIT(0) | BIT(1)), -EINVAL);
	KUNIT_EXPECT_EQ(test, undelegate(fake, 0, BIT(0)), 0);
	expect_delegated(fake, BIT(1), BIT(3));

	/* What is delegated stays so when somebody asks for more than the rest */
	KUNIT_EXPECT_EQ(test, delegate(fake, BIT(1), BIT(0)), -EBUSY);
	KUNIT_EXPECT_EQ(test, delegate(fake, BIT(0), BIT(3)), -EBUSY);
	expect_delegated(fake, BIT(1), BIT(3));
	KUNIT_EXPECT_EQ(test, fake_num_held(fake), 2);
}

static void wrong_controller(struct kunit *test)
{
	struct fake *fake = test->priv;
	struct pci_epc *epc = &fake->epc;
	u8 vfs[2] = { 1, 1 };

	epc->max_vfs = vfs;
	KUNIT_EXPECT_EQ(test, pci_epc_delegate_dma_channels(epc, 1, 0, 0, ALL),
			-EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, pci_epc_delegate_dma_channels(epc, 0, 1, 0, ALL),
			-EOPNOTSUPP);
	fake->pci.edma.mf = EDMA_MF_EDMA_LEGACY;
	KUNIT_EXPECT_EQ(test, delegate(fake, 0, ALL), -EOPNOTSUPP);
	fake->pci.edma.mf = EDMA_MF_EDMA_UNROLL;
	fake->pci.edma.dw = NULL;
	KUNIT_EXPECT_EQ(test, delegate(fake, 0, ALL), -ENODEV);
	KUNIT_EXPECT_EQ(test, fake_num_held(fake), 0);
}

/* Each channel in turn is the one that makes the call fail */
static void delegate_is_all_or_nothing(struct kunit *test)
{
	struct fake *fake = test->priv;
	struct fake_chan *c;
	unsigned int i;

	for (i = 0; i < 2 * NUM_CH; i++) {
		c = &fake->chan[i / NUM_CH][i % NUM_CH];

		c->held = true;
		KUNIT_EXPECT_EQ(test, delegate(fake, ALL, ALL), -EBUSY);
		expect_delegated(fake, 0, 0);
		KUNIT_EXPECT_EQ(test, fake_num_held(fake), 1);
		c->held = false;

		c->unroutable = true;
		KUNIT_EXPECT_EQ(test, delegate(fake, ALL, ALL), -EBUSY);
		expect_delegated(fake, 0, 0);
		KUNIT_EXPECT_EQ(test, fake_num_held(fake), 0);
		c->unroutable = false;
	}
}

static void undelegate_is_all_or_nothing(struct kunit *test)
{
	struct fake *fake = test->priv;

	KUNIT_ASSERT_EQ(test, delegate(fake, ALL, ALL), 0);
	fake->chan[EDMA_DIR_WRITE][2].stuck = -ETIMEDOUT;
	KUNIT_EXPECT_EQ(test, undelegate(fake, ALL, ALL), -ETIMEDOUT);
	expect_delegated(fake, ALL, ALL);
	/* Those of its direction have the same engine, the others stand still */
	KUNIT_EXPECT_FALSE(test, fake->chan[EDMA_DIR_WRITE][3].stopped);
	KUNIT_EXPECT_TRUE(test, fake->chan[EDMA_DIR_READ][0].stopped);
	fake->shared = false;
	KUNIT_EXPECT_EQ(test, undelegate(fake, ALL, ALL), -ETIMEDOUT);
	KUNIT_EXPECT_TRUE(test, fake->chan[EDMA_DIR_WRITE][3].stopped);
	expect_delegated(fake, ALL, ALL);

	/* Not to be taken for an engine that was removed, and had to give them back */
	fake->chan[EDMA_DIR_WRITE][2].stuck = -ENODEV;
	KUNIT_EXPECT_EQ(test, undelegate(fake, ALL, ALL), -EIO);
	expect_delegated(fake, ALL, ALL);

	fake->chan[EDMA_DIR_WRITE][2].stuck = 0;
	KUNIT_EXPECT_EQ(test, undelegate(fake, ALL, ALL), 0);
	expect_delegated(fake, 0, 0);
}

static void quiesce_keeps_the_delegation(struct kunit *test)
{
	struct fake *fake = test->priv;
	struct pci_epc *epc = &fake->epc;

	KUNIT_EXPECT_EQ(test, pci_epc_quiesce_dma_channels(epc, 0, 0, 0, ALL), -EINVAL);
	KUNIT_ASSERT_EQ(test, delegate(fake, 0, ALL), 0);
	KUNIT_EXPECT_EQ(test, pci_epc_quiesce_dma_channels(epc, 0, 0, 0, ALL), 0);
	KUNIT_EXPECT_TRUE(test, fake->chan[EDMA_DIR_READ][3].stopped);
	expect_delegated(fake, 0, ALL);
	fake->chan[EDMA_DIR_READ][0].stuck = -ETIMEDOUT;
	KUNIT_EXPECT_EQ(test, pci_epc_quiesce_dma_channels(epc, 0, 0, 0, ALL),
			-ETIMEDOUT);
	expect_delegated(fake, 0, ALL);
}

/* A reset does not ask the function, nor a channel that does not stop */
static void removal_takes_everything_back(struct kunit *test)
{
	struct fake *fake = test->priv;

	KUNIT_ASSERT_EQ(test, delegate(fake, ALL, ALL), 0);
	fake->chan[EDMA_DIR_READ][1].stuck = -ETIMEDOUT;
	ut_dma_remove(&fake->pci.ep);
	KUNIT_EXPECT_EQ(test, fake->removed, 1);
	KUNIT_EXPECT_EQ(test, fake_num_held(fake), 0);
	expect_delegated(fake, 0, 0);
	KUNIT_EXPECT_EQ(test, undelegate(fake, ALL, ALL), -ENODEV);
	KUNIT_EXPECT_EQ(test, delegate(fake, ALL, ALL), -ENODEV);
}

static struct kunit_case dma_cases[] = {
	KUNIT_CASE(delegate_and_back),
	KUNIT_CASE(wrong_channels),
	KUNIT_CASE(wrong_controller),
	KUNIT_CASE(delegate_is_all_or_nothing),
	KUNIT_CASE(undelegate_is_all_or_nothing),
	KUNIT_CASE(quiesce_keeps_the_delegation),
	KUNIT_CASE(removal_takes_everything_back),
	{ }
};

static struct kunit_suite dma_suite = {
	.name = "dw_pcie_ep_dma",
	.init = fake_init,
	.test_cases = dma_cases,
};

kunit_test_suite(dma_suite);

MODULE_DESCRIPTION("KUnit tests for the delegation of eDMA channels by DesignWare endpoints");
MODULE_LICENSE("GPL");
