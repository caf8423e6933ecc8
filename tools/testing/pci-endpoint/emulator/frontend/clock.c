// SPDX-License-Identifier: GPL-2.0
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "frontend/clock.h"
#include "frontend/util.h"

#define NSEC_PER_SEC 1000000000ULL

static uint64_t monotonic(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

static uint64_t real_now(struct fe_clock *c)
{
	return monotonic() - container_of(c, struct real_clock, clock)->base;
}

static bool real_arm(struct fe_clock *c, uint64_t deadline)
{
	struct real_clock *r = container_of(c, struct real_clock, clock);
	struct itimerspec its = { 0 };
	uint64_t abs;

	/* Most waits follow a register access that did not move the deadline: no system call. */
	if (deadline == r->armed)
		return deadline != FE_NEVER && real_now(c) >= deadline;

	r->armed = deadline;
	if (deadline != FE_NEVER) {
		if (__builtin_add_overflow(deadline, r->base, &abs) || abs > INT64_MAX)
			abs = INT64_MAX;
		its.it_value.tv_sec = abs / NSEC_PER_SEC;
		its.it_value.tv_nsec = abs % NSEC_PER_SEC;
	}
	timerfd_settime(c->fd, TFD_TIMER_ABSTIME, &its, NULL);
	return deadline != FE_NEVER && real_now(c) >= deadline;
}

int real_clock_init(struct real_clock *r)
{
	r->clock.now = real_now;
	r->clock.arm = real_arm;
	r->base = monotonic();
	r->armed = FE_NEVER;
	r->clock.fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	return r->clock.fd < 0 ? -1 : 0;
}

void real_clock_exit(struct real_clock *r)
{
	if (r->clock.fd >= 0)
		close(r->clock.fd);
	r->clock.fd = -1;
}
