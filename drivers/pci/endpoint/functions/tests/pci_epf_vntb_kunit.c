// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of pci-epf-vntb
 *
 * Invariant: whatever the host writes, and in whatever order function, client
 * and user do their work, the controller is only told to map what was asked
 * for by somebody who may, and everything that was set is taken back. The
 * driver runs on a fake controller (vntb_fake_epc.c); the test plays the host
 * by writing to the control block.
 */

#include <linux/delay.h>
#include <linux/pci.h>

#include "vntb_fake_epc.h"

#define MW_BAR		2	/* of the first window, when nothing is configured */

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

/* The whole header and what is behind it can be read, which holds nothing */
static void vntb_config_space(struct kunit *test)
{
	struct fake_epc *fake = bound(test);
	struct pci_dev *pdev = fake->ntb->pdev;
	unsigned int where;
	u32 dword;
	u16 word;
	u8 byte;

	pci_read_config_dword(pdev, PCI_VENDOR_ID, &dword);
	KUNIT_EXPECT_EQ(test, dword, 0x56781234);
	pci_read_config_word(pdev, PCI_DEVICE_ID, &word);
	KUNIT_EXPECT_EQ(test, word, 0x5678);
	pci_read_config_byte(pdev, PCI_VENDOR_ID + 1, &byte);
	KUNIT_EXPECT_EQ(test, byte, 0x12);

	for (where = 0x40; where < 0x100; where += sizeof(dword)) {
		pci_read_config_dword(pdev, where, &dword);
		KUNIT_EXPECT_EQ_MSG(test, dword, 0, "at %#x", where);
	}
}

/* Each window gets a BAR of its own, in order, around what the user fixed */
static void vntb_bars_found(struct kunit *test)
{
	struct fake_epc *fake = fake_epc_create(test);

	fake_epc_store(fake, "num_mws", "3");
	fake_epc_store(fake, "mw3", "0x10000");
	fake_epc_store(fake, "mw1_bar", "0");
	KUNIT_ASSERT_EQ(test, 0, fake_epc_bind(fake));
	KUNIT_EXPECT_EQ(test, 1, fake_epc_show(fake, "ctrl_bar"));
	KUNIT_EXPECT_EQ(test, 2, fake_epc_show(fake, "db_bar"));
	KUNIT_EXPECT_EQ(test, 0, fake_epc_show(fake, "mw1_bar"));
	KUNIT_EXPECT_EQ(test, 3, fake_epc_show(fake, "mw2_bar"));
	KUNIT_EXPECT_EQ(test, 4, fake_epc_show(fake, "mw3_bar"));
}

/* Windows without a BAR are dropped, the others work */
static void vntb_bars_short(struct kunit *test)
{
	struct fake_epc *fake = fake_epc_create(test);

	fake->features.bar[BAR_3].type = BAR_RESERVED;
	fake->features.bar[BAR_5].type = BAR_DISABLED;
	fake_epc_store(fake, "num_mws", "4");
	fake_epc_store(fake, "mw3", "0x10000");
	fake_epc_store(fake, "mw4", "0x10000");
	KUNIT_ASSERT_EQ(test, 0, fake_epc_bind(fake));
	KUNIT_EXPECT_EQ(test, 2, ntb_mw_count(fake->ntb, NTB_DEF_PEER_IDX));
	KUNIT_EXPECT_EQ(test, 4, fake_epc_show(fake, "mw2_bar"));
}

/* One BAR cannot do two things */
static void vntb_bars_twice(struct kunit *test)
{
	struct fake_epc *fake = fake_epc_create(test);

	fake_epc_store(fake, "ctrl_bar", "1");
	fake_epc_store(fake, "mw1_bar", "1");
	KUNIT_EXPECT_EQ(test, -EINVAL, fake_epc_bind(fake));

	/* The second window would be the upper half of the first */
	fake_epc_store(fake, "ctrl_bar", "0");
	fake_epc_store(fake, "db_bar", "1");
	fake_epc_store(fake, "mw1_bar", "2");
	fake_epc_store(fake, "mw2_bar", "3");
	fake->features.bar[BAR_2].only_64bit = true;
	KUNIT_EXPECT_EQ(test, -EINVAL, fake_epc_bind(fake));
}

