// SPDX-License-Identifier: GPL-2.0
/*
 * Two ends of ntb_ep_dma, and the scratchpads between them in memory
 */

#include <kunit/device.h>
#include <linux/err.h>
#include <linux/string.h>

#include "ep_dma_fixture.h"

static struct ep_dma_end *to_end(struct ntb_ep_dma_proto *p)
{
	return container_of(p, struct ep_dma_end, proto);
}

static u32 end_read(struct ntb_ep_dma_proto *p, unsigned int idx)
{
	return to_end(p)->dead ? ~0 : to_end(p)->spads[idx];
}

static void end_write(struct ntb_ep_dma_proto *p, unsigned int idx, u32 value)
{
	struct ep_dma_end *end = to_end(p);

	if (end->writes < ARRAY_SIZE(end->order))
		end->order[end->writes] = idx;
	end->writes++;
	end->peer->spads[idx] = value;
}

static void end_ring(struct ntb_ep_dma_proto *p)
{
	to_end(p)->peer->rings++;
}

const struct ntb_ep_dma_io ep_dma_io = {
	.read = end_read,
	.write = end_write,
	.ring = end_ring,
};

static void start(struct kunit *test, struct ep_dma_end *end, struct device *dev, int spads)
{
	u64 addr = 0x1234567800000000 | ((uintptr_t)end & 0xfffff000);

	/* Where that is more than a physical address can be */
	if (sizeof(phys_addr_t) == sizeof(u32))
		addr = lower_32_bits(addr) >> 1;
	KUNIT_ASSERT_EQ(test, 0, ntb_ep_dma_proto_init(&end->proto, &ep_dma_io, dev, spads,
						       addr, BUF_SIZE));
}

/* One end, whose peer is still to be set */
struct ep_dma_end *ep_dma_end(struct kunit *test, struct device *dev, int spads)
{
	struct ep_dma_end *end = kunit_kzalloc(test, sizeof(*end), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, end);
	end->spads = kunit_kcalloc(test, spads, sizeof(u32), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, end->spads);
	start(test, end, dev, spads);

	return end;
}

int ep_dma_init(struct kunit *test)
{
	struct ep_dma_ctx *ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);
	struct device *dev;

	KUNIT_ASSERT_NOT_NULL(test, ctx);
	dev = kunit_device_register(test, "ntb");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);

	ctx->a = ep_dma_end(test, dev, SPADS);
	ctx->b = ep_dma_end(test, dev, SPADS);
	ctx->a->peer = ctx->b;
	ctx->b->peer = ctx->a;
	test->priv = ctx;

	return 0;
}

/* Without having said good-bye; what the other one has written is still there */
void ep_dma_restart(struct kunit *test, struct ep_dma_end *end)
{
	struct device *dev = end->proto.dev;

	memset(&end->proto, 0, sizeof(end->proto));
	start(test, end, dev, SPADS);
}

void ep_dma_look(struct ep_dma_end *end)
{
	ntb_ep_dma_proto_look(&end->proto);
}

bool ep_dma_ready(struct ep_dma_end *end)
{
	return !ntb_ep_dma_proto_why_not(&end->proto);
}

/* Until both have nothing to say any more */
void ep_dma_connect(struct kunit *test)
{
	struct ep_dma_ctx *ctx = test->priv;
	int i;

	ntb_ep_dma_proto_link(&ctx->a->proto, true);
	ntb_ep_dma_proto_link(&ctx->b->proto, true);
	for (i = 0; i < 10 && (ctx->a->rings || ctx->b->rings); i++) {
		ctx->a->rings = 0;
		ep_dma_look(ctx->a);
		ctx->b->rings = 0;
		ep_dma_look(ctx->b);
	}

	KUNIT_ASSERT_LT(test, i, 10);
	KUNIT_ASSERT_TRUE(test, ep_dma_ready(ctx->a));
	KUNIT_ASSERT_TRUE(test, ep_dma_ready(ctx->b));
	KUNIT_ASSERT_NULL(test, ctx->a->proto.refusal.field);
	KUNIT_ASSERT_NULL(test, ctx->b->proto.refusal.field);
}

void ep_dma_forget(struct ep_dma_end *end)
{
	end->writes = 0;
	end->rings = 0;
}

/* When a scratchpad was last written, -1: it was not */
int ep_dma_written(struct ep_dma_end *end, unsigned int idx)
{
	int i;

	for (i = min(end->writes, ARRAY_SIZE(end->order)) - 1; i >= 0; i--)
		if (end->order[i] == idx)
			break;

	return i;
}

/* What the peer has written into a slot */
u32 *ep_dma_slot(struct ep_dma_end *end, u32 slot, enum ntb_ep_dma_slot_spad spad)
{
	return &end->spads[ntb_ep_dma_slot_idx(slot, spad)];
}

struct ntb_ep_dma_slot *ep_dma_claim(struct kunit *test, struct ep_dma_end *end, u32 off,
				     u32 len)
{
	struct ntb_ep_dma_slot *slot = ntb_ep_dma_proto_claim(&end->proto, off, off, len);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, slot);

	return slot;
}
