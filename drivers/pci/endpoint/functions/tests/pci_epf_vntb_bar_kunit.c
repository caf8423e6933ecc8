// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of pci-epf-vntb: what goes where in a BAR
 *
 * Invariant: a layout covers its BAR from the first to the last byte, each byte
 * once, and so does the list of inbound mappings made from it; what cannot be
 * had is refused with the attribute to blame. Pure functions: only their
 * arguments differ.
 */

#include <kunit/test.h>
#include <linux/minmax.h>
#include <linux/sizes.h>

#include "../pci-epf-vntb-bar.h"

MODULE_IMPORT_NS("PCI_EPF_VNTB");

/* DMA addresses have 32 bits on some machines */
#define ADDR_MW		0x40000000
#define ADDR_SCRATCH	0x50000000
#define ADDR_DMA	0x60000000

static const struct vntb_bar_limits rcar = {
	.align = SZ_4K, .min_size = SZ_1M, .can_split = true,
};

static const struct vntb_bar_limits generic = {
	.align = SZ_4K, .can_split = true,
};

static const struct vntb_bar_limits rk3588 = {
	.align = SZ_64K, .min_size = SZ_1M, .can_split = true,
};

static const struct vntb_bar_limits fixed = {
	.align = SZ_4K, .fixed_size = SZ_64K, .can_split = true,
};

static struct vntb_bar_region mw(u64 size)
{
	return (struct vntb_bar_region) {
		.use = VNTB_BAR_MW, .attr = "mw1", .attr_is_size = true, .size = size,
	};
}

static struct vntb_bar_region dma(u64 offset, u64 size)
{
	return (struct vntb_bar_region) {
		.use = VNTB_BAR_DMA, .attr = "dma_offset", .offset = offset, .size = size,
	};
}

#define AUTO	VNTB_BAR_OFFSET_AUTO

struct good_plan {
	const char *name;
	const struct vntb_bar_limits *limits;
	u64 mw_size, dma_offset, dma_size;	/* size 0: not there */
	u64 bar_size;
	struct vntb_bar_span spans[VNTB_BAR_MAX_SPANS];
};

static const struct good_plan good_plans[] = {
	{ "window that is a BAR", &generic, SZ_64K, 0, 0, SZ_64K,
	  { { VNTB_BAR_MW, 0, SZ_64K } } },
	{ "window smaller than what can be mapped", &generic, 256, 0, 0, 256,
	  { { VNTB_BAR_MW, 0, 256 } } },
	{ "window smaller than the BAR", &generic, 0xf9000, 0, 0, SZ_1M,
	  { { VNTB_BAR_MW, 0, 0xf9000 }, { VNTB_BAR_SCRATCH, 0xf9000, 0x7000 } } },
	{ "window below the smallest BAR", &rcar, SZ_64K, 0, 0, SZ_1M,
	  { { VNTB_BAR_MW, 0, SZ_64K }, { VNTB_BAR_SCRATCH, SZ_64K, SZ_1M - SZ_64K } } },
	{ "window in a fixed BAR", &fixed, SZ_64K, 0, 0, SZ_64K,
	  { { VNTB_BAR_MW, 0, SZ_64K } } },
	{ "small window in a fixed BAR", &fixed, SZ_4K, 0, 0, SZ_64K,
	  { { VNTB_BAR_MW, 0, SZ_4K }, { VNTB_BAR_SCRATCH, SZ_4K, SZ_64K - SZ_4K } } },
	{ "both, and they fit exactly", &rcar, 0xf9000, AUTO, 0x7000, SZ_1M,
	  { { VNTB_BAR_MW, 0, 0xf9000 }, { VNTB_BAR_DMA, 0xf9000, 0x7000 } } },
	{ "both, with a tail", &rcar, 0xf9000, AUTO, 0x6000, SZ_1M,
	  { { VNTB_BAR_MW, 0, 0xf9000 }, { VNTB_BAR_DMA, 0xf9000, 0x6000 },
	    { VNTB_BAR_SCRATCH, 0xff000, 0x1000 } } },
	{ "both, with hole and tail", &rcar, 0x80000, 0xc0000, 0x6000, SZ_1M,
	  { { VNTB_BAR_MW, 0, 0x80000 }, { VNTB_BAR_SCRATCH, 0x80000, 0x40000 },
	    { VNTB_BAR_DMA, 0xc0000, 0x6000 }, { VNTB_BAR_SCRATCH, 0xc6000, 0x3a000 } } },
	{ "both, one page too much for 1 MiB", &generic, 0xf9000, AUTO, 0x8000, SZ_2M,
	  { { VNTB_BAR_MW, 0, 0xf9000 }, { VNTB_BAR_DMA, 0xf9000, 0x8000 },
	    { VNTB_BAR_SCRATCH, 0x101000, 0xff000 } } },
	{ "both in a fixed BAR, to its end", &fixed, 0x9000, AUTO, 0x7000, SZ_64K,
	  { { VNTB_BAR_MW, 0, 0x9000 }, { VNTB_BAR_DMA, 0x9000, 0x7000 } } },
	{ "both at 64 KiB", &rk3588, 0xe0000, AUTO, 0x20000, SZ_1M,
	  { { VNTB_BAR_MW, 0, 0xe0000 }, { VNTB_BAR_DMA, 0xe0000, 0x20000 } } },
	{ "slice of its own", &generic, 0, AUTO, 0x7000, SZ_32K,
	  { { VNTB_BAR_DMA, 0, 0x7000 }, { VNTB_BAR_SCRATCH, 0x7000, 0x1000 } } },
	{ "slice of its own, explicitly", &rcar, 0, 0, 0x8000, SZ_1M,
	  { { VNTB_BAR_DMA, 0, 0x8000 }, { VNTB_BAR_SCRATCH, 0x8000, 0xf8000 } } },
};

