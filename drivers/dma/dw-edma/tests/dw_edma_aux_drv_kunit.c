// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of dw-edma-aux with a PCI device made of plain memory
 *
 * The invariants: a channel is usable after a bounded number of reads, whatever is
 * in the header is refused or works, and after the removal nobody looks at the
 * BAR any more.
 */

#include <linux/auxiliary_bus.h>
#include <linux/dmaengine.h>
#include <linux/pci-ep-dma-abi.h>
#include <linux/property.h>
#include <linux/slab.h>

#include "aux_fake_pci.h"

struct aux_child {
	struct auxiliary_device adev;
	struct fwnode_handle *props;
};

static struct pci_ep_dma_hdr *aux_hdr(void)
{
	return (struct pci_ep_dma_hdr *)(aux_fake.bar + FAKE_OFFSET);
}

static void aux_fill(void)
{
	struct pci_ep_dma_hdr *hdr = aux_hdr();
	int i;

	memset(aux_fake.bar, 0, sizeof(aux_fake.bar));
	hdr->magic = cpu_to_le32(PCI_EP_DMA_MAGIC);
	hdr->version = cpu_to_le32(PCI_EP_DMA_VERSION);
	hdr->hdr_size = cpu_to_le32(sizeof(*hdr));
	hdr->total_size = cpu_to_le32(FAKE_SIZE);
	hdr->reg_format = cpu_to_le32(PCI_EP_DMA_REG_EDMA_UNROLL);
	hdr->reg_bar = cpu_to_le32(FAKE_BAR);
	hdr->reg_offset = cpu_to_le32(FAKE_REGS);
	hdr->reg_size = cpu_to_le32(SZ_4K);
	hdr->num_irqs = cpu_to_le32(FAKE_CHANS);
	hdr->num_chans = cpu_to_le32(FAKE_CHANS);
	for (i = 0; i < FAKE_CHANS; i++) {
		hdr->chans[i].dir = cpu_to_le32(PCI_EP_DMA_DIR_READ);
		hdr->chans[i].hw_ch = cpu_to_le32(i);
		hdr->chans[i].desc_bar = cpu_to_le32(FAKE_BAR);
		hdr->chans[i].desc_offset = cpu_to_le32(FAKE_LISTS + i * SZ_4K);
		hdr->chans[i].desc_size = cpu_to_le32(SZ_4K);
		hdr->chans[i].desc_addr = cpu_to_le64(0x48000000 + i * SZ_4K);
	}

	/* 4 WRITE channels, and as many READ channels as are lent */
	*(__le32 *)(aux_fake.bar + FAKE_REGS + 8) = cpu_to_le32(FAKE_CHANS << 16 | 4);
}

static void aux_child_release(struct device *dev)
{
	struct aux_child *child = container_of(dev, struct aux_child, adev.dev);

	fwnode_remove_software_node(child->props);
	kfree(child);
}

/* Returns with the driver bound, or with none that would */
static void aux_add_with(struct kunit *test, const struct property_entry *props)
{
	struct aux_ctx *ctx = test->priv;
	struct aux_child *child = kzalloc_obj(*child);

	KUNIT_ASSERT_NOT_NULL(test, child);
	child->props = fwnode_create_software_node(props, NULL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, child->props);
	child->adev.name = "ep_dma_v1";
	child->adev.id = 1000;
	child->adev.dev.parent = &ctx->pdev->dev;
	child->adev.dev.release = aux_child_release;
	device_set_node(&child->adev.dev, child->props);
	KUNIT_ASSERT_EQ(test, 0, auxiliary_device_init(&child->adev));

	aux_fake.reads = 0;
	aux_fake.writes = 0;
	KUNIT_ASSERT_EQ(test, 0, __auxiliary_device_add(&child->adev, "ntb_hw_epf"));
	ctx->adev = &child->adev;
}

/* What the parent says of a slice that is fine */
static const struct property_entry aux_props[] = {
	PROPERTY_ENTRY_U32("dma-abi", 1),
	PROPERTY_ENTRY_U32("dma-bar", FAKE_BAR),
	PROPERTY_ENTRY_U32("dma-offset", FAKE_OFFSET),
	PROPERTY_ENTRY_U32("dma-size", FAKE_SIZE),
	PROPERTY_ENTRY_U32("dma-num-chans", FAKE_CHANS),
	PROPERTY_ENTRY_U32("dma-irq-base", 0),
	PROPERTY_ENTRY_U32("dma-irq-count", 1),
	{}
};

