/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _DW_EDMA_AUX_HDR_H
#define _DW_EDMA_AUX_HDR_H

#include <linux/dma/edma.h>
#include <linux/pci.h>
#include <linux/pci-ep-dma-abi.h>
#include <linux/types.h>

/**
 * struct dw_edma_aux_place - what the host itself knows about a DMA slice
 * @bar: BAR of the slice
 * @offset: where in that BAR
 * @size: bytes of the slice
 * @num_chans: channels that were announced
 * @bar_len: length of each BAR, 0: not there, or not memory
 */
struct dw_edma_aux_place {
	u32 bar;
	u32 offset;
	u32 size;
	u32 num_chans;
	u64 bar_len[PCI_STD_NUM_BARS];
};

/**
 * struct dw_edma_aux_list - descriptor memory of a channel
 * @offset: from the start of the slice
 * @size: bytes
 * @addr: the same, as the engine sees it
 */
struct dw_edma_aux_list {
	u32 offset;
	u32 size;
	u64 addr;
};

/**
 * struct dw_edma_aux_slice - what a header says, validated
 * @mf: register map
 * @reg_bar: BAR of the register window
 * @reg_offset: where in that BAR
 * @reg_size: bytes of it
 * @num_irqs: interrupt vectors that the endpoint thinks useful
 * @count: channels of each direction, numbered from 0
 * @list: their descriptor memory
 */
struct dw_edma_aux_slice {
	enum dw_edma_map_format mf;
	u32 reg_bar;
	u32 reg_offset;
	u32 reg_size;
	u32 num_irqs;
	u32 count[2];
	struct dw_edma_aux_list list[2][PCI_EP_DMA_MAX_CHANS];
};

/**
 * struct dw_edma_aux_refusal - why a header is not believed
 * @field: its member
 * @chan: entry of the channel that the member belongs to, negative: none
 * @value: what it says
 * @min: lowest value allowed
 * @max: highest value allowed
 * @rule: what else is demanded, or NULL
 */
struct dw_edma_aux_refusal {
	const char *field;
	int chan;
	u64 value;
	u64 min;
	u64 max;
	const char *rule;
};

/* Shared by the two halves of the parser */
int dw_edma_aux_refuse(struct dw_edma_aux_refusal *why, const char *field, int chan,
		       u64 value, u64 min, u64 max, const char *rule);
int dw_edma_aux_check(struct dw_edma_aux_refusal *why, const char *field, int chan,
		      u64 value, u64 min, u64 max);
int dw_edma_aux_check_aligned(struct dw_edma_aux_refusal *why, const char *field,
			      int chan, u64 value, u64 min, u64 max);

/* dw-edma-aux-chans.c */
int dw_edma_aux_parse_ids(const struct pci_ep_dma_hdr *hdr, u32 num_chans,
			  struct dw_edma_aux_slice *slice,
			  struct dw_edma_aux_refusal *why);
int dw_edma_aux_parse_lists(const struct pci_ep_dma_hdr *hdr,
			    const struct dw_edma_aux_place *place,
			    struct dw_edma_aux_slice *slice,
			    struct dw_edma_aux_refusal *why);

/* dw-edma-aux-hdr.c */
size_t dw_edma_aux_hdr_len(const void *head);
int dw_edma_aux_parse(const void *hdr, size_t len,
		      const struct dw_edma_aux_place *place,
		      struct dw_edma_aux_slice *slice,
		      struct dw_edma_aux_refusal *why);
int dw_edma_aux_refusal_print(char *buf, size_t size,
			      const struct dw_edma_aux_refusal *why);

#endif /* _DW_EDMA_AUX_HDR_H */
