// SPDX-License-Identifier: GPL-2.0
/* The control socket. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "frontend/util.h"
#include "tests/ktap.h"
#include "tests/master.h"

static struct bench b;

static int ctl_open(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strcpy(addr.sun_path, b.path[3]);
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)))
		abort();
	bench_run(&b);
	return fd;
}

static void ctl_send(int fd, const char *text)
{
	if (send(fd, text, strlen(text), MSG_NOSIGNAL) != (ssize_t)strlen(text))
		printf("# command not sent\n");
	bench_run(&b);
}

/* What arrived; an empty string if nothing did, "EOF" if the connection ended. */
static const char *ctl_recv(int fd)
{
	static char buf[65536];
	ssize_t n = recv(fd, buf, sizeof(buf) - 1, MSG_DONTWAIT);

	if (!n || (n < 0 && errno != EAGAIN))
		return "EOF";
	buf[n < 0 ? 0 : n] = '\0';
	return buf;
}

static const char *ctl(const char *line)
{
	static char copy[65536];
	int fd = ctl_open();

	ctl_send(fd, line);
	strcpy(copy, ctl_recv(fd));
	close(fd);
	bench_run(&b);
	return copy;
}

static bool starts(const char *s, const char *with)
{
	return !strncmp(s, with, strlen(with));
}

static void commands(void)
{
	static const char *const refused[] = {
		"nonsense\n", "\n", "  \040\n", "help me\n", "kill\n", "kill bill\n", "kill rc\n",
		"trace\n", "trace on\n", "link sideways\n", "info now\n",
		"a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a\n",
	};
	unsigned int i;

	bench_open(&b, false);
	for (i = 0; i < ARRAY_SIZE(refused); i++) {
		const char *answer = ctl(refused[i]);

		if (!starts(answer, "error: ") || !strstr(answer, "\n.\n") ||
		    answer[strlen(answer) - 1] != '\n') {
			printf("# '%s': %s\n", refused[i], answer);
			ktap_failed = 1;
		}
	}
	CHECK(starts(ctl("help\n"), "ok\n"));
	CHECK(strstr(ctl("help\n"), "kill ep|rc"));
	CHECK(strstr(ctl("help\n"), "counters"));
	CHECK(starts(ctl("info\n"), "ok\nprofile: generic\nlink: down\n"));
	CHECK(starts(ctl("counters\n"), "ok\n"));
	CHECK(starts(ctl("  counters \t reset \r\n"), "ok\n"));
	bench_close(&b);
}

static void several_clients_and_pieces(void)
{
	int a, c;

	bench_open(&b, false);
	a = ctl_open();
	c = ctl_open();
	ctl_send(a, "coun");
	ctl_send(c, "info\ninfo\n");
	CHECK(strstr(strstr(ctl_recv(c), "\n.\n"), "\nprofile"));
	CHECK_EQ(strlen(ctl_recv(a)), 0);
	ctl_send(a, "ters\n");
	CHECK(starts(ctl_recv(a), "ok\n"));
	/* the last line may lack its end */
	ctl_send(a, "info");
	shutdown(a, SHUT_WR);
	bench_run(&b);
	CHECK(starts(ctl_recv(a), "ok\n"));
	CHECK(!strcmp(ctl_recv(a), "EOF"));
	close(a);
	close(c);
	bench_run(&b);
	bench_close(&b);
}

static void too_much(void)
{
	int fd[CONTROL_CLIENTS + 1];
	char line[CONTROL_LINE + 10];
	unsigned int i;

	bench_open(&b, false);
	for (i = 0; i < ARRAY_SIZE(fd); i++)
		fd[i] = ctl_open();
	CHECK(starts(ctl_recv(fd[CONTROL_CLIENTS]), "error: too many clients"));
	memset(line, 'x', sizeof(line));
	line[CONTROL_LINE + 5] = '\0';
	ctl_send(fd[0], line);
	CHECK(starts(ctl_recv(fd[0]), "error: line too long"));
	CHECK(!strcmp(ctl_recv(fd[0]), "EOF"));
	for (i = 0; i < ARRAY_SIZE(fd); i++)
		close(fd[i]);
	bench_run(&b);
	CHECK(starts(ctl("info\n"), "ok\n"));
	bench_close(&b);
}

/* A client that asks and does not read: memory stays bounded, others are served. */
static void client_that_does_not_read(void)
{
	int fd, i;

	bench_open(&b, false);
	fd = ctl_open();
	for (i = 0; i < 2000; i++) {
		send(fd, "help\n", 5, MSG_DONTWAIT | MSG_NOSIGNAL);
		loop_once(&b.e.loop, 0);
	}
	bench_run(&b);
	CHECK(b.e.control.commands < 1000);
	CHECK(starts(ctl("info\n"), "ok\n"));
	close(fd);
	bench_run(&b);
	bench_close(&b);
}

/* on, off, flush; the files themselves are looked at in test_vhost_start.c */
static void trace_command(void)
{
	struct options o;
	struct master ep, rc;
	char text[128];
	uint64_t n;

	bench_open(&b, false);
	emulator_exit(&b.e);
	snprintf(text, sizeof(text), "%s/trace.txt", b.dir);
	o = b.o;
	o.trace = text;
	CHECK_EQ(emulator_init(&b.e, &o, &b.clock), 0);
	master_up(&ep, &b, b.path[0], false);
	master_up(&rc, &b, b.path[2], false);
	pcidev_w32(&ep, VIRTIO_PCIDEV_OP_MMIO_WRITE, 0, DWC_OFF_APP, 1);
	CHECK(starts(ctl("trace off\n"), "ok\n"));
	n = b.e.trace.events;
	CHECK(n > 0);
	pcidev_r32(&rc, VIRTIO_PCIDEV_OP_CFG_READ, 0, 0);
	CHECK_EQ(b.e.trace.events, n);
	CHECK(starts(ctl("trace on\n"), "ok\n"));
	pcidev_r32(&rc, VIRTIO_PCIDEV_OP_CFG_READ, 0, 0);
	CHECK_EQ(b.e.trace.events, n + 1);
	CHECK(starts(ctl("trace flush\n"), "ok\n"));
	CHECK(starts(ctl("trace loudly\n"), "error: trace 'loudly'"));
	master_close(&ep);
	master_close(&rc);
	unlink(text);
	bench_close(&b);
}

static void kill_and_quit(void)
{
	struct master ep, gpio, rc;

	bench_open(&b, false);
	master_up(&ep, &b, b.path[0], false);
	master_up(&gpio, &b, b.path[1], false);
	master_up(&rc, &b, b.path[2], false);
	CHECK(starts(ctl("kill ep\n"), "ok\n"));
	CHECK(!master_alive(&ep));
	CHECK(!master_alive(&gpio));
	CHECK(master_alive(&rc));
	CHECK(starts(ctl("kill rc\n"), "ok\n"));
	CHECK(!master_alive(&rc));
	CHECK(starts(ctl("kill rc\n"), "error: "));
	master_close(&ep);
	master_close(&gpio);
	master_close(&rc);
	CHECK(!b.e.loop.stop);
	CHECK(starts(ctl("quit\n"), "ok\n"));
	CHECK(b.e.loop.stop);
	bench_close(&b);
}

static const struct ktap_case cases[] = {
	CASE(commands),
	CASE(several_clients_and_pieces),
	CASE(too_much),
	CASE(client_that_does_not_read),
	CASE(trace_command),
	CASE(kill_and_quit),
};

KTAP_MAIN(cases)
