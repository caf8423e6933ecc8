/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Run-time control over a Unix socket.
 *
 * A client sends lines, one command each, words separated by blanks. The answer to each is one line
 * "ok" or "error: <what is wrong>", then any number of lines of text, then a line ".". A line of
 * text that starts with a dot has another one put before it. After the client has shut down its
 * direction the connection is closed when everything is answered.
 */
#ifndef FE_CONTROL_H
#define FE_CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frontend/loop.h"

#define CONTROL_CLIENTS 8
#define CONTROL_LINE 1024
#define CONTROL_WORDS 32

struct emulator;

/**
 * struct control_client - one connection
 * @src: the connection
 * @control: whose it is
 * @line: what was received and is not a whole line yet
 * @have: bytes of it
 * @eof: the client sends no more
 * @out: answers that the client did not take yet, allocated, or NULL
 * @out_len: their size
 * @out_done: how much of it was sent
 */
struct control_client {
	struct loop_source src;
	struct control *control;
	char line[CONTROL_LINE];
	size_t have;
	bool eof;
	char *out;
	size_t out_len;
	size_t out_done;
};

/**
 * struct control - the control socket
 * @listen: listening socket, owned
 * @path: where it is
 * @emulator: what is controlled
 * @client: connections
 * @commands: commands done
 */
struct control {
	struct loop_source listen;
	const char *path;
	struct emulator *emulator;
	struct control_client client[CONTROL_CLIENTS];
	uint64_t commands;
};

/** control_init() - no socket, no clients */
void control_init(struct control *c, struct emulator *e);

/** control_listen() - make the socket at @path (kept by reference); 0, or -1 after a message */
int control_listen(struct control *c, const char *path);

/** control_exit() - send what can be sent, close everything, remove the socket */
void control_exit(struct control *c);

#endif
