// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of a link whose endpoint goes and comes back
 *
 * The invariant: as long as a client wants the link, an endpoint that is there and
 * offers what it did is brought back to where it was, and the client is told of
 * both; one that is not there, or is another one, is left alone.
 */

#include <linux/delay.h>
#include <linux/pci.h>

#include "../ntb_hw_epf_ctrl.h"
#include "fake_epf.h"

#define COME_BACK	(FAKE_CONFIGURE_DB << 4 | FAKE_LINK_UP)

/* Times are those of a machine that has other things to do */
static bool soon(bool (*is)(void))
{
	int i;

	for (i = 0; i < 600 && !is(); i++)
		msleep(50);

	return is();
}

static bool asked(void)
{
	return fake_epf.command == FAKE_LINK_UP;
}

static bool told(void)
{
	return fake_epf.link_events;
}

/* Also those that do not have to do anything look in this time */
static void link_idle(void)
{
	msleep(4000);
}

static struct ntb_dev *link_enabled(struct kunit *test)
{
	struct ntb_dev *ntb = fake_up(test, &fake_j721e);

	/* There before the answer, as with pci-epf-vntb */
	fake_poke16(0, FAKE_LINK, 1);
	KUNIT_ASSERT_EQ(test, 0, ntb_link_enable(ntb, NTB_SPEED_AUTO, NTB_WIDTH_AUTO));
	KUNIT_ASSERT_EQ(test, 1, ntb_link_is_up(ntb, NULL, NULL));
	fake_epf.command = 0;
	fake_epf.commands = 0;
	fake_epf.link_events = 0;

	return ntb;
}

static void link_goes(bool interrupt)
{
	fake_poke16(0, FAKE_LINK, 0);
	if (interrupt)
		fake_interrupt(0);
}

static void link_is_back(struct kunit *test, struct ntb_dev *ntb, u32 commands)
{
	KUNIT_EXPECT_TRUE(test, soon(asked));
	KUNIT_EXPECT_EQ(test, commands, fake_epf.commands);
	fake_epf.link_events = 0;
	fake_poke16(0, FAKE_LINK, 1);
	KUNIT_EXPECT_TRUE(test, soon(told));
	KUNIT_EXPECT_EQ(test, 1, ntb_link_is_up(ntb, NULL, NULL));
}

/* The endpoint takes the link down, and says so */
static void link_taken_test(struct kunit *test)
{
	struct ntb_dev *ntb = link_enabled(test);

	link_goes(true);
	KUNIT_EXPECT_EQ(test, 1, fake_epf.link_events);
	link_is_back(test, ntb, FAKE_LINK_UP);
}

/* It dies, without a word, and starts again */
static void link_died_test(struct kunit *test)
{
	struct ntb_dev *ntb = link_enabled(test);
	u32 command;

	KUNIT_EXPECT_EQ(test, 0, ntb_mw_set_trans(ntb, PEER, 1, 0x12345000, 0x800));
	KUNIT_EXPECT_EQ(test, 0, ntb_mw_set_trans(ntb, PEER, 2, 0x5000, 0x1000));
	KUNIT_EXPECT_EQ(test, 0, ntb_mw_clear_trans(ntb, PEER, 2));
	command = fake_epf.config[PCI_COMMAND / 4];
	fake_epf.gone = true;
	fake_epf.command = 0;
	KUNIT_EXPECT_TRUE(test, soon(told));
	KUNIT_EXPECT_EQ(test, 0, ntb_link_is_up(ntb, NULL, NULL));

	/* Nothing is asked of one that is not there */
	fake_epf.writes = 0;
	link_idle();
	KUNIT_EXPECT_EQ(test, 0, fake_epf.writes);

	fake_reset();
	fake_epf.gone = false;
	link_is_back(test, ntb, FAKE_CONFIGURE_DB << 8 | FAKE_SET_MW << 4 | FAKE_LINK_UP);
	KUNIT_EXPECT_EQ(test, command & 0xffff, fake_epf.config[PCI_COMMAND / 4] & 0xffff);
	KUNIT_EXPECT_MEMEQ(test, fake_epf.start, &fake_epf.config[PCI_BASE_ADDRESS_0 / 4],
			   sizeof(fake_epf.start));
	KUNIT_EXPECT_EQ(test, 0x12345000, fake_peek(0, FAKE_ADDR_LO));
	KUNIT_EXPECT_EQ(test, 0x800, fake_peek(0, FAKE_SIZE_LO));
}