KUNIT_ARRAY_PARAM_DESC(good_plan, good_plans, name);

static unsigned int regions_of(u64 mw_size, u64 dma_offset, u64 dma_size,
			       struct vntb_bar_region *regions)
{
	unsigned int num = 0;

	if (mw_size)
		regions[num++] = mw(mw_size);
	if (dma_size)
		regions[num++] = dma(dma_offset, dma_size);

	return num;
}

static void vntb_bar_good(struct kunit *test)
{
	const struct good_plan *p = test->param_value;
	struct vntb_bar_region regions[VNTB_BAR_MAX_REGIONS];
	struct vntb_bar_layout layout;
	struct vntb_bar_fault fault;
	unsigned int num, i;
	u64 end = 0;

	num = regions_of(p->mw_size, p->dma_offset, p->dma_size, regions);
	KUNIT_ASSERT_EQ(test, 0, vntb_bar_plan(p->limits, regions, num, &layout, &fault));
	KUNIT_EXPECT_EQ(test, layout.size, p->bar_size);

	for (i = 0; i < layout.num_spans; i++) {
		KUNIT_EXPECT_EQ(test, layout.spans[i].use, p->spans[i].use);
		KUNIT_EXPECT_EQ(test, layout.spans[i].offset, p->spans[i].offset);
		KUNIT_EXPECT_EQ(test, layout.spans[i].size, p->spans[i].size);
		KUNIT_EXPECT_EQ(test, layout.spans[i].offset, end);
		end += layout.spans[i].size;
	}
	KUNIT_EXPECT_EQ(test, end, layout.size);
	if (i < VNTB_BAR_MAX_SPANS)
		KUNIT_EXPECT_EQ(test, p->spans[i].size, 0);
}

struct bad_plan {
	const char *name;
	const struct vntb_bar_limits *limits;
	u64 mw_size, dma_offset, dma_size;
	struct vntb_bar_fault fault;
};

/* Of the largest BAR and of 32 bits the smaller one */
#define LAST_OFFSET(size, align)						\
	(MIN((u64)SIZE_MAX / 2 + 1 - (size), (u64)U32_MAX) & ~((u64)(align) - 1))

