/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PCI endpoint: DMA channels that the host drives, what is there to lend
 */

#ifndef _PCI_EP_DMA_RES_H
#define _PCI_EP_DMA_RES_H

#include <linux/pci-ep-dma-abi.h>
#include <linux/pci-epc.h>
#include <linux/pci-epf.h>
#include <linux/types.h>

/**
 * struct pci_ep_dma_format - a register map
 * @epc_format: what the EPC driver calls it
 * @abi_format: in the numbers of the header
 * @shared: channels of a direction share registers and have one owner
 * @chan_base: offset of the registers of channel 0
 * @chan_size: bytes of registers of each channel
 */
struct pci_ep_dma_format {
	enum pci_epc_dma_reg_format epc_format;
	u32 abi_format;
	bool shared;
	u32 chan_base;
	u32 chan_size;
};

/**
 * struct pci_ep_dma_res - what an endpoint function lends to its host
 * @format: register map
 * @regs: the registers
 * @regs_need: bytes of registers that the channels have
 * @rd_mask: the channels
 * @num_chans: number of @chans
 * @chans: the descriptor memory of each
 * @descs: what to map for the descriptor memory of all @chans
 */
struct pci_ep_dma_res {
	const struct pci_ep_dma_format *format;
	struct pci_epc_aux_resource regs;
	size_t regs_need;
	u32 rd_mask;
	unsigned int num_chans;
	struct pci_epc_aux_resource chans[PCI_EP_DMA_MAX_CHANS];
	struct pci_epf_bar_submap descs;
};

/**
 * struct pci_ep_dma_place - where the function puts the slice
 * @bar: BAR
 * @offset: where in @bar
 * @size: bytes of the slice
 * @regs_offset: where in @bar the registers are
 * @regs_size: bytes of registers, 0: they are in the BAR that shows them anyway
 * @descs_offset: where in @bar the descriptor memory is
 */
struct pci_ep_dma_place {
	enum pci_barno bar;
	u32 offset;
	u32 size;
	u32 regs_offset;
	u32 regs_size;
	u32 descs_offset;
};

int pci_ep_dma_select(struct device *dev, const struct pci_epc_aux_resource *aux, int count,
		      unsigned int num_chans, size_t align, struct pci_ep_dma_res *res);
void pci_ep_dma_fill_hdr(const struct pci_ep_dma_res *res, const struct pci_ep_dma_place *place,
			 struct pci_ep_dma_hdr *hdr);

#endif /* _PCI_EP_DMA_RES_H */
