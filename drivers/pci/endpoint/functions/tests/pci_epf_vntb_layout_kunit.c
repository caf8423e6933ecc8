// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of pci-epf-vntb: windows that do not fill their BAR
 *
 * Invariant: a host of old finds what it always found where there is nothing
 * new; where there is, the extension of the control block says the truth, and
 * behind the BAR is what a client put there and nothing else.
 */

#include <linux/pci-epf-vntb-abi.h>
#include <linux/sizes.h>

#include "vntb_fake_epc.h"

#define MW_BAR		2	/* of the first window, when nothing is configured */
#define MW_SIZE		0x19000
#define MW_BAR_SIZE	0x20000

static struct fake_epc *padded(struct kunit *test)
{
	struct fake_epc *fake = fake_epc_create(test);

	fake_epc_store(fake, "mw1", "0x19000");
	KUNIT_ASSERT_EQ(test, 0, fake_epc_bind(fake));
	return fake;
}

static u32 ctrl_word(struct fake_epc *fake, unsigned int offset)
{
	return le32_to_cpu(*(__le32 *)(fake_epc_ctrl(fake) + offset));
}

static void expect_piece(struct fake_epc *fake, unsigned int n, dma_addr_t addr, size_t size,
			 bool no_backing)
{
	struct pci_epf_bar *cfg = &fake->bar[MW_BAR].cfg;

	KUNIT_ASSERT_LT(fake->test, n, cfg->num_submap);
	if (addr)
		KUNIT_EXPECT_EQ(fake->test, cfg->submap[n].phys_addr, addr);
	KUNIT_EXPECT_EQ(fake->test, cfg->submap[n].size, size);
	KUNIT_EXPECT_EQ(fake->test, cfg->submap[n].no_backing, no_backing);
}

/* Not a byte differs for those who want nothing new */
static void vntb_ctrl_legacy(struct kunit *test)
{
	struct fake_epc *fake = fake_epc_create(test);
	unsigned int i;

	KUNIT_ASSERT_EQ(test, 0, fake_epc_bind(fake));
	KUNIT_EXPECT_EQ(test, ctrl_word(fake, VNTB_CTRL_VERSION), 0);
	KUNIT_EXPECT_EQ(test, ctrl_word(fake, 0x20), 2);	/* num_mws */
	KUNIT_EXPECT_EQ(test, ctrl_word(fake, 0x24), 0);	/* mw1_offset */
	KUNIT_EXPECT_EQ(test, ctrl_word(fake, 0x28), HOST_SPADS);
	KUNIT_EXPECT_EQ(test, ctrl_word(fake, 0x2c), 16);	/* spad_count */
	for (i = 0; i < 2 * 16; i++)
		KUNIT_EXPECT_EQ(test, ctrl_word(fake, HOST_SPADS + 4 * i), 0);
}

/* The size of the window is in the extension, the scratchpads come behind it */
static void vntb_ctrl_ext(struct kunit *test)
{
	struct fake_epc *fake = padded(test);
	struct vntb_ctrl_ext *ext = fake_epc_ctrl(fake) + VNTB_CTRL_EXT_OFFSET;
	unsigned int i;

	KUNIT_EXPECT_EQ(test, ctrl_word(fake, VNTB_CTRL_VERSION), VNTB_CTRL_VERSION_EXT);
	KUNIT_EXPECT_EQ(test, ctrl_word(fake, 0x24), 0);
	KUNIT_EXPECT_EQ(test, ctrl_word(fake, 0x28), VNTB_CTRL_EXT_OFFSET + sizeof(*ext));
	KUNIT_EXPECT_EQ(test, le32_to_cpu(ext->magic), VNTB_CTRL_EXT_MAGIC);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(ext->revision), VNTB_CTRL_EXT_REVISION);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(ext->length), sizeof(*ext));
	KUNIT_EXPECT_EQ(test, le32_to_cpu(ext->db_count), 8);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(ext->mw[0].offset), 0);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(ext->mw[0].size_lo), MW_SIZE);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(ext->mw[1].size_lo), SZ_64K);
	for (i = offsetof(struct vntb_ctrl_ext, mw[2]); i < sizeof(*ext); i += 4)
		KUNIT_EXPECT_EQ(test, ctrl_word(fake, VNTB_CTRL_EXT_OFFSET + i), 0);

	ntb_peer_spad_write(fake->ntb, NTB_DEF_PEER_IDX, 0, 0x12345678);
	KUNIT_EXPECT_EQ(test, ctrl_word(fake, VNTB_CTRL_EXT_OFFSET + sizeof(*ext)), 0x12345678);
}