static const struct bad_plan bad_plans[] = {
	{ "window not aligned", &generic, 0xf9100, 0, 0,
	  { "mw1", 0xf9100, 0x1000, SIZE_MAX / 2 + 1, 0x1000 } },
	{ "window not aligned to 64 KiB", &rk3588, 0xf9000, AUTO, 0x20000,
	  { "mw1", 0xf9000, 0x10000, SIZE_MAX / 2 + 1, 0x10000 } },
	{ "window larger than a fixed BAR", &fixed, SZ_128K, 0, 0,
	  { "mw1", SZ_128K, 0x1000, SZ_64K, 0x1000 } },
	{ "window larger than any BAR", &generic, U64_MAX - 0xfff, 0, 0,
	  { "mw1", U64_MAX - 0xfff, 0x1000, SIZE_MAX / 2 + 1, 0x1000 } },
	{ "slice in the window", &rcar, 0xf9000, 0xf8000, 0x7000,
	  { "dma_offset", 0xf8000, 0xf9000, LAST_OFFSET(0x7000, SZ_4K), 0x1000 } },
	{ "slice at the start of the window", &rcar, 0xf9000, 0, 0x7000,
	  { "dma_offset", 0, 0xf9000, LAST_OFFSET(0x7000, SZ_4K), 0x1000 } },
	{ "slice not aligned", &rcar, 0x80000, 0x80800, 0x7000,
	  { "dma_offset", 0x80800, 0x80000, LAST_OFFSET(0x7000, SZ_4K), 0x1000 } },
	{ "slice not aligned to 64 KiB", &rk3588, 0x80000, 0x81000, 0x20000,
	  { "dma_offset", 0x81000, 0x80000, LAST_OFFSET(0x20000, SZ_64K), 0x10000 } },
	{ "slice beyond 32 bits", &generic, SZ_1M, SZ_4G, 0x7000,
	  { "dma_offset", SZ_4G, SZ_1M, LAST_OFFSET(0x7000, SZ_4K), 0x1000 } },
	{ "slice that wraps", &generic, SZ_1M, U64_MAX - 0x1fff, 0x7000,
	  { "dma_offset", U64_MAX - 0x1fff, SZ_1M, LAST_OFFSET(0x7000, SZ_4K), 0x1000 } },
	{ "slice beyond a fixed BAR", &fixed, 0x8000, 0xa000, 0x7000,
	  { "dma_offset", 0xa000, 0x8000, 0x9000, 0x1000 } },
	{ "slice for which a fixed BAR has no room", &fixed, 0xa000, AUTO, 0x7000,
	  { "dma_offset", 0xa000, 0xa000, 0x9000, 0x1000 } },
	{ "hole before a slice of its own", &generic, 0, 0x1000, 0x7000,
	  { "dma_offset", 0x1000, 0, 0, 0x1000 } },
	{ "hole before a slice of a power of two", &generic, 0, 0x1000, 0x8000,
	  { "dma_offset", 0x1000, 0, 0, 0x1000 } },
	{ "window that leaves a slice no room", &fixed, SZ_64K, AUTO, 0x7000,
	  { "dma_offset", SZ_64K, SZ_64K, 0x9000, 0x1000 } },
	{ "slice larger than a fixed BAR", &fixed, 0, 0, SZ_128K,
	  { "dma_offset", 0, 0, 0, 0x1000 } },
	{ "slice whose size is not aligned", &rcar, 0x80000, AUTO, 0x7100,
	  { "dma_offset", 0x80000, 0x80000, LAST_OFFSET(0x7100, SZ_4K), 0x1000 } },
};

KUNIT_ARRAY_PARAM_DESC(bad_plan, bad_plans, name);

static void vntb_bar_bad(struct kunit *test)
{
	const struct bad_plan *p = test->param_value;
	struct vntb_bar_region regions[VNTB_BAR_MAX_REGIONS];
	struct vntb_bar_layout layout;
	struct vntb_bar_fault fault;
	unsigned int num;

	num = regions_of(p->mw_size, p->dma_offset, p->dma_size, regions);
	KUNIT_ASSERT_EQ(test, -EINVAL, vntb_bar_plan(p->limits, regions, num, &layout, &fault));
	KUNIT_ASSERT_NOT_NULL(test, fault.attr);
	KUNIT_EXPECT_STREQ(test, fault.attr, p->fault.attr);
	KUNIT_EXPECT_EQ(test, fault.value, p->fault.value);
	KUNIT_EXPECT_EQ(test, fault.min, p->fault.min);
	KUNIT_EXPECT_EQ(test, fault.max, p->fault.max);
	KUNIT_EXPECT_EQ(test, fault.step, p->fault.step);
}

