// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of what ntb_ep_dma believes of its peer
 *
 * The invariant: whatever the peer writes, nothing is verified that is not in the
 * own buffer, no run goes to a buffer that cannot be one, and what is ignored is
 * named. "a" is the end that is tested, the test itself is its peer and writes
 * what it likes into a's scratchpads. They are as many as there are, so that
 * KASAN sees an access behind them.
 */

#include <linux/bitfield.h>
#include <linux/err.h>
#include <linux/limits.h>

#include "ep_dma_fixture.h"

#define STATE(magic, version, slots) \
	(FIELD_PREP_CONST(NTB_EP_DMA_STATE_MAGIC, magic) | \
	 FIELD_PREP_CONST(NTB_EP_DMA_STATE_VER, version) | \
	 FIELD_PREP_CONST(NTB_EP_DMA_STATE_SLOTS, slots))
#define GOOD_STATE	STATE(NTB_EP_DMA_MAGIC, NTB_EP_DMA_VERSION, 8)

/* The hash of the announcement that is there now */
static u32 announcement_hash(const u32 *spads)
{
	u32 words[] = {
		spads[NTB_EP_DMA_STATE], spads[NTB_EP_DMA_SEQ], spads[NTB_EP_DMA_ADDR_LO],
		spads[NTB_EP_DMA_ADDR_HI], spads[NTB_EP_DMA_SIZE],
	};

	return ntb_ep_dma_hash(words, ARRAY_SIZE(words));
}

static void announce(struct ep_dma_end *a)
{
	a->spads[NTB_EP_DMA_SEQ] = 5;
	a->spads[NTB_EP_DMA_ADDR_LO] = 0x1000;
	a->spads[NTB_EP_DMA_ADDR_HI] = 0;
	a->spads[NTB_EP_DMA_SIZE] = SZ_1M;
	a->spads[NTB_EP_DMA_STATE] = GOOD_STATE;
	a->spads[NTB_EP_DMA_CHECK] = announcement_hash(a->spads);
	a->spads[NTB_EP_DMA_SEEN] = a->proto.seq;
}

static struct ep_dma_end *hostile(struct kunit *test)
{
	struct ep_dma_ctx *ctx = test->priv;

	ntb_ep_dma_proto_link(&ctx->a->proto, true);
	announce(ctx->a);
	ep_dma_look(ctx->a);
	KUNIT_ASSERT_TRUE(test, ep_dma_ready(ctx->a));
	KUNIT_ASSERT_NULL(test, ctx->a->proto.refusal.field);

	return ctx->a;
}

static void expect_refused(struct kunit *test, struct ep_dma_end *a, const char *field)
{
	KUNIT_ASSERT_NOT_NULL(test, a->proto.refusal.field);
	KUNIT_EXPECT_STREQ(test, field, a->proto.refusal.field);
	KUNIT_EXPECT_FALSE(test, a->proto.refusal.value >= a->proto.refusal.min &&
			   a->proto.refusal.value <= a->proto.refusal.max);
}

/* @bad is refused, and @last, which is the nearest that is not, is fine */
static const struct announcement_case {
	const char *name;
	const char *field;
	enum ntb_ep_dma_spad spad;
	u32 bad;
	u32 last;
} announcement_cases[] = {
	{ "magic", "magic", NTB_EP_DMA_STATE,
	  STATE(NTB_EP_DMA_MAGIC + 1, NTB_EP_DMA_VERSION, 8), GOOD_STATE },
	{ "version 0", "version", NTB_EP_DMA_STATE, STATE(NTB_EP_DMA_MAGIC, 0, 8), GOOD_STATE },
	{ "version 2", "version", NTB_EP_DMA_STATE, STATE(NTB_EP_DMA_MAGIC, 2, 8), GOOD_STATE },
	{ "no slots", "slots", NTB_EP_DMA_STATE,
	  STATE(NTB_EP_DMA_MAGIC, NTB_EP_DMA_VERSION, 0),
	  STATE(NTB_EP_DMA_MAGIC, NTB_EP_DMA_VERSION, 1) },
	{ "seq 0", "seq", NTB_EP_DMA_SEQ, 0, 1 },
	{ "seq all ones", "seq", NTB_EP_DMA_SEQ, U32_MAX, U32_MAX - 1 },
	{ "size 0", "size", NTB_EP_DMA_SIZE, 0, 1 },
	{ "size too large", "size", NTB_EP_DMA_SIZE, SZ_64M + 1, SZ_64M },
	{ "size all ones", "size", NTB_EP_DMA_SIZE, U32_MAX, SZ_64M },
};

