// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of what two honest ends of ntb_ep_dma tell each other
 *
 * The invariant: a run ends with what has become of its own data, whatever else
 * is going on and whichever doorbells get lost. Doorbells do nothing here: a test
 * that wants an end to look calls ep_dma_look().
 */

#include <linux/err.h>

#include "ep_dma_fixture.h"

/* Address, size and all else are there before the state that announces them */
static void announce_order_test(struct kunit *test)
{
	static const unsigned int before[] = {
		NTB_EP_DMA_SEEN, NTB_EP_DMA_BUSY, NTB_EP_DMA_SEQ, NTB_EP_DMA_ADDR_LO,
		NTB_EP_DMA_ADDR_HI, NTB_EP_DMA_SIZE, NTB_EP_DMA_CHECK,
	};
	struct ep_dma_ctx *ctx = test->priv;
	int i, state;

	ntb_ep_dma_proto_link(&ctx->a->proto, true);
	KUNIT_EXPECT_EQ(test, NTB_EP_DMA_STATE, ctx->a->order[0]);
	state = ep_dma_written(ctx->a, NTB_EP_DMA_STATE);
	KUNIT_EXPECT_EQ(test, ctx->a->writes - 1, state);
	for (i = 0; i < ARRAY_SIZE(before); i++) {
		KUNIT_EXPECT_GT(test, ep_dma_written(ctx->a, before[i]), 0);
		KUNIT_EXPECT_LT(test, ep_dma_written(ctx->a, before[i]), state);
	}
	KUNIT_EXPECT_EQ(test, 1, ctx->b->rings);
}

/* So are the words of a request, and of the answer to it */
static void request_order_test(struct kunit *test)
{
	unsigned int check = ntb_ep_dma_slot_idx(0, NTB_EP_DMA_REQ_CHECK);
	unsigned int echo = ntb_ep_dma_slot_idx(0, NTB_EP_DMA_REP_ECHO);
	struct ep_dma_ctx *ctx = test->priv;
	struct ntb_ep_dma_slot *slot;
	struct ntb_ep_dma_req req;
	int i;

	ep_dma_connect(test);
	slot = ep_dma_claim(test, ctx->a, 0, 1);
	ep_dma_forget(ctx->a);
	KUNIT_ASSERT_EQ(test, 0, ntb_ep_dma_proto_ask(&ctx->a->proto, slot, 1));
	KUNIT_EXPECT_EQ(test, ctx->a->writes - 1, ep_dma_written(ctx->a, check));
	for (i = NTB_EP_DMA_REQ_ID; i < NTB_EP_DMA_REQ_CHECK; i++)
		KUNIT_EXPECT_GE(test, ep_dma_written(ctx->a, ntb_ep_dma_slot_idx(0, i)), 0);

	KUNIT_ASSERT_TRUE(test, ntb_ep_dma_proto_next(&ctx->b->proto, &req));
	ep_dma_forget(ctx->b);
	ntb_ep_dma_proto_answer(&ctx->b->proto, &req, 1);
	KUNIT_EXPECT_EQ(test, ctx->b->writes - 1, ep_dma_written(ctx->b, echo));
	KUNIT_EXPECT_EQ(test, 3, ctx->b->writes);
}

static void connect_test(struct kunit *test)
{
	struct ep_dma_ctx *ctx = test->priv;

	KUNIT_EXPECT_NOT_NULL(test, ntb_ep_dma_proto_why_not(&ctx->a->proto));
	ep_dma_connect(test);
	KUNIT_EXPECT_EQ(test, ctx->b->proto.addr, ctx->a->proto.peer.addr);
	KUNIT_EXPECT_EQ(test, BUF_SIZE, ctx->a->proto.peer.size);
	KUNIT_EXPECT_EQ(test, ctx->b->proto.seq, ctx->a->proto.peer.seq);
	KUNIT_EXPECT_EQ(test, NTB_EP_DMA_MAX_SLOTS, ctx->a->proto.peer.slots);
	KUNIT_EXPECT_EQ(test, 0, ntb_ep_dma_proto_poll(&ctx->a->proto));
}