static void aux_add(struct kunit *test)
{
	aux_add_with(test, aux_props);
}

static void aux_del(struct aux_ctx *ctx)
{
	if (!ctx->adev)
		return;

	auxiliary_device_delete(ctx->adev);
	auxiliary_device_uninit(ctx->adev);
	ctx->adev = NULL;
}

static void aux_exit(struct kunit *test)
{
	struct aux_ctx *ctx = test->priv;

	if (!ctx)
		return;

	aux_del(ctx);
	aux_fake_del_pci(ctx);
}

static int aux_init(struct kunit *test)
{
	struct aux_ctx *ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, ctx);
	test->priv = ctx;
	aux_fill();
	aux_fake_add_pci(test, ctx);

	return 0;
}

/* A client knows the device that it maps buffers for, and nothing else */
static bool aux_filter(struct dma_chan *chan, void *dev)
{
	return chan->device->dev == dev;
}

static struct dma_chan *aux_request(struct aux_ctx *ctx)
{
	dma_cap_mask_t mask;

	dma_cap_zero(mask);
	dma_cap_set(DMA_SLAVE, mask);

	return dma_request_channel(mask, aux_filter, &ctx->pdev->dev);
}

/* From the answer to LINK_UP to the last usable channel */
static void reads_test(struct kunit *test)
{
	struct aux_ctx *ctx = test->priv;
	struct dma_chan *chan[FAKE_CHANS];
	struct dma_slave_caps caps;
	int i;

	aux_add(test);
	KUNIT_ASSERT_NOT_NULL(test, ctx->adev->dev.driver);
	kunit_info(test, "%u reads, %u writes to bind\n", aux_fake.reads, aux_fake.writes);

	for (i = 0; i < FAKE_CHANS; i++) {
		chan[i] = aux_request(ctx);
		KUNIT_ASSERT_NOT_NULL(test, chan[i]);
	}
	kunit_info(test, "%u reads, %u writes for %u channels\n", aux_fake.reads, aux_fake.writes,
		   FAKE_CHANS);
	KUNIT_EXPECT_LE(test, aux_fake.reads, 64 + 10 * FAKE_CHANS);
	KUNIT_EXPECT_NULL(test, aux_request(ctx));

	KUNIT_EXPECT_EQ(test, 0, dma_get_slave_caps(chan[0], &caps));
	KUNIT_EXPECT_EQ(test, BIT(DMA_MEM_TO_DEV), caps.directions);

	for (i = 0; i < FAKE_CHANS; i++)
		dma_release_channel(chan[i]);
}

/* The lists are where the engine looks for them */
static void lists_test(struct kunit *test)
{
	struct aux_ctx *ctx = test->priv;
	struct dma_slave_config config = { .dst_addr = 0x123000 };
	struct dma_async_tx_descriptor *tx;
	struct dma_chan *chan;
	__le32 *list, *llp;
	int n;

	aux_add(test);
	chan = aux_request(ctx);
	KUNIT_ASSERT_NOT_NULL(test, chan);
	KUNIT_ASSERT_EQ(test, 0, dmaengine_slave_config(chan, &config));
	tx = dmaengine_prep_slave_single(chan, 0x456000, 0x80, DMA_MEM_TO_DEV,
					 DMA_PREP_INTERRUPT);
	KUNIT_ASSERT_NOT_NULL(test, tx);
	dmaengine_submit(tx);
	dma_async_issue_pending(chan);

	/* The doorbell names the channel, whichever the core has chosen */
	n = le32_to_cpu(*(__le32 *)(aux_fake.bar + FAKE_REGS + 0x30));
	KUNIT_ASSERT_LT(test, n, FAKE_CHANS);
	list = (__le32 *)(aux_fake.bar + FAKE_LISTS + n * SZ_4K);
	KUNIT_EXPECT_EQ(test, 0x80, le32_to_cpu(list[1]));
	KUNIT_EXPECT_EQ(test, 0x456000, le32_to_cpu(list[2]));
	KUNIT_EXPECT_EQ(test, 0x123000, le32_to_cpu(list[4]));
	/* READ half of the channel's registers, LLP */
	llp = (__le32 *)(aux_fake.bar + FAKE_REGS + 0x200 + n * 0x200 + 0x100 + 0x1c);
	KUNIT_EXPECT_EQ(test, 0x48000000 + n * SZ_4K, le32_to_cpu(llp[0]));
	KUNIT_EXPECT_EQ(test, 0, le32_to_cpu(llp[1]));

	/* It never ends: gone is gone */
	aux_del(ctx);
	dma_release_channel(chan);
}

