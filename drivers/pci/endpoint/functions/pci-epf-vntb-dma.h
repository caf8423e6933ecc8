/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Virtual NTB endpoint function: DMA channels for the host
 */

#ifndef _PCI_EPF_VNTB_DMA_H
#define _PCI_EPF_VNTB_DMA_H

#include <linux/pci-epf-vntb-abi.h>

#include "pci-epf-vntb-map.h"

/* Values of struct vntb_dma that stand for the absence of one */
#define VNTB_DMA_OFFSET_AUTO	U32_MAX
#define VNTB_DMA_ALL_CHANS	0

struct pci_ep_dma;

/**
 * struct vntb_dma - the export of DMA channels
 * @offset: what the user wants: where in the BAR, or VNTB_DMA_OFFSET_AUTO
 * @num_chans: what the user wants: how many channels, or VNTB_DMA_ALL_CHANS
 * @slice: what is exported, NULL: nothing
 * @bar: BAR that the slice has a place in
 * @own: that BAR, unless a memory window is in it, too
 * @live: the host can see the slice
 * @dirty: the host may have left channels running
 * @told: the user knows that this host does not know what a slice is
 *
 * All but the first two are protected by the lock of @bar.
 */
struct vntb_dma {
	u32 offset;
	u32 num_chans;
	struct pci_ep_dma *slice;
	struct vntb_bar *bar;
	struct vntb_bar own;
	bool live;
	bool dirty;
	bool told;
};

int vntb_dma_create(struct vntb_dma *dma, struct pci_epf *epf);
void vntb_dma_destroy(struct vntb_dma *dma);
void vntb_dma_get_region(const struct vntb_dma *dma, struct vntb_bar_region *region);
void vntb_dma_fill_ctrl_ext(const struct vntb_dma *dma, enum pci_barno barno,
			    struct vntb_ctrl_ext *ext);
void vntb_dma_link_up(struct vntb_dma *dma, bool host_knows);
int vntb_dma_link_down(struct vntb_dma *dma);
void vntb_dma_epc_deinit(struct vntb_dma *dma);
void vntb_dma_epc_init(struct vntb_dma *dma, struct pci_epf *epf);
ssize_t vntb_dma_show_status(const struct vntb_dma *dma, char *page);

#endif /* _PCI_EPF_VNTB_DMA_H */
