/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The event loop: one thread, one epoll instance, one deadline.
 *
 * After each batch of events the loop calls drain(), which looks at all rings. So the handlers of
 * kick events have nothing to do, and the order in which rings are served does not depend on the
 * order in which the events came.
 */
#ifndef FE_LOOP_H
#define FE_LOOP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>

#include "frontend/clock.h"

#define LOOP_BATCH 16

/*
 * After an event the loop looks this often, without sleeping, whether there is another: a guest
 * that reads does nothing but wait for the answer, and on a virtual machine it takes longer to wake
 * a process than all the rest of the read. Some 40 us; an idle link costs nothing, and with
 * one CPU for all there is no looking.
 */
#define LOOP_LOOKS 64

/**
 * struct loop_source - a file descriptor that the loop watches; embed it
 * @fd: the descriptor, -1 while not watched
 * @ready: called with the EPOLL* events; may remove any source
 */
struct loop_source {
	int fd;
	void (*ready)(struct loop_source *s, unsigned int events);
};

/**
 * struct loop - see the head of this file
 * @epoll: epoll descriptor
 * @clock: where time comes from
 * @deadline: call timer() at this time, FE_NEVER for no time
 * @timer: the deadline is reached
 * @drain: serve the rings; true if there is more to do, then the loop does not sleep
 * @ctx: argument of both
 * @stop: loop_run() returns
 * @more: last answer of drain()
 * @looks: LOOP_LOOKS, or 0
 * @empty: looks without an event since the last one, then the loop sleeps again
 * @ev: the current batch
 * @n: its size
 * @cur: event being handled
 */
struct loop {
	int epoll;
	struct fe_clock *clock;
	uint64_t deadline;
	void (*timer)(void *ctx);
	bool (*drain)(void *ctx);
	void *ctx;
	bool stop;
	bool more;
	unsigned int looks;
	unsigned int empty;
	struct epoll_event ev[LOOP_BATCH];
	int n;
	int cur;
};

/** loop_init() - make the epoll instance; 0 or -1 with errno */
int loop_init(struct loop *l, struct fe_clock *clock);

/** loop_exit() - release it; sources are not touched */
void loop_exit(struct loop *l);

/** loop_add() - watch @fd (not owned) for @events; 0 or -1 with errno */
int loop_add(struct loop *l, struct loop_source *s, int fd, unsigned int events,
	     void (*ready)(struct loop_source *s, unsigned int events));

/** loop_mod() - change the events that are watched */
void loop_mod(struct loop *l, struct loop_source *s, unsigned int events);

/** loop_del() - stop watching; nothing if not watched. @s gets no event any more, not even from
 * the current batch.
 */
void loop_del(struct loop *l, struct loop_source *s);

/** loop_once() - wait at most @timeout_ms (-1: for ever) for a batch and handle it; 0 or -1 */
int loop_once(struct loop *l, int timeout_ms);

/** loop_run() - until @l->stop; 0 or -1 with errno */
int loop_run(struct loop *l);

#endif
