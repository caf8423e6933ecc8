// SPDX-License-Identifier: GPL-2.0
/*
 * The channels in the header of a DMA slice, as the host sees them
 *
 * See dw-edma-aux-hdr.c. A channel has to be one that dw-edma can drive, and its
 * descriptor memory has to be in the slice and nobody else's.
 */

#include <linux/minmax.h>
#include <linux/overflow.h>
#include <linux/sizes.h>

#include "dw-edma-aux-hdr.h"

/* One element and the link back, see dw_edma_channel_setup() */
#define DW_EDMA_AUX_MIN_LIST	48
/* Far more than an engine is given at a time */
#define DW_EDMA_AUX_MAX_LIST	SZ_1M

/*
 * The driver numbers channels from 0 and has all below the highest. Where the
 * directions share registers, it demands the whole direction besides.
 */
int dw_edma_aux_parse_ids(const struct pci_ep_dma_hdr *hdr, u32 num_chans,
			  struct dw_edma_aux_slice *slice,
			  struct dw_edma_aux_refusal *why)
{
	unsigned long seen[2] = {};
	u32 i, dir, hw_ch;
	int ret;

	for (i = 0; i < num_chans; i++) {
		dir = le32_to_cpu(hdr->chans[i].dir);
		hw_ch = le32_to_cpu(hdr->chans[i].hw_ch);

		ret = dw_edma_aux_check(why, "dir", i, dir, PCI_EP_DMA_DIR_WRITE,
					PCI_EP_DMA_DIR_READ);
		if (ret)
			return ret;
		ret = dw_edma_aux_check(why, "hw_ch", i, hw_ch, 0, num_chans - 1);
		if (ret)
			return ret;
		if (seen[dir] & BIT(hw_ch))
			return dw_edma_aux_refuse(why, "hw_ch", i, hw_ch, 0,
						  num_chans - 1, "named twice");
		ret = dw_edma_aux_check(why, "reserved", i,
					le32_to_cpu(hdr->chans[i].reserved), 0, 0);
		if (ret)
			return ret;

		seen[dir] |= BIT(hw_ch);
		slice->count[dir]++;
	}

	for (i = 0; i < num_chans; i++) {
		dir = le32_to_cpu(hdr->chans[i].dir);
		hw_ch = le32_to_cpu(hdr->chans[i].hw_ch);

		if (hw_ch >= slice->count[dir])
			return dw_edma_aux_refuse(why, "hw_ch", i, hw_ch, 0,
						  slice->count[dir] - 1, "others are missing");
	}

	return 0;
}

static bool overlap(u64 a, u64 a_len, u64 b, u64 b_len)
{
	return a < b + b_len && b < a + a_len;
}

/* The descriptor memory of entry @nr: in the slice, and nobody else's */
static int parse_list(const struct pci_ep_dma_hdr *hdr, int nr,
		      const struct dw_edma_aux_place *place,
		      const struct dw_edma_aux_slice *slice,
		      struct dw_edma_aux_list *list,
		      struct dw_edma_aux_refusal *why)
{
	const struct pci_ep_dma_chan_abi *chan = &hdr->chans[nr];
	u64 first = (u64)place->offset + PCI_EP_DMA_ALIGN;
	u64 end = (u64)place->offset + place->size;
	u32 offset = le32_to_cpu(chan->desc_offset);
	u32 size = le32_to_cpu(chan->desc_size);
	u64 addr = le64_to_cpu(chan->desc_addr);
	u64 last;
	int ret;

	ret = dw_edma_aux_check(why, "desc_bar", nr, le32_to_cpu(chan->desc_bar),
				place->bar, place->bar);
	if (ret)
		return ret;

	ret = dw_edma_aux_check_aligned(why, "desc_offset", nr, offset, first, end - 1);
	if (ret)
		return ret;

	ret = dw_edma_aux_check(why, "desc_size", nr, size, DW_EDMA_AUX_MIN_LIST,
				min(end - offset, DW_EDMA_AUX_MAX_LIST));
	if (ret)
		return ret;

	ret = dw_edma_aux_check_aligned(why, "desc_addr", nr, addr, 0, U64_MAX);
	if (ret)
		return ret;
	if (check_add_overflow(addr, size - 1, &last))
		return dw_edma_aux_refuse(why, "desc_addr", nr, addr, 0,
					  U64_MAX - size + 1, NULL);

	if (slice->reg_bar == place->bar &&
	    overlap(offset, size, slice->reg_offset, slice->reg_size))
		return dw_edma_aux_refuse(why, "desc_offset", nr, offset, first, end - 1,
					  "overlaps the registers");

	list->offset = offset - place->offset;
	list->size = size;
	list->addr = addr;

	return 0;
}

static int check_disjoint(const struct dw_edma_aux_place *place,
			  const struct dw_edma_aux_list *a,
			  const struct dw_edma_aux_list *b, int nr,
			  struct dw_edma_aux_refusal *why)
{
	u64 start = place->offset;

	if (overlap(a->offset, a->size, b->offset, b->size))
		return dw_edma_aux_refuse(why, "desc_offset", nr, start + b->offset,
					  start + PCI_EP_DMA_ALIGN, start + place->size - 1,
					  "overlaps another channel's");

	/* These may end at the very top: compare the last bytes */
	if (a->addr <= b->addr + (b->size - 1) && b->addr <= a->addr + (a->size - 1))
		return dw_edma_aux_refuse(why, "desc_addr", nr, b->addr, 0, U64_MAX,
					  "overlaps another channel's");

	return 0;
}

/* After the identities and the registers: what is believed there is used here */
int dw_edma_aux_parse_lists(const struct pci_ep_dma_hdr *hdr,
			    const struct dw_edma_aux_place *place,
			    struct dw_edma_aux_slice *slice,
			    struct dw_edma_aux_refusal *why)
{
	const struct dw_edma_aux_list *done[PCI_EP_DMA_MAX_CHANS];
	struct dw_edma_aux_list *list;
	u32 i, j;
	int ret;

	for (i = 0; i < place->num_chans; i++) {
		list = &slice->list[le32_to_cpu(hdr->chans[i].dir)]
				   [le32_to_cpu(hdr->chans[i].hw_ch)];
		ret = parse_list(hdr, i, place, slice, list, why);
		for (j = 0; j < i && !ret; j++)
			ret = check_disjoint(place, done[j], list, i, why);
		if (ret)
			return ret;
		done[i] = list;
	}

	return 0;
}
