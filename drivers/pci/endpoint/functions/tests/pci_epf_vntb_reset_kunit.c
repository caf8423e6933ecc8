// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of pci-epf-vntb: the host goes, and resets the controller
 *
 * Invariant: nothing of a host outlives it, and a controller in reset is not
 * touched (the fake one fails the test), whatever clients, hosts and users do
 * meanwhile. When it comes out of the reset it is told everything, also what
 * has changed since.
 */

#include <linux/completion.h>
#include <linux/hrtimer.h>
#include <linux/irq.h>
#include <linux/kthread.h>
#include <linux/pci.h>

#include "vntb_fake_epc.h"

#define MW_BAR		2	/* of the first window, when nothing is configured */
#define MW2_BAR		3
#define MW_SIZE		SZ_64K

static struct fake_epc *bound(struct kunit *test)
{
	struct fake_epc *fake = fake_epc_create(test);

	KUNIT_ASSERT_EQ(test, 0, fake_epc_bind(fake));
	return fake;
}

static void host_window(struct fake_epc *fake, u64 addr, u64 size)
{
	*(__le64 *)(fake_epc_ctrl(fake) + HOST_ADDR) = cpu_to_le64(addr);
	*(__le64 *)(fake_epc_ctrl(fake) + HOST_SIZE) = cpu_to_le64(size);
}

/* A host at work: interrupts, a window of its own, the link is up */
static void host_works(struct fake_epc *fake)
{
	struct kunit *test = fake->test;

	KUNIT_ASSERT_EQ(test, HOST_STATUS_OK, fake_epc_command(fake, HOST_CONFIGURE_DOORBELL, 8));
	host_window(fake, 0x80000000, MW_SIZE);
	KUNIT_ASSERT_EQ(test, HOST_STATUS_OK, fake_epc_command(fake, HOST_CONFIGURE_MW, 0));
	KUNIT_ASSERT_EQ(test, HOST_STATUS_OK, fake_epc_command(fake, HOST_LINK_UP, 0));
	KUNIT_ASSERT_EQ(test, 1, fake->outbound);
	KUNIT_ASSERT_EQ(test, 1, ntb_link_is_up(fake->ntb, NULL, NULL));
}

static void host_sends(struct fake_epc *fake, u32 command)
{
	WRITE_ONCE(*(__le32 *)(fake_epc_ctrl(fake) + HOST_COMMAND), cpu_to_le32(command));
}

struct call {
	void (*fn)(struct fake_epc *fake);
	struct fake_epc *fake;
	struct completion done;
};

static int call_thread(void *data)
{
	struct call *call = data;

	call->fn(call->fake);
	complete(&call->done);
	return 0;
}

/* Somebody else does something that may have to wait */
static void call_start(struct call *call, struct fake_epc *fake, void (*fn)(struct fake_epc *fake))
{
	call->fn = fn;
	call->fake = fake;
	init_completion(&call->done);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(fake->test, kthread_run(call_thread, call, "vntb-kunit"));
}

static void translate(struct fake_epc *fake)
{
	ntb_mw_set_trans(fake->ntb, 0, 0, 0x40000, MW_SIZE);
}

struct lost_link {
	struct hrtimer timer;
	struct fake_epc *fake;
	bool done;
};

static enum hrtimer_restart lose_link(struct hrtimer *timer)
{
	struct lost_link *lost = container_of(timer, struct lost_link, timer);

	lost->fake->epf->event_ops->link_down(lost->fake->epf);
	WRITE_ONCE(lost->done, true);
	return HRTIMER_NORESTART;
}

static void ring_and_reset(struct fake_epc *fake)
{
	ntb_peer_db_set(fake->ntb, BIT(0));
	fake_wait_for(READ_ONCE(fake->in_irq));
	fake_epc_reset(fake);
}

