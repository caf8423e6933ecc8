// SPDX-License-Identifier: GPL-2.0
/* Messages of the vhost-user protocol. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "frontend/util.h"
#include "frontend/vhost_user.h"

/* What a handler says about the answer. */
enum vu_answer {
	VU_NO_DATA, /* acknowledge if the master asked for it */
	VU_DATA, /* the message holds the answer */
	VU_REFUSED, /* acknowledge with an error */
	VU_GONE, /* vu_fault() was called */
};

static uint64_t vu_offered(const struct vu_dev *dev)
{
	return dev->ops->features | VU_F_PROTOCOL_FEATURES | VU_F_VERSION_1;
}

static uint64_t vu_offered_protocol(const struct vu_dev *dev)
{
	return VU_PF_MQ | VU_PF_REPLY_ACK | VU_PF_SLAVE_REQ |
	       (dev->ops->config ? VU_PF_CONFIG : 0) | (dev->offer_inband ? VU_PF_INBAND : 0);
}

static enum vu_answer vu_answer_u64(struct vu_msg *m, uint64_t value)
{
	m->hdr.size = sizeof(m->u64);
	m->u64 = value;
	return VU_DATA;
}

/* The only descriptor of the message, now the caller's; -1 if there is none. */
static int vu_take_fd(struct vu_dev *dev)
{
	int fd = -1;

	if (dev->rx_nfds) {
		fd = dev->rx_fds[0];
		dev->rx_fds[0] = -1;
	}
	return fd;
}

static enum vu_answer vu_set_features(struct vu_dev *dev, uint64_t bits)
{
	uint64_t bad = bits & ~vu_offered(dev);
	unsigned int i;

	if (bad) {
		vu_fault(dev, "SET_FEATURES with 0x%llx (allowed: 0x%llx)",
			 (unsigned long long)bits, (unsigned long long)vu_offered(dev));
		return VU_GONE;
	}
	dev->features = bits;
	/* Without the protocol extensions there is no SET_VRING_ENABLE: queues are born enabled. */
	for (i = 0; !(bits & VU_F_PROTOCOL_FEATURES) && i < VU_QUEUES; i++)
		dev->queue[i].enabled = true;
	return VU_NO_DATA;
}

static enum vu_answer vu_set_protocol(struct vu_dev *dev, uint64_t bits)
{
	if (bits & ~vu_offered_protocol(dev)) {
		vu_fault(dev, "SET_PROTOCOL_FEATURES with 0x%llx (allowed: 0x%llx)",
			 (unsigned long long)bits, (unsigned long long)vu_offered_protocol(dev));
		return VU_GONE;
	}
	dev->protocol = bits;
	return VU_NO_DATA;
}

static enum vu_answer vu_set_mem_table(struct vu_dev *dev, const struct vu_msg *m)
{
	unsigned int i, num = m->mem.num;

	if (m->hdr.size < 8 || !num || num > VU_MAX_FDS || num != dev->rx_nfds ||
	    m->hdr.size != 8 + num * sizeof(m->mem.region[0])) {
		vu_fault(dev,
			 "SET_MEM_TABLE with %u regions, %u descriptors, %u bytes (allowed: 1..%d regions, one descriptor and 32 bytes each, and 8)",
			 m->hdr.size < 8 ? 0 : num, dev->rx_nfds, m->hdr.size, VU_MAX_FDS);
		return VU_GONE;
	}
	for (i = 0; i < VU_QUEUES; i++)
		vu_queue_stop(dev, i);
	gmem_clear(&dev->mem);
	for (i = 0; i < num; i++) {
		const struct vu_mem_region *in = &m->mem.region[i];
		struct gmem_region r = { .guest = in->guest, .user = in->user, .size = in->size };
		const char *wrong = gmem_add(&dev->mem, &r, dev->rx_fds[i], in->offset);

		if (wrong) {
			vu_fault(dev,
				 "SET_MEM_TABLE region %u (address 0x%llx, size 0x%llx, offset 0x%llx): %s",
				 i, (unsigned long long)r.guest, (unsigned long long)r.size,
				 (unsigned long long)in->offset, wrong);
			return VU_GONE;
		}
	}
	for (i = 0; i < VU_QUEUES; i++)
		if (vu_queue_start(dev, i))
			return VU_GONE;
	return VU_NO_DATA;
}

static enum vu_answer vu_set_vring_num(struct vu_dev *dev, struct vu_queue *q, uint32_t num)
{
	if (!num || num > VRING_MAX_NUM || num & (num - 1)) {
		vu_fault(dev, "SET_VRING_NUM %u (allowed: powers of two, 1..%d)", num,
			 VRING_MAX_NUM);
		return VU_GONE;
	}
	/* The translation was checked for the old size. */
	vu_queue_stop(dev, q - dev->queue);
	q->ring.num = num;
	return VU_NO_DATA;
}