/* A channel that is held when the device goes, and released much later */
static void held_test(struct kunit *test)
{
	struct dma_slave_config config = { .dst_addr = 0x123000 };
	struct aux_ctx *ctx = test->priv;
	struct dma_async_tx_descriptor *tx;
	struct dma_chan *chan;

	aux_add(test);
	chan = aux_request(ctx);
	KUNIT_ASSERT_NOT_NULL(test, chan);
	KUNIT_ASSERT_EQ(test, 0, dmaengine_slave_config(chan, &config));
	aux_del(ctx);

	KUNIT_EXPECT_NULL(test, aux_request(ctx));
	aux_fake.reads = 0;
	aux_fake.writes = 0;
	tx = dmaengine_prep_slave_single(chan, 0x456000, 0x80, DMA_MEM_TO_DEV,
					 DMA_PREP_INTERRUPT);
	KUNIT_EXPECT_NULL(test, tx);
	dma_async_issue_pending(chan);
	dmaengine_terminate_sync(chan);

	/* The next one is not affected */
	aux_add(test);
	aux_fake.reads = 0;
	aux_fake.writes = 0;
	dma_release_channel(chan);
	KUNIT_EXPECT_EQ(test, 0, aux_fake.reads);
	KUNIT_EXPECT_EQ(test, 0, aux_fake.writes);

	chan = aux_request(ctx);
	KUNIT_ASSERT_NOT_NULL(test, chan);
	dma_release_channel(chan);
}

/* A header that lies: nobody is bound, and the registers are left alone */
static void refused_test(struct kunit *test)
{
	struct aux_ctx *ctx = test->priv;

	aux_hdr()->chans[2].desc_offset = cpu_to_le32(FAKE_LISTS);
	aux_add(test);
	KUNIT_EXPECT_NULL(test, ctx->adev->dev.driver);
	KUNIT_EXPECT_NULL(test, aux_request(ctx));
	KUNIT_EXPECT_EQ(test, 0, aux_fake.writes);
	KUNIT_EXPECT_LE(test, aux_fake.reads, 16 + 8 * FAKE_CHANS);
	aux_del(ctx);

	/* Nor does 255 channels mean that more is read than a header has */
	aux_fill();
	aux_hdr()->num_chans = cpu_to_le32(255);
	aux_add(test);
	KUNIT_EXPECT_NULL(test, ctx->adev->dev.driver);
	KUNIT_EXPECT_EQ(test, sizeof(struct pci_ep_dma_hdr) / 4, aux_fake.reads);
	aux_del(ctx);

	aux_fill();
	aux_add(test);
	KUNIT_EXPECT_NOT_NULL(test, ctx->adev->dev.driver);
}

/**
 * struct aux_prop - a property that is different
 * @name: which
 * @value: what it is
 * @missing: or it is not there
 */
struct aux_prop {
	const char *name;
	u32 value;
	bool missing;
};

static const struct aux_prop bad_props[] = {
	{ "dma-abi", 0 },
	{ "dma-abi", 2 },
	{ "dma-bar", PCI_STD_NUM_BARS },
	{ "dma-bar", U32_MAX },
	{ "dma-bar", FAKE_BAR + 1 },
	{ "dma-offset", FAKE_LEN - FAKE_SIZE + 1 },
	{ "dma-offset", FAKE_LEN },
	{ "dma-offset", U32_MAX },
	{ "dma-size", sizeof(struct pci_ep_dma_hdr) - 1 },
	{ "dma-size", 0 },
	{ "dma-size", FAKE_LEN - FAKE_OFFSET + 1 },
	{ "dma-size", U32_MAX },
	{ "dma-irq-count", 0 },
	{ "dma-abi", .missing = true },
	{ "dma-bar", .missing = true },
	{ "dma-offset", .missing = true },
	{ "dma-size", .missing = true },
	{ "dma-num-chans", .missing = true },
	{ "dma-irq-base", .missing = true },
	{ "dma-irq-count", .missing = true },
};

