// SPDX-License-Identifier: GPL-2.0
/*
 * The header of a DMA slice, as the host sees it
 *
 * An endpoint that lends DMA channels writes the header into a BAR. Nothing of
 * it is believed: it is copied once, because the endpoint can change it at any
 * time, and what the copy says has to fit the place of the slice and the lengths
 * of the BARs. What is accepted here leads to accesses within the BARs and with
 * the alignment that the accessors need, even if it should be a lie.
 */

#include <kunit/visibility.h>
#include <linux/array_size.h>
#include <linux/minmax.h>
#include <linux/overflow.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "dw-edma-aux-hdr.h"

/* Both register maps have a block of this size for each channel */
#define DW_EDMA_AUX_CHAN_REGS	0x200
/* ... and these before, if they are of the eDMA */
#define DW_EDMA_AUX_COMMON_REGS	0x200
/* Larger windows have nothing that the driver knows */
#define DW_EDMA_AUX_MAX_REGS	SZ_1M

/* One element and the link back, see dw_edma_channel_setup() */
#define DW_EDMA_AUX_MIN_LIST	48
/* Far more than an engine is given at a time */
#define DW_EDMA_AUX_MAX_LIST	SZ_1M

static int refuse(struct dw_edma_aux_refusal *why, const char *field, int chan,
		  u64 value, u64 min, u64 max, const char *rule)
{
	*why = (struct dw_edma_aux_refusal) {
		.field = field,
		.chan = chan,
		.value = value,
		.min = min,
		.max = max,
		.rule = rule,
	};

	return -EINVAL;
}

static int refuse_unless(struct dw_edma_aux_refusal *why, const char *field, int chan,
			 u64 value, u64 min, u64 max)
{
	if (value >= min && value <= max)
		return 0;

	return refuse(why, field, chan, value, min, max, NULL);
}

static int refuse_unaligned(struct dw_edma_aux_refusal *why, const char *field,
			    int chan, u64 value, u64 min, u64 max)
{
	if (value % PCI_EP_DMA_ALIGN)
		return refuse(why, field, chan, value, min, max,
			      "not a multiple of 4 KiB");

	return refuse_unless(why, field, chan, value, min, max);
}

static bool overlap(u64 a, u64 a_len, u64 b, u64 b_len)
{
	return a < b + b_len && b < a + a_len;
}

/* What has one right value, and the number of channels */
static int parse_head(const struct pci_ep_dma_hdr *hdr, size_t len,
		      const struct dw_edma_aux_place *place,
		      struct dw_edma_aux_refusal *why)
{
	const struct {
		const char *field;
		__le32 value;
		u32 expected;
	} fixed[] = {
		{ "magic",	hdr->magic,	 PCI_EP_DMA_MAGIC },
		{ "version",	hdr->version,	 PCI_EP_DMA_VERSION },
		{ "hdr_size",	hdr->hdr_size,	 sizeof(*hdr) },
		{ "total_size",	hdr->total_size, place->size },
		{ "num_chans",	hdr->num_chans,	 place->num_chans },
	};
	int ret = 0;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(fixed) && !ret; i++)
		ret = refuse_unless(why, fixed[i].field, -1,
				    le32_to_cpu(fixed[i].value), fixed[i].expected,
				    fixed[i].expected);
	for (i = 0; i < ARRAY_SIZE(hdr->reserved) && !ret; i++)
		ret = refuse_unless(why, "reserved", -1,
				    le32_to_cpu(hdr->reserved[i]), 0, 0);
	if (ret)
		return ret;

	ret = refuse_unless(why, "num_chans", -1, place->num_chans, 1,
			    PCI_EP_DMA_MAX_CHANS);
	if (ret)
		return ret;

	if (len < offsetof(struct pci_ep_dma_hdr, chans[place->num_chans]))
		return refuse(why, "length", -1, len,
			      offsetof(struct pci_ep_dma_hdr, chans[place->num_chans]),
			      sizeof(*hdr), NULL);

	return refuse_unless(why, "num_irqs", -1, le32_to_cpu(hdr->num_irqs), 1,
			     PCI_EP_DMA_MAX_CHANS);
}

