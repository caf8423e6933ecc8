// SPDX-License-Identifier: GPL-2.0
/* Sockets of a vhost-user device: accept one master, receive messages, notice that it is gone. */
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "frontend/log.h"
#include "frontend/unix_socket.h"
#include "frontend/util.h"
#include "frontend/vhost_user.h"

/* Messages taken per wake-up, so that a talkative master cannot starve the others. */
#define VU_MSG_BATCH 32

void vu_init(struct vu_dev *dev, const char *name, const struct vu_ops *ops, struct loop *loop)
{
	unsigned int i;

	memset(dev, 0, sizeof(*dev));
	dev->name = name;
	dev->ops = ops;
	dev->loop = loop;
	dev->listen.fd = -1;
	dev->conn.fd = -1;
	dev->slave_fd = -1;
	gmem_init(&dev->mem);
	for (i = 0; i < VU_QUEUES; i++) {
		struct vu_queue *q = &dev->queue[i];

		q->dev = dev;
		q->kick.fd = -1;
		q->call_fd = -1;
		q->err_fd = -1;
	}
}

void vu_close_fds(struct vu_dev *dev)
{
	unsigned int i;

	for (i = 0; i < dev->rx_nfds; i++)
		if (dev->rx_fds[i] >= 0)
			close(dev->rx_fds[i]);
	dev->rx_nfds = 0;
}

void vu_disconnect(struct vu_dev *dev, const char *why)
{
	int fd = dev->conn.fd;
	unsigned int i;

	if (fd < 0)
		return;
	log_msg("%s: disconnected: %s", dev->name, why);
	loop_del(dev->loop, &dev->conn);
	for (i = 0; i < VU_QUEUES; i++)
		vu_queue_reset(&dev->queue[i]);
	if (dev->slave_fd >= 0)
		close(dev->slave_fd);
	dev->slave_fd = -1;
	vu_close_fds(dev);
	gmem_clear(&dev->mem);
	dev->features = 0;
	dev->protocol = 0;
	dev->rx_have = 0;
	close(fd);
	if (dev->ops->gone)
		dev->ops->gone(dev);
}

void vu_fault(struct vu_dev *dev, const char *fmt, ...)
{
	char why[192];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	dev->thrown_out++;
	vu_disconnect(dev, why);
}

/* The guest is dead; what it wrote before is still to be done. */
static void vu_eof(struct vu_dev *dev)
{
	if (dev->ops->sync)
		dev->ops->sync(dev);
	vu_disconnect(dev, "guest is gone");
}

static int vu_recv_fds(struct vu_dev *dev, struct msghdr *mh)
{
	bool cut = mh->msg_flags & MSG_CTRUNC;
	struct cmsghdr *c;

	for (c = CMSG_FIRSTHDR(mh); c; c = CMSG_NXTHDR(mh, c)) {
		unsigned int n;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		/* The control buffer has no room for more than VU_MAX_FDS. */
		n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		if (dev->rx_nfds + n > VU_MAX_FDS)
			return -1;
		memcpy(dev->rx_fds + dev->rx_nfds, CMSG_DATA(c), n * sizeof(int));
		dev->rx_nfds += n;
	}
	return cut ? -1 : 0;
}

/*
 * Header and payload are read separately: descriptors belong to the message whose first byte they
 * came with, and one recvmsg() over a message boundary would hide which one that was.
 * Returns 1 with a complete message in dev->rx, 0 if there is no more, -1 if the master is gone.
 */
