// SPDX-License-Identifier: GPL-2.0
/*
 * An NTB device that is a link and nothing else, and a driver for its DMA channels
 */

#include <kunit/device.h>
#include <linux/auxiliary_bus.h>
#include <linux/property.h>
#include <linux/string.h>

#include "dma_fixture.h"

struct dma_seen dma_seen;

static int dma_drv_probe(struct auxiliary_device *adev,
			 const struct auxiliary_device_id *id)
{
	static const char * const names[] = {
		"dma-abi", "dma-bar", "dma-offset", "dma-size", "dma-num-chans",
		"dma-irq-base", "dma-irq-count",
	};
	int i;

	dma_seen.probes++;
	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (device_property_read_u32(&adev->dev, names[i], &dma_seen.props[i]))
			dma_seen.props[i] = ~0;

	return dma_seen.probe_ret;
}

static void dma_drv_remove(struct auxiliary_device *adev)
{
	dma_seen.removes++;
	if (dma_seen.dma)
		dma_seen.link_up_at_remove = ntb_epf_dma_link_is_up(dma_seen.dma);
}

static const struct auxiliary_device_id dma_drv_ids[] = {
	{ .name = "ntb_hw_epf.ep_dma_v1" },
	{}
};

static struct auxiliary_driver dma_drv = {
	.name = "kunit",
	.probe = dma_drv_probe,
	.remove = dma_drv_remove,
	.id_table = dma_drv_ids,
};

static bool dma_peer_up(struct ntb_epf_dma *dma)
{
	return container_of(dma, struct dma_ctx, dma)->peer_up;
}

static void dma_exit(void *dma)
{
	ntb_epf_dma_exit(dma);
}

static void dma_drv_unregister(void *unused)
{
	auxiliary_driver_unregister(&dma_drv);
}

int dma_init(struct kunit *test)
{
	struct dma_ctx *ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, ctx);
	test->priv = ctx;
	ctx->dev = kunit_device_register(test, "ntb");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, ctx->dev);

	memset(&dma_seen, 0, sizeof(dma_seen));
	dma_seen.dma = &ctx->dma;
	KUNIT_ASSERT_EQ(test, 0, auxiliary_driver_register(&dma_drv));
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, dma_drv_unregister, NULL));

	ctx->layout.extended = true;
	ctx->layout.db_count = 16;
	ctx->layout.dma_abi = VNTB_DMA_ABI_V1;
	ctx->layout.dma_bar = 2;
	ctx->layout.dma_offset = 0xf9000;
	ctx->layout.dma_size = 0x7000;
	ctx->layout.dma_num_chans = 4;

	ntb_epf_dma_init(&ctx->dma, ctx->dev, &ctx->layout, &ctx->issue, dma_peer_up);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, dma_exit, &ctx->dma));

	return 0;
}

/* As ntb_link_enable() does it */
void dma_link_enable(struct dma_ctx *ctx)
{
	WRITE_ONCE(ctx->dma.link_up, true);
	ctx->peer_up = true;
	ntb_epf_dma_link_up(&ctx->dma);
}

struct dma_ctx *dma_up(struct kunit *test)
{
	struct dma_ctx *ctx = test->priv;

	ntb_epf_dma_set_irqs(&ctx->dma, 16, 20);
	dma_link_enable(ctx);
	KUNIT_ASSERT_NOT_NULL(test, ctx->dma.child);
	KUNIT_ASSERT_EQ(test, 1, dma_seen.probes);

	return ctx;
}

void dma_event(struct dma_ctx *ctx)
{
	ntb_epf_dma_link_event(&ctx->dma);
	flush_work(&ctx->dma.work);
}

/* The id that the next device gets */
int dma_next_id(struct kunit *test)
{
	struct dma_ctx *ctx = test->priv;
	struct auxiliary_device *adev;
	int id;

	adev = ntb_epf_dma_child_create(ctx->dev, &ctx->layout, 0, 1);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, adev);
	id = adev->id;
	ntb_epf_dma_child_delete(adev);

	return id;
}
