// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of reserving exact hardware channels for the other side
 *
 * The invariant: a channel, and where registers are shared a direction, has one
 * owner.
 */

#include <linux/delay.h>
#include <linux/kthread.h>

#include "delegate_fixture.h"

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
	struct dw_edma_fake *fake = dw_edma_fake_create(test, DW_EDMA_CHIP_LOCAL, 1, 1, 1);

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
	struct dw_edma_fake *fake = delegate_native(test);
	struct dma_chan *client, *dchan;

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

static struct kunit_case dw_edma_delegate_cases[] = {
	KUNIT_CASE(reserve_exact_test),
	KUNIT_CASE(reserve_errors_test),
	KUNIT_CASE(reserve_legacy_test),
	KUNIT_CASE(one_owner_test),
	KUNIT_CASE(native_test),
	KUNIT_CASE(reserve_busy_test),
	KUNIT_CASE(reserve_race_test),
	{}
};

static struct kunit_suite dw_edma_delegate_suite = {
	.name = "dw-edma-delegate",
	.test_cases = dw_edma_delegate_cases,
};

kunit_test_suite(dw_edma_delegate_suite);
