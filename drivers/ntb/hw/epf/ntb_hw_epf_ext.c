// SPDX-License-Identifier: GPL-2.0
/*
 * What a vNTB endpoint says about itself in the extension of its control block
 *
 * Nothing of it is believed. It is copied once, because the endpoint can change
 * it at any time, and the copy is compared with what the host knows by itself:
 * the lengths of the BARs, and which of them have a purpose already.
 *
 * An extension that is wrong is treated like none: the windows are where they
 * always were. If only what it says about DMA is wrong, it is the same as if it
 * offered no DMA.
 */

#include <kunit/visibility.h>
#include <linux/array_size.h>
#include <linux/device.h>
#include <linux/io.h>
#include <linux/minmax.h>
#include <linux/pci-ep-dma-abi.h>
#include <linux/string.h>

#include "ntb_hw_epf_ext.h"

static int refuse(struct ntb_epf_ctrl_issue *issue, const char *field, u64 value,
		  u64 min, u64 max, const char *rule)
{
	*issue = (struct ntb_epf_ctrl_issue) {
		.field = field,
		.value = value,
		.min = min,
		.max = max,
		.rule = rule,
	};

	return -EINVAL;
}

static int refuse_unless(struct ntb_epf_ctrl_issue *issue, const char *field,
			 u64 value, u64 min, u64 max)
{
	if (value >= min && value <= max)
		return 0;

	return refuse(issue, field, value, min, max, NULL);
}

/* Magic, revision and length: is the rest of the extension there at all? */
static int parse_head(const struct vntb_ctrl_ext *ext, u32 spad_offset,
		      struct ntb_epf_ctrl_issue *issue)
{
	u32 revision = le32_to_cpu(ext->revision);
	u32 length = le32_to_cpu(ext->length);
	u32 max = VNTB_CTRL_EXT_MAX_LENGTH;
	int ret;

	ret = refuse_unless(issue, "magic", le32_to_cpu(ext->magic),
			    VNTB_CTRL_EXT_MAGIC, VNTB_CTRL_EXT_MAGIC);
	if (ret)
		return ret;

	ret = refuse_unless(issue, "revision", revision, VNTB_CTRL_EXT_REVISION, U32_MAX);
	if (ret)
		return ret;

	/* Later revisions may be longer, what they begin with stays the same */
	if (revision == VNTB_CTRL_EXT_REVISION)
		max = sizeof(*ext);
	ret = refuse_unless(issue, "length", length, sizeof(*ext), max);
	if (ret)
		return ret;

	return refuse_unless(issue, "spad_offset", spad_offset,
			     VNTB_CTRL_EXT_OFFSET + length, U32_MAX);
}

static int parse_reserved(const struct vntb_ctrl_ext *ext, struct ntb_epf_ctrl_issue *issue)
{
	int ret = 0;
	u32 i;

	/* What a later revision has put there is not for us */
	if (le32_to_cpu(ext->revision) != VNTB_CTRL_EXT_REVISION)
		return 0;

	for (i = 0; i < ARRAY_SIZE(ext->reserved) && !ret; i++)
		ret = refuse_unless(issue, "reserved", le32_to_cpu(ext->reserved[i]), 0, 0);
	for (i = 0; i < ARRAY_SIZE(ext->mw) && !ret; i++)
		ret = refuse_unless(issue, "mw reserved", le32_to_cpu(ext->mw[i].reserved),
				    0, 0);

	return ret;
}

static int parse_mw(const struct vntb_ctrl_mw *mw, u64 bar_len, u64 *offset,
		    u64 *size, struct ntb_epf_ctrl_issue *issue)
{
	int ret;

	*offset = le32_to_cpu(mw->offset);
	*size = le32_to_cpu(mw->size_lo) | (u64)le32_to_cpu(mw->size_hi) << 32;

	if (!bar_len)
		return refuse(issue, "mw offset", *offset, 0, 0, "the BAR is not there");

	/* Clients map windows, and access them with more than a byte at a time */
	if (*offset % PCI_EP_DMA_ALIGN)
		return refuse(issue, "mw offset", *offset, 0, bar_len - 1,
			      "not a multiple of 4 KiB");

	ret = refuse_unless(issue, "mw offset", *offset, 0, bar_len - 1);
	if (ret)
		return ret;

	return refuse_unless(issue, "mw size", *size, 1, bar_len - *offset);
}

