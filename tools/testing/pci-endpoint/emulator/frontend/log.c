// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include "frontend/log.h"

/* Enough for a start with everything wrong, too few for a guest to fill a disk. */
#define LOG_BURST 40
#define LOG_PER_SECOND 5

static struct {
	bool quiet;
	char last[512];
	unsigned long suppressed;
	long tokens;
	time_t refilled;
} lg = { .tokens = LOG_BURST };

void log_quiet(bool quiet)
{
	lg.quiet = quiet;
}

const char *log_last(void)
{
	return lg.last;
}

static bool log_allowed(void)
{
	struct timespec ts;
	long gain;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	gain = (ts.tv_sec - lg.refilled) * LOG_PER_SECOND;
	lg.refilled = ts.tv_sec;
	lg.tokens = gain >= LOG_BURST - lg.tokens ? LOG_BURST : lg.tokens + gain;
	if (!lg.tokens) {
		lg.suppressed++;
		return false;
	}
	lg.tokens--;
	return true;
}

void log_msg(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(lg.last, sizeof(lg.last), fmt, ap);
	va_end(ap);

	if (lg.quiet || !log_allowed())
		return;
	if (lg.suppressed)
		fprintf(stderr, "dwc-ep: (%lu messages suppressed)\n", lg.suppressed);
	lg.suppressed = 0;
	fprintf(stderr, "dwc-ep: %s\n", lg.last);
}