/* Clients go on, and so does what a dying host has written last */
static void vntb_reset_quiet(struct kunit *test)
{
	struct fake_epc *fake = bound(test);
	unsigned int irqs;

	host_works(fake);
	KUNIT_EXPECT_EQ(test, 0, ntb_mw_set_trans(fake->ntb, 0, 0, 0x40000, MW_SIZE));
	irqs = fake->nr_irqs;
	fake_epc_reset(fake);
	KUNIT_EXPECT_EQ(test, 0, ntb_link_is_up(fake->ntb, NULL, NULL));

	host_window(fake, 0x80000000, MW_SIZE);
	host_sends(fake, HOST_CONFIGURE_MW);
	KUNIT_EXPECT_EQ(test, 0, ntb_mw_clear_trans(fake->ntb, 0, 0));
	KUNIT_EXPECT_EQ(test, 0, ntb_mw_set_trans(fake->ntb, 0, 0, 0x43000, SZ_8K));
	ntb_peer_db_set(fake->ntb, BIT(0));
	pci_epc_linkdown(fake->epc);
	/* Enough for a work to look at all of it */
	msleep(100);
	KUNIT_EXPECT_EQ(test, irqs, fake->nr_irqs);

	/* Nor is the command one of the next host */
	fake_epc_revive(fake);
	msleep(100);
	KUNIT_EXPECT_EQ(test, 0, fake->outbound);
	KUNIT_EXPECT_EQ(test, irqs, fake->nr_irqs);
	KUNIT_EXPECT_EQ(test, 0, ntb_link_is_up(fake->ntb, NULL, NULL));
}

static void expect_set_up(struct fake_epc *fake)
{
	struct kunit *test = fake->test;
	unsigned int i;

	KUNIT_EXPECT_TRUE(test, fake->header);
	KUNIT_EXPECT_EQ(test, 8, fake->nr_msi);
	KUNIT_EXPECT_EQ(test, 8, fake->nr_msix);
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_TRUE_MSG(test, fake->bar[i].set, "BAR%u", i);
}

/* Everything is there again, and as the clients want it to be by now */
static void vntb_reset_comes_back(struct kunit *test)
{
	struct fake_epc *fake = bound(test);
	struct pci_epf_bar *mw = &fake->bar[MW_BAR].cfg;
	unsigned int irqs;

	expect_set_up(fake);
	host_works(fake);
	KUNIT_EXPECT_EQ(test, 0, ntb_mw_set_trans(fake->ntb, 0, 0, 0x40000, MW_SIZE));
	KUNIT_EXPECT_EQ(test, 0, ntb_mw_set_trans(fake->ntb, 0, 1, 0x60000, MW_SIZE));

	fake_epc_reset(fake);
	KUNIT_EXPECT_EQ(test, 0, ntb_mw_set_trans(fake->ntb, 0, 0, 0x43000, SZ_8K));
	fake_epc_revive(fake);
	expect_set_up(fake);
	KUNIT_ASSERT_EQ(test, 2, mw->num_submap);
	KUNIT_EXPECT_EQ(test, 0x43000, mw->submap[0].phys_addr);
	KUNIT_EXPECT_EQ(test, SZ_8K, mw->submap[0].size);
	KUNIT_EXPECT_EQ(test, 0x60000, fake->bar[MW2_BAR].cfg.phys_addr);
	KUNIT_EXPECT_EQ(test, 0, ntb_link_is_up(fake->ntb, NULL, NULL));

	/* And the next host finds what it needs */
	host_works(fake);
	irqs = fake->nr_irqs;
	ntb_peer_db_set(fake->ntb, BIT(0));
	KUNIT_EXPECT_TRUE(test, fake_wait_for(READ_ONCE(fake->nr_irqs) > irqs));

	/* As often as it likes */
	fake_epc_reset(fake);
	fake_epc_revive(fake);
	fake_epc_reset(fake);
	fake_epc_revive(fake);
	expect_set_up(fake);
	host_works(fake);
}

