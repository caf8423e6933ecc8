// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of ends of ntb_ep_dma that go, and come back
 *
 * The invariant: a run whose peer, link or device goes ends with an error, nothing
 * of it is taken for something of the next life, and who goes knows when nobody
 * writes to its buffer any more. ep_dma_restart() is for those who go without a
 * good-bye.
 */

#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/sched/signal.h>

#include "ep_dma_fixture.h"

/* With a run that waits for an answer, and one that has not asked yet */
static void peer_restart_test(struct kunit *test)
{
	struct ep_dma_ctx *ctx = test->priv;
	struct ntb_ep_dma_slot *asked, *moving;
	struct ntb_ep_dma_req req;

	ep_dma_connect(test);
	asked = ep_dma_claim(test, ctx->a, 0, 10);
	moving = ep_dma_claim(test, ctx->a, 10, 10);
	KUNIT_ASSERT_EQ(test, 0, ntb_ep_dma_proto_ask(&ctx->a->proto, asked, 7));

	ep_dma_restart(test, ctx->b);
	ntb_ep_dma_proto_link(&ctx->b->proto, true);
	ep_dma_look(ctx->b);
	KUNIT_EXPECT_FALSE(test, ntb_ep_dma_proto_next(&ctx->b->proto, &req));

	ep_dma_look(ctx->a);
	KUNIT_EXPECT_EQ(test, -ECONNRESET, ntb_ep_dma_proto_wait(&ctx->a->proto, asked, 1));
	KUNIT_EXPECT_EQ(test, -ECONNRESET, ntb_ep_dma_proto_ask(&ctx->a->proto, moving, 7));

	/* The new one has to know that somebody may write to its buffer */
	KUNIT_EXPECT_TRUE(test, ntb_ep_dma_proto_peer_busy(&ctx->b->proto));
	ntb_ep_dma_proto_release(&ctx->a->proto, asked);
	ntb_ep_dma_proto_release(&ctx->a->proto, moving);
	KUNIT_EXPECT_FALSE(test, ntb_ep_dma_proto_peer_busy(&ctx->b->proto));

	ep_dma_connect(test);
}

/* Verified for one that is not there any more, and does not want to know */
static void asker_restart_test(struct kunit *test)
{
	struct ep_dma_ctx *ctx = test->priv;
	struct ntb_ep_dma_slot *slot;
	struct ntb_ep_dma_req req;

	ep_dma_connect(test);
	slot = ep_dma_claim(test, ctx->a, 0, 10);
	KUNIT_ASSERT_EQ(test, 0, ntb_ep_dma_proto_ask(&ctx->a->proto, slot, 7));
	KUNIT_ASSERT_TRUE(test, ntb_ep_dma_proto_next(&ctx->b->proto, &req));

	ep_dma_restart(test, ctx->a);
	ep_dma_connect(test);
	ep_dma_forget(ctx->b);
	ntb_ep_dma_proto_answer(&ctx->b->proto, &req, 10);
	KUNIT_EXPECT_EQ(test, 0, ctx->b->writes);
	KUNIT_EXPECT_FALSE(test, ntb_ep_dma_proto_next(&ctx->b->proto, &req));
}

static void link_down_test(struct kunit *test)
{
	struct ep_dma_ctx *ctx = test->priv;
	struct ntb_ep_dma_slot *slot;

	ep_dma_connect(test);
	slot = ep_dma_claim(test, ctx->a, 0, 10);
	KUNIT_ASSERT_EQ(test, 0, ntb_ep_dma_proto_ask(&ctx->a->proto, slot, 7));
	ntb_ep_dma_proto_link(&ctx->a->proto, false);
	KUNIT_EXPECT_EQ(test, -ECONNRESET, ntb_ep_dma_proto_wait(&ctx->a->proto, slot, 1));

	/* Not over yet when the link is up again */
	ntb_ep_dma_proto_link(&ctx->a->proto, true);
	KUNIT_EXPECT_EQ(test, 1, ctx->b->spads[NTB_EP_DMA_BUSY]);
	KUNIT_EXPECT_EQ(test, 0, *ep_dma_slot(ctx->b, 0, NTB_EP_DMA_REQ_CHECK));
	ntb_ep_dma_proto_release(&ctx->a->proto, slot);
	ep_dma_look(ctx->b);
	ep_dma_connect(test);
}

/* A peer that stops answering is no peer */
static void dead_test(struct kunit *test)
{
	struct ep_dma_ctx *ctx = test->priv;
	struct ntb_ep_dma_slot *slot;

	ep_dma_connect(test);
	slot = ep_dma_claim(test, ctx->a, 0, 10);
	KUNIT_ASSERT_EQ(test, 0, ntb_ep_dma_proto_ask(&ctx->a->proto, slot, 7));
	ctx->a->dead = true;
	ep_dma_look(ctx->a);
	KUNIT_EXPECT_EQ(test, -ECONNRESET, ntb_ep_dma_proto_wait(&ctx->a->proto, slot, 1));
	KUNIT_EXPECT_FALSE(test, ep_dma_ready(ctx->a));
	KUNIT_EXPECT_FALSE(test, ntb_ep_dma_proto_peer_busy(&ctx->a->proto));
	KUNIT_EXPECT_NULL(test, ctx->a->proto.refusal.field);
}

