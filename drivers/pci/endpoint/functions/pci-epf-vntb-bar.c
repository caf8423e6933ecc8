// SPDX-License-Identifier: GPL-2.0
/*
 * Virtual NTB endpoint function: what goes where in a BAR
 *
 * A BAR is a power of two, and behind each of its bytes has to be something
 * that the endpoint knows of. The user says what he wants to have in a BAR; here
 * it is checked, and the rest of the BAR is filled up. Then, whenever a
 * translation comes or goes, the list of inbound mappings is made from that.
 *
 * Everything here only computes.
 */

#include <linux/align.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/overflow.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "pci-epf-vntb-bar.h"

/* Offsets in a BAR are told to the host in 32 bits */
#define VNTB_BAR_MAX_OFFSET	((u64)U32_MAX)

/* The largest power of two that size_t can hold */
static u64 vntb_bar_max_size(const struct vntb_bar_limits *limits)
{
	return limits->fixed_size ?: (u64)SIZE_MAX / 2 + 1;
}

static int vntb_bar_blame(struct vntb_bar_fault *fault, const struct vntb_bar_region *region,
			  u64 min, u64 max, u64 step)
{
	*fault = (struct vntb_bar_fault) {
		.attr = region->attr,
		.value = region->attr_is_size ? region->size : region->offset,
		.min = min,
		.max = max,
		.step = step,
	};

	return -EINVAL;
}

/* @start: where the region begins at the earliest */
static int vntb_bar_check(const struct vntb_bar_limits *limits,
			  const struct vntb_bar_region *region, u64 start,
			  struct vntb_bar_fault *fault)
{
	u64 max_size = vntb_bar_max_size(limits);
	u64 last, max_offset;

	if (region->attr_is_size) {
		last = ALIGN_DOWN(max_size - min(start, max_size), limits->align);
		if (region->size <= last &&
		    IS_ALIGNED(region->size, limits->align) && region->offset >= start)
			return 0;
		return vntb_bar_blame(fault, region, limits->align, last, limits->align);
	}

	max_offset = region->size > max_size ? 0 : max_size - region->size;
	max_offset = ALIGN_DOWN(min(max_offset, VNTB_BAR_MAX_OFFSET), limits->align);
	if (region->size <= max_size && region->offset >= start &&
	    region->offset <= max_offset && IS_ALIGNED(region->offset, limits->align) &&
	    IS_ALIGNED(region->size, limits->align))
		return 0;
	return vntb_bar_blame(fault, region, start, max_offset, limits->align);
}

/* Turn "automatic" into a number, then sort */
static void vntb_bar_place(const struct vntb_bar_limits *limits, struct vntb_bar_region *regions,
			   unsigned int num)
{
	u64 end = 0, region_end;
	unsigned int i, j;

	for (i = 0; i < num; i++) {
		/* Half of what there is will be refused, and does not wrap */
		if (regions[i].offset == VNTB_BAR_OFFSET_AUTO)
			regions[i].offset = ALIGN(min(end, U64_MAX / 2), limits->align);
		if (check_add_overflow(regions[i].offset, regions[i].size, &region_end))
			region_end = U64_MAX;
		end = max(end, region_end);
	}

	for (i = 1; i < num; i++)
		for (j = i; j > 0 && regions[j].offset < regions[j - 1].offset; j--)
			swap(regions[j], regions[j - 1]);
}

static void vntb_bar_add_span(struct vntb_bar_layout *layout, enum vntb_bar_use use, u64 offset,
			      u64 size)
{
	if (size)
		layout->spans[layout->num_spans++] = (struct vntb_bar_span) {
			.use = use,
			.offset = offset,
			.size = size,
		};
}

/**
 * vntb_bar_get_limits() - what a controller can do with a BAR
 * @features: of the controller
 * @barno: the BAR
 * @limits: the answer
 *
 * Context: Any context.
 */
void vntb_bar_get_limits(const struct pci_epc_features *features, enum pci_barno barno,
			 struct vntb_bar_limits *limits)
{
	const struct pci_epc_bar_desc *desc = &features->bar[barno];

