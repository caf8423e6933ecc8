// SPDX-License-Identifier: GPL-2.0
/* Queues of a vhost-user device: start, stop, kicks and calls. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "frontend/util.h"
#include "frontend/vhost_user.h"

static unsigned int vu_queue_index(const struct vu_queue *q)
{
	return q - q->dev->queue;
}

int vu_queue_start(struct vu_dev *dev, unsigned int index)
{
	struct vu_queue *q = &dev->queue[index];

	if (q->ring.started || !q->enabled || !dev->mem.n || !q->ring.addr_desc)
		return 0;
	if (splitq_start(&q->ring, &dev->mem)) {
		vu_fault(dev, "queue %u: %s", index, q->ring.error);
		return -1;
	}
	if (dev->ops->started)
		dev->ops->started(dev, index);
	return 0;
}

void vu_queue_stop(struct vu_dev *dev, unsigned int index)
{
	struct vu_queue *q = &dev->queue[index];

	if (!q->ring.started)
		return;
	if (dev->ops->stopped)
		dev->ops->stopped(dev, index);
	splitq_stop(&q->ring);
	q->call = false;
}

/*
 * The loop serves all rings after every batch of events, so there is nothing to do here. The
 * descriptor is watched edge triggered and never read: each write of the guest is an edge, and a
 * read would cost a system call per register access (and could block on a hostile descriptor).
 */
static void vu_kicked(struct loop_source *s, unsigned int events)
{
	(void)s;
	(void)events;
}

int vu_queue_set_kick(struct vu_queue *q, int fd)
{
	int old = q->kick.fd;

	loop_del(q->dev->loop, &q->kick);
	if (old >= 0)
		close(old);
	if (fd < 0)
		return 0;
	if (loop_add(q->dev->loop, &q->kick, fd, EPOLLIN | EPOLLET, vu_kicked)) {
		close(fd);
		vu_fault(q->dev, "queue %u: kick descriptor cannot be polled (allowed: eventfd)",
			 vu_queue_index(q));
		return -1;
	}
	return 0;
}

int vu_queue_set_call(struct vu_queue *q, int fd)
{
	if (q->call_fd >= 0)
		close(q->call_fd);
	q->call_fd = fd;
	/* A guest that does not read its calls must not stop us. */
	if (fd >= 0)
		fcntl(fd, F_SETFL, O_NONBLOCK);
	return 0;
}

void vu_queue_reset(struct vu_queue *q)
{
	struct vu_dev *dev = q->dev;

	vu_queue_stop(dev, vu_queue_index(q));
	vu_queue_set_kick(q, -1);
	vu_queue_set_call(q, -1);
	if (q->err_fd >= 0)
		close(q->err_fd);
	q->err_fd = -1;
	q->enabled = false;
	q->call = false;
	memset(&q->ring, 0, sizeof(q->ring));
}

int vu_check_memory(struct vu_dev *dev)
{
	if (!dev->mem.shrunk)
		return 0;
	vu_fault(dev, "file behind the guest's memory was cut off (allowed: its size stays)");
	return -1;
}

int vu_queue_pop(struct vu_queue *q, struct chain *c)
{
	int ret;

	if (!q->ring.started)
		return 0;
	ret = splitq_pop(&q->ring, &q->dev->mem, c);
	if (vu_check_memory(q->dev))
		return 0;
	if (ret < 0) {
		vu_fault(q->dev, "queue %u: %s", vu_queue_index(q), q->ring.error);
		return 0;
	}
	if (ret)
		q->handled++;
	return ret;
}

void vu_queue_push(struct vu_queue *q, const struct chain *c, uint32_t len, bool call)
{
	splitq_push(&q->ring, c->head, len);
	q->call |= call;
}

/* Through the slave channel: what UML wants when notifications are in-band. */
static ssize_t vu_call_slave(struct vu_dev *dev, unsigned int index)
{
	struct {
		struct vu_hdr hdr;
		struct vu_vring_state state;
	} __attribute__((packed)) m = {
		.hdr.request = VU_SLAVE_VRING_CALL,
		.hdr.flags = VU_VERSION,
		.hdr.size = sizeof(m.state),
		.state.index = index,
	};

	return send(dev->slave_fd, &m, sizeof(m), MSG_DONTWAIT | MSG_NOSIGNAL);
}

static ssize_t vu_call_fd(int fd)
{
	const uint64_t one = 1; /* UML reads 8 bytes, whatever the descriptor is */
	ssize_t n = send(fd, &one, sizeof(one), MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n < 0 && errno == ENOTSOCK)
		n = write(fd, &one, sizeof(one));
	return n;
}

void vu_call(struct vu_dev *dev)
{
	unsigned int i;

	for (i = 0; i < VU_QUEUES; i++) {
		struct vu_queue *q = &dev->queue[i];
		ssize_t n;

		if (!q->call || !q->ring.started)
			continue;
		q->call = false;
		if (!splitq_wants_call(&q->ring))
			continue;
		if (q->call_fd >= 0)
			n = vu_call_fd(q->call_fd);
		else if (dev->slave_fd >= 0 && dev->protocol & VU_PF_INBAND)
			n = vu_call_slave(dev, i);
		else
			continue;
		/*
		 * A full descriptor holds calls that the guest has not seen: with those it finds
		 * this buffer, too. Only the slave channel is shared by queues: try that again.
		 */
		if (n > 0)
			q->calls++;
		else if (errno == EAGAIN && q->call_fd < 0)
			q->call = true;
	}
}
