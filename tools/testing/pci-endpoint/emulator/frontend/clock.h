/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where time comes from. Real time here; a time-travel calendar client (see
 * include/uapi/linux/um_timetravel.h) needs no more than these calls: now() is the virtual time,
 * arm() is REQUEST and WAIT, fd is the calendar's socket. Tests supply a clock of their own.
 */
#ifndef FE_CLOCK_H
#define FE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define FE_NEVER UINT64_MAX

/**
 * struct fe_clock - a source of time
 * @fd: becomes readable when an armed deadline is reached, or -1
 * @now: ns, never goes backwards
 * @arm: the loop is about to wait and wants to be woken at @deadline (FE_NEVER: never); true if
 *	the time has come already
 */
struct fe_clock {
	int fd;
	uint64_t (*now)(struct fe_clock *c);
	bool (*arm)(struct fe_clock *c, uint64_t deadline);
};

/**
 * struct real_clock - CLOCK_MONOTONIC, 0 when it was made, and a timerfd
 * @clock: what the loop sees
 * @base: CLOCK_MONOTONIC at time 0
 * @armed: deadline that the timerfd has
 */
struct real_clock {
	struct fe_clock clock;
	uint64_t base;
	uint64_t armed;
};

/** real_clock_init() - 0 or -1 with errno */
int real_clock_init(struct real_clock *r);

/** real_clock_exit() - release the timerfd */
void real_clock_exit(struct real_clock *r);

#endif