/* The rest of the BAR is scratch, that of the window nothing */
static void vntb_layout_trans(struct kunit *test)
{
	struct fake_epc *fake = padded(test);
	struct pci_epf_bar *cfg = &fake->bar[MW_BAR].cfg;
	dma_addr_t scratch;

	KUNIT_EXPECT_EQ(test, MW_BAR_SIZE, cfg->size);
	KUNIT_ASSERT_EQ(test, 2, cfg->num_submap);
	expect_piece(fake, 0, 0, MW_SIZE, true);
	expect_piece(fake, 1, 0, MW_BAR_SIZE - MW_SIZE, false);
	scratch = cfg->submap[1].phys_addr;
	KUNIT_EXPECT_NE(test, 0, scratch);

	KUNIT_EXPECT_EQ(test, 0, ntb_mw_set_trans(fake->ntb, 0, 0, 0x43000, SZ_8K));
	KUNIT_ASSERT_EQ(test, 3, cfg->num_submap);
	expect_piece(fake, 0, 0x43000, SZ_8K, false);
	expect_piece(fake, 1, 0, MW_SIZE - SZ_8K, true);
	expect_piece(fake, 2, scratch, MW_BAR_SIZE - MW_SIZE, false);

	KUNIT_EXPECT_EQ(test, 0, ntb_mw_set_trans(fake->ntb, 0, 0, 0x80000, MW_SIZE));
	KUNIT_ASSERT_EQ(test, 2, cfg->num_submap);
	expect_piece(fake, 0, 0x80000, MW_SIZE, false);
	expect_piece(fake, 1, scratch, MW_BAR_SIZE - MW_SIZE, false);

	/* Not into the scratch */
	KUNIT_EXPECT_EQ(test, -EINVAL, ntb_mw_set_trans(fake->ntb, 0, 0, 0x80000, MW_SIZE + SZ_4K));
	expect_piece(fake, 0, 0x80000, MW_SIZE, false);

	KUNIT_EXPECT_EQ(test, 0, ntb_mw_clear_trans(fake->ntb, 0, 0));
	KUNIT_ASSERT_EQ(test, 2, cfg->num_submap);
	expect_piece(fake, 0, 0, MW_SIZE, true);

	fake_epc_unbind(fake);
	KUNIT_EXPECT_FALSE(test, fake->bar[MW_BAR].set);
	KUNIT_EXPECT_EQ(test, 0, fake->bad_calls);
}

/* The same on a controller that cannot leave anything without a target */
static void vntb_layout_scratch(struct kunit *test)
{
	struct fake_epc *fake = fake_epc_create(test);
	struct pci_epf_bar *cfg = &fake->bar[MW_BAR].cfg;

	fake->features.unbacked_bar = false;
	fake_epc_store(fake, "mw1", "0x19000");
	KUNIT_ASSERT_EQ(test, 0, fake_epc_bind(fake));
	KUNIT_ASSERT_EQ(test, 1, cfg->num_submap);
	expect_piece(fake, 0, 0, MW_BAR_SIZE, false);

	KUNIT_EXPECT_EQ(test, 0, ntb_mw_set_trans(fake->ntb, 0, 0, 0x43000, SZ_8K));
	KUNIT_ASSERT_EQ(test, 2, cfg->num_submap);
	expect_piece(fake, 0, 0x43000, SZ_8K, false);
	expect_piece(fake, 1, 0, MW_BAR_SIZE - SZ_8K, false);
}

