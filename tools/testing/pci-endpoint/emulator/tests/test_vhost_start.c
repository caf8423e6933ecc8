// SPDX-License-Identifier: GPL-2.0
/* Command line, start and end, trace files, real clock. */
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "frontend/log.h"
#include "frontend/unix_socket.h"
#include "frontend/util.h"
#include "tests/ktap.h"
#include "tests/master.h"

static struct bench b;

static enum options_result parse(const char *words, char **message)
{
	char copy[512], *argv[24], *save, *w;
	struct options o;
	enum options_result r;
	size_t len;
	FILE *f = open_memstream(message, &len);
	int n = 0;

	snprintf(copy, sizeof(copy), "dwc-ep %s", words);
	for (w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save))
		argv[n++] = strcmp(w, "''") ? w : w + 2;
	argv[n] = NULL;
	r = options_parse(n, argv, &o, f, f);
	fclose(f);
	return r;
}

static void options(void)
{
	static const struct {
		const char *words;
		enum options_result want;
		const char *says;
	} all[] = {
		{ "--help", OPTIONS_DONE, "--trace-json FILE" },
		{ "-h", OPTIONS_DONE, "rcar-s4" },
		{ "--ep-socket a", OPTIONS_RUN, "" },
		{ "--profile=rk3588 --rc-socket a --inband", OPTIONS_RUN, "" },
		{ "", OPTIONS_WRONG, "--ep-socket, --gpio-socket or --rc-socket is missing" },
		{ "--profile x", OPTIONS_WRONG,
		  "--profile 'x': unknown profile (allowed: generic, rcar-s4, rk3588)" },
		{ "--profile", OPTIONS_WRONG, "'--profile' needs a value" },
		{ "--wrong", OPTIONS_WRONG, "'--wrong'" },
		{ "-x --ep-socket a", OPTIONS_WRONG, "-x" },
		{ "--inband=3 --ep-socket a", OPTIONS_WRONG, "'--inband=3'" },
		{ "--ep-socket a word", OPTIONS_WRONG, "'word'" },
		{ "--ep-socket ''", OPTIONS_WRONG, "--ep-socket '': empty" },
		{ "--ep-socket a --rc-socket a", OPTIONS_WRONG,
		  "--rc-socket 'a': is also --ep-socket" },
		{ "--ep-socket a --control a", OPTIONS_WRONG,
		  "--control 'a': is also --ep-socket" },
	};
	unsigned int i;
	char *message;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		enum options_result r = parse(all[i].words, &message);

		if (r != all[i].want || !strstr(message, all[i].says)) {
			printf("# '%s': %d, '%s'\n", all[i].words, r, message);
			ktap_failed = 1;
		}
		free(message);
	}
}

static void sockets(void)
{
	char path[128], file[128];
	struct stat st;
	FILE *f;
	int fd;

	bench_open(&b, false);
	CHECK_EQ(unix_listen("x", b.path[0]), -1);
	CHECK(strstr(log_last(), "in use by another process"));
	CHECK_EQ(unix_listen("x", ""), -1);
	CHECK_EQ(unix_listen("x", "/nonexistent/x"), -1);
	memset(path, 'p', sizeof(path) - 1);
	path[127] = '\0';
	CHECK_EQ(unix_listen("x", path), -1);
	CHECK(strstr(log_last(), "(allowed: 1..107)"));
	snprintf(file, sizeof(file), "%s/file", b.dir);
	f = fopen(file, "w");
	fclose(f);
	CHECK_EQ(unix_listen("x", file), -1);
	CHECK(!stat(file, &st));
	unlink(file);
	/* the remains of a process that was killed */
	fd = unix_listen("x", file);
	CHECK(fd >= 0);
	close(fd);
	fd = unix_listen("x", file);
	CHECK(fd >= 0);
	close(fd);
	unlink(file);
	bench_close(&b);
}

/* A start that fails half way leaves nothing. */
static void failed_start(void)
{
	struct bench two;
	char dir[96];

	bench_open(&b, false);
	two = b;
	memset(&two.e, 0, sizeof(two.e));
	snprintf(two.path[0], sizeof(two.path[0]), "%s/ep2", b.dir);
	two.o.ep_socket = two.path[0];
	two.o.control = NULL;
	CHECK_EQ(emulator_init(&two.e, &two.o, &b.clock), -1); /* gpio is in use */
	CHECK(access(two.path[0], F_OK));
	snprintf(dir, sizeof(dir), "%s/no/trace", b.dir);
	two.o = (struct options){ .profile = b.o.profile, .ep_socket = two.path[0], .trace = dir };
	CHECK_EQ(emulator_init(&two.e, &two.o, &b.clock), -1);
	CHECK(strstr(log_last(), "--trace '"));
	bench_close(&b);
}