static bool overlap(u64 a, u64 a_len, u64 b, u64 b_len)
{
	return a < b + b_len && b < a + a_len;
}

static int parse_dma(const struct vntb_ctrl_ext *ext, const struct ntb_epf_bars *bars,
		     struct ntb_epf_layout *layout, struct ntb_epf_ctrl_issue *issue)
{
	u32 num_chans = le32_to_cpu(ext->dma_num_chans);
	u32 offset = le32_to_cpu(ext->dma_offset);
	u32 size = le32_to_cpu(ext->dma_size);
	u32 abi = le32_to_cpu(ext->dma_abi);
	u32 bar = le32_to_cpu(ext->dma_bar);
	u64 len;
	int ret;
	u32 i;

	ret = refuse_unless(issue, "dma_abi", abi, VNTB_DMA_ABI_NONE, VNTB_DMA_ABI_V1);
	if (ret || abi == VNTB_DMA_ABI_NONE)
		return ret;

	ret = refuse_unless(issue, "dma_bar", bar, 0, ARRAY_SIZE(bars->len) - 1);
	if (ret)
		return ret;

	len = bars->len[bar];
	if (!len)
		return refuse(issue, "dma_bar", bar, 0, ARRAY_SIZE(bars->len) - 1,
			      "not a memory BAR");
	if (bars->in_use & BIT(bar))
		return refuse(issue, "dma_bar", bar, 0, ARRAY_SIZE(bars->len) - 1,
			      "has the control block, scratchpads or doorbells");

	if (offset % PCI_EP_DMA_ALIGN)
		return refuse(issue, "dma_offset", offset, 0, len - 1,
			      "not a multiple of 4 KiB");
	ret = refuse_unless(issue, "dma_offset", offset, 0, len - 1);
	if (ret)
		return ret;

	/* The header and the descriptors of at least one channel */
	if (size % PCI_EP_DMA_ALIGN)
		return refuse(issue, "dma_size", size, 2 * PCI_EP_DMA_ALIGN, len - offset,
			      "not a multiple of 4 KiB");
	ret = refuse_unless(issue, "dma_size", size, 2 * PCI_EP_DMA_ALIGN, len - offset);
	if (ret)
		return ret;

	for (i = 0; i < min(bars->mw_count, VNTB_CTRL_MAX_MW); i++)
		if (bars->mw[i] == bar && overlap(layout->mw[i].offset, layout->mw[i].size,
						  offset, size))
			return refuse(issue, "dma_offset", offset, 0, len - 1,
				      "overlaps a memory window");

	ret = refuse_unless(issue, "dma_num_chans", num_chans, 1, PCI_EP_DMA_MAX_CHANS);
	if (ret)
		return ret;

	layout->dma_abi = abi;
	layout->dma_bar = bar;
	layout->dma_offset = offset;
	layout->dma_size = size;
	layout->dma_num_chans = num_chans;

	return 0;
}

/**
 * ntb_epf_ext_parse - validate the extension of the control block
 * @version: word at VNTB_CTRL_VERSION
 * @spad_offset: where the endpoint says that the scratchpads begin
 * @ext: private copy of what is at VNTB_CTRL_EXT_OFFSET
 * @len: bytes of @ext
 * @bars: what the endpoint cannot lie about
 * @layout: what can be relied on, whatever is returned
 * @issue: filled unless 0 is returned
 *
 * Context: Any. A pure function.
 * Return: 0 or -EINVAL: something is wrong, and @layout goes without the DMA
 * slice or, if it is not about DMA, without the extension.
 */
int ntb_epf_ext_parse(u32 version, u32 spad_offset, const void *ext, size_t len,
		      const struct ntb_epf_bars *bars,
		      struct ntb_epf_layout *layout, struct ntb_epf_ctrl_issue *issue)
{
	const struct vntb_ctrl_ext *e = ext;
	struct ntb_epf_layout found = {};
	int ret;
	u32 i;

	*layout = found;
	*issue = (struct ntb_epf_ctrl_issue) {};

	if (version == VNTB_CTRL_VERSION_LEGACY)
		return 0;

	ret = refuse_unless(issue, "version", version, VNTB_CTRL_VERSION_LEGACY,
			    VNTB_CTRL_VERSION_EXT);
	if (ret)
		return ret;