/* It reads a control block that no host has written to */
static void vntb_reset_ctrl(struct kunit *test)
{
	struct fake_epc *fake = bound(test);
	void *before = kunit_kzalloc(test, HOST_SPADS, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, before);
	memcpy(before, fake_epc_ctrl(fake), HOST_SPADS);
	host_works(fake);
	fake_epc_reset(fake);
	memset(fake_epc_ctrl(fake), 0xff, HOST_SPADS);
	fake_epc_revive(fake);
	KUNIT_EXPECT_MEMEQ(test, before, fake_epc_ctrl(fake), HOST_SPADS);
	host_works(fake);
}

/* The doorbell of the controller is another one after the reset */
static void vntb_reset_doorbell(struct kunit *test)
{
	struct fake_epc *fake = fake_epc_create(test);

	fake->doorbell_bar = BAR_4;
	fake->features.bar[BAR_4].type = BAR_RESERVED;
	fake_epc_store(fake, "db_bar", "4");
	KUNIT_ASSERT_EQ(test, 0, fake_epc_bind(fake));
	KUNIT_EXPECT_TRUE(test, irq_has_action(fake->doorbell_irq));

	fake_epc_reset(fake);
	/* The controller's to free */
	KUNIT_EXPECT_FALSE(test, irq_has_action(fake->doorbell_irq));
	fake_epc_revive(fake);
	KUNIT_EXPECT_TRUE(test, irq_has_action(fake->doorbell_irq));

	/* Even if there is none any more */
	fake_epc_reset(fake);
	fake->doorbell_bar = NO_BAR;
	fake->features.bar[BAR_4].type = BAR_PROGRAMMABLE;
	fake_epc_revive(fake);
	KUNIT_EXPECT_TRUE(test, fake->bar[BAR_4].set);
	host_works(fake);
}

/* Users do not wait for the host */
static void vntb_reset_unbind(struct kunit *test)
{
	struct fake_epc *fake = bound(test);

	host_works(fake);
	fake_epc_reset(fake);
	fake_epc_unbind(fake);
	KUNIT_ASSERT_EQ(test, 0, fake_epc_bind(fake));
	KUNIT_EXPECT_EQ(test, 0, ntb_mw_set_trans(fake->ntb, 0, 0, 0x40000, MW_SIZE));
	pci_epc_stop(fake->epc);
	fake_epc_revive(fake);
	expect_set_up(fake);
	KUNIT_EXPECT_EQ(test, 0x40000, fake->bar[MW_BAR].cfg.phys_addr);
	host_works(fake);

	fake_epc_unbind(fake);
	fake_epc_reset(fake);
	fake_epc_revive(fake);
	KUNIT_EXPECT_FALSE(test, fake->bar[MW_BAR].set);
}

/* What cannot be set up again can the next time, and can be unbound */
static void vntb_reset_refused(struct kunit *test)
{
	struct fake_epc *fake = bound(test);
	unsigned int i;

	for (i = 0; i < 4; i++) {
		fake_epc_reset(fake);
		fake->refused_bars = BIT(i);
		fake_epc_revive(fake);
		fake->refused_bars = 0;
		KUNIT_EXPECT_EQ(test, 0, fake->bad_calls);
		KUNIT_EXPECT_FALSE(test, fake->bar[MW_BAR].set);
	}
	fake_epc_reset(fake);
	fake_epc_revive(fake);
	expect_set_up(fake);
	host_works(fake);

	fake_epc_reset(fake);
	fake->refused_bars = BIT(MW2_BAR);
	fake_epc_revive(fake);
	fake_epc_unbind(fake);
	KUNIT_EXPECT_EQ(test, 0, fake->bad_calls);
}

/* An interrupt is on its way: the reset waits for it */
static void vntb_reset_waits(struct kunit *test)
{
	struct fake_epc *fake = bound(test);
	struct completion gate;
	struct call call;

	init_completion(&gate);
	host_works(fake);
	WRITE_ONCE(fake->irq_gate, &gate);
	call_start(&call, fake, ring_and_reset);
	KUNIT_EXPECT_TRUE(test, fake_wait_for(READ_ONCE(fake->in_irq)));
	msleep(100);
	KUNIT_EXPECT_FALSE(test, completion_done(&call.done));
	WRITE_ONCE(fake->irq_gate, NULL);
	complete_all(&gate);
	wait_for_completion(&call.done);
	KUNIT_EXPECT_TRUE(test, fake->dead);
}