/* ... also if it is too large for one, and the last BAR has no upper half */
static void vntb_bars_upper_half(struct kunit *test)
{
	struct fake_epc *fake = fake_epc_create(test);
	unsigned int i;

	fake_epc_store(fake, "mw1", "0x100000000");
	fake_epc_store(fake, "mw1_bar", "2");
	fake_epc_store(fake, "mw2_bar", "3");
	KUNIT_EXPECT_EQ(test, -EINVAL, fake_epc_bind(fake));

	fake_epc_store(fake, "num_mws", "1");
	fake_epc_store(fake, "mw1", "0x10000");
	fake_epc_store(fake, "mw1_bar", "5");
	fake->features.bar[BAR_5].only_64bit = true;
	KUNIT_EXPECT_EQ(test, -EINVAL, fake_epc_bind(fake));

	/* Before anything is set */
	for (i = 0; i < PCI_STD_NUM_BARS; i++)
		KUNIT_EXPECT_EQ_MSG(test, 0, fake->bar[i].sets, "BAR%u", i);
}

/* A controller that does not say what it can do */
static void vntb_no_features(struct kunit *test)
{
	struct fake_epc *fake = fake_epc_create(test);

	fake->no_features = true;
	KUNIT_EXPECT_EQ(test, -EOPNOTSUPP, fake_epc_bind(fake));
}

/* Only a BAR that has to be is a 64-bit one, also after it had to be */
static void vntb_bars_64bit(struct kunit *test)
{
	struct fake_epc *fake = fake_epc_create(test);
	u32 mask = PCI_BASE_ADDRESS_MEM_TYPE_MASK;

	fake->features.bar[MW_BAR].only_64bit = true;
	KUNIT_ASSERT_EQ(test, 0, fake_epc_bind(fake));
	KUNIT_EXPECT_EQ(test, fake->bar[MW_BAR].cfg.flags & mask,
			PCI_BASE_ADDRESS_MEM_TYPE_64);
	KUNIT_EXPECT_EQ(test, 4, fake_epc_show(fake, "mw2_bar"));
	KUNIT_EXPECT_EQ(test, fake->bar[BAR_4].cfg.flags & mask, PCI_BASE_ADDRESS_MEM_TYPE_32);

	fake_epc_unbind(fake);
	fake->features.bar[MW_BAR].only_64bit = false;
	KUNIT_ASSERT_EQ(test, 0, fake_epc_bind(fake));
	KUNIT_EXPECT_EQ(test, fake->bar[MW_BAR].cfg.flags & mask,
			PCI_BASE_ADDRESS_MEM_TYPE_32);
}

/*
 * What was set is cleared, and nothing else: polled doorbells, then those that
 * the controller shows in a reserved BAR, then polled ones again
 */
static void vntb_teardown(struct kunit *test)
{
	struct fake_epc *fake = bound(test);
	unsigned int i;

	fake_epc_unbind(fake);
	for (i = 0; i < PCI_STD_NUM_BARS; i++)
		KUNIT_EXPECT_FALSE_MSG(test, fake->bar[i].set, "BAR%u left", i);
	KUNIT_EXPECT_EQ(test, 0, fake->bad_calls);

	fake->doorbell_bar = BAR_4;
	fake->features.bar[BAR_4].type = BAR_RESERVED;
	fake_epc_store(fake, "db_bar", "4");
	KUNIT_ASSERT_EQ(test, 0, fake_epc_bind(fake));
	KUNIT_EXPECT_FALSE(test, fake->bar[BAR_4].set);
	fake_epc_unbind(fake);
	KUNIT_EXPECT_EQ(test, 0, fake->bad_calls);

	fake->doorbell_bar = NO_BAR;
	fake->features.bar[BAR_4].type = BAR_PROGRAMMABLE;
	KUNIT_ASSERT_EQ(test, 0, fake_epc_bind(fake));
	KUNIT_EXPECT_TRUE(test, fake->bar[BAR_4].set);
	fake_epc_unbind(fake);
	for (i = 0; i < PCI_STD_NUM_BARS; i++)
		KUNIT_EXPECT_FALSE_MSG(test, fake->bar[i].set, "BAR%u left", i);
	KUNIT_EXPECT_EQ(test, 0, fake->bad_calls);
}