static int parse_format(u32 format, struct dw_edma_aux_slice *slice,
			struct dw_edma_aux_refusal *why)
{
	switch (format) {
	case PCI_EP_DMA_REG_EDMA_UNROLL:
		slice->mf = EDMA_MF_EDMA_UNROLL;
		return 0;
	case PCI_EP_DMA_REG_HDMA_COMPAT:
		slice->mf = EDMA_MF_HDMA_COMPAT;
		return 0;
	case PCI_EP_DMA_REG_HDMA_NATIVE:
		slice->mf = EDMA_MF_HDMA_NATIVE;
		return 0;
	default:
		return refuse(why, "reg_format", -1, format, PCI_EP_DMA_REG_EDMA_UNROLL,
			      PCI_EP_DMA_REG_HDMA_NATIVE, NULL);
	}
}

/* Where the registers are; the slice is at most as long as its BAR */
static int parse_regs(const struct pci_ep_dma_hdr *hdr,
		      const struct dw_edma_aux_place *place,
		      struct dw_edma_aux_slice *slice,
		      struct dw_edma_aux_refusal *why)
{
	u32 bar = le32_to_cpu(hdr->reg_bar);
	u32 offset = le32_to_cpu(hdr->reg_offset);
	u32 size = le32_to_cpu(hdr->reg_size);
	u64 first = 0, end, need;
	int ret;

	ret = refuse_unless(why, "reg_bar", -1, bar, 0, ARRAY_SIZE(place->bar_len) - 1);
	if (ret)
		return ret;
	end = place->bar_len[bar];
	if (!end)
		return refuse(why, "reg_bar", -1, bar, 0, ARRAY_SIZE(place->bar_len) - 1,
			      "not a memory BAR");

	/* In the BAR of the slice they are part of it, behind the header page */
	if (bar == place->bar) {
		first = (u64)place->offset + PCI_EP_DMA_ALIGN;
		end = (u64)place->offset + place->size;
	}

	need = max(slice->count[EDMA_DIR_WRITE], slice->count[EDMA_DIR_READ]) *
	       DW_EDMA_AUX_CHAN_REGS;
	if (slice->mf != EDMA_MF_HDMA_NATIVE)
		need += DW_EDMA_AUX_COMMON_REGS;
	if (need > end - first)
		return refuse(why, "reg_bar", -1, bar, 0, ARRAY_SIZE(place->bar_len) - 1,
			      "too short for the registers");

	ret = refuse_unaligned(why, "reg_offset", -1, offset, first, end - need);
	if (ret)
		return ret;

	ret = refuse_unless(why, "reg_size", -1, size, need,
			    min(end - offset, DW_EDMA_AUX_MAX_REGS));
	if (ret)
		return ret;

	slice->reg_bar = bar;
	slice->reg_offset = offset;
	slice->reg_size = size;

	return 0;
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

	ret = refuse_unless(why, "desc_bar", nr, le32_to_cpu(chan->desc_bar), place->bar,
			    place->bar);
	if (ret)
		return ret;

	ret = refuse_unaligned(why, "desc_offset", nr, offset, first, end - 1);
	if (ret)
		return ret;

	ret = refuse_unless(why, "desc_size", nr, size, DW_EDMA_AUX_MIN_LIST,
			    min(end - offset, DW_EDMA_AUX_MAX_LIST));
	if (ret)
		return ret;

	ret = refuse_unaligned(why, "desc_addr", nr, addr, 0, U64_MAX);
	if (ret)
		return ret;
	if (check_add_overflow(addr, size - 1, &last))
		return refuse(why, "desc_addr", nr, addr, 0, U64_MAX - size + 1, NULL);

	if (slice->reg_bar == place->bar &&
	    overlap(offset, size, slice->reg_offset, slice->reg_size))
		return refuse(why, "desc_offset", nr, offset, first, end - 1,
			      "overlaps the registers");

	list->offset = offset - place->offset;
	list->size = size;
	list->addr = addr;

	return 0;
}

static int check_disjoint(const struct dw_edma_aux_list *a,
			  const struct dw_edma_aux_list *b, int nr,
			  struct dw_edma_aux_refusal *why)
{
	if (overlap(a->offset, a->size, b->offset, b->size))
		return refuse(why, "desc_offset", nr, b->offset, 0, U32_MAX,
			      "overlaps another channel's");

	/* These may end at the very top: compare the last bytes */
	if (a->addr <= b->addr + (b->size - 1) && b->addr <= a->addr + (a->size - 1))
		return refuse(why, "desc_addr", nr, b->addr, 0, U64_MAX,
			      "overlaps another channel's");

	return 0;
}

/*
 * The driver numbers channels from 0 and has all below the highest. Where the
 * directions share registers, it demands the whole direction besides.
 */