/* An announcement that is left over says nothing about who reads ours now */
static void not_answered_test(struct kunit *test)
{
	struct ep_dma_ctx *ctx = test->priv;

	ep_dma_connect(test);
	ntb_ep_dma_proto_link(&ctx->a->proto, false);
	KUNIT_EXPECT_FALSE(test, ep_dma_ready(ctx->a));
	ntb_ep_dma_proto_link(&ctx->a->proto, true);
	ep_dma_look(ctx->a);
	KUNIT_EXPECT_STREQ(test, "the peer has not answered",
			   ntb_ep_dma_proto_why_not(&ctx->a->proto));
	KUNIT_EXPECT_PTR_EQ(test, ERR_PTR(-ENOTCONN),
			    ntb_ep_dma_proto_claim(&ctx->a->proto, 0, 0, 1));
	KUNIT_EXPECT_EQ(test, 0, ctx->b->spads[NTB_EP_DMA_BUSY]);
	KUNIT_EXPECT_GT(test, ntb_ep_dma_proto_poll(&ctx->a->proto), 0);

	ep_dma_look(ctx->b);
	ep_dma_look(ctx->a);
	KUNIT_EXPECT_TRUE(test, ep_dma_ready(ctx->a));
}

/* Each link-up has an announcement of its own */
static void sequence_test(struct kunit *test)
{
	struct ep_dma_ctx *ctx = test->priv;
	u32 seq;

	ctx->a->proto.seq = U32_MAX - 2;
	ep_dma_connect(test);
	KUNIT_EXPECT_EQ(test, U32_MAX - 1, ctx->b->proto.peer.seq);

	seq = ctx->a->proto.seq;
	ntb_ep_dma_proto_link(&ctx->a->proto, true);
	KUNIT_EXPECT_EQ(test, seq, ctx->a->proto.seq);

	ntb_ep_dma_proto_link(&ctx->a->proto, false);
	ntb_ep_dma_proto_link(&ctx->a->proto, true);
	KUNIT_EXPECT_EQ(test, 1, ctx->a->proto.seq);
}

static void verdict_test(struct kunit *test)
{
	struct ep_dma_ctx *ctx = test->priv;
	struct ntb_ep_dma_slot *slot;
	struct ntb_ep_dma_req req;

	ep_dma_connect(test);
	slot = ep_dma_claim(test, ctx->a, 10, 100);
	KUNIT_EXPECT_EQ(test, ctx->b->proto.addr, slot->peer.addr);

	KUNIT_ASSERT_EQ(test, 0, ntb_ep_dma_proto_ask(&ctx->a->proto, slot, 7));
	KUNIT_ASSERT_TRUE(test, ntb_ep_dma_proto_next(&ctx->b->proto, &req));
	KUNIT_EXPECT_EQ(test, 10, req.off);
	KUNIT_EXPECT_EQ(test, 100, req.len);
	KUNIT_EXPECT_EQ(test, 7, req.seed);
	KUNIT_EXPECT_FALSE(test, ntb_ep_dma_proto_next(&ctx->b->proto, &req));
	ntb_ep_dma_proto_answer(&ctx->b->proto, &req, 100);
	KUNIT_EXPECT_FALSE(test, slot->done);
	ep_dma_look(ctx->a);
	KUNIT_EXPECT_EQ(test, 0, ntb_ep_dma_proto_wait(&ctx->a->proto, slot, 1));

	/* The answer to that one is still there */
	KUNIT_ASSERT_EQ(test, 0, ntb_ep_dma_proto_ask(&ctx->a->proto, slot, 7));
	ep_dma_look(ctx->a);
	KUNIT_EXPECT_EQ(test, -ETIMEDOUT, ntb_ep_dma_proto_wait(&ctx->a->proto, slot, 1));
	KUNIT_ASSERT_TRUE(test, ntb_ep_dma_proto_next(&ctx->b->proto, &req));
	ntb_ep_dma_proto_answer(&ctx->b->proto, &req, 99);
	ep_dma_look(ctx->a);
	KUNIT_EXPECT_EQ(test, -EILSEQ, ntb_ep_dma_proto_wait(&ctx->a->proto, slot, 1));
	KUNIT_EXPECT_EQ(test, 99, slot->bad);

	ntb_ep_dma_proto_release(&ctx->a->proto, slot);
	KUNIT_EXPECT_NULL(test, ctx->a->proto.refusal.field);
	KUNIT_EXPECT_NULL(test, ctx->b->proto.refusal.field);
}