static int vu_recv(struct vu_dev *dev)
{
	union {
		char buf[CMSG_SPACE(sizeof(int) * VU_MAX_FDS)];
		struct cmsghdr align;
	} control;
	size_t want = sizeof(struct vu_hdr);
	ssize_t n;

	for (;;) {
		struct iovec iov;
		struct msghdr mh = { .msg_iov = &iov, .msg_iovlen = 1 };

		if (dev->rx_have >= sizeof(struct vu_hdr))
			want = sizeof(struct vu_hdr) + dev->rx.hdr.size;
		if (dev->rx_have == want)
			break;

		iov.iov_base = (uint8_t *)&dev->rx + dev->rx_have;
		iov.iov_len = want - dev->rx_have;
		if (dev->rx_have < sizeof(struct vu_hdr)) {
			mh.msg_control = control.buf;
			mh.msg_controllen = sizeof(control.buf);
		}
		n = recvmsg(dev->conn.fd, &mh, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return 0;
		if (n <= 0) {
			vu_eof(dev);
			return -1;
		}
		if (mh.msg_controllen && vu_recv_fds(dev, &mh)) {
			vu_fault(dev, "message with too many descriptors (allowed: %d)",
				 VU_MAX_FDS);
			return -1;
		}
		dev->rx_have += n;
		if (dev->rx_have == sizeof(struct vu_hdr) && dev->rx.hdr.size > VU_MAX_PAYLOAD) {
			vu_fault(dev, "message %u with a payload of %u bytes (allowed: %d)",
				 dev->rx.hdr.request, dev->rx.hdr.size, VU_MAX_PAYLOAD);
			return -1;
		}
	}
	dev->rx_have = 0;
	return 1;
}

static void vu_readable(struct loop_source *s, unsigned int events)
{
	struct vu_dev *dev = container_of(s, struct vu_dev, conn);
	int i;

	(void)events;
	for (i = 0; i < VU_MSG_BATCH; i++) {
		if (vu_recv(dev) <= 0)
			return;
		dev->messages++;
		vu_handle(dev, &dev->rx);
		if (!vu_connected(dev))
			return;
		vu_close_fds(dev);
	}
}

int vu_attach(struct vu_dev *dev, int fd)
{
	if (loop_add(dev->loop, &dev->conn, fd, EPOLLIN, vu_readable)) {
		log_msg("%s: cannot watch the connection: %s", dev->name, strerror(errno));
		close(fd);
		return -1;
	}
	dev->connections++;
	dev->rx_have = 0;
	dev->rx_nfds = 0;
	log_msg("%s: connected", dev->name);
	return 0;
}

static bool vu_master_is_dead(struct vu_dev *dev)
{
	struct pollfd p = { .fd = dev->conn.fd, .events = POLLIN };

	return poll(&p, 1, 0) > 0 && p.revents & (POLLHUP | POLLERR);
}

static void vu_accept(struct loop_source *s, unsigned int events)
{
	struct vu_dev *dev = container_of(s, struct vu_dev, listen);
	int fd = accept4(s->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	(void)events;
	if (fd < 0) {
		if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
			log_msg("%s: accept: %s", dev->name, strerror(errno));
		return;
	}
	/* A guest that reboots can be here before the end of the old connection was read. */
	if (vu_connected(dev) && vu_master_is_dead(dev))
		vu_eof(dev);
	if (vu_connected(dev)) {
		dev->refused++;
		log_msg("%s: second connection refused: a guest is connected (allowed: 1)",
			dev->name);
		close(fd);
		return;
	}
	vu_attach(dev, fd);
}

int vu_listen(struct vu_dev *dev, const char *path)
{
	int fd = unix_listen(dev->name, path);

	if (fd < 0)
		return -1;
	if (loop_add(dev->loop, &dev->listen, fd, EPOLLIN, vu_accept)) {
		log_msg("%s: cannot watch socket '%s': %s", dev->name, path, strerror(errno));
		close(fd);
		unlink(path);
		return -1;
	}
	dev->path = path;
	return 0;
}

void vu_exit(struct vu_dev *dev)
{
	int fd = dev->listen.fd;

	vu_disconnect(dev, "emulator ends");
	if (fd < 0)
		return;
	loop_del(dev->loop, &dev->listen);
	close(fd);
	unlink(dev->path);
}