/* The host frees its vectors once it has the answer */
static void vntb_teardown_waits(struct kunit *test)
{
	struct fake_epc *fake = bound(test);
	__le16 *status = fake_epc_ctrl(fake) + HOST_STATUS;
	struct completion gate;
	unsigned int irqs;

	init_completion(&gate);
	host_works(fake);
	WRITE_ONCE(fake->irq_gate, &gate);
	ntb_peer_db_set(fake->ntb, BIT(0));
	KUNIT_EXPECT_TRUE(test, fake_wait_for(READ_ONCE(fake->in_irq)));
	ntb_peer_db_set(fake->ntb, BIT(1));

	WRITE_ONCE(*status, 0);
	host_sends(fake, HOST_TEARDOWN_DOORBELL);
	msleep(100);
	KUNIT_EXPECT_EQ(test, 0, READ_ONCE(*status));
	WRITE_ONCE(fake->irq_gate, NULL);
	complete_all(&gate);
	KUNIT_EXPECT_TRUE(test, fake_wait_for(READ_ONCE(*status)));
	irqs = fake->nr_irqs;
	msleep(100);
	KUNIT_EXPECT_EQ(test, irqs, fake->nr_irqs);

	/* What was to ring then does not ring for the next host */
	KUNIT_EXPECT_EQ(test, HOST_STATUS_OK, fake_epc_command(fake, HOST_CONFIGURE_DOORBELL, 8));
	ntb_peer_db_set(fake->ntb, BIT(2));
	KUNIT_EXPECT_TRUE(test, fake_wait_for(READ_ONCE(fake->nr_irqs) > irqs));
	KUNIT_EXPECT_EQ(test, irqs + 1, fake->nr_irqs);
	KUNIT_EXPECT_EQ(test, 5, fake->irq_num);
}