/* Who gives up is not answered, nor is the next one with that answer */
static void given_up_test(struct kunit *test)
{
	struct ep_dma_ctx *ctx = test->priv;
	struct ntb_ep_dma_req req, other;
	struct ntb_ep_dma_slot *slot;

	ep_dma_connect(test);
	slot = ep_dma_claim(test, ctx->a, 0, 100);
	KUNIT_ASSERT_EQ(test, 0, ntb_ep_dma_proto_ask(&ctx->a->proto, slot, 7));
	ntb_ep_dma_proto_release(&ctx->a->proto, slot);
	KUNIT_EXPECT_FALSE(test, ntb_ep_dma_proto_next(&ctx->b->proto, &req));

	slot = ep_dma_claim(test, ctx->a, 0, 100);
	KUNIT_ASSERT_EQ(test, 0, ntb_ep_dma_proto_ask(&ctx->a->proto, slot, 7));
	KUNIT_ASSERT_TRUE(test, ntb_ep_dma_proto_next(&ctx->b->proto, &req));
	ntb_ep_dma_proto_release(&ctx->a->proto, slot);
	slot = ep_dma_claim(test, ctx->a, 0, 100);
	KUNIT_ASSERT_EQ(test, 0, ntb_ep_dma_proto_ask(&ctx->a->proto, slot, 7));
	ntb_ep_dma_proto_answer(&ctx->b->proto, &req, 100);
	ep_dma_look(ctx->a);
	KUNIT_EXPECT_FALSE(test, slot->done);

	KUNIT_ASSERT_TRUE(test, ntb_ep_dma_proto_next(&ctx->b->proto, &other));
	KUNIT_EXPECT_NE(test, req.check, other.check);
	ntb_ep_dma_proto_answer(&ctx->b->proto, &other, 100);
	ep_dma_look(ctx->a);
	KUNIT_EXPECT_TRUE(test, slot->done);
}

/* All slots, both ways, answered in the other order */
static void slots_test(struct kunit *test)
{
	struct ntb_ep_dma_slot *slots[2][NTB_EP_DMA_MAX_SLOTS];
	struct ntb_ep_dma_req reqs[NTB_EP_DMA_MAX_SLOTS];
	struct ep_dma_ctx *ctx = test->priv;
	struct ep_dma_end *ends[2] = { ctx->a, ctx->b };
	int i, e;

	ep_dma_connect(test);
	for (e = 0; e < 2; e++) {
		for (i = 0; i < NTB_EP_DMA_MAX_SLOTS; i++) {
			slots[e][i] = ep_dma_claim(test, ends[e], i * 10, 10);
			KUNIT_ASSERT_EQ(test, 0, ntb_ep_dma_proto_ask(&ends[e]->proto,
								      slots[e][i], i));
		}
		KUNIT_EXPECT_PTR_EQ(test, ERR_PTR(-EBUSY),
				    ntb_ep_dma_proto_claim(&ends[e]->proto, 1000, 1000, 1));
	}

	for (e = 0; e < 2; e++) {
		for (i = 0; i < NTB_EP_DMA_MAX_SLOTS; i++)
			KUNIT_ASSERT_TRUE(test, ntb_ep_dma_proto_next(&ends[!e]->proto,
								      &reqs[i]));
		while (i--)
			ntb_ep_dma_proto_answer(&ends[!e]->proto, &reqs[i], reqs[i].seed);
		ep_dma_look(ends[e]);
		for (i = 0; i < NTB_EP_DMA_MAX_SLOTS; i++) {
			KUNIT_EXPECT_TRUE(test, slots[e][i]->done);
			KUNIT_EXPECT_EQ(test, slots[e][i]->dst_off / 10, slots[e][i]->bad);
			ntb_ep_dma_proto_release(&ends[e]->proto, slots[e][i]);
		}
		KUNIT_EXPECT_EQ(test, 0, ends[e]->proto.active);
	}
}

static void overlap_test(struct kunit *test)
{
	static const struct {
		u32 src, dst, len;
		int ret;
	} cases[] = {
		{ 100, 1000, 10, -EBUSY }, { 109, 1000, 1, -EBUSY }, { 91, 1000, 10, -EBUSY },
		{ 0, 1000, 1000, -EBUSY }, { 1000, 200, 10, -EBUSY }, { 1000, 209, 10, -EBUSY },
		{ 1000, 0, 201, -EBUSY }, { 200, 100, 10, 0 }, { 110, 210, 10, 0 },
		{ 90, 190, 10, 0 }, { 0, 0, 0, -EINVAL }, { 0, BUF_SIZE, 1, -EINVAL },
		{ 0, U32_MAX, 1, -EINVAL }, { 0, BUF_SIZE - 1, 2, -EINVAL },
		{ U32_MAX, 0, 1, -EINVAL },
	};
	struct ep_dma_ctx *ctx = test->priv;
	struct ntb_ep_dma_slot *slot, *other;
	int i;

	ep_dma_connect(test);
	slot = ntb_ep_dma_proto_claim(&ctx->a->proto, 100, 200, 10);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, slot);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		other = ntb_ep_dma_proto_claim(&ctx->a->proto, cases[i].src, cases[i].dst,
					       cases[i].len);
		KUNIT_EXPECT_EQ_MSG(test, cases[i].ret, PTR_ERR_OR_ZERO(other), "case %d", i);
		if (!IS_ERR(other))
			ntb_ep_dma_proto_release(&ctx->a->proto, other);
	}
	KUNIT_EXPECT_EQ(test, 1, ctx->b->spads[NTB_EP_DMA_BUSY]);
	ntb_ep_dma_proto_release(&ctx->a->proto, slot);
	KUNIT_EXPECT_EQ(test, 0, ctx->b->spads[NTB_EP_DMA_BUSY]);
}

