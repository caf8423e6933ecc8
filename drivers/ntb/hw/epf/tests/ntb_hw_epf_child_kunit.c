// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the auxiliary device for DMA channels that an endpoint lends
 *
 * The invariant: nothing that a device had stays behind, on no path. That ids are
 * freed shows in their being used again, that memory is freed once is seen by
 * KASAN.
 *
 * Adding a device is made to fail by a parent that is not there (at the init) or
 * that is not registered (at the add).
 */

#include <linux/auxiliary_bus.h>
#include <linux/device.h>
#include <linux/property.h>
#include <linux/string.h>

#include "dma_fixture.h"

static void properties_test(struct kunit *test)
{
	static const u32 expected[] = { 1, 2, 0xf9000, 0x7000, 4, 16, 4 };
	struct dma_ctx *ctx = dma_up(test);
	struct auxiliary_device *adev = ctx->dma.child;
	char name[64];

	KUNIT_EXPECT_MEMEQ(test, dma_seen.props, expected, sizeof(expected));
	KUNIT_EXPECT_PTR_EQ(test, ctx->dev, adev->dev.parent);
	snprintf(name, sizeof(name), "ntb_hw_epf.ep_dma_v1.%d", adev->id);
	KUNIT_EXPECT_STREQ(test, name, dev_name(&adev->dev));
}

static void ids_test(struct kunit *test)
{
	struct auxiliary_device *first, *second;
	struct dma_ctx *ctx = test->priv;
	int id = dma_next_id(test);

	KUNIT_EXPECT_EQ(test, id, dma_next_id(test));

	first = ntb_epf_dma_child_create(ctx->dev, &ctx->layout, 0, 1);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, first);
	second = ntb_epf_dma_child_create(ctx->dev, &ctx->layout, 0, 1);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, second);
	KUNIT_EXPECT_NE(test, first->id, second->id);
	ntb_epf_dma_child_delete(second);
	ntb_epf_dma_child_delete(first);

	KUNIT_EXPECT_EQ(test, id, dma_next_id(test));
}

/* Before release() is there to free it */
static void init_fails_test(struct kunit *test)
{
	struct dma_ctx *ctx = test->priv;
	struct auxiliary_device *adev;
	int id = dma_next_id(test);

	adev = ntb_epf_dma_child_create(NULL, &ctx->layout, 0, 1);
	KUNIT_EXPECT_PTR_EQ(test, ERR_PTR(-EINVAL), adev);
	KUNIT_EXPECT_EQ(test, id, dma_next_id(test));
}

/* When release() frees it */
static void add_fails_test(struct kunit *test)
{
	struct dma_ctx *ctx = test->priv;
	struct auxiliary_device *adev;
	int id = dma_next_id(test);
	struct device *parent;

	/* root_device_unregister() would be for one that is added */
	parent = kunit_kzalloc(test, sizeof(*parent), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, parent);
	device_initialize(parent);
	adev = ntb_epf_dma_child_create(parent, &ctx->layout, 0, 1);
	KUNIT_EXPECT_PTR_EQ(test, ERR_PTR(-ENOENT), adev);
	KUNIT_EXPECT_EQ(test, id, dma_next_id(test));
}

/* Somebody keeps the device beyond its deletion: freed then, not before */
static void held_test(struct kunit *test)
{
	int id = dma_next_id(test);
	struct auxiliary_device *adev;
	struct dma_ctx *ctx;

	/* Not those of dma_next_id() */
	dma_seen.probes = 0;
	dma_seen.removes = 0;
	ctx = dma_up(test);
	adev = ctx->dma.child;
	get_device(&adev->dev);
	ntb_epf_dma_link_down(&ctx->dma);

	KUNIT_EXPECT_EQ(test, 1, dma_seen.removes);
	KUNIT_EXPECT_EQ(test, id, adev->id);
	KUNIT_EXPECT_TRUE(test, device_property_present(&adev->dev, "dma-size"));
	KUNIT_EXPECT_NE(test, id, dma_next_id(test));
	put_device(&adev->dev);
	KUNIT_EXPECT_EQ(test, id, dma_next_id(test));
}

static struct kunit_case child_test_cases[] = {
	KUNIT_CASE(properties_test),
	KUNIT_CASE(ids_test),
	KUNIT_CASE(init_fails_test),
	KUNIT_CASE(add_fails_test),
	KUNIT_CASE(held_test),
	{}
};

static struct kunit_suite child_test_suite = {
	.name = "ntb-epf-child",
	.init = dma_init,
	.test_cases = child_test_cases,
};

kunit_test_suite(child_test_suite);
