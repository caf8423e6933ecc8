// SPDX-License-Identifier: GPL-2.0
/*
 * dwc-ep-ctl: one command for a running dwc-ep. The protocol is described in frontend/control.h.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define LINE_MAX_BYTES 1024
#define TIMEOUT_SECONDS 10

static void help(void)
{
	printf("Usage: dwc-ep-ctl SOCKET COMMAND [WORD]...\n"
"Sends one command to the dwc-ep that was started with --control SOCKET and prints the answer:\n"
"a line 'ok' or 'error: ...', then what the command has to say.\n"
"'dwc-ep-ctl SOCKET help' lists the commands.\n"
"Exit status: 0 ok, 1 the command was refused, 2 wrong usage or no answer.\n");
}

static int fail(const char *what, const char *name)
{
	fprintf(stderr, "dwc-ep-ctl: %s '%s': %s\n", what, name, strerror(errno));
	return 2;
}

static int connect_to(const char *path)
{
	struct timeval tv = { .tv_sec = TIMEOUT_SECONDS };
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(addr.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	strcpy(addr.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr))) {
		close(fd);
		return -1;
	}
	return fd;
}

/* The words as one line; -1 if it is too long or has line ends in it. */
static int make_line(char *line, int argc, char **argv)
{
	size_t len = 0, n;
	int i;

	for (i = 0; i < argc; i++) {
		n = strlen(argv[i]);
		if (len + n + 1 >= LINE_MAX_BYTES || strchr(argv[i], '\n'))
			return -1;
		memcpy(line + len, argv[i], n);
		len += n;
		line[len++] = i + 1 < argc ? ' ' : '\n';
	}
	return len;
}

/* Print up to the end mark. 0 ok, 1 refused, -1 the answer stopped before its end. */
static int print_answer(FILE *f)
{
	char line[4096];
	int status = -1;
	bool start = true;

	while (fgets(line, sizeof(line), f)) {
		const char *p = line;
		bool whole = strchr(line, '\n');

		if (start && !strcmp(line, ".\n"))
			return status;
		if (status < 0)
			status = strcmp(line, "ok\n") ? 1 : 0;
		else if (start && *p == '.')
			p++;
		fputs(p, stdout);
		start = whole;
	}
	return -1;
}

int main(int argc, char **argv)
{
	char line[LINE_MAX_BYTES];
	int fd, len, status;
	FILE *f;

	if (argc == 2 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
		help();
		return 0;
	}
	if (argc < 3) {
		fprintf(stderr, "dwc-ep-ctl: %s is missing, see 'dwc-ep-ctl --help'\n",
			argc < 2 ? "SOCKET" : "COMMAND");
		return 2;
	}
	len = make_line(line, argc - 2, argv + 2);
	if (len < 0) {
		fprintf(stderr,
			"dwc-ep-ctl: command too long or of several lines (allowed: %d bytes)\n",
			LINE_MAX_BYTES - 1);
		return 2;
	}
	fd = connect_to(argv[1]);
	if (fd < 0)
		return fail("socket", argv[1]);
	if (send(fd, line, len, MSG_NOSIGNAL) != len)
		return fail("sending to", argv[1]);
	shutdown(fd, SHUT_WR);
	f = fdopen(fd, "r");
	if (!f)
		return fail("socket", argv[1]);
	status = print_answer(f);
	if (status < 0) {
		fprintf(stderr,
			"dwc-ep-ctl: '%s': no complete answer (emulator gone, or busy for %d s)\n",
			argv[1], TIMEOUT_SECONDS);
		return 2;
	}
	return fflush(stdout) ? 2 : status;
}
