// SPDX-License-Identifier: GPL-2.0
/* dwc-ep: the emulated endpoint controller as a process. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "frontend/emulator.h"
#include "frontend/log.h"
#include "frontend/util.h"

struct signals {
	struct loop_source src;
	struct loop *loop;
};

static void signalled(struct loop_source *s, unsigned int events)
{
	(void)events;
	container_of(s, struct signals, src)->loop->stop = true;
}

/* Before anything exists that has to be cleaned up: the signals wait until the loop runs. */
static int signals_block(void)
{
	sigset_t set;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

int main(int argc, char **argv)
{
	static struct emulator e; /* large */
	struct signals sig = { .loop = &e.loop };
	struct real_clock clock;
	struct options o;
	int fd, ret = 1;

	switch (options_parse(argc, argv, &o, stdout, stderr)) {
	case OPTIONS_RUN:
		break;
	case OPTIONS_DONE:
		return 0;
	case OPTIONS_WRONG:
		return 2;
	}

	fd = signals_block();
	if (fd < 0 || real_clock_init(&clock)) {
		log_msg("signalfd or timerfd: %s", strerror(errno));
		return 1;
	}
	if (emulator_init(&e, &o, &clock.clock))
		return 1;
	if (!loop_add(&e.loop, &sig.src, fd, EPOLLIN, signalled)) {
		printf("dwc-ep: ready\n");
		fflush(stdout);
		ret = loop_run(&e.loop) ? 1 : 0;
	}
	if (ret)
		log_msg("event loop: %s", strerror(errno));
	emulator_exit(&e);
	real_clock_exit(&clock);
	close(fd);
	return ret;
}