	if (len < sizeof(*e))
		return refuse(issue, "control BAR", VNTB_CTRL_EXT_OFFSET + len,
			      VNTB_CTRL_EXT_OFFSET + sizeof(*e), U64_MAX, "too short");

	ret = parse_head(e, spad_offset, issue);
	if (ret)
		return ret;

	ret = parse_reserved(e, issue);
	if (ret)
		return ret;

	found.db_count = le32_to_cpu(e->db_count);
	ret = refuse_unless(issue, "db_count", found.db_count, EPF_IRQ_DB_START + 1,
			    NTB_EPF_MAX_SLOTS);
	if (ret)
		return ret;

	for (i = 0; i < min(bars->mw_count, VNTB_CTRL_MAX_MW); i++) {
		ret = parse_mw(&e->mw[i], bars->len[bars->mw[i]], &found.mw[i].offset,
			       &found.mw[i].size, issue);
		if (ret)
			return ret;
	}

	found.extended = true;
	ret = parse_dma(e, bars, &found, issue);
	*layout = found;

	return ret;
}
EXPORT_SYMBOL_IF_KUNIT(ntb_epf_ext_parse);

/* "field value, allowed min - max (rule)" */
int ntb_epf_issue_print(char *buf, size_t size, const struct ntb_epf_ctrl_issue *issue)
{
	return scnprintf(buf, size, "%s %#llx, allowed %#llx - %#llx%s%s%s",
			 issue->field, issue->value, issue->min, issue->max,
			 issue->rule ? " (" : "", issue->rule ?: "", issue->rule ? ")" : "");
}
EXPORT_SYMBOL_IF_KUNIT(ntb_epf_issue_print);

/**
 * ntb_epf_ext_read - read and validate the extension of the control block
 * @dev: named in the message if something is wrong
 * @ctrl: control block
 * @ctrl_len: length of its BAR
 * @spad_offset: where in it the scratchpads begin
 * @bars: what the host knows by itself
 * @layout: what can be relied on
 * @issue: what is wrong, no @issue->field if nothing is
 *
 * Context: Process context.
 */
void ntb_epf_ext_read(struct device *dev, const void __iomem *ctrl, u64 ctrl_len,
		      u32 spad_offset, const struct ntb_epf_bars *bars,
		      struct ntb_epf_layout *layout, struct ntb_epf_ctrl_issue *issue)
{
	u32 version = readl(ctrl + VNTB_CTRL_VERSION);
	__le32 ext[sizeof(struct vntb_ctrl_ext) / sizeof(__le32)];
	char buf[128];
	size_t len = 0;
	unsigned int i;

	/* Endpoints of old have scratchpads there */
	if (version == VNTB_CTRL_VERSION_EXT &&
	    ctrl_len >= VNTB_CTRL_EXT_OFFSET + sizeof(ext)) {
		/* Word by word, memcpy_fromio() would read bytes up to a multiple of 8 */
		for (i = 0; i < ARRAY_SIZE(ext); i++)
			ext[i] = cpu_to_le32(readl(ctrl + VNTB_CTRL_EXT_OFFSET +
						   i * sizeof(ext[0])));
		len = sizeof(ext);
	}

	if (!ntb_epf_ext_parse(version, spad_offset, ext, len, bars, layout, issue))
		return;

	ntb_epf_issue_print(buf, sizeof(buf), issue);
	dev_warn_ratelimited(dev, "endpoint's control block: %s: %s\n", buf,
			     layout->extended ? "no DMA" : "extension not used");
}
EXPORT_SYMBOL_IF_KUNIT(ntb_epf_ext_read);

/**
 * ntb_epf_ext_slots - interrupt vectors for link and doorbells
 * @layout: what the endpoint says
 * @fewest: the driver does not work with fewer
 * @most: the driver does not use more
 *
 * Vectors beyond these are for the DMA channels.
 *
 * Context: Any.
 * Return: as many as the endpoint uses, @most if it does not say.
 */
unsigned int ntb_epf_ext_slots(const struct ntb_epf_layout *layout,
			       unsigned int fewest, unsigned int most)
{
	return layout->extended ? min(max(layout->db_count, fewest), most) : most;
}
EXPORT_SYMBOL_IF_KUNIT(ntb_epf_ext_slots);