/* What the controller refuses leaves things as they were */
static void vntb_layout_refused(struct kunit *test)
{
	struct fake_epc *fake = padded(test);

	KUNIT_EXPECT_EQ(test, 0, ntb_mw_set_trans(fake->ntb, 0, 0, 0x80000, MW_SIZE));
	fake->set_bar_ret = -ENOSPC;
	KUNIT_EXPECT_EQ(test, -ENOSPC, ntb_mw_set_trans(fake->ntb, 0, 0, 0x43000, SZ_8K));
	fake->set_bar_ret = 0;

	/* Also for the next one who sets the BAR */
	KUNIT_EXPECT_EQ(test, HOST_STATUS_OK, fake_epc_command(fake, HOST_CONFIGURE_DOORBELL, 8));
	KUNIT_ASSERT_EQ(test, 2, fake->bar[MW_BAR].cfg.num_submap);
	expect_piece(fake, 0, 0x80000, MW_SIZE, false);
}

/* A BAR that cannot be had fails the bind, and takes back what was set before */
static void vntb_layout_no_bar(struct kunit *test)
{
	struct fake_epc *fake = fake_epc_create(test);
	unsigned int i;

	fake_epc_store(fake, "mw1", "0x19000");
	fake->refused_bars = BIT(MW_BAR);
	KUNIT_EXPECT_EQ(test, -ENOSPC, fake_epc_bind(fake));
	fake->refused_bars = 0;
	/* The BAR, but not its parts */
	fake->set_submap_ret = -ENOMEM;
	KUNIT_EXPECT_EQ(test, -ENOMEM, fake_epc_bind(fake));
	fake->set_submap_ret = 0;
	for (i = 0; i < PCI_STD_NUM_BARS; i++)
		KUNIT_EXPECT_FALSE_MSG(test, fake->bar[i].set, "BAR%u left", i);
	KUNIT_EXPECT_EQ(test, 0, fake->bad_calls);

	KUNIT_EXPECT_EQ(test, 0, fake_epc_bind(fake));
}

/* A host that comes (back) has assigned addresses; only that tells us */
static void vntb_layout_refresh(struct kunit *test)
{
	struct fake_epc *fake = padded(test);
	unsigned int sets = fake->bar[MW_BAR].sets;

	KUNIT_EXPECT_EQ(test, HOST_STATUS_OK, fake_epc_command(fake, HOST_CONFIGURE_DOORBELL, 8));
	KUNIT_EXPECT_GT(test, fake->bar[MW_BAR].sets, sets);
	sets = fake->bar[MW_BAR].sets;
	KUNIT_EXPECT_EQ(test, HOST_STATUS_OK, fake_epc_command(fake, HOST_LINK_UP, 0));
	KUNIT_EXPECT_GT(test, fake->bar[MW_BAR].sets, sets);
}

/* Controllers that map BARs as a whole still have all that they had */
static void vntb_layout_unsupported(struct kunit *test)
{
	struct fake_epc *fake = fake_epc_create(test);

	fake_epc_store(fake, "mw1", "0x19000");
	fake->features.subrange_mapping = false;
	KUNIT_EXPECT_EQ(test, -EOPNOTSUPP, fake_epc_bind(fake));
	fake->features.subrange_mapping = true;
	fake->features.dynamic_inbound_mapping = false;
	KUNIT_EXPECT_EQ(test, -EOPNOTSUPP, fake_epc_bind(fake));

	fake_epc_store(fake, "mw1", "0x20000");
	KUNIT_EXPECT_EQ(test, 0, fake_epc_bind(fake));
	KUNIT_EXPECT_EQ(test, 0, fake->bar[MW_BAR].cfg.num_submap);
	/* No update of a BAR that the controller could only set up anew */
	KUNIT_EXPECT_EQ(test, HOST_STATUS_OK, fake_epc_command(fake, HOST_LINK_UP, 0));
	KUNIT_EXPECT_EQ(test, 1, fake->bar[MW_BAR].sets);
}

static struct kunit_case vntb_layout_cases[] = {
	KUNIT_CASE(vntb_ctrl_legacy),
	KUNIT_CASE(vntb_ctrl_ext),
	KUNIT_CASE(vntb_layout_trans),
	KUNIT_CASE(vntb_layout_scratch),
	KUNIT_CASE(vntb_layout_refused),
	KUNIT_CASE(vntb_layout_no_bar),
	KUNIT_CASE(vntb_layout_refresh),
	KUNIT_CASE(vntb_layout_unsupported),
	{}
};

static struct kunit_suite vntb_layout_suite = {
	.name		= "pci_epf_vntb_layout",
	.test_cases	= vntb_layout_cases,
};

kunit_test_suite(vntb_layout_suite);