/* A slice before the window is in its way, and three regions are too many */
static void vntb_bar_order(struct kunit *test)
{
	struct vntb_bar_region regions[] = { dma(0, 0x7000), mw(SZ_64K), dma(SZ_1M, 0x7000) };
	struct vntb_bar_region turned[] = { dma(SZ_64K, 0x7000), mw(SZ_64K) };
	struct vntb_bar_layout layout;
	struct vntb_bar_fault fault;

	KUNIT_EXPECT_EQ(test, -EINVAL, vntb_bar_plan(&generic, regions, 2, &layout, &fault));
	KUNIT_ASSERT_NOT_NULL(test, fault.attr);
	KUNIT_EXPECT_STREQ(test, fault.attr, "mw1");

	KUNIT_EXPECT_EQ(test, 0, vntb_bar_plan(&generic, &regions[1], 2, &layout, &fault));
	KUNIT_EXPECT_EQ(test, -EINVAL, vntb_bar_plan(&generic, regions, 3, &layout, &fault));
	KUNIT_EXPECT_NULL(test, fault.attr);

	/* The order in which they are asked for says nothing */
	KUNIT_EXPECT_EQ(test, 0, vntb_bar_plan(&generic, turned, 2, &layout, &fault));
	KUNIT_EXPECT_EQ(test, layout.spans[0].use, VNTB_BAR_MW);
	KUNIT_EXPECT_EQ(test, layout.spans[1].use, VNTB_BAR_DMA);
	KUNIT_EXPECT_EQ(test, layout.spans[1].offset, SZ_64K);
}

/* Existing configurations need nothing of the controller, all others do */
static void vntb_bar_cannot_split(struct kunit *test)
{
	static const struct vntb_bar_limits one_size = { .align = SZ_4K, .fixed_size = SZ_64K };
	static const struct vntb_bar_limits limits = { .align = SZ_4K };
	struct vntb_bar_region regions[] = { mw(SZ_64K), dma(AUTO, SZ_32K) };
	struct vntb_bar_layout layout;
	struct vntb_bar_fault fault;

	KUNIT_EXPECT_EQ(test, 0, vntb_bar_plan(&limits, regions, 1, &layout, &fault));
	KUNIT_EXPECT_EQ(test, 0, vntb_bar_plan(&one_size, regions, 1, &layout, &fault));
	KUNIT_EXPECT_EQ(test, -EOPNOTSUPP, vntb_bar_plan(&limits, regions, 2, &layout, &fault));
	/* Even if it fills its BAR: there is more than one thing in it */
	KUNIT_EXPECT_EQ(test, -EOPNOTSUPP, vntb_bar_plan(&limits, &regions[1], 1, &layout, &fault));
	regions[0].size = 0xf000;
	KUNIT_EXPECT_EQ(test, -EOPNOTSUPP, vntb_bar_plan(&limits, regions, 1, &layout, &fault));
	KUNIT_EXPECT_EQ(test, -EINVAL, vntb_bar_plan(&limits, regions, 0, &layout, &fault));
	KUNIT_EXPECT_EQ(test, -EINVAL, vntb_bar_plan(&limits, regions, 3, &layout, &fault));
}

/* What controllers say becomes what the plan goes by */
static void vntb_bar_limits_of(struct kunit *test)
{
	struct pci_epc_features features = {
		.align = SZ_64K,
		.subrange_mapping = true,
		.bar[BAR_2] = { .type = BAR_RESIZABLE },
		.bar[BAR_4] = { .type = BAR_FIXED, .fixed_size = 256 },
	};
	struct vntb_bar_limits limits;

	vntb_bar_get_limits(&features, BAR_0, &limits);
	KUNIT_EXPECT_EQ(test, limits.align, SZ_64K);
	KUNIT_EXPECT_EQ(test, limits.min_size, 0);
	KUNIT_EXPECT_EQ(test, limits.fixed_size, 0);
	KUNIT_EXPECT_FALSE(test, limits.can_split);

	features.align = 256;
	features.dynamic_inbound_mapping = true;
	vntb_bar_get_limits(&features, BAR_2, &limits);
	KUNIT_EXPECT_EQ(test, limits.align, SZ_4K);
	KUNIT_EXPECT_EQ(test, limits.min_size, SZ_1M);
	KUNIT_EXPECT_TRUE(test, limits.can_split);

	vntb_bar_get_limits(&features, BAR_4, &limits);
	KUNIT_EXPECT_EQ(test, limits.fixed_size, 256);
}

