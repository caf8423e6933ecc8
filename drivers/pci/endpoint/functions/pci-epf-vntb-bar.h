/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Virtual NTB endpoint function: what goes where in a BAR
 */

#ifndef _PCI_EPF_VNTB_BAR_H
#define _PCI_EPF_VNTB_BAR_H

#include <linux/pci-epc.h>
#include <linux/pci-epf.h>
#include <linux/types.h>

/* Regions that the user can put into one BAR: a memory window, a DMA slice */
#define VNTB_BAR_MAX_REGIONS	2
/* With a hole behind each of them */
#define VNTB_BAR_MAX_SPANS	(2 * VNTB_BAR_MAX_REGIONS)
/* Window and rest, header, registers and descriptors of a slice, two holes */
#define VNTB_BAR_MAX_SUBMAP	8

/* Wherever it fits behind the regions listed before */
#define VNTB_BAR_OFFSET_AUTO	U64_MAX

/**
 * enum vntb_bar_use - what a part of a BAR is for
 * @VNTB_BAR_SCRATCH: nothing: memory of the endpoint that nobody looks at
 * @VNTB_BAR_MW: memory window
 * @VNTB_BAR_DMA: DMA slice
 */
enum vntb_bar_use {
	VNTB_BAR_SCRATCH,
	VNTB_BAR_MW,
	VNTB_BAR_DMA,
};

/**
 * struct vntb_bar_region - what the user wants to have in a BAR
 * @use: what for
 * @attr: attribute that a message about this region has to name: the one of the
 *	offset, or of the size for a region without one
 * @attr_is_size: @attr is the attribute of the size
 * @offset: where in the BAR, or VNTB_BAR_OFFSET_AUTO
 * @size: bytes
 */
struct vntb_bar_region {
	enum vntb_bar_use use;
	const char *attr;
	bool attr_is_size;
	u64 offset;
	u64 size;
};

/**
 * struct vntb_bar_limits - what the controller can do with a BAR
 * @align: parts of the BAR start at, and are, multiples of this
 * @min_size: smallest size of a BAR that has parts
 * @fixed_size: the size that the BAR has, 0: any power of two
 * @can_split: the BAR can have parts
 */
struct vntb_bar_limits {
	u64 align;
	u64 min_size;
	u64 fixed_size;
	bool can_split;
};

/**
 * struct vntb_bar_span - a part of a BAR
 * @use: what for
 * @offset: where
 * @size: bytes
 */
struct vntb_bar_span {
	enum vntb_bar_use use;
	u64 offset;
	u64 size;
};

/**
 * struct vntb_bar_layout - a BAR as a whole
 * @size: bytes, a power of two
 * @num_spans: number of @spans, 1: the BAR has no parts
 * @spans: sorted, from 0 to @size without a hole
 */
struct vntb_bar_layout {
	u64 size;
	unsigned int num_spans;
	struct vntb_bar_span spans[VNTB_BAR_MAX_SPANS];
};

/**
 * struct vntb_bar_fault - why there is no layout
 * @attr: the attribute to blame
 * @value: its value
 * @min: smallest value allowed
 * @max: largest value allowed, below @min: there is none
 * @step: @min and its multiples up to @max are allowed
 */
struct vntb_bar_fault {
	const char *attr;
	u64 value;
	u64 min;
	u64 max;
	u64 step;
};

/**
 * struct vntb_bar_content - what is behind a BAR at the moment
 * @mw: translation of the memory window, from its start; size 0: none
 * @dma: the pieces of the DMA slice
 * @num_dma: number of @dma, 0: not to be seen
 * @scratch: memory to put behind the rest
 * @scratch_size: bytes of it; a larger rest stays without backing
 * @mw_unbacked: no scratch behind what the translation leaves of the window
 */
struct vntb_bar_content {
	struct pci_epf_bar_submap mw;
	const struct pci_epf_bar_submap *dma;
	unsigned int num_dma;
	dma_addr_t scratch;
	size_t scratch_size;
	bool mw_unbacked;
};

void vntb_bar_get_limits(const struct pci_epc_features *features, enum pci_barno barno,
			 struct vntb_bar_limits *limits);
int vntb_bar_plan(const struct vntb_bar_limits *limits, const struct vntb_bar_region *regions,
		  unsigned int num_regions, struct vntb_bar_layout *layout,
		  struct vntb_bar_fault *fault);
const struct vntb_bar_span *vntb_bar_find(const struct vntb_bar_layout *layout,
					  enum vntb_bar_use use);
u64 vntb_bar_scratch_size(const struct vntb_bar_layout *layout);
int vntb_bar_map(const struct vntb_bar_layout *layout, const struct vntb_bar_content *content,
		 struct pci_epf_bar_submap *submap, unsigned int max_submap);

#endif /* _PCI_EPF_VNTB_BAR_H */
