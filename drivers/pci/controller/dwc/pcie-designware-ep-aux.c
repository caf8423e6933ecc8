// SPDX-License-Identifier: GPL-2.0
/*
 * Synopsys DesignWare PCIe Endpoint controller driver: auxiliary resources
 *
 * What an endpoint function may expose of the controller itself: the doorbell
 * that the eDMA emulates, the registers of the eDMA, and the memory in which its
 * channels find their linked lists.
 */

#include <linux/overflow.h>
#include <linux/pci-epc.h>
#include <linux/pci-epf.h>

#include "pcie-designware.h"
#include "pcie-designware-ep-dma.h"

static const struct pci_epc_bar_rsvd_region *
dw_pcie_ep_find_bar_rsvd_region(struct dw_pcie_ep *ep,
				enum pci_epc_bar_rsvd_region_type type,
				enum pci_barno *bar)
{
	const struct pci_epc_features *features;
	const struct pci_epc_bar_desc *bar_desc;
	int i, j;

	if (!ep->ops->get_features)
		return NULL;

	features = ep->ops->get_features(ep);
	if (!features)
		return NULL;

	for (i = BAR_0; i <= BAR_5; i++) {
		bar_desc = &features->bar[i];

		for (j = 0; bar_desc->rsvd_regions && j < bar_desc->nr_rsvd_regions; j++) {
			if (bar_desc->rsvd_regions[j].type != type)
				continue;

			*bar = i;
			return &bar_desc->rsvd_regions[j];
		}
	}

	return NULL;
}

/* Are there registers at edma_reg_phys, and does a driver know what they are? */
static bool dw_pcie_ep_has_dma_regs(struct dw_pcie *pci)
{
	/* The legacy map is elsewhere, among the port logic behind the DBI */
	return pci->edma_reg_size && pci->edma.mf != EDMA_MF_EDMA_LEGACY;
}

static bool dw_pcie_ep_has_doorbell(struct dw_pcie *pci)
{
	/* The DMA driver found no doorbell, or there is no DMA driver at all */
	return dw_pcie_ep_has_dma_regs(pci) && pci->edma.db_irq > 0 &&
	       pci->edma.db_offset != ~0;
}

/* Transfers of the eDMA are those of one function, which is 0 here */
static bool dw_pcie_ep_has_dma(struct dw_pcie *pci, u8 func_no, u8 vfunc_no)
{
	return dw_pcie_ep_has_dma_regs(pci) && pci->edma.dw && !func_no &&
	       !vfunc_no;
}

static int dw_pcie_ep_count_aux(struct dw_pcie *pci, bool doorbell, bool dma)
{
	int count = 0;

	if (doorbell)
		count++;

	if (dma)
		count += 1 + pci->edma.ll_wr_cnt + pci->edma.ll_rd_cnt;

	return count;
}

int dw_pcie_ep_get_aux_resources_count(struct pci_epc *epc, u8 func_no,
				       u8 vfunc_no)
{
	struct dw_pcie_ep *ep = epc_get_drvdata(epc);
	struct dw_pcie *pci = to_dw_pcie_from_ep(ep);

	return dw_pcie_ep_count_aux(pci, dw_pcie_ep_has_doorbell(pci),
				    dw_pcie_ep_has_dma(pci, func_no, vfunc_no));
}

static struct pci_epc_aux_resource *
dw_pcie_ep_get_dma_desc(struct dw_pcie *pci, enum pci_epc_dma_dir dir,
			const struct dw_edma_region *ll, u16 cnt,
			struct pci_epc_aux_resource *res)
{
	u16 i;

	for (i = 0; i < cnt; i++)
		*res++ = (struct pci_epc_aux_resource) {
			.type = PCI_EPC_AUX_DMA_CHAN_DESC,
			.size = ll[i].sz,
			.bar = NO_BAR,
			.u.dma_desc = {
				.dir = dir,
				.hw_ch = i,
				.dma_addr = ll[i].paddr,
				.block_addr = ll[0].paddr,
				.block_size = dw_pcie_edma_ll_block_size(pci, cnt),
			},
		};

	return res;
}

static enum pci_epc_dma_reg_format
dw_pcie_ep_dma_reg_format(enum dw_edma_map_format mf)
{
	switch (mf) {
	case EDMA_MF_EDMA_UNROLL:
		return PCI_EPC_DMA_REG_DW_EDMA_UNROLL;
	case EDMA_MF_HDMA_COMPAT:
		return PCI_EPC_DMA_REG_DW_HDMA_COMPAT;
	case EDMA_MF_HDMA_NATIVE:
		return PCI_EPC_DMA_REG_DW_HDMA_NATIVE;
	default:
		return PCI_EPC_DMA_REG_UNKNOWN;
	}
}

int dw_pcie_ep_get_aux_resources(struct pci_epc *epc, u8 func_no, u8 vfunc_no,
				 struct pci_epc_aux_resource *resources,
				 int num_resources)
{
	struct dw_pcie_ep *ep = epc_get_drvdata(epc);
	struct dw_pcie *pci = to_dw_pcie_from_ep(ep);
	const struct pci_epc_bar_rsvd_region *rsvd;
	struct pci_epc_aux_resource regs, *res = resources;
	struct dw_edma_chip *edma = &pci->edma;
	resource_size_t db_offset = edma->db_offset;
	bool doorbell, dma;

	/* The lock of the EPC does not keep the eDMA as it is: ask only once */
	doorbell = dw_pcie_ep_has_doorbell(pci);
	dma = dw_pcie_ep_has_dma(pci, func_no, vfunc_no);

	if (num_resources < dw_pcie_ep_count_aux(pci, doorbell, dma))
		return -ENOSPC;

	regs = (struct pci_epc_aux_resource) {
		.type = PCI_EPC_AUX_DMA_CTRL_MMIO,
		.phys_addr = pci->edma_reg_phys,
		.size = pci->edma_reg_size,
		.bar = NO_BAR,
		.u.dma_ctrl.reg_format = dw_pcie_ep_dma_reg_format(edma->mf),
	};

	rsvd = dw_pcie_ep_find_bar_rsvd_region(ep, PCI_EPC_BAR_RSVD_DMA_CTRL_MMIO,
					       &regs.bar);
	if (rsvd) {
		regs.size = min(regs.size, rsvd->size);
		regs.bar_offset = rsvd->offset;
	}

	/*
	 * For interrupt-emulation doorbells, report a standalone resource
	 * instead of bundling it into the DMA controller MMIO resource.
	 */
	if (doorbell) {
		if (range_end_overflows_t(resource_size_t, db_offset,
					  sizeof(u32), regs.size))
			return -EINVAL;

		*res++ = (struct pci_epc_aux_resource) {
			.type = PCI_EPC_AUX_DOORBELL_MMIO,
			.phys_addr = regs.phys_addr + db_offset,
			.size = sizeof(u32),
			.bar = regs.bar,
			.bar_offset = rsvd ? regs.bar_offset + db_offset : 0,
			.u.db_mmio = {
				.irq = edma->db_irq,
				.data = 0, /* write 0 to assert */
			},
		};
	}

	if (dma) {
		*res++ = regs;
		res = dw_pcie_ep_get_dma_desc(pci, PCI_EPC_DMA_WRITE,
					      edma->ll_region_wr,
					      edma->ll_wr_cnt, res);
		dw_pcie_ep_get_dma_desc(pci, PCI_EPC_DMA_READ,
					edma->ll_region_rd, edma->ll_rd_cnt, res);
	}

	return 0;
}
