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
#include <linux/sizes.h>
#include <linux/string.h>

#include "dw-edma-aux-hdr.h"

/* Both register maps have a block of this size for each channel */
#define DW_EDMA_AUX_CHAN_REGS	0x200
/* ... and these before, if they are of the eDMA */
#define DW_EDMA_AUX_COMMON_REGS	0x200
/* Larger windows have nothing that the driver knows */
#define DW_EDMA_AUX_MAX_REGS	SZ_1M

int dw_edma_aux_refuse(struct dw_edma_aux_refusal *why, const char *field, int chan,
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

int dw_edma_aux_check(struct dw_edma_aux_refusal *why, const char *field, int chan,
		      u64 value, u64 min, u64 max)
{
	if (value >= min && value <= max)
		return 0;

	return dw_edma_aux_refuse(why, field, chan, value, min, max, NULL);
}

int dw_edma_aux_check_aligned(struct dw_edma_aux_refusal *why, const char *field,
			      int chan, u64 value, u64 min, u64 max)
{
	if (value % PCI_EP_DMA_ALIGN)
		return dw_edma_aux_refuse(why, field, chan, value, min, max,
					  "not a multiple of 4 KiB");

	return dw_edma_aux_check(why, field, chan, value, min, max);
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
	size_t need;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(fixed) && !ret; i++)
		ret = dw_edma_aux_check(why, fixed[i].field, -1,
					le32_to_cpu(fixed[i].value), fixed[i].expected,
					fixed[i].expected);
	for (i = 0; i < ARRAY_SIZE(hdr->reserved) && !ret; i++)
		ret = dw_edma_aux_check(why, "reserved", -1,
					le32_to_cpu(hdr->reserved[i]), 0, 0);
	if (ret)
		return ret;

	ret = dw_edma_aux_check(why, "num_chans", -1, place->num_chans, 1,
				PCI_EP_DMA_MAX_CHANS);
	if (ret)
		return ret;

	/* The header page, and something behind it */
	ret = dw_edma_aux_check(why, "total_size", -1, place->size,
				PCI_EP_DMA_ALIGN + 1, U32_MAX);
	if (ret)
		return ret;

	need = offsetof(struct pci_ep_dma_hdr, chans[place->num_chans]);
	if (len < need)
		return dw_edma_aux_refuse(why, "length", -1, len, need, sizeof(*hdr), NULL);

	return dw_edma_aux_check(why, "num_irqs", -1, le32_to_cpu(hdr->num_irqs), 1,
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
		return dw_edma_aux_refuse(why, "reg_format", -1, format,
					  PCI_EP_DMA_REG_EDMA_UNROLL,
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
	const u32 last_bar = ARRAY_SIZE(place->bar_len) - 1;
	u64 first = 0, end, need;
	int ret;

	ret = dw_edma_aux_check(why, "reg_bar", -1, bar, 0, last_bar);
	if (ret)
		return ret;
	end = place->bar_len[bar];
	if (!end)
		return dw_edma_aux_refuse(why, "reg_bar", -1, bar, 0, last_bar,
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
		return dw_edma_aux_refuse(why, "reg_bar", -1, bar, 0, last_bar,
					  "too short for the registers");

	ret = dw_edma_aux_check_aligned(why, "reg_offset", -1, offset, first, end - need);
	if (ret)
		return ret;

	ret = dw_edma_aux_check(why, "reg_size", -1, size, need,
				min(end - offset, DW_EDMA_AUX_MAX_REGS));
	if (ret)
		return ret;

	slice->reg_bar = bar;
	slice->reg_offset = offset;
	slice->reg_size = size;

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
	int ret;

	memset(slice, 0, sizeof(*slice));

	if (len < offsetof(struct pci_ep_dma_hdr, chans))
		return dw_edma_aux_refuse(why, "length", -1, len,
					  offsetof(struct pci_ep_dma_hdr, chans),
					  sizeof(*hdr), NULL);

	ret = parse_head(hdr, len, place, why);
	if (ret)
		return ret;
	slice->num_irqs = le32_to_cpu(hdr->num_irqs);

	ret = parse_format(le32_to_cpu(hdr->reg_format), slice, why);
	if (ret)
		return ret;

	ret = dw_edma_aux_parse_ids(hdr, place->num_chans, slice, why);
	if (ret)
		return ret;

	ret = parse_regs(hdr, place, slice, why);
	if (ret)
		return ret;

	return dw_edma_aux_parse_lists(hdr, place, slice, why);
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
