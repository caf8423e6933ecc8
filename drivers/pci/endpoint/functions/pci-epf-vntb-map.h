/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Virtual NTB endpoint function: what is behind a BAR at the moment
 */

#ifndef _PCI_EPF_VNTB_MAP_H
#define _PCI_EPF_VNTB_MAP_H

#include <linux/mutex.h>
#include <linux/pci-epf.h>

#include "pci-epf-vntb-bar.h"

/**
 * struct vntb_bar - a BAR with a memory window, a DMA slice, or both
 * @epf: the function
 * @lock: protects all that follows, and epf->bar[@barno]
 * @barno: the BAR
 * @align: alignment of what the controller maps behind parts of the BAR
 * @can_split: the controller can do that
 * @can_update: the controller can do anything of the kind while the host looks
 * @layout: what goes where
 * @content: what is there
 * @scratch: memory behind the rest, NULL: none
 * @scratch_alloc: bytes of @scratch that were allocated, 0: it is the BAR's space
 * @submap: what the controller was told
 */
struct vntb_bar {
	struct pci_epf *epf;
	struct mutex *lock;	/* the function's, for all of its BARs */
	enum pci_barno barno;
	size_t align;
	bool can_split;
	bool can_update;
	struct vntb_bar_layout layout;
	struct vntb_bar_content content;
	void *scratch;
	size_t scratch_alloc;
	struct pci_epf_bar_submap submap[VNTB_BAR_MAX_SUBMAP];
};

int vntb_bar_init(struct vntb_bar *bar, struct pci_epf *epf, struct mutex *lock,
		  enum pci_barno barno);
void vntb_bar_exit(struct vntb_bar *bar);
int vntb_bar_update(struct vntb_bar *bar);
int vntb_bar_refresh(struct vntb_bar *bar);
int vntb_bar_block(struct vntb_bar *bar);
int vntb_bar_set_trans(struct vntb_bar *bar, dma_addr_t addr, size_t size);

#endif /* _PCI_EPF_VNTB_MAP_H */