static void aux_prop_desc(const struct aux_prop *prop, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, prop->missing ? "%s missing" : "%s %#x",
		 prop->name, prop->value);
}

KUNIT_ARRAY_PARAM(aux_prop, bad_props, aux_prop_desc);

static void aux_prop_change(struct property_entry *props, const struct aux_prop *bad)
{
	int i;

	memcpy(props, aux_props, sizeof(aux_props));
	for (i = 0; strcmp(props[i].name, bad->name); i++)
		;
	if (bad->missing)
		memmove(&props[i], &props[i + 1], sizeof(aux_props) - (i + 1) * sizeof(*props));
	else
		props[i] = PROPERTY_ENTRY_U32(bad->name, bad->value);
}

/* Properties that cannot be: nothing of the BAR is looked at */
static void properties_test(struct kunit *test)
{
	struct property_entry props[ARRAY_SIZE(aux_props)];
	struct aux_ctx *ctx = test->priv;

	aux_prop_change(props, test->param_value);
	aux_add_with(test, props);
	KUNIT_EXPECT_NULL(test, ctx->adev->dev.driver);
	KUNIT_EXPECT_EQ(test, 0, aux_fake.reads);
	KUNIT_EXPECT_EQ(test, 0, aux_fake.writes);
}

/* At the limits the header decides */
static void property_limits_test(struct kunit *test)
{
	static const struct aux_prop good[] = {
		{ "dma-size", sizeof(struct pci_ep_dma_hdr) },
		{ "dma-size", FAKE_LEN - FAKE_OFFSET },
		{ "dma-offset", FAKE_LEN - FAKE_SIZE },
	};
	struct property_entry props[ARRAY_SIZE(aux_props)];
	struct aux_ctx *ctx = test->priv;
	int i;

	for (i = 0; i < ARRAY_SIZE(good); i++) {
		aux_prop_change(props, &good[i]);
		aux_add_with(test, props);
		KUNIT_EXPECT_NULL(test, ctx->adev->dev.driver);
		KUNIT_EXPECT_GT(test, aux_fake.reads, 0);
		aux_del(ctx);
	}
}

/* The engine has more channels than are lent, in a map that is shared */
static void part_of_direction_test(struct kunit *test)
{
	struct aux_ctx *ctx = test->priv;

	*(__le32 *)(aux_fake.bar + FAKE_REGS + 8) = cpu_to_le32(8 << 16 | 4);
	aux_add(test);
	KUNIT_EXPECT_NULL(test, ctx->adev->dev.driver);
	KUNIT_EXPECT_EQ(test, 0, aux_fake.writes);
}

static void cycles_test(struct kunit *test)
{
	struct aux_ctx *ctx = test->priv;
	struct dma_chan *chan;
	int i;

	for (i = 0; i < 100; i++) {
		aux_add(test);
		chan = aux_request(ctx);
		KUNIT_ASSERT_NOT_NULL(test, chan);
		dma_release_channel(chan);
		aux_del(ctx);
	}
}

static struct kunit_case aux_test_cases[] = {
	KUNIT_CASE(reads_test),
	KUNIT_CASE(lists_test),
	KUNIT_CASE(held_test),
	KUNIT_CASE(refused_test),
	KUNIT_CASE_PARAM(properties_test, aux_prop_gen_params),
	KUNIT_CASE(property_limits_test),
	KUNIT_CASE(part_of_direction_test),
	KUNIT_CASE(cycles_test),
	{}
};

static struct kunit_suite aux_test_suite = {
	.name = "dw-edma-aux",
	.init = aux_init,
	.exit = aux_exit,
	.test_cases = aux_test_cases,
};

kunit_test_suite(aux_test_suite);