	*limits = (struct vntb_bar_limits) {
		.align = max_t(u64, features->align, SZ_4K),
		.min_size = desc->type == BAR_RESIZABLE ? SZ_1M : 0,
		.fixed_size = desc->type == BAR_FIXED ? desc->fixed_size : 0,
		.can_split = features->subrange_mapping && features->dynamic_inbound_mapping,
	};
}
EXPORT_SYMBOL_NS_GPL(vntb_bar_get_limits, "PCI_EPF_VNTB");

/**
 * vntb_bar_plan() - lay out a BAR
 * @limits: what the controller can do
 * @regions: what has to be in the BAR
 * @num_regions: number of @regions, 1 to VNTB_BAR_MAX_REGIONS
 * @layout: the answer
 * @fault: what is wrong when it is -EINVAL
 *
 * A window that makes up a BAR of its own takes any power of two. If it does
 * not fill the BAR, or has company, it has to be aligned to what the controller
 * can map, and the rest of the BAR becomes scratch. A slice always needs a
 * controller that can map parts.
 *
 * Context: Any context.
 *
 * Return: 0, or
 * * -EINVAL: a region is not aligned, overlaps another one, or does not fit, or
 *   there is nothing at the start of the BAR
 * * -EOPNOTSUPP: the BAR would have parts, and the controller cannot do that
 */
int vntb_bar_plan(const struct vntb_bar_limits *limits, const struct vntb_bar_region *regions,
		  unsigned int num_regions, struct vntb_bar_layout *layout,
		  struct vntb_bar_fault *fault)
{
	struct vntb_bar_region sorted[VNTB_BAR_MAX_REGIONS];
	u64 end = 0, start;
	unsigned int i;
	int ret;

	memset(fault, 0, sizeof(*fault));
	memset(layout, 0, sizeof(*layout));
	if (!num_regions || num_regions > VNTB_BAR_MAX_REGIONS)
		return -EINVAL;

	memcpy(sorted, regions, num_regions * sizeof(*regions));
	vntb_bar_place(limits, sorted, num_regions);

	/* A window has one target, a slice has parts whatever its size is */
	if (num_regions == 1 && (sorted[0].use == VNTB_BAR_MW || limits->can_split) &&
	    !sorted[0].offset && is_power_of_2(sorted[0].size) &&
	    sorted[0].size <= vntb_bar_max_size(limits) &&
	    sorted[0].size >= max(limits->min_size, limits->fixed_size)) {
		layout->size = sorted[0].size;
		vntb_bar_add_span(layout, sorted[0].use, 0, layout->size);
		return 0;
	}

	for (i = 0; i < num_regions; i++)
		if (!sorted[i].size)
			return vntb_bar_blame(fault, &sorted[i], limits->align,
					      vntb_bar_max_size(limits), limits->align);

	if (!limits->can_split)
		return -EOPNOTSUPP;

	for (i = 0; i < num_regions; i++) {
		start = ALIGN(end, limits->align);
		ret = vntb_bar_check(limits, &sorted[i], start, fault);
		if (ret)
			return ret;
		/* A host of old takes the start of the BAR for the window */
		if (!i && sorted[i].offset)
			return vntb_bar_blame(fault, &sorted[i], 0, 0, limits->align);

		vntb_bar_add_span(layout, VNTB_BAR_SCRATCH, end, sorted[i].offset - end);
		vntb_bar_add_span(layout, sorted[i].use, sorted[i].offset, sorted[i].size);
		end = sorted[i].offset + sorted[i].size;
	}

	/* Compared with the largest BAR in vntb_bar_check() */
	layout->size = limits->fixed_size ?: max(roundup_pow_of_two(end), limits->min_size);
	vntb_bar_add_span(layout, VNTB_BAR_SCRATCH, end, layout->size - end);

	return 0;
}
EXPORT_SYMBOL_NS_GPL(vntb_bar_plan, "PCI_EPF_VNTB");

/**
 * vntb_bar_find() - find the part of a BAR that is for something
 * @layout: the BAR
 * @use: for what
 *
 * Context: Any context.
 *
 * Return: the first part that is for @use, NULL when there is none.
 */
const struct vntb_bar_span *vntb_bar_find(const struct vntb_bar_layout *layout,
					  enum vntb_bar_use use)
{
	unsigned int i;