static int parse_ids(const struct pci_ep_dma_hdr *hdr, u32 num_chans,
		     struct dw_edma_aux_slice *slice, struct dw_edma_aux_refusal *why)
{
	unsigned long seen[2] = {};
	u32 i, dir, hw_ch;
	int ret;

	for (i = 0; i < num_chans; i++) {
		dir = le32_to_cpu(hdr->chans[i].dir);
		hw_ch = le32_to_cpu(hdr->chans[i].hw_ch);

		ret = refuse_unless(why, "dir", i, dir, PCI_EP_DMA_DIR_WRITE,
				    PCI_EP_DMA_DIR_READ);
		if (ret)
			return ret;
		ret = refuse_unless(why, "hw_ch", i, hw_ch, 0, num_chans - 1);
		if (ret)
			return ret;
		if (seen[dir] & BIT(hw_ch))
			return refuse(why, "hw_ch", i, hw_ch, 0, num_chans - 1,
				      "named twice");
		ret = refuse_unless(why, "reserved", i,
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
			return refuse(why, "hw_ch", i, hw_ch, 0, slice->count[dir] - 1,
				      "others are missing");
	}

	return 0;
}

/**
 * dw_edma_aux_hdr_len - how much of the header has to be read
 * @head: its first bytes, up to the channels
 *
 * Context: Any. A pure function.
 * Return: bytes, those of the channels that count included.
 */
size_t dw_edma_aux_hdr_len(const void *head)
{
	const struct pci_ep_dma_hdr *hdr = head;
	u32 num_chans = min(le32_to_cpu(hdr->num_chans), PCI_EP_DMA_MAX_CHANS);

	return offsetof(struct pci_ep_dma_hdr, chans[num_chans]);
}
EXPORT_SYMBOL_IF_KUNIT(dw_edma_aux_hdr_len);

/**
 * dw_edma_aux_parse - validate the header of a DMA slice
 * @header: private copy
 * @len: bytes of @header, at least those before the channels
 * @place: what the host knows without the header
 * @slice: what the header says, only valid if 0 is returned
 * @why: filled unless 0 is returned
 *
 * Context: Any. A pure function.
 * Return: 0 or -EINVAL.
 */

int dw_edma_aux_parse(const void *header, size_t len,
		      const struct dw_edma_aux_place *place,
		      struct dw_edma_aux_slice *slice,
		      struct dw_edma_aux_refusal *why)
{
	const struct pci_ep_dma_hdr *hdr = header;
	const struct dw_edma_aux_list *done[PCI_EP_DMA_MAX_CHANS];
	struct dw_edma_aux_list *list;
	u32 i, j;
	int ret;

	memset(slice, 0, sizeof(*slice));

	if (len < offsetof(struct pci_ep_dma_hdr, chans))
		return refuse(why, "length", -1, len,
			      offsetof(struct pci_ep_dma_hdr, chans), sizeof(*hdr), NULL);

	ret = parse_head(hdr, len, place, why);
	if (ret)
		return ret;
	slice->num_irqs = le32_to_cpu(hdr->num_irqs);

	ret = parse_format(le32_to_cpu(hdr->reg_format), slice, why);
	if (ret)
		return ret;

	ret = parse_ids(hdr, place->num_chans, slice, why);
	if (ret)
		return ret;

	ret = parse_regs(hdr, place, slice, why);
	if (ret)
		return ret;

	for (i = 0; i < place->num_chans; i++) {
		list = &slice->list[le32_to_cpu(hdr->chans[i].dir)]
				   [le32_to_cpu(hdr->chans[i].hw_ch)];
		ret = parse_list(hdr, i, place, slice, list, why);
		for (j = 0; j < i && !ret; j++)
			ret = check_disjoint(done[j], list, i, why);
		if (ret)
			return ret;
		done[i] = list;
	}

	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(dw_edma_aux_parse);

/* "field value, allowed min - max (rule)" */

int dw_edma_aux_refusal_print(char *buf, size_t size,
			      const struct dw_edma_aux_refusal *why)
{
	int len = 0;

	if (why->chan >= 0)
		len = scnprintf(buf, size, "channel entry %d: ", why->chan);

	return len + scnprintf(buf + len, size - len,
			       "%s %#llx, allowed %#llx - %#llx%s%s%s", why->field,
			       why->value, why->min, why->max, why->rule ? " (" : "",
			       why->rule ?: "", why->rule ? ")" : "");
}
EXPORT_SYMBOL_IF_KUNIT(dw_edma_aux_refusal_print);