/* No argument and no size makes the endpoint map what is not the window */
static void vntb_hostile_commands(struct kunit *test)
{
	static const u32 indices[] = { 2, 3, 4, 5, 64, INT_MAX, U32_MAX };
	struct fake_epc *fake = bound(test);
	unsigned int i;

	host_window(fake, 0x80000000, 0x1000);
	for (i = 0; i < ARRAY_SIZE(indices); i++) {
		KUNIT_EXPECT_EQ(test, HOST_STATUS_ERROR,
				fake_epc_command(fake, HOST_CONFIGURE_MW, indices[i]));
		KUNIT_EXPECT_EQ(test, HOST_STATUS_ERROR,
				fake_epc_command(fake, HOST_TEARDOWN_MW, indices[i]));
	}

	host_window(fake, 0x80000000, 0);
	KUNIT_EXPECT_EQ(test, HOST_STATUS_ERROR, fake_epc_command(fake, HOST_CONFIGURE_MW, 0));
	host_window(fake, 0, 0);
	KUNIT_EXPECT_EQ(test, HOST_STATUS_ERROR, fake_epc_command(fake, HOST_CONFIGURE_MW, 0));
	host_window(fake, 0x80000000, 0x10001);
	KUNIT_EXPECT_EQ(test, HOST_STATUS_ERROR, fake_epc_command(fake, HOST_CONFIGURE_MW, 0));
	host_window(fake, 0x80000000, U64_MAX);
	KUNIT_EXPECT_EQ(test, HOST_STATUS_ERROR, fake_epc_command(fake, HOST_CONFIGURE_MW, 0));
	host_window(fake, U64_MAX - 0xfff, 0x1001);
	KUNIT_EXPECT_EQ(test, HOST_STATUS_ERROR, fake_epc_command(fake, HOST_CONFIGURE_MW, 0));
	KUNIT_EXPECT_EQ(test, 0, fake->outbound);

	KUNIT_EXPECT_EQ(test, HOST_STATUS_ERROR, fake_epc_command(fake, 77, 0));
	KUNIT_EXPECT_EQ(test, 0, fake->bad_calls);
}

/* However often it is configured, a window takes one mapping and gives it back */
static void vntb_outbound(struct kunit *test)
{
	struct fake_epc *fake = bound(test);
	unsigned int i;

	for (i = 1; i <= 3; i++) {
		host_window(fake, 0x80000000ULL * i, 0x10000);
		KUNIT_EXPECT_EQ(test, HOST_STATUS_OK,
				fake_epc_command(fake, HOST_CONFIGURE_MW, 1));
		KUNIT_EXPECT_EQ(test, 1, fake->outbound);
		KUNIT_EXPECT_EQ(test, 0x80000000ULL * i, fake->map_pci_addr);
		KUNIT_EXPECT_EQ(test, 0x10000, fake->map_size);
	}

	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, HOST_STATUS_OK,
				fake_epc_command(fake, HOST_TEARDOWN_MW, 1));
		KUNIT_EXPECT_EQ(test, 0, fake->outbound);
	}

	fake_epc_command(fake, HOST_CONFIGURE_MW, 0);
	fake_epc_unbind(fake);
	KUNIT_EXPECT_EQ(test, 0, fake->outbound);
	KUNIT_EXPECT_EQ(test, 0, fake->bad_calls);
}

/* Scratchpads stay where they are and the link is what was commanded */
static void vntb_hostile_ctrl(struct kunit *test)
{
	struct fake_epc *fake = bound(test);
	__le32 *spads = fake_epc_ctrl(fake) + HOST_SPADS;

	/* All but the command, which would be executed */
	memset(fake_epc_ctrl(fake) + HOST_ARGUMENT, 0xff, HOST_SPADS - HOST_ARGUMENT);
	KUNIT_EXPECT_EQ(test, 0, ntb_link_is_up(fake->ntb, NULL, NULL));

	ntb_spad_write(fake->ntb, 0, 0x11111111);
	ntb_spad_write(fake->ntb, 15, 0x22222222);
	ntb_peer_spad_write(fake->ntb, NTB_DEF_PEER_IDX, 3, 0x33333333);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(spads[16]), 0x11111111);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(spads[31]), 0x22222222);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(spads[3]), 0x33333333);
	KUNIT_EXPECT_EQ(test, ntb_spad_read(fake->ntb, 15), 0x22222222);

	KUNIT_EXPECT_EQ(test, HOST_STATUS_OK, fake_epc_command(fake, HOST_LINK_UP, 0));
	KUNIT_EXPECT_EQ(test, 1, ntb_link_is_up(fake->ntb, NULL, NULL));
	*(__le16 *)(fake_epc_ctrl(fake) + HOST_LINK_STATUS) = 0;
	KUNIT_EXPECT_EQ(test, 1, ntb_link_is_up(fake->ntb, NULL, NULL));
	KUNIT_EXPECT_EQ(test, HOST_STATUS_OK, fake_epc_command(fake, HOST_LINK_DOWN, 0));
	KUNIT_EXPECT_EQ(test, 0, ntb_link_is_up(fake->ntb, NULL, NULL));
}