static const struct pci_epf_bar_submap slice[] = {
	{ .phys_addr = ADDR_DMA, .size = 0x1000 },
	{ .phys_addr = ADDR_DMA + 0x10000, .size = 0x2000 },
	{ .phys_addr = ADDR_DMA + 0x20000, .size = 0x4000 },
};

struct mapping {
	const char *name;
	u64 mw_size, dma_offset, dma_size;	/* of the layout */
	u64 trans;				/* bytes translated */
	bool live;
	bool unbacked;				/* the controller can do without */
	u64 scratch_size;
	unsigned int num;
	struct pci_epf_bar_submap submap[VNTB_BAR_MAX_SUBMAP];
};

static const struct mapping mappings[] = {
	{ "nothing there", 0xf9000, AUTO, 0x7000, 0, false, true, 0x7000, 2,
	  { { 0, 0xf9000, true }, { ADDR_SCRATCH, 0x7000 } } },
	{ "nothing there, scratch throughout", 0xf9000, AUTO, 0x7000, 0, false, false, SZ_1M, 1,
	  { { ADDR_SCRATCH, 0x100000 } } },
	{ "window", 0xf9000, AUTO, 0x7000, 0xf9000, false, true, 0x7000, 2,
	  { { ADDR_MW, 0xf9000 }, { ADDR_SCRATCH, 0x7000 } } },
	{ "part of a window", 0xf9000, AUTO, 0x7000, 0x3000, false, true, 0x7000, 3,
	  { { ADDR_MW, 0x3000 }, { 0, 0xf6000, true }, { ADDR_SCRATCH, 0x7000 } } },
	{ "slice", 0xf9000, AUTO, 0x7000, 0, true, true, 0x7000, 4,
	  { { 0, 0xf9000, true }, { ADDR_DMA, 0x1000 }, { ADDR_DMA + 0x10000, 0x2000 },
	    { ADDR_DMA + 0x20000, 0x4000 } } },
	{ "all of it", 0xf0000, 0xf1000, 0x7000, 0x80000, true, true, 0xf000, 7,
	  { { ADDR_MW, 0x80000 }, { 0, 0x70000, true }, { ADDR_SCRATCH, 0x1000 },
	    { ADDR_DMA, 0x1000 }, { ADDR_DMA + 0x10000, 0x2000 },
	    { ADDR_DMA + 0x20000, 0x4000 }, { ADDR_SCRATCH, 0x8000 } } },
	{ "hole, slice and tail in one", 0xf0000, 0xf1000, 0x7000, 0xf0000, false, true, 0x10000, 2,
	  { { ADDR_MW, 0xf0000 }, { ADDR_SCRATCH, 0x10000 } } },
	{ "as far as the scratch goes", 0xf0000, 0xf1000, 0x7000, 0xf0000, false, true, 0x8000, 3,
	  { { ADDR_MW, 0xf0000 }, { ADDR_SCRATCH, 0x8000 }, { ADDR_SCRATCH, 0x8000 } } },
	{ "nothing there, and no scratch for it", 0x80000, 0, 0, 0, false, true, 0x7000, 1,
	  { { 0, 0x100000, true } } },
	{ "more than the scratch", 0x80000, AUTO, 0x7000, 0x80000, false, true, 0x7000, 3,
	  { { ADDR_MW, 0x80000 }, { ADDR_SCRATCH, 0x7000 }, { 0, 0x79000, true } } },
};

KUNIT_ARRAY_PARAM_DESC(mapping, mappings, name);

