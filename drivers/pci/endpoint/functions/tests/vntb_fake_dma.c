// SPDX-License-Identifier: GPL-2.0
/*
 * DMA engine of the endpoint controller that only keeps books, see
 * vntb_fake_epc.h: who has which channel, and when they were stopped
 */

#include <linux/io.h>
#include <linux/pci-ep-dma-abi.h>
#include <linux/sizes.h>

#include "vntb_fake_epc.h"

int vntb_fake_aux_count(struct pci_epc *epc, u8 func_no, u8 vfunc_no)
{
	struct fake_epc *fake = vntb_fake_of(epc, func_no);

	return (fake->doorbell_bar != NO_BAR) + (fake->has_dma ? 1 + 2 * FAKE_DMA_CHANS : 0);
}

/* Each direction has 64 KiB, of which the channels use the start */
static struct pci_epc_aux_resource fake_dma_desc(enum pci_epc_dma_dir dir, unsigned int hw_ch)
{
	u64 block = FAKE_DMA_DESCS + dir * SZ_64K;

	return (struct pci_epc_aux_resource) {
		.type = PCI_EPC_AUX_DMA_CHAN_DESC,
		.size = SZ_4K,
		.bar = NO_BAR,
		.u.dma_desc = {
			.dir = dir,
			.hw_ch = hw_ch,
			.dma_addr = block + hw_ch * SZ_4K,
			.block_addr = block,
			.block_size = FAKE_DMA_CHANS * SZ_4K,
		},
	};
}

int vntb_fake_aux_get(struct pci_epc *epc, u8 func_no, u8 vfunc_no,
		      struct pci_epc_aux_resource *res, int num)
{
	struct fake_epc *fake = vntb_fake_of(epc, func_no);
	unsigned int i;

	if (fake->doorbell_bar != NO_BAR)
		*res++ = (struct pci_epc_aux_resource) {
			.type = PCI_EPC_AUX_DOORBELL_MMIO,
			.phys_addr = 0x1000,
			.size = sizeof(u32),
			.bar = fake->doorbell_bar,
			.bar_offset = 0x80,
			.u.db_mmio.irq = fake->doorbell_irq,
		};

	if (!fake->has_dma)
		return 0;

	*res++ = (struct pci_epc_aux_resource) {
		.type = PCI_EPC_AUX_DMA_CTRL_MMIO,
		.phys_addr = FAKE_DMA_REGS,
		.size = FAKE_DMA_REGS_SIZE,
		.bar = fake->dma_regs_bar,
		.u.dma_ctrl.reg_format = fake->dma_format,
	};
	for (i = 0; i < FAKE_DMA_CHANS; i++)
		*res++ = fake_dma_desc(PCI_EPC_DMA_WRITE, i);
	for (i = 0; i < FAKE_DMA_CHANS; i++)
		*res++ = fake_dma_desc(PCI_EPC_DMA_READ, i);

	return 0;
}

int vntb_fake_delegate(struct pci_epc *epc, u8 func_no, u8 vfunc_no, u32 wr_mask, u32 rd_mask)
{
	struct fake_epc *fake = vntb_fake_of(epc, func_no);

	fake->nr_delegate++;
	if (fake->dma_ret)
		return fake->dma_ret;
	if (fake->delegated[PCI_EPC_DMA_WRITE] & wr_mask ||
	    fake->delegated[PCI_EPC_DMA_READ] & rd_mask)
		return -EBUSY;

	fake->delegated[PCI_EPC_DMA_WRITE] |= wr_mask;
	fake->delegated[PCI_EPC_DMA_READ] |= rd_mask;
	return 0;
}

int vntb_fake_quiesce(struct pci_epc *epc, u8 func_no, u8 vfunc_no, u32 wr_mask, u32 rd_mask)
{
	struct fake_epc *fake = vntb_fake_of(epc, func_no);

	fake->nr_quiesce++;
	fake->quiesce_num_submap = fake->bar[fake->quiesce_saw].cfg.num_submap;
	if (fake->dma_ret)
		return fake->dma_ret;

	return wr_mask & ~fake->delegated[PCI_EPC_DMA_WRITE] ||
	       rd_mask & ~fake->delegated[PCI_EPC_DMA_READ] ? -EINVAL : 0;
}

int vntb_fake_undelegate(struct pci_epc *epc, u8 func_no, u8 vfunc_no, u32 wr_mask, u32 rd_mask)
{
	struct fake_epc *fake = vntb_fake_of(epc, func_no);
	int ret = vntb_fake_quiesce(epc, func_no, vfunc_no, wr_mask, rd_mask);

	if (ret)
		return ret;

	fake->delegated[PCI_EPC_DMA_WRITE] &= ~wr_mask;
	fake->delegated[PCI_EPC_DMA_READ] &= ~rd_mask;
	return 0;
}

/* A vNTB that exports DMA channels in @dma_bar, not bound */
struct fake_epc *vntb_dma_created(struct kunit *test, const char *dma_bar)
{
	struct fake_epc *fake = fake_epc_create(test);

	fake->has_dma = true;
	fake_epc_store(fake, "mw1", "0x19000");
	fake_epc_store(fake, "dma_bar", dma_bar);
	KUNIT_ASSERT_EQ(test, 0, kstrtoint(dma_bar, 0, &fake->quiesce_saw));

	return fake;
}

/* The same, bound */
struct fake_epc *vntb_dma_bound(struct kunit *test, const char *dma_bar)
{
	struct fake_epc *fake = vntb_dma_created(test, dma_bar);

	/* Shared with the window, whose BAR is to be known then */
	fake_epc_store(fake, "mw1_bar", "2");
	KUNIT_ASSERT_EQ(test, 0, fake_epc_bind(fake));
	return fake;
}

/* The host does not see the slice, and the user is told @status */
void vntb_expect_hidden(struct fake_epc *fake, const char *status)
{
	struct pci_epf_bar *cfg = &fake->bar[fake->quiesce_saw].cfg;
	unsigned int i;

	for (i = 0; i < cfg->num_submap; i++) {
		KUNIT_EXPECT_NE(fake->test, cfg->submap[i].phys_addr, FAKE_DMA_REGS);
		KUNIT_EXPECT_NE(fake->test, cfg->submap[i].phys_addr, VNTB_READ_DESCS);
	}
	KUNIT_EXPECT_STREQ(fake->test, fake_epc_show_text(fake, "dma_status"), status);
}

/* The host sees it from part @n of the BAR on. Returns the header */
struct pci_ep_dma_hdr *vntb_expect_live(struct fake_epc *fake, unsigned int n)
{
	struct pci_epf_bar *cfg = &fake->bar[fake->quiesce_saw].cfg;

	KUNIT_ASSERT_GE(fake->test, cfg->num_submap, n + 3);
	KUNIT_EXPECT_EQ(fake->test, cfg->submap[n].size, SZ_4K);
	KUNIT_EXPECT_EQ(fake->test, cfg->submap[n + 1].phys_addr, FAKE_DMA_REGS);
	KUNIT_EXPECT_EQ(fake->test, cfg->submap[n + 1].size, SZ_4K);
	KUNIT_EXPECT_EQ(fake->test, cfg->submap[n + 2].phys_addr, VNTB_READ_DESCS);
	KUNIT_EXPECT_EQ(fake->test, cfg->submap[n + 2].size, SZ_16K);
	KUNIT_EXPECT_STREQ(fake->test, fake_epc_show_text(fake, "dma_status"), "live read 0-3\n");

	return phys_to_virt(cfg->submap[n].phys_addr);
}
