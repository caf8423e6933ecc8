/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NTB_HW_EPF_EXT_H
#define _NTB_HW_EPF_EXT_H

#include <linux/pci.h>
#include <linux/pci-epf-vntb-abi.h>
#include <linux/types.h>

#include "ntb_hw_epf_ctrl.h"

/**
 * struct ntb_epf_bars - what the host itself knows about the BARs
 * @len: length of each BAR, 0: not there, or not memory
 * @mw: BAR of each memory window
 * @mw_count: how many windows there are
 * @in_use: BARs with control block, scratchpads or doorbells
 */
struct ntb_epf_bars {
	u64 len[PCI_STD_NUM_BARS];
	u32 mw[VNTB_CTRL_MAX_MW];
	u32 mw_count;
	unsigned long in_use;
};

/**
 * struct ntb_epf_layout - what the endpoint says about itself, validated
 * @extended: the rest is valid; if not, the endpoint says nothing
 * @db_count: interrupt slots that the endpoint uses
 * @mw: where in its BAR each memory window lies
 * @mw.offset: from the start of the BAR
 * @mw.size: bytes
 * @dma_abi: VNTB_DMA_ABI_*, of the DMA slice; with NONE there is no slice
 * @dma_bar: BAR of the slice
 * @dma_offset: from the start of that BAR
 * @dma_size: bytes
 * @dma_num_chans: channels lent
 */
struct ntb_epf_layout {
	bool extended;
	u32 db_count;
	struct {
		u64 offset;
		u64 size;
	} mw[VNTB_CTRL_MAX_MW];
	u32 dma_abi;
	u32 dma_bar;
	u32 dma_offset;
	u32 dma_size;
	u32 dma_num_chans;
};

int ntb_epf_ext_parse(u32 version, u32 spad_offset, const void *ext, size_t len,
		      const struct ntb_epf_bars *bars, struct ntb_epf_layout *layout,
		      struct ntb_epf_ctrl_issue *issue);
void ntb_epf_ext_read(struct device *dev, const void __iomem *ctrl, u64 ctrl_len,
		      u32 spad_offset, const struct ntb_epf_bars *bars,
		      struct ntb_epf_layout *layout, struct ntb_epf_ctrl_issue *issue);
int ntb_epf_issue_print(char *buf, size_t size, const struct ntb_epf_ctrl_issue *issue);
unsigned int ntb_epf_ext_slots(const struct ntb_epf_layout *layout,
			       unsigned int fewest, unsigned int most);

#endif /* _NTB_HW_EPF_EXT_H */