static void poll_test(struct kunit *test)
{
	struct ep_dma_ctx *ctx = test->priv;
	struct ntb_ep_dma_slot *slot;

	KUNIT_EXPECT_EQ(test, 0, ntb_ep_dma_proto_poll(&ctx->a->proto));
	ep_dma_connect(test);
	slot = ep_dma_claim(test, ctx->a, 0, 10);
	ep_dma_forget(ctx->b);
	KUNIT_EXPECT_GT(test, ntb_ep_dma_proto_poll(&ctx->a->proto), 0);
	KUNIT_EXPECT_EQ(test, 0, ctx->b->rings);
	KUNIT_ASSERT_EQ(test, 0, ntb_ep_dma_proto_ask(&ctx->a->proto, slot, 7));
	ep_dma_forget(ctx->b);
	KUNIT_EXPECT_GT(test, ntb_ep_dma_proto_poll(&ctx->a->proto), 0);
	KUNIT_EXPECT_EQ(test, 1, ctx->b->rings);
}

/* As many slots as both have scratchpads for, and none behind the last */
static void few_spads_test(struct kunit *test)
{
	struct ep_dma_ctx *ctx = test->priv;
	struct ntb_ep_dma_proto p = {};
	struct ntb_ep_dma_slot *slot;
	struct ntb_ep_dma_req req;

	KUNIT_EXPECT_EQ(test, 16, NTB_EP_DMA_MIN_SPADS);
	KUNIT_EXPECT_EQ(test, -ENOSPC, ntb_ep_dma_proto_init(&p, &ep_dma_io, NULL, 15, 0, 1));
	KUNIT_EXPECT_EQ(test, -ENOSPC, ntb_ep_dma_proto_init(&p, &ep_dma_io, NULL, -1, 0, 1));

	/* Exactly as many as two slots need; the peer says that it has one */
	ctx->a = ep_dma_end(test, ctx->a->proto.dev, 24);
	ctx->b = ep_dma_end(test, ctx->a->proto.dev, 24);
	ctx->a->peer = ctx->b;
	ctx->b->peer = ctx->a;
	KUNIT_EXPECT_EQ(test, 2, ctx->a->proto.num_slots);
	ctx->b->proto.num_slots = 1;
	ep_dma_connect(test);
	slot = ep_dma_claim(test, ctx->a, 0, 10);
	KUNIT_EXPECT_PTR_EQ(test, ERR_PTR(-EBUSY),
			    ntb_ep_dma_proto_claim(&ctx->a->proto, 10, 10, 1));
	KUNIT_ASSERT_EQ(test, 0, ntb_ep_dma_proto_ask(&ctx->a->proto, slot, 7));
	KUNIT_ASSERT_TRUE(test, ntb_ep_dma_proto_next(&ctx->b->proto, &req));
	ntb_ep_dma_proto_answer(&ctx->b->proto, &req, 10);
	ep_dma_look(ctx->a);
	KUNIT_EXPECT_EQ(test, 0, ntb_ep_dma_proto_wait(&ctx->a->proto, slot, 1));
}

static void seed_test(struct kunit *test)
{
	struct ep_dma_ctx *ctx = test->priv;
	u32 first = ntb_ep_dma_proto_seed(&ctx->a->proto, 5);

	KUNIT_EXPECT_NE(test, first, ntb_ep_dma_proto_seed(&ctx->a->proto, 5));
}

static struct kunit_case ep_dma_proto_cases[] = {
	KUNIT_CASE(announce_order_test),
	KUNIT_CASE(request_order_test),
	KUNIT_CASE(connect_test),
	KUNIT_CASE(not_answered_test),
	KUNIT_CASE(sequence_test),
	KUNIT_CASE(verdict_test),
	KUNIT_CASE(given_up_test),
	KUNIT_CASE(slots_test),
	KUNIT_CASE(overlap_test),
	KUNIT_CASE(poll_test),
	KUNIT_CASE(few_spads_test),
	KUNIT_CASE(seed_test),
	{}
};

static struct kunit_suite ep_dma_proto_suite = {
	.name = "ntb-ep-dma-proto",
	.init = ep_dma_init,
	.test_cases = ep_dma_proto_cases,
};

kunit_test_suite(ep_dma_proto_suite);

MODULE_DESCRIPTION("KUnit tests of the NTB test client for DMA channels");
MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
MODULE_LICENSE("GPL");