KUNIT_ARRAY_PARAM_DESC(announcement, announcement_cases, name);

static void announcement_test(struct kunit *test)
{
	const struct announcement_case *c = test->param_value;
	struct ep_dma_end *a = hostile(test);

	a->spads[c->spad] = c->bad;
	a->spads[NTB_EP_DMA_CHECK] = announcement_hash(a->spads);
	ep_dma_look(a);
	expect_refused(test, a, c->field);
	KUNIT_EXPECT_FALSE(test, ep_dma_ready(a));
	KUNIT_EXPECT_EQ(test, 0, a->peer->spads[NTB_EP_DMA_SEEN]);
	KUNIT_EXPECT_PTR_EQ(test, ERR_PTR(-ENOTCONN),
			    ntb_ep_dma_proto_claim(&a->proto, 0, 0, 1));

	a->spads[c->spad] = c->last;
	a->spads[NTB_EP_DMA_CHECK] = announcement_hash(a->spads);
	ep_dma_look(a);
	KUNIT_EXPECT_TRUE(test, ep_dma_ready(a));
}

static void address_test(struct kunit *test)
{
	struct ep_dma_end *a = hostile(test);
	u64 last = PHYS_ADDR_MAX - (SZ_1M - 1);
	int i;

	for (i = 0; i < 2; i++) {
		a->spads[NTB_EP_DMA_ADDR_LO] = lower_32_bits(last + i);
		a->spads[NTB_EP_DMA_ADDR_HI] = upper_32_bits(last + i);
		a->spads[NTB_EP_DMA_CHECK] = announcement_hash(a->spads);
		ep_dma_look(a);
		KUNIT_EXPECT_EQ(test, !i, ep_dma_ready(a));
	}
	expect_refused(test, a, "addr");
}

/* Being written, or none: it is worth a message if it stays */
static void announcement_check_test(struct kunit *test)
{
	struct ep_dma_end *a = hostile(test);

	a->spads[NTB_EP_DMA_ADDR_LO] += 1;
	ep_dma_look(a);
	KUNIT_EXPECT_FALSE(test, ep_dma_ready(a));
	KUNIT_EXPECT_NULL(test, a->proto.refusal.field);
	ep_dma_look(a);
	expect_refused(test, a, "check");
}

static void absent_test(struct kunit *test)
{
	struct ep_dma_end *a = hostile(test);
	static const u32 states[] = { 0, U32_MAX };
	int i;

	for (i = 0; i < ARRAY_SIZE(states); i++) {
		a->spads[NTB_EP_DMA_STATE] = states[i];
		ep_dma_look(a);
		KUNIT_EXPECT_FALSE(test, ep_dma_ready(a));
		KUNIT_EXPECT_NULL(test, a->proto.refusal.field);
		announce(a);
		ep_dma_look(a);
		KUNIT_EXPECT_TRUE(test, ep_dma_ready(a));
	}
}

/* The address of a buffer does not change without a new sequence: but if it does */
static void moved_test(struct kunit *test)
{
	struct ep_dma_end *a = hostile(test);
	struct ntb_ep_dma_slot *slot = ep_dma_claim(test, a, 0, 10);

	a->spads[NTB_EP_DMA_ADDR_LO] = 0x2000;
	a->spads[NTB_EP_DMA_CHECK] = announcement_hash(a->spads);
	ep_dma_look(a);
	KUNIT_EXPECT_EQ(test, -ECONNRESET, slot->err);
	KUNIT_EXPECT_EQ(test, 0x2000, a->proto.peer.addr);
	KUNIT_EXPECT_EQ(test, 0x1000, slot->peer.addr);
}

static void request(struct ep_dma_end *a, u32 nr, u32 off, u32 len)
{
	*ep_dma_slot(a, nr, NTB_EP_DMA_REQ_ID) = 1;
	*ep_dma_slot(a, nr, NTB_EP_DMA_REQ_OFFSET) = off;
	*ep_dma_slot(a, nr, NTB_EP_DMA_REQ_LEN) = len;
	*ep_dma_slot(a, nr, NTB_EP_DMA_REQ_SEED) = 2;
	*ep_dma_slot(a, nr, NTB_EP_DMA_REQ_CHECK) =
		ntb_ep_dma_hash_req(a->spads[NTB_EP_DMA_SEQ], a->proto.seq, nr, 1, off, len, 2);
}