/* A reset that nobody has seen */
static void link_reset_test(struct kunit *test)
{
	struct ntb_dev *ntb = link_enabled(test);

	fake_reset();
	KUNIT_EXPECT_TRUE(test, soon(told));
	link_is_back(test, ntb, COME_BACK);
}

/* A reset by somebody who restores the configuration, but cannot know of the rest */
static void link_reset_done_test(struct kunit *test)
{
	struct ntb_dev *ntb = link_enabled(test);

	link_goes(false);
	fake_epf.pdev->driver->err_handler->reset_done(fake_epf.pdev);
	KUNIT_EXPECT_TRUE(test, soon(told));
	link_is_back(test, ntb, COME_BACK);
}

/* No answer at first, and later one: the client need not try again */
static void link_late_test(struct kunit *test)
{
	struct ntb_dev *ntb = fake_up(test, &fake_j721e);

	fake_epf.answer = FAKE_SILENT;
	KUNIT_EXPECT_EQ(test, 0, ntb_link_enable(ntb, NTB_SPEED_AUTO, NTB_WIDTH_AUTO));
	KUNIT_EXPECT_EQ(test, 0, ntb_link_is_up(ntb, NULL, NULL));
	fake_epf.answer = FAKE_OK;
	KUNIT_EXPECT_TRUE(test, soon(asked));
	fake_epf.link_events = 0;
	fake_poke16(0, FAKE_LINK, 1);
	KUNIT_EXPECT_TRUE(test, soon(told));
	KUNIT_EXPECT_EQ(test, 1, ntb_link_is_up(ntb, NULL, NULL));
}

/* It refuses for a while: asked again, less and less often */
static void link_refused_test(struct kunit *test)
{
	struct ntb_dev *ntb = link_enabled(test);

	fake_epf.answer = FAKE_ERROR;
	link_goes(true);
	KUNIT_EXPECT_TRUE(test, soon(asked));
	fake_epf.commands = 0;
	link_idle();
	KUNIT_EXPECT_LT(test, fake_epf.commands, 1 << 24);
	fake_epf.answer = FAKE_OK;
	fake_epf.command = 0;
	fake_epf.commands = 0;
	link_is_back(test, ntb, FAKE_LINK_UP);
}

/* Where the scratchpads were is something else now */
static void link_other_test(struct kunit *test)
{
	struct ntb_dev *ntb = link_enabled(test);

	fake_reset();
	fake_poke(0, NTB_EPF_SPAD_OFFSET, FAKE_SPAD_OFF + 0x100);
	KUNIT_EXPECT_TRUE(test, soon(told));
	link_idle();
	KUNIT_EXPECT_EQ(test, 0, fake_epf.commands);
	KUNIT_EXPECT_EQ(test, 0, ntb_link_is_up(ntb, NULL, NULL));
}

/* Neither before a client wants it, nor after */
static void link_unwanted_test(struct kunit *test)
{
	struct ntb_dev *ntb = link_enabled(test);

	KUNIT_EXPECT_EQ(test, 0, ntb_link_disable(ntb));
	fake_reset();
	fake_epf.writes = 0;
	link_idle();
	KUNIT_EXPECT_EQ(test, 0, fake_epf.writes);
	KUNIT_EXPECT_EQ(test, 0, fake_epf.link_events);

	/* Who wants it then gets it */
	KUNIT_EXPECT_EQ(test, 0, ntb_link_enable(ntb, NTB_SPEED_AUTO, NTB_WIDTH_AUTO));
	KUNIT_EXPECT_EQ(test, COME_BACK, fake_epf.commands);
}

/* A client that goes without a word: the link does not stay up behind it */
static void link_left_test(struct kunit *test)
{
	link_enabled(test);
	device_release_driver(&fake_epf.pdev->dev);
	KUNIT_EXPECT_EQ(test, FAKE_LINK_DOWN << 4 | FAKE_TEARDOWN_DB, fake_epf.commands);
}

static struct kunit_case link_test_cases[] = {
	KUNIT_CASE_SLOW(link_taken_test),
	KUNIT_CASE_SLOW(link_died_test),
	KUNIT_CASE_SLOW(link_reset_test),
	KUNIT_CASE_SLOW(link_reset_done_test),
	KUNIT_CASE_SLOW(link_late_test),
	KUNIT_CASE_SLOW(link_refused_test),
	KUNIT_CASE_SLOW(link_other_test),
	KUNIT_CASE_SLOW(link_unwanted_test),
	KUNIT_CASE(link_left_test),
	{}
};

static struct kunit_suite link_test_suite = {
	.name = "ntb-epf-link",
	.init = fake_init,
	.exit = fake_exit,
	.test_cases = link_test_cases,
};

kunit_test_suite(link_test_suite);