static enum vu_answer vu_set_vring_addr(struct vu_dev *dev, struct vu_queue *q,
					const struct vu_vring_addr *a)
{
	vu_queue_stop(dev, q - dev->queue);
	q->ring.addr_desc = a->desc;
	q->ring.addr_avail = a->avail;
	q->ring.addr_used = a->used;
	return vu_queue_start(dev, q - dev->queue) ? VU_GONE : VU_NO_DATA;
}

static enum vu_answer vu_set_vring_base(struct vu_dev *dev, struct vu_queue *q, uint32_t base)
{
	if (base > UINT16_MAX) {
		vu_fault(dev, "SET_VRING_BASE %u (allowed: 0..65535)", base);
		return VU_GONE;
	}
	q->ring.last_avail = base;
	return VU_NO_DATA;
}

static enum vu_answer vu_set_vring_enable(struct vu_dev *dev, struct vu_queue *q, uint32_t on)
{
	/* Buffers queued before this message are still served; their kick may not be here yet. */
	if (!on && q->ring.started) {
		dev->ops->sync(dev);
		if (!vu_connected(dev))
			return VU_GONE;
	}
	q->enabled = on;
	if (!on)
		vu_queue_stop(dev, q - dev->queue);
	return vu_queue_start(dev, q - dev->queue) ? VU_GONE : VU_NO_DATA;
}

/* SET_VRING_KICK, CALL and ERR: their payload is a queue number with a flag. */
static enum vu_answer vu_set_vring_fd(struct vu_dev *dev, const struct vu_msg *m)
{
	unsigned int index = m->u64 & VU_VRING_INDEX_MASK;
	bool none = m->u64 & VU_VRING_NOFD;
	struct vu_queue *q;
	int fd;

	if (m->u64 & ~(uint64_t)(VU_VRING_INDEX_MASK | VU_VRING_NOFD) || index >= VU_QUEUES) {
		vu_fault(dev, "message %u for queue 0x%llx (allowed: 0..%d)", m->hdr.request,
			 (unsigned long long)m->u64, VU_QUEUES - 1);
		return VU_GONE;
	}
	if (dev->rx_nfds != !none) {
		vu_fault(dev, "message %u with %u descriptors (allowed: %d)", m->hdr.request,
			 dev->rx_nfds, !none);
		return VU_GONE;
	}
	q = &dev->queue[index];
	fd = vu_take_fd(dev);
	switch (m->hdr.request) {
	case VU_SET_VRING_KICK:
		return vu_queue_set_kick(q, fd) ? VU_GONE : VU_NO_DATA;
	case VU_SET_VRING_CALL:
		return vu_queue_set_call(q, fd) ? VU_GONE : VU_NO_DATA;
	default:
		if (q->err_fd >= 0)
			close(q->err_fd);
		q->err_fd = fd;
		return VU_NO_DATA;
	}
}

static enum vu_answer vu_set_slave_fd(struct vu_dev *dev)
{
	if (dev->rx_nfds != 1) {
		vu_fault(dev, "SET_SLAVE_REQ_FD with %u descriptors (allowed: 1)", dev->rx_nfds);
		return VU_GONE;
	}
	if (dev->slave_fd >= 0)
		close(dev->slave_fd);
	dev->slave_fd = vu_take_fd(dev);
	return VU_NO_DATA;
}

static enum vu_answer vu_get_config(struct vu_dev *dev, struct vu_msg *m)
{
	uint32_t off = m->config.offset, size = m->config.size;
	uint8_t space[256] = { 0 };
	unsigned int have = dev->ops->config ? dev->ops->config(dev, space) : 0;

	if (m->hdr.size < VU_CONFIG_HDR || size > m->hdr.size - VU_CONFIG_HDR || off > have ||
	    size > have - off) {
		vu_fault(dev, "GET_CONFIG offset %u, size %u (allowed: within %u bytes)",
			 m->hdr.size < VU_CONFIG_HDR ? 0 : off,
			 m->hdr.size < VU_CONFIG_HDR ? 0 : size, have);
		return VU_GONE;
	}
	memcpy(m->config.data, space + off, size);
	m->hdr.size = VU_CONFIG_HDR + size;
	return VU_DATA;
}

static enum vu_answer vu_kick(struct vu_dev *dev)
{
	if (!(dev->protocol & VU_PF_INBAND)) {
		vu_fault(dev, "VRING_KICK, but in-band notifications were not negotiated");
		return VU_GONE;
	}
	/* The acknowledgment says that the work is done: that makes a register access a call. */
	dev->ops->sync(dev);
	return vu_connected(dev) ? VU_NO_DATA : VU_GONE;
}

static enum vu_answer vu_vring_state(struct vu_dev *dev, struct vu_msg *m)
{
	struct vu_queue *q;