/* One controller announces it in an interrupt, where nothing may wait for a lock */
static void vntb_link_lost_in_irq(struct kunit *test)
{
	struct fake_epc *fake = bound(test);
	struct lost_link lost = { .fake = fake };
	struct completion gate;
	struct call trans;

	init_completion(&gate);
	host_works(fake);
	WRITE_ONCE(fake->bar_gate, &gate);
	call_start(&trans, fake, translate);
	KUNIT_EXPECT_TRUE(test, fake_wait_for(READ_ONCE(fake->in_bar)));
	hrtimer_setup_on_stack(&lost.timer, lose_link, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
	hrtimer_start(&lost.timer, 0, HRTIMER_MODE_REL_HARD);
	KUNIT_EXPECT_TRUE(test, fake_wait_for(READ_ONCE(lost.done)));
	hrtimer_cancel(&lost.timer);
	destroy_hrtimer_on_stack(&lost.timer);
	WRITE_ONCE(fake->bar_gate, NULL);
	complete_all(&gate);
	wait_for_completion(&trans.done);

	/* Clients hear of it nevertheless, and a host that comes is heard */
	KUNIT_EXPECT_TRUE(test, fake_wait_for(!ntb_link_is_up(fake->ntb, NULL, NULL)));
	pci_epc_linkup(fake->epc);
	host_works(fake);
}

/* The controller may be switched off with the link, as well as announce a reset later */
static void vntb_link_lost_quiet(struct kunit *test)
{
	struct fake_epc *fake = bound(test);
	unsigned int i;

	host_works(fake);
	KUNIT_EXPECT_EQ(test, 0, ntb_mw_set_trans(fake->ntb, 0, 0, 0x40000, MW_SIZE));
	for (i = 0; i < PCI_STD_NUM_BARS; i++)
		fake->bar[i].sets = 0;
	pci_epc_linkdown(fake->epc);
	KUNIT_EXPECT_EQ(test, 0, ntb_link_is_up(fake->ntb, NULL, NULL));
	KUNIT_EXPECT_EQ(test, 0, fake->outbound);
	/* What a hot reset took */
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_GT_MSG(test, fake->bar[i].sets, 0, "BAR%u", i);

	fake->dead = true;
	host_sends(fake, HOST_CONFIGURE_DOORBELL);
	KUNIT_EXPECT_EQ(test, 0, ntb_mw_set_trans(fake->ntb, 0, 0, 0x43000, SZ_8K));
	KUNIT_EXPECT_EQ(test, 0, ntb_mw_clear_trans(fake->ntb, 0, 1));
	ntb_peer_db_set(fake->ntb, BIT(0));
	pci_epc_linkdown(fake->epc);
	pci_epc_stop(fake->epc);
	msleep(100);

	/* It was, and comes back with the link ... */
	fake->dead = false;
	pci_epc_linkup(fake->epc);
	KUNIT_EXPECT_EQ(test, 0x43000, fake->bar[MW_BAR].cfg.submap[0].phys_addr);
	host_works(fake);

	/* ... or out of the reset */
	pci_epc_linkdown(fake->epc);
	fake->dead = true;
	KUNIT_EXPECT_EQ(test, 0, ntb_mw_set_trans(fake->ntb, 0, 0, 0x40000, MW_SIZE));
	fake->dead = false;
	fake_epc_reset(fake);
	fake_epc_revive(fake);
	pci_epc_linkup(fake->epc);
	KUNIT_EXPECT_EQ(test, 0x40000, fake->bar[MW_BAR].cfg.phys_addr);
	host_works(fake);
}

/* The next host has something else at these addresses, whether the link was up or not */
static void vntb_next_host_outbound(struct kunit *test)
{
	struct fake_epc *fake = bound(test);

	host_works(fake);
	fake_epc_command(fake, HOST_CONFIGURE_DOORBELL, 8);
	KUNIT_EXPECT_EQ(test, 0, fake->outbound);
	host_works(fake);
	fake_epc_command(fake, HOST_LINK_DOWN, 0);
	/* It has not gone */
	KUNIT_EXPECT_EQ(test, 1, fake->outbound);
	fake_epc_command(fake, HOST_CONFIGURE_DOORBELL, 8);
	KUNIT_EXPECT_EQ(test, 0, fake->outbound);
}

/* They go with the link, with a stop, and with a reset */
static void vntb_link_lost_outbound(struct kunit *test)
{
	struct fake_epc *fake = bound(test);

	host_works(fake);
	pci_epc_linkdown(fake->epc);
	KUNIT_EXPECT_EQ(test, 0, fake->outbound);
	pci_epc_linkup(fake->epc);

	host_works(fake);
	pci_epc_stop(fake->epc);
	KUNIT_EXPECT_EQ(test, 0, fake->outbound);
	host_works(fake);
	fake_epc_reset(fake);
	KUNIT_EXPECT_EQ(test, 0, fake->outbound);
}

static struct kunit_case vntb_reset_cases[] = {
	KUNIT_CASE(vntb_reset_quiet),
	KUNIT_CASE(vntb_reset_comes_back),
	KUNIT_CASE(vntb_reset_ctrl),
	KUNIT_CASE(vntb_reset_doorbell),
	KUNIT_CASE(vntb_reset_unbind),
	KUNIT_CASE(vntb_reset_refused),
	KUNIT_CASE(vntb_reset_waits),
	KUNIT_CASE(vntb_teardown_waits),
	KUNIT_CASE(vntb_link_lost_in_irq),
	KUNIT_CASE(vntb_link_lost_quiet),
	KUNIT_CASE(vntb_next_host_outbound),
	KUNIT_CASE(vntb_link_lost_outbound),
	{}
};

static struct kunit_suite vntb_reset_suite = {
	.name		= "pci_epf_vntb_reset",
	.test_cases	= vntb_reset_cases,
};

kunit_test_suite(vntb_reset_suite);