static const struct request_case {
	const char *name;
	const char *field;	/* NULL: is fine */
	u32 off;
	u32 len;
} request_cases[] = {
	{ "one byte", NULL, 0, 1 },
	{ "the last byte", NULL, BUF_SIZE - 1, 1 },
	{ "all", NULL, 0, BUF_SIZE },
	{ "empty", "request length", 0, 0 },
	{ "one too many", "request length", 0, BUF_SIZE + 1 },
	{ "all ones", "request length", 0, U32_MAX },
	{ "behind the buffer", "request offset", BUF_SIZE, 1 },
	{ "ends behind the buffer", "request offset", 1, BUF_SIZE },
	{ "wraps", "request offset", U32_MAX, 2 },
	{ "wraps to the end", "request offset", U32_MAX - 1, BUF_SIZE },
};

KUNIT_ARRAY_PARAM_DESC(request, request_cases, name);

static void request_test(struct kunit *test)
{
	const struct request_case *c = test->param_value;
	struct ep_dma_end *a = hostile(test);
	struct ntb_ep_dma_req req;

	request(a, 3, c->off, c->len);
	KUNIT_EXPECT_EQ(test, !c->field, ntb_ep_dma_proto_next(&a->proto, &req));
	if (c->field) {
		expect_refused(test, a, c->field);
	} else {
		KUNIT_EXPECT_EQ(test, 3, req.slot);
		KUNIT_EXPECT_EQ(test, c->off, req.off);
		KUNIT_EXPECT_EQ(test, c->len, req.len);
	}

	/* Neither is it looked at again, nor is it in the way of others */
	a->proto.refusal.field = NULL;
	request(a, 7, 0, 1);
	KUNIT_EXPECT_TRUE(test, ntb_ep_dma_proto_next(&a->proto, &req));
	KUNIT_EXPECT_EQ(test, 7, req.slot);
	KUNIT_EXPECT_FALSE(test, ntb_ep_dma_proto_next(&a->proto, &req));
	KUNIT_EXPECT_NULL(test, a->proto.refusal.field);
}

/* For another slot, another announcement of either side, or no request at all */
static void request_check_test(struct kunit *test)
{
	struct ep_dma_end *a = hostile(test);
	u32 seq = a->proto.seq;
	u32 wrong[] = {
		ntb_ep_dma_hash_req(5, seq, 4, 1, 0, 1, 2),
		ntb_ep_dma_hash_req(6, seq, 3, 1, 0, 1, 2),
		ntb_ep_dma_hash_req(5, seq - 1, 3, 1, 0, 1, 2),
		ntb_ep_dma_hash_req(5, seq, 3, 2, 0, 1, 2),
		ntb_ep_dma_hash_req(5, seq, 3, 1, 1, 1, 2),
		ntb_ep_dma_hash_req(5, seq, 3, 1, 0, 2, 2),
		ntb_ep_dma_hash_req(5, seq, 3, 1, 0, 1, 3),
		1,
	};
	struct ntb_ep_dma_req req;
	int i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		request(a, 3, 0, 1);
		*ep_dma_slot(a, 3, NTB_EP_DMA_REQ_CHECK) = wrong[i];
		a->proto.refusal.field = NULL;
		KUNIT_EXPECT_FALSE(test, ntb_ep_dma_proto_next(&a->proto, &req));
		KUNIT_EXPECT_NULL(test, a->proto.refusal.field);
		KUNIT_EXPECT_FALSE(test, ntb_ep_dma_proto_next(&a->proto, &req));
		expect_refused(test, a, "request check");
	}
	request(a, 3, 0, 1);
	KUNIT_EXPECT_TRUE(test, ntb_ep_dma_proto_next(&a->proto, &req));
}

static const struct answer_case {
	const char *name;
	const char *field;	/* NULL: is taken */
	u32 status;
	u32 bad;
	int ret;
} answer_cases[] = {
	{ "pass", NULL, NTB_EP_DMA_PASS, 0, 0 },
	{ "pass does not look at the offset", NULL, NTB_EP_DMA_PASS, U32_MAX, 0 },
	{ "fail", NULL, NTB_EP_DMA_FAIL, 9, -EILSEQ },
	{ "fail behind the data", "bad offset", NTB_EP_DMA_FAIL, 10, -ETIMEDOUT },
	{ "fail far behind", "bad offset", NTB_EP_DMA_FAIL, U32_MAX, -ETIMEDOUT },
	{ "status 0", "status", 0, 0, -ETIMEDOUT },
	{ "status 3", "status", 3, 0, -ETIMEDOUT },
	{ "status all ones", "status", U32_MAX, 0, -ETIMEDOUT },
};