	if (m->state.index >= VU_QUEUES) {
		vu_fault(dev, "message %u for queue %u (allowed: 0..%d)", m->hdr.request,
			 m->state.index, VU_QUEUES - 1);
		return VU_GONE;
	}
	q = &dev->queue[m->state.index];
	switch (m->hdr.request) {
	case VU_SET_VRING_NUM:
		return vu_set_vring_num(dev, q, m->state.num);
	case VU_SET_VRING_ADDR:
		return vu_set_vring_addr(dev, q, &m->addr);
	case VU_SET_VRING_BASE:
		return vu_set_vring_base(dev, q, m->state.num);
	case VU_SET_VRING_ENABLE:
		return vu_set_vring_enable(dev, q, m->state.num);
	case VU_VRING_KICK:
		return vu_kick(dev);
	default: /* GET_VRING_BASE stops the queue */
		vu_queue_stop(dev, m->state.index);
		q->enabled = false;
		m->state.num = q->ring.last_avail;
		return VU_DATA;
	}
}

/* Payload that a message must have; -1: its handler checks. -2: no such message. */
static int vu_payload_size(uint32_t request)
{
	switch (request) {
	case VU_GET_FEATURES:
	case VU_SET_OWNER:
	case VU_RESET_OWNER:
	case VU_GET_PROTOCOL_FEATURES:
	case VU_GET_QUEUE_NUM:
		return 0;
	case VU_SET_FEATURES:
	case VU_SET_PROTOCOL_FEATURES:
	case VU_SET_VRING_KICK:
	case VU_SET_VRING_CALL:
	case VU_SET_VRING_ERR:
	case VU_SET_VRING_NUM:
	case VU_SET_VRING_BASE:
	case VU_GET_VRING_BASE:
	case VU_SET_VRING_ENABLE:
	case VU_VRING_KICK:
		return 8;
	case VU_SET_VRING_ADDR:
		return sizeof(struct vu_vring_addr);
	case VU_SET_MEM_TABLE:
	case VU_GET_CONFIG:
	case VU_SET_CONFIG:
	case VU_SET_SLAVE_REQ_FD:
		return -1;
	default:
		return -2;
	}
}

static enum vu_answer vu_dispatch(struct vu_dev *dev, struct vu_msg *m)
{
	switch (m->hdr.request) {
	case VU_GET_FEATURES:
		return vu_answer_u64(m, vu_offered(dev));
	case VU_SET_FEATURES:
		return vu_set_features(dev, m->u64);
	case VU_SET_OWNER:
	case VU_RESET_OWNER:
		return VU_NO_DATA;
	case VU_GET_PROTOCOL_FEATURES:
		return vu_answer_u64(m, vu_offered_protocol(dev));
	case VU_SET_PROTOCOL_FEATURES:
		return vu_set_protocol(dev, m->u64);
	case VU_GET_QUEUE_NUM:
		return vu_answer_u64(m, VU_QUEUES);
	case VU_SET_MEM_TABLE:
		return vu_set_mem_table(dev, m);
	case VU_SET_VRING_KICK:
	case VU_SET_VRING_CALL:
	case VU_SET_VRING_ERR:
		return vu_set_vring_fd(dev, m);
	case VU_SET_SLAVE_REQ_FD:
		return vu_set_slave_fd(dev);
	case VU_GET_CONFIG:
		return vu_get_config(dev, m);
	case VU_SET_CONFIG:
		return VU_REFUSED; /* our config spaces are read-only */
	default:
		return vu_vring_state(dev, m);
	}
}

void vu_handle(struct vu_dev *dev, struct vu_msg *m)
{
	int want = vu_payload_size(m->hdr.request);
	uint32_t flags = m->hdr.flags;
	enum vu_answer a;

	if (want == -2) {
		vu_fault(dev, "message %u is not known (allowed: 1..5, 8..18, 21, 24, 25, 35)",
			 m->hdr.request);
		return;
	}
	if ((flags & ~VU_FLAG_NEED_REPLY) != VU_VERSION) {
		vu_fault(dev, "message %u with flags 0x%x (allowed: 0x%x, 0x%x)", m->hdr.request,
			 flags, VU_VERSION, VU_VERSION | VU_FLAG_NEED_REPLY);
		return;
	}
	if (want >= 0 && m->hdr.size != (uint32_t)want) {
		vu_fault(dev, "message %u with a payload of %u bytes (allowed: %d)",
			 m->hdr.request, m->hdr.size, want);
		return;
	}

	a = vu_dispatch(dev, m);
	if (a == VU_GONE)
		return;
	if (a != VU_DATA) {
		if (!(flags & VU_FLAG_NEED_REPLY) || !(dev->protocol & VU_PF_REPLY_ACK))
			return;
		vu_answer_u64(m, a == VU_REFUSED);
	}
	m->hdr.flags = VU_VERSION | VU_FLAG_REPLY;
	if (send(dev->conn.fd, m, sizeof(m->hdr) + m->hdr.size, MSG_DONTWAIT | MSG_NOSIGNAL) !=
	    (ssize_t)(sizeof(m->hdr) + m->hdr.size))
		vu_fault(dev, "reply to message %u cannot be sent: %s", m->hdr.request,
			 errno == EAGAIN ? "replies are not being read" : strerror(errno));
}
