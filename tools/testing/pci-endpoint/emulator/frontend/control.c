// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "frontend/commands.h"
#include "frontend/control.h"
#include "frontend/emulator.h"
#include "frontend/log.h"
#include "frontend/unix_socket.h"
#include "frontend/util.h"

static void client_ready(struct loop_source *s, unsigned int events);

void control_init(struct control *c, struct emulator *e)
{
	unsigned int i;

	memset(c, 0, sizeof(*c));
	c->emulator = e;
	c->listen.fd = -1;
	for (i = 0; i < CONTROL_CLIENTS; i++) {
		c->client[i].control = c;
		c->client[i].src.fd = -1;
	}
}

static void client_close(struct control_client *cl)
{
	int fd = cl->src.fd;

	loop_del(&cl->control->emulator->loop, &cl->src);
	close(fd);
	free(cl->out);
	cl->out = NULL;
	cl->out_len = 0;
	cl->out_done = 0;
	cl->have = 0;
	cl->eof = false;
}

/* Send what there is; false if the client is gone. */
static bool client_send(struct control_client *cl)
{
	ssize_t n;

	while (cl->out_done < cl->out_len) {
		n = send(cl->src.fd, cl->out + cl->out_done, cl->out_len - cl->out_done,
			 MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN;
		cl->out_done += n;
	}
	free(cl->out);
	cl->out = NULL;
	cl->out_len = 0;
	cl->out_done = 0;
	return true;
}

/* Status line, text with dots doubled, end mark. */
static void format_answer(FILE *f, int status, const char *text)
{
	bool start = true;

	if (status)
		fprintf(f, "error: ");
	else
		fprintf(f, "ok\n");
	if (status && !*text)
		text = "refused";
	for (; *text; text++) {
		if (start && *text == '.' && !status)
			fputc('.', f);
		fputc(*text, f);
		start = *text == '\n';
	}
	if (!start)
		fputc('\n', f);
	else if (status)
		fputc('\n', f);
	fputs(".\n", f);
}

/* Split the line in place; -1 if there are too many words. */
static int split(char *line, char **word)
{
	int n = 0;
	char *save, *w;

	for (w = strtok_r(line, " \t\r", &save); w; w = strtok_r(NULL, " \t\r", &save)) {
		if (n == CONTROL_WORDS)
			return -1;
		word[n++] = w;
	}
	word[n] = NULL;
	return n;
}

static int run_line(struct control *c, char *line, FILE *out)
{
	char *word[CONTROL_WORDS + 1];
	int n = split(line, word);

	if (n < 0) {
		fprintf(out, "more than %d words", CONTROL_WORDS);
		return -1;
	}
	if (!n) {
		fprintf(out, "empty line (allowed: a command, see 'help')");
		return -1;
	}
	c->commands++;
	return command_run(c->emulator, n, word, out);
}

/* false: out of memory, or the client is gone. */
static bool client_answer(struct control_client *cl, char *line, const char *error)
{
	char *text = NULL, *answer = NULL;
	size_t len, answer_len;
	bool ok = false;
	FILE *f;
	int ret = -1;

	f = open_memstream(&text, &len);
	if (!f)
		return false;
	if (error)
		fputs(error, f);
	else
		ret = run_line(cl->control, line, f);
	if (fclose(f))
		goto out;

	f = open_memstream(&answer, &answer_len);
	if (!f)
		goto out;
	format_answer(f, ret, text);
	if (fclose(f))
		goto out;
	/* The next line is not run before this answer is sent, so there is none to append to. */
	cl->out = answer;
	cl->out_len = answer_len;
	cl->out_done = 0;
	answer = NULL;
	ok = client_send(cl);
out:
	free(text);
	free(answer);
	return ok;
}

/* Run the lines that are complete; false if the connection has to be closed. */
static bool client_lines(struct control_client *cl)
{
	char line[CONTROL_LINE + 1];
	char *end;
	size_t n;

	while (!cl->out) {
		end = memchr(cl->line, '\n', cl->have);
		if (end)
			n = end - cl->line;
		else if (cl->eof && cl->have)
			n = cl->have; /* the last line may lack its end */
		else
			break;
		memcpy(line, cl->line, n);
		line[n] = '\0';
		n = end ? n + 1 : n;
		cl->have -= n;
		memmove(cl->line, cl->line + n, cl->have);
		if (!client_answer(cl, line, NULL))
			return false;
	}
	if (cl->have == CONTROL_LINE && !cl->out) {
		client_answer(cl, NULL, "line too long (allowed: 1023 bytes)");
		return false;
	}
	return !(cl->eof && !cl->out && !cl->have);
}

static void client_ready(struct loop_source *s, unsigned int events)
{
	struct control_client *cl = container_of(s, struct control_client, src);
	struct loop *loop = &cl->control->emulator->loop;
	ssize_t n;

	if (cl->out && !client_send(cl))
		goto close;
	if (!cl->out && !cl->eof && events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
		n = recv(s->fd, cl->line + cl->have, CONTROL_LINE - cl->have, MSG_DONTWAIT);
		if (n > 0)
			cl->have += n;
		else if (!n)
			cl->eof = true;
		else if (errno != EAGAIN && errno != EINTR)
			goto close;
	}
	if (!client_lines(cl))
		goto close;
	/* While an answer waits nothing is read: memory stays bounded. */
	loop_mod(loop, s, cl->out ? EPOLLOUT : EPOLLIN);
	return;
close:
	client_close(cl);
}

static void control_accept(struct loop_source *s, unsigned int events)
{
	struct control *c = container_of(s, struct control, listen);
	static const char full[] = "error: too many clients (allowed: 8)\n.\n";
	int fd = accept4(s->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	unsigned int i;

	(void)events;
	if (fd < 0)
		return;
	for (i = 0; i < CONTROL_CLIENTS; i++) {
		if (c->client[i].src.fd >= 0)
			continue;
		if (loop_add(&c->emulator->loop, &c->client[i].src, fd, EPOLLIN, client_ready))
			break;
		return;
	}
	send(fd, full, sizeof(full) - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
	close(fd);
}

int control_listen(struct control *c, const char *path)
{
	int fd = unix_listen("control", path);

	if (fd < 0)
		return -1;
	if (loop_add(&c->emulator->loop, &c->listen, fd, EPOLLIN, control_accept)) {
		log_msg("control: cannot watch socket '%s': %s", path, strerror(errno));
		close(fd);
		unlink(path);
		return -1;
	}
	c->path = path;
	return 0;
}

void control_exit(struct control *c)
{
	int fd = c->listen.fd;
	unsigned int i;

	for (i = 0; i < CONTROL_CLIENTS; i++)
		if (c->client[i].src.fd >= 0)
			client_close(&c->client[i]);
	if (fd < 0)
		return;
	loop_del(&c->emulator->loop, &c->listen);
	close(fd);
	unlink(c->path);
}
