/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FE_UNIX_SOCKET_H
#define FE_UNIX_SOCKET_H

/**
 * unix_listen() - make a listening Unix stream socket
 * @who: what it is for, for messages
 * @path: where; the remains of a process that is gone are replaced
 * Return: non-blocking descriptor, or -1 after a message.
 */
int unix_listen(const char *who, const char *path);

#endif
