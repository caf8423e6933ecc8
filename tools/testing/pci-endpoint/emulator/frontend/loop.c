// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "frontend/loop.h"

/* where all share one CPU, looking keeps the guest from asking */
static bool one_cpu(void)
{
	cpu_set_t set;

	return !sched_getaffinity(0, sizeof(set), &set) && CPU_COUNT(&set) == 1;
}

int loop_init(struct loop *l, struct fe_clock *clock)
{
	memset(l, 0, sizeof(*l));
	l->clock = clock;
	l->deadline = FE_NEVER;
	l->looks = one_cpu() ? 0 : LOOP_LOOKS;
	l->empty = l->looks;
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (l->epoll < 0)
		return -1;

	/*
	 * Edge triggered: the expiry is seen by comparing the deadline with the clock, so nobody
	 * has to read the descriptor.
	 */
	if (clock->fd >= 0) {
		struct epoll_event ev = { .events = EPOLLIN | EPOLLET };

		if (epoll_ctl(l->epoll, EPOLL_CTL_ADD, clock->fd, &ev))
			return -1;
	}
	return 0;
}

void loop_exit(struct loop *l)
{
	if (l->epoll >= 0)
		close(l->epoll);
	l->epoll = -1;
}

int loop_add(struct loop *l, struct loop_source *s, int fd, unsigned int events,
	     void (*ready)(struct loop_source *s, unsigned int events))
{
	struct epoll_event ev = { .events = events, .data.ptr = s };

	if (epoll_ctl(l->epoll, EPOLL_CTL_ADD, fd, &ev))
		return -1;
	s->fd = fd;
	s->ready = ready;
	return 0;
}

void loop_mod(struct loop *l, struct loop_source *s, unsigned int events)
{
	struct epoll_event ev = { .events = events, .data.ptr = s };

	epoll_ctl(l->epoll, EPOLL_CTL_MOD, s->fd, &ev);
}

void loop_del(struct loop *l, struct loop_source *s)
{
	int i;

	if (s->fd < 0)
		return;
	epoll_ctl(l->epoll, EPOLL_CTL_DEL, s->fd, NULL);
	s->fd = -1;
	for (i = l->cur + 1; i < l->n; i++)
		if (l->ev[i].data.ptr == s)
			l->ev[i].data.ptr = NULL;
}

static bool loop_due(struct loop *l)
{
	return l->deadline != FE_NEVER && l->clock->now(l->clock) >= l->deadline;
}

int loop_once(struct loop *l, int timeout_ms)
{
	if (l->more || l->empty < l->looks)
		timeout_ms = 0;
	else if (timeout_ms && l->clock->arm(l->clock, l->deadline))
		timeout_ms = 0;

	l->n = epoll_wait(l->epoll, l->ev, LOOP_BATCH, timeout_ms);
	if (l->n < 0) {
		l->n = 0;
		if (errno != EINTR)
			return -1;
	}

	l->empty++;
	for (l->cur = 0; l->cur < l->n; l->cur++) {
		struct loop_source *s = l->ev[l->cur].data.ptr;

		if (!s)	/* the clock: nobody waits */
			continue;
		l->empty = 0;
		s->ready(s, l->ev[l->cur].events);
	}
	l->n = 0;

	if (loop_due(l)) {
		/* Taken before the call: the callback sets the next one. */
		l->deadline = FE_NEVER;
		l->timer(l->ctx);
	}
	l->more = l->drain(l->ctx);
	return 0;
}

int loop_run(struct loop *l)
{
	while (!l->stop)
		if (loop_once(l, -1))
			return -1;
	return 0;
}