static void vntb_bar_mapping(struct kunit *test)
{
	const struct mapping *m = test->param_value;
	struct vntb_bar_region regions[VNTB_BAR_MAX_REGIONS];
	struct vntb_bar_content content = {
		.mw = { .phys_addr = ADDR_MW, .size = m->trans },
		.dma = slice,
		.num_dma = m->live ? ARRAY_SIZE(slice) : 0,
		.scratch = ADDR_SCRATCH,
		.scratch_size = m->scratch_size,
		.mw_unbacked = m->unbacked,
	};
	struct pci_epf_bar_submap submap[VNTB_BAR_MAX_SUBMAP];
	struct vntb_bar_layout layout;
	struct vntb_bar_fault fault;
	u64 sum = 0;
	int num, i;

	num = regions_of(m->mw_size, m->dma_offset, m->dma_size, regions);
	KUNIT_ASSERT_EQ(test, 0, vntb_bar_plan(&rcar, regions, num, &layout, &fault));

	num = vntb_bar_map(&layout, &content, submap, ARRAY_SIZE(submap));
	for (i = 0; i < num; i++) {
		KUNIT_EXPECT_EQ(test, submap[i].phys_addr, m->submap[i].phys_addr);
		KUNIT_EXPECT_EQ(test, submap[i].size, m->submap[i].size);
		KUNIT_EXPECT_EQ(test, submap[i].no_backing, m->submap[i].no_backing);
		sum += submap[i].size;
	}
	KUNIT_EXPECT_EQ(test, num, m->num);
	KUNIT_EXPECT_EQ(test, sum, layout.size);

	/* No entry is written beyond the room that there is */
	KUNIT_EXPECT_EQ(test, -ENOSPC, vntb_bar_map(&layout, &content, submap, m->num - 1));
}

/* Nothing that is larger than its place gets into the neighbour's */
static void vntb_bar_too_large(struct kunit *test)
{
	struct vntb_bar_region regions[] = { mw(0xf9000), dma(AUTO, 0x6000) };
	struct pci_epf_bar_submap submap[VNTB_BAR_MAX_SUBMAP];
	struct vntb_bar_content content = {
		.mw = { .phys_addr = ADDR_MW, .size = 0xfa000 },
		.scratch_size = SZ_1M,
	};
	struct vntb_bar_layout layout;
	struct vntb_bar_fault fault;

	KUNIT_ASSERT_EQ(test, 0, vntb_bar_plan(&rcar, regions, 2, &layout, &fault));
	KUNIT_EXPECT_EQ(test, -EINVAL, vntb_bar_map(&layout, &content, submap,
						    ARRAY_SIZE(submap)));

	content.mw.size = 0xf9000;
	content.dma = slice;
	content.num_dma = ARRAY_SIZE(slice);
	KUNIT_EXPECT_EQ(test, -EINVAL, vntb_bar_map(&layout, &content, submap,
						    ARRAY_SIZE(submap)));
}

/* Without slice, its place and both neighbours are one piece */
static void vntb_bar_scratch(struct kunit *test)
{
	struct vntb_bar_region regions[] = { mw(0x80000), dma(0xc0000, 0x6000) };
	struct vntb_bar_layout layout;
	struct vntb_bar_fault fault;

	KUNIT_ASSERT_EQ(test, 0, vntb_bar_plan(&rcar, regions, 2, &layout, &fault));
	KUNIT_EXPECT_EQ(test, 0x80000, vntb_bar_scratch_size(&layout));
	KUNIT_ASSERT_NOT_NULL(test, vntb_bar_find(&layout, VNTB_BAR_DMA));
	KUNIT_EXPECT_EQ(test, 0xc0000, vntb_bar_find(&layout, VNTB_BAR_DMA)->offset);

	regions[0].size = SZ_1M;
	KUNIT_ASSERT_EQ(test, 0, vntb_bar_plan(&rcar, regions, 1, &layout, &fault));
	KUNIT_EXPECT_EQ(test, 0, vntb_bar_scratch_size(&layout));
	KUNIT_EXPECT_NULL(test, vntb_bar_find(&layout, VNTB_BAR_DMA));
}

static struct kunit_case vntb_bar_cases[] = {
	KUNIT_CASE_PARAM(vntb_bar_good, good_plan_gen_params),
	KUNIT_CASE_PARAM(vntb_bar_bad, bad_plan_gen_params),
	KUNIT_CASE(vntb_bar_order),
	KUNIT_CASE(vntb_bar_cannot_split),
	KUNIT_CASE(vntb_bar_limits_of),
	KUNIT_CASE_PARAM(vntb_bar_mapping, mapping_gen_params),
	KUNIT_CASE(vntb_bar_too_large),
	KUNIT_CASE(vntb_bar_scratch),
	{}
};

static struct kunit_suite vntb_bar_suite = {
	.name		= "pci_epf_vntb_bar",
	.test_cases	= vntb_bar_cases,
};

kunit_test_suite(vntb_bar_suite);

MODULE_DESCRIPTION("KUnit tests of pci-epf-vntb: what goes where in a BAR");
MODULE_LICENSE("GPL");