static void traces(void)
{
	char text[128], json[128], buf[65536];
	struct master ep, rc;
	FILE *f;
	size_t n;

	bench_open(&b, false);
	emulator_exit(&b.e);
	snprintf(text, sizeof(text), "%s/trace.txt", b.dir);
	snprintf(json, sizeof(json), "%s/trace.json", b.dir);
	b.o.trace = text;
	b.o.trace_json = json;
	CHECK_EQ(emulator_init(&b.e, &b.o, &b.clock), 0);
	master_up(&ep, &b, b.path[0], false);
	master_up(&rc, &b, b.path[2], false);
	pcidev_w32(&ep, VIRTIO_PCIDEV_OP_MMIO_WRITE, 0, DWC_OFF_APP, 1);
	pcidev_r32(&rc, VIRTIO_PCIDEV_OP_CFG_READ, 0, 0);
	CHECK(b.e.trace.events >= 2);
	CHECK_EQ(trace_flush(&b.e.trace), 0);
	f = fopen(text, "r");
	n = fread(buf, 1, sizeof(buf) - 1, f);
	fclose(f);
	CHECK(n > 0 && buf[n - 1] == '\n');
	master_close(&ep);
	master_close(&rc);
	emulator_exit(&b.e);
	f = fopen(json, "r");
	n = fread(buf, 1, sizeof(buf) - 1, f);
	fclose(f);
	buf[n] = '\0';
	CHECK(!strncmp(buf, "[\n{", 3));
	CHECK(n > 4 && !strcmp(buf + n - 4, "}\n]\n"));
	unlink(text);
	unlink(json);
	CHECK_EQ(rmdir(b.dir), 0);
}

static unsigned int fired;

static void on_timer(void *ctx)
{
	(void)ctx;
	fired++;
}

static bool nothing_to_do(void *ctx)
{
	(void)ctx;
	return false;
}

static void real_clock(void)
{
	struct real_clock r;
	struct loop l;
	uint64_t start;
	int i;

	CHECK_EQ(real_clock_init(&r), 0);
	CHECK_EQ(loop_init(&l, &r.clock), 0);
	l.timer = on_timer;
	l.drain = nothing_to_do;
	start = r.clock.now(&r.clock);
	for (i = 1; i <= 3; i++) {
		l.deadline = start + i * 3000000;
		while (l.deadline != FE_NEVER)
			CHECK_EQ(loop_once(&l, -1), 0);
		CHECK_EQ(fired, i);
		CHECK(r.clock.now(&r.clock) >= start + i * 3000000);
	}
	/* in the past: at once. Far in the future: not at all */
	l.deadline = start;
	CHECK_EQ(loop_once(&l, -1), 0);
	CHECK_EQ(fired, 4);
	l.deadline = FE_NEVER - 1;
	CHECK_EQ(loop_once(&l, 5), 0);
	CHECK_EQ(fired, 4);
	loop_exit(&l);
	real_clock_exit(&r);
}

static void on_event(struct loop_source *s, unsigned int events)
{
	uint64_t count;

	(void)events;
	CHECK_EQ(read(s->fd, &count, sizeof(count)), sizeof(count));
}

/* the loop arms the clock when it is about to sleep, and only then */
static int armed;

static bool count_arm(struct fe_clock *c, uint64_t deadline)
{
	(void)c;
	(void)deadline;
	armed++;
	return true;
}

static uint64_t no_time(struct fe_clock *c)
{
	(void)c;
	return 0;
}

static void looks(void)
{
	struct fe_clock clock = { .fd = -1, .now = no_time, .arm = count_arm };
	struct loop_source s = { .fd = -1 };
	const uint64_t one = 1;
	struct loop l;
	int fd = eventfd(0, EFD_CLOEXEC);
	unsigned int round, i;

	CHECK(fd >= 0);
	CHECK_EQ(loop_init(&l, &clock), 0);
	l.drain = nothing_to_do;
	CHECK_EQ(loop_add(&l, &s, fd, EPOLLIN, on_event), 0);
	/* without an event: at once */
	CHECK_EQ(loop_once(&l, -1), 0);
	CHECK_EQ(armed, 1);
	for (round = 0; round < 3; round++) {
		armed = 0;
		l.looks = round < 2 ? LOOP_LOOKS : 0;
		CHECK_EQ(write(fd, &one, sizeof(one)), sizeof(one));
		CHECK_EQ(loop_once(&l, 0), 0);
		for (i = 0; i < l.looks; i++)
			CHECK_EQ(loop_once(&l, -1), 0);
		CHECK_EQ(armed, 0);
		CHECK_EQ(loop_once(&l, -1), 0);
		CHECK_EQ(armed, 1);
	}
	loop_exit(&l);
	close(fd);
}

static const struct ktap_case cases[] = {
	CASE(options),
	CASE(sockets),
	CASE(failed_start),
	CASE(traces),
	CASE(real_clock),
	CASE(looks),
};

KTAP_MAIN(cases)