/* Clients cannot name scratchpads and windows that are not there either */
static void vntb_indices(struct kunit *test)
{
	static const int spads[] = { -1, 16, 32, INT_MAX };
	static const int mws[] = { -1, 2, 4, INT_MAX };
	struct fake_epc *fake = bound(test);
	struct ntb_dev *ntb = fake->ntb;
	resource_size_t align;
	phys_addr_t base;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(spads); i++) {
		KUNIT_EXPECT_EQ(test, -EINVAL, ntb_spad_write(ntb, spads[i], 1));
		KUNIT_EXPECT_EQ(test, -EINVAL,
				ntb_peer_spad_write(ntb, NTB_DEF_PEER_IDX, spads[i], 1));
		KUNIT_EXPECT_EQ(test, 0, ntb_spad_read(ntb, spads[i]));
	}

	KUNIT_EXPECT_EQ(test, HOST_STATUS_OK, fake_epc_command(fake, HOST_LINK_UP, 0));
	for (i = 0; i < ARRAY_SIZE(mws); i++) {
		KUNIT_EXPECT_EQ(test, -EINVAL,
				ntb_mw_get_align(ntb, 0, mws[i], &align, NULL, NULL));
		KUNIT_EXPECT_EQ(test, -EINVAL, ntb_mw_set_trans(ntb, 0, mws[i], 0, 0x1000));
		KUNIT_EXPECT_EQ(test, -EINVAL, ntb_mw_clear_trans(ntb, 0, mws[i]));
		KUNIT_EXPECT_EQ(test, -EINVAL, ntb_peer_mw_get_addr(ntb, mws[i], &base, NULL));
	}
}

#define DB_SLOT		3	/* of doorbell 1 */

struct db_client {
	__le32 *slot;
	unsigned int more;
	unsigned int rings;
};

/* The host rings again while the client is busy with the ring before */
static void db_event(void *ctx, int vector)
{
	struct db_client *client = ctx;

	client->rings++;
	if (client->more) {
		client->more--;
		WRITE_ONCE(*client->slot, cpu_to_le32(1));
	}
}

/* No polled doorbell is forgotten, whenever it rings */
static void vntb_doorbell_polled(struct kunit *test)
{
	static const struct ntb_ctx_ops ops = { .db_event = db_event };
	struct fake_epc *fake = bound(test);
	struct db_client client = { .more = 3 };
	unsigned int tries;

	client.slot = (__le32 *)fake->epf->bar[fake_epc_show(fake, "db_bar")].addr + DB_SLOT;
	KUNIT_ASSERT_EQ(test, 0, ntb_set_ctx(fake->ntb, &client, &ops));

	WRITE_ONCE(*client.slot, cpu_to_le32(1));
	for (tries = 0; tries < 50 && READ_ONCE(client.rings) < 4; tries++)
		msleep(20);
	ntb_clear_ctx(fake->ntb);
	KUNIT_EXPECT_EQ(test, 4, client.rings);
	KUNIT_EXPECT_EQ(test, 0, client.more);
	KUNIT_EXPECT_EQ(test, BIT(1), ntb_db_read(fake->ntb));
}

static struct kunit_case vntb_ctrl_cases[] = {
	KUNIT_CASE(vntb_config_space),
	KUNIT_CASE(vntb_bars_found),
	KUNIT_CASE(vntb_bars_short),
	KUNIT_CASE(vntb_bars_twice),
	KUNIT_CASE(vntb_bars_upper_half),
	KUNIT_CASE(vntb_no_features),
	KUNIT_CASE(vntb_bars_64bit),
	KUNIT_CASE(vntb_teardown),
	KUNIT_CASE(vntb_hostile_commands),
	KUNIT_CASE(vntb_outbound),
	KUNIT_CASE(vntb_hostile_ctrl),
	KUNIT_CASE(vntb_indices),
	KUNIT_CASE(vntb_doorbell_polled),
	{}
};

static struct kunit_suite vntb_ctrl_suite = {
	.name		= "pci_epf_vntb",
	.test_cases	= vntb_ctrl_cases,
};

kunit_test_suite(vntb_ctrl_suite);

MODULE_DESCRIPTION("KUnit tests of pci-epf-vntb");
MODULE_LICENSE("GPL");