KUNIT_ARRAY_PARAM_DESC(answer, answer_cases, name);

static void answer_test(struct kunit *test)
{
	const struct answer_case *c = test->param_value;
	struct ep_dma_end *a = hostile(test);
	struct ntb_ep_dma_slot *slot = ep_dma_claim(test, a, 100, 10);

	KUNIT_ASSERT_EQ(test, 0, ntb_ep_dma_proto_ask(&a->proto, slot, 1));
	*ep_dma_slot(a, 0, NTB_EP_DMA_REP_STATUS) = c->status;
	*ep_dma_slot(a, 0, NTB_EP_DMA_REP_BAD) = c->bad;
	*ep_dma_slot(a, 0, NTB_EP_DMA_REP_ECHO) = slot->check + 1;
	ep_dma_look(a);
	KUNIT_EXPECT_FALSE(test, slot->done);
	KUNIT_EXPECT_NULL(test, a->proto.refusal.field);

	*ep_dma_slot(a, 0, NTB_EP_DMA_REP_ECHO) = slot->check;
	ep_dma_look(a);
	KUNIT_EXPECT_EQ(test, c->ret, ntb_ep_dma_proto_wait(&a->proto, slot, 1));
	if (c->field)
		expect_refused(test, a, c->field);
	else
		KUNIT_EXPECT_EQ(test, c->ret ? c->bad : 0, slot->bad);
}

/* Each word in turn, with and without a hash that makes it believable */
static void corruption_test(struct kunit *test)
{
	static const u32 values[] = {
		0, 1, 2, 0x7fff, SZ_16K, SZ_16K + 1, SZ_64M, 0x7fffffff, 0x80000000,
		GOOD_STATE, 0xfffffffe, 0xffffffff,
	};
	struct ep_dma_end *a = hostile(test);
	struct ntb_ep_dma_peer peer;
	struct ntb_ep_dma_slot *slot;
	struct ntb_ep_dma_req req;
	unsigned int idx, i;

	for (idx = 0; idx < SPADS; idx++) {
		for (i = 0; i < 2 * ARRAY_SIZE(values); i++) {
			announce(a);
			request(a, 0, 0, BUF_SIZE);
			a->spads[idx] = values[i / 2];
			if (i % 2)
				a->spads[NTB_EP_DMA_CHECK] = announcement_hash(a->spads);
			ep_dma_look(a);
			peer = ntb_ep_dma_proto_peer(&a->proto);
			if (peer.seq) {
				KUNIT_EXPECT_GT(test, peer.size, 0);
				KUNIT_EXPECT_LE(test, peer.size, NTB_EP_DMA_MAX_BUF);
				KUNIT_EXPECT_LE(test, peer.addr, PHYS_ADDR_MAX - peer.size + 1);
			}
			while (ntb_ep_dma_proto_next(&a->proto, &req)) {
				KUNIT_EXPECT_GT(test, req.len, 0);
				KUNIT_EXPECT_LE(test, (u64)req.off + req.len, BUF_SIZE);
				ntb_ep_dma_proto_answer(&a->proto, &req, req.len);
			}
			slot = ntb_ep_dma_proto_claim(&a->proto, 0, 0, 1);
			if (!IS_ERR(slot))
				ntb_ep_dma_proto_release(&a->proto, slot);
			KUNIT_EXPECT_EQ(test, 0, a->proto.active);
		}
	}
}

static struct kunit_case ep_dma_hostile_cases[] = {
	KUNIT_CASE_PARAM(announcement_test, announcement_gen_params),
	KUNIT_CASE(address_test),
	KUNIT_CASE(announcement_check_test),
	KUNIT_CASE(absent_test),
	KUNIT_CASE(moved_test),
	KUNIT_CASE_PARAM(request_test, request_gen_params),
	KUNIT_CASE(request_check_test),
	KUNIT_CASE_PARAM(answer_test, answer_gen_params),
	KUNIT_CASE(corruption_test),
	{}
};

static struct kunit_suite ep_dma_hostile_suite = {
	.name = "ntb-ep-dma-hostile",
	.init = ep_dma_init,
	.test_cases = ep_dma_hostile_cases,
};

kunit_test_suite(ep_dma_hostile_suite);