	for (i = 0; i < layout->num_spans; i++)
		if (layout->spans[i].use == use)
			return &layout->spans[i];

	return NULL;
}
EXPORT_SYMBOL_NS_GPL(vntb_bar_find, "PCI_EPF_VNTB");

/**
 * vntb_bar_scratch_size() - how much scratch memory a BAR can do with
 * @layout: the BAR
 *
 * Context: Any context.
 *
 * Return: bytes of the largest piece without a break that is not memory window.
 */
u64 vntb_bar_scratch_size(const struct vntb_bar_layout *layout)
{
	u64 run = 0, size = 0;
	unsigned int i;

	for (i = 0; i < layout->num_spans; i++) {
		run = layout->spans[i].use == VNTB_BAR_MW ? 0 : run + layout->spans[i].size;
		size = max(size, run);
	}

	return size;
}
EXPORT_SYMBOL_NS_GPL(vntb_bar_scratch_size, "PCI_EPF_VNTB");

struct vntb_bar_writer {
	const struct vntb_bar_content *content;
	struct pci_epf_bar_submap *submap;
	unsigned int max_submap;
	unsigned int num;
	bool filler;		/* the last entry maps nothing in particular */
};

static int vntb_bar_add(struct vntb_bar_writer *w, dma_addr_t addr, u64 size, bool no_backing)
{
	if (w->num == w->max_submap)
		return -ENOSPC;

	w->filler = false;
	w->submap[w->num++] = (struct pci_epf_bar_submap) {
		.phys_addr = addr,
		.size = size,
		.no_backing = no_backing,
	};

	return 0;
}

/* Inbound windows are scarce: one for what lies side by side */
static int vntb_bar_fill(struct vntb_bar_writer *w, u64 size, bool unbacked)
{
	const struct vntb_bar_content *content = w->content;
	struct pci_epf_bar_submap *prev = w->filler ? &w->submap[w->num - 1] : NULL;
	int ret;

	if (!size)
		return 0;

	if (size > content->scratch_size)
		unbacked = true;

	if (prev && prev->no_backing == unbacked &&
	    (unbacked || prev->size + size <= content->scratch_size)) {
		prev->size += size;
		return 0;
	}

	ret = vntb_bar_add(w, unbacked ? 0 : content->scratch, size, unbacked);
	w->filler = !ret;
	return ret;
}

/**
 * vntb_bar_map() - make the list of inbound mappings of a BAR
 * @layout: the BAR
 * @content: what is there at the moment
 * @submap: the answer, covers the BAR without a hole
 * @max_submap: number of entries that @submap has room for
 *
 * Context: Any context.
 *
 * Return: number of entries used, -EINVAL when something of @content is larger
 * than its place, -ENOSPC when there are more than @max_submap.
 */
int vntb_bar_map(const struct vntb_bar_layout *layout, const struct vntb_bar_content *content,
		 struct pci_epf_bar_submap *submap, unsigned int max_submap)
{
	struct vntb_bar_writer w = {
		.content = content,
		.submap = submap,
		.max_submap = max_submap,
	};
	const struct pci_epf_bar_submap *pieces;
	unsigned int i, p, num;
	u64 rest;
	int ret;

	for (i = 0; i < layout->num_spans; i++) {
		const struct vntb_bar_span *span = &layout->spans[i];

		pieces = span->use == VNTB_BAR_MW ? &content->mw : content->dma;
		num = span->use == VNTB_BAR_MW ? !!content->mw.size :
		      span->use == VNTB_BAR_DMA ? content->num_dma : 0;
		rest = span->size;

		for (p = 0; p < num; p++) {
			if (pieces[p].size > rest)
				return -EINVAL;
			rest -= pieces[p].size;
			ret = vntb_bar_add(&w, pieces[p].phys_addr, pieces[p].size, false);
			if (ret)
				return ret;
		}

		ret = vntb_bar_fill(&w, rest, span->use == VNTB_BAR_MW && content->mw_unbacked);
		if (ret)
			return ret;
	}

	return w.num;
}
EXPORT_SYMBOL_NS_GPL(vntb_bar_map, "PCI_EPF_VNTB");

MODULE_DESCRIPTION("PCI EPF NTB DRIVER: helpers");
MODULE_LICENSE("GPL");