/* The one whose buffer goes waits for the one that writes to it */
static void withdraw_test(struct kunit *test)
{
	struct ep_dma_ctx *ctx = test->priv;
	struct ntb_ep_dma_slot *slot;

	ep_dma_connect(test);
	slot = ep_dma_claim(test, ctx->a, 0, 10);
	ntb_ep_dma_proto_close(&ctx->b->proto);
	KUNIT_EXPECT_TRUE(test, ntb_ep_dma_proto_peer_busy(&ctx->b->proto));
	ep_dma_look(ctx->a);
	KUNIT_EXPECT_EQ(test, -ECONNRESET, slot->err);
	ntb_ep_dma_proto_release(&ctx->a->proto, slot);
	KUNIT_EXPECT_FALSE(test, ntb_ep_dma_proto_peer_busy(&ctx->b->proto));

	/* No look in between: the claim itself has to see it */
	ep_dma_restart(test, ctx->b);
	ep_dma_connect(test);
	ntb_ep_dma_proto_close(&ctx->b->proto);
	KUNIT_EXPECT_PTR_EQ(test, ERR_PTR(-ENOTCONN),
			    ntb_ep_dma_proto_claim(&ctx->a->proto, 0, 0, 1));
	KUNIT_EXPECT_FALSE(test, ntb_ep_dma_proto_peer_busy(&ctx->b->proto));
}

struct waiter {
	struct ep_dma_end *end;
	struct ntb_ep_dma_slot *slot;
	struct task_struct *task;
	struct completion done;
	int ret;
};

static int wait_thread(void *data)
{
	struct waiter *w = data;

	allow_signal(SIGKILL);
	w->ret = ntb_ep_dma_proto_wait(&w->end->proto, w->slot, msecs_to_jiffies(10000));
	complete_all(&w->done);

	return 0;
}

/* A run has asked, and is asleep */
static void start_waiter(struct kunit *test, struct waiter *w)
{
	ep_dma_connect(test);
	w->slot = ep_dma_claim(test, w->end, 0, 10);
	KUNIT_ASSERT_EQ(test, 0, ntb_ep_dma_proto_ask(&w->end->proto, w->slot, 7));
	init_completion(&w->done);
	w->task = kthread_run(wait_thread, w, "waiter");
	KUNIT_ASSERT_FALSE(test, IS_ERR(w->task));
	while (!wq_has_sleeper(&w->end->proto.wq))
		fsleep(1000);
	KUNIT_EXPECT_FALSE(test, try_wait_for_completion(&w->done));
}

/* The peer is at the range: nobody else gets it before it has answered */
static void killed_test(struct kunit *test)
{
	struct ep_dma_ctx *ctx = test->priv;
	struct waiter w = { .end = ctx->a };
	struct ntb_ep_dma_req req;

	start_waiter(test, &w);
	KUNIT_EXPECT_TRUE(test, ntb_ep_dma_proto_next(&ctx->b->proto, &req));
	send_sig(SIGKILL, w.task, 1);
	KUNIT_EXPECT_EQ(test, 0, wait_for_completion_timeout(&w.done, msecs_to_jiffies(100)));
	ntb_ep_dma_proto_answer(&ctx->b->proto, &req, 10);
	ep_dma_look(ctx->a);
	wait_for_completion(&w.done);
	KUNIT_EXPECT_EQ(test, 0, w.ret);
	ntb_ep_dma_proto_release(&ctx->a->proto, w.slot);
}

/* Not for ever */
static void killed_silent_test(struct kunit *test)
{
	struct ep_dma_ctx *ctx = test->priv;
	struct waiter w = { .end = ctx->a };

	start_waiter(test, &w);
	send_sig(SIGKILL, w.task, 1);
	KUNIT_EXPECT_NE(test, 0, wait_for_completion_timeout(&w.done, msecs_to_jiffies(5000)));
	wait_for_completion(&w.done);
	KUNIT_EXPECT_EQ(test, -EINTR, w.ret);
	ntb_ep_dma_proto_release(&ctx->a->proto, w.slot);
}

static void close_wakes_test(struct kunit *test)
{
	struct ep_dma_ctx *ctx = test->priv;
	struct waiter w = { .end = ctx->a };

	start_waiter(test, &w);
	ntb_ep_dma_proto_close(&ctx->a->proto);
	/* Now, and not when its time is up */
	if (!wait_for_completion_timeout(&w.done, msecs_to_jiffies(5000))) {
		KUNIT_FAIL(test, "the waiter does not wake up");
		wait_for_completion(&w.done);
	}
	KUNIT_EXPECT_EQ(test, -ESHUTDOWN, w.ret);
	ntb_ep_dma_proto_release(&ctx->a->proto, w.slot);
	KUNIT_EXPECT_PTR_EQ(test, ERR_PTR(-ESHUTDOWN),
			    ntb_ep_dma_proto_claim(&ctx->a->proto, 0, 0, 1));
	/* Nothing brings it back */
	ntb_ep_dma_proto_link(&ctx->a->proto, false);
	ntb_ep_dma_proto_link(&ctx->a->proto, true);
	KUNIT_EXPECT_EQ(test, 0, ctx->b->spads[NTB_EP_DMA_STATE]);
}

static struct kunit_case ep_dma_life_cases[] = {
	KUNIT_CASE(peer_restart_test),
	KUNIT_CASE(asker_restart_test),
	KUNIT_CASE(link_down_test),
	KUNIT_CASE(dead_test),
	KUNIT_CASE(withdraw_test),
	KUNIT_CASE(killed_test),
	KUNIT_CASE_SLOW(killed_silent_test),
	KUNIT_CASE(close_wakes_test),
	{}
};

static struct kunit_suite ep_dma_life_suite = {
	.name = "ntb-ep-dma-life",
	.init = ep_dma_init,
	.test_cases = ep_dma_life_cases,
};

kunit_test_suite(ep_dma_life_suite);
