/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A virtio device behind a vhost-user socket. vu_socket.c accepts and receives, vhost_user.c
 * understands the messages, vu_queue.c has the queues and their notifications.
 *
 * One master at a time. A master that goes away (or sends nonsense, then it is thrown out) leaves a
 * device in its initial state that waits for the next one.
 */
#ifndef FE_VHOST_USER_H
#define FE_VHOST_USER_H

#include <stdbool.h>
#include <stdint.h>

#include "frontend/loop.h"
#include "frontend/memory.h"
#include "frontend/vhost_proto.h"
#include "frontend/vring.h"

#define VU_QUEUES 2

struct vu_dev;

/**
 * struct vu_queue - one virtqueue of a device
 * @ring: the ring
 * @dev: whose it is
 * @kick: eventfd of the guest's kicks, owned
 * @call_fd: where the guest wants to be called, or -1
 * @err_fd: taken because the protocol has it; never written
 * @enabled: SET_VRING_ENABLE
 * @call: buffers were pushed, the guest is not told yet
 * @handled: buffers taken
 * @calls: calls sent
 */
struct vu_queue {
	struct splitq ring;
	struct vu_dev *dev;
	struct loop_source kick;
	int call_fd;
	int err_fd;
	bool enabled;
	bool call;
	uint64_t handled;
	uint64_t calls;
};

/**
 * struct vu_ops - the device behind the protocol
 * @features: feature bits of this type of device
 * @config: copy the config space to @buf (room: 256 bytes), return its size; NULL if there is none
 * @started: a queue became usable
 * @stopped: a queue is not usable any more
 * @gone: the master is gone; all queues are stopped before
 * @sync: serve all rings now (in-band kicks, and before a dead master's memory goes)
 */
struct vu_ops {
	uint64_t features;
	unsigned int (*config)(struct vu_dev *dev, void *buf);
	void (*started)(struct vu_dev *dev, unsigned int queue);
	void (*stopped)(struct vu_dev *dev, unsigned int queue);
	void (*gone)(struct vu_dev *dev);
	void (*sync)(struct vu_dev *dev);
};

/**
 * struct vu_dev - one device
 * @name: for messages: "ep", "gpio" or "rc"
 * @ops: the device type
 * @loop: event loop
 * @path: socket, NULL if the device is not used
 * @listen: listening socket, owned
 * @conn: connection to the master, owned
 * @slave_fd: the other direction's descriptor, or -1
 * @offer_inband: offer in-band notifications
 * @features: as acknowledged by the master
 * @protocol: protocol features, as acknowledged
 * @mem: the guest's memory
 * @queue: the virtqueues
 * @rx: message that is being received
 * @rx_have: bytes of it
 * @rx_fds: descriptors that came with it, owned
 * @rx_nfds: how many
 * @connections: masters seen
 * @messages: messages handled
 * @refused: connections refused because there was a master
 * @thrown_out: connections closed because of what the master did
 */
struct vu_dev {
	const char *name;
	const struct vu_ops *ops;
	struct loop *loop;
	const char *path;
	struct loop_source listen;
	struct loop_source conn;
	int slave_fd;
	bool offer_inband;
	uint64_t features;
	uint64_t protocol;
	struct gmem mem;
	struct vu_queue queue[VU_QUEUES];
	struct vu_msg rx;
	size_t rx_have;
	int rx_fds[VU_MAX_FDS];
	unsigned int rx_nfds;
	uint64_t connections;
	uint64_t messages;
	uint64_t refused;
	uint64_t thrown_out;
};

/** vu_init() - a device without socket */
void vu_init(struct vu_dev *dev, const char *name, const struct vu_ops *ops, struct loop *loop);

/** vu_listen() - make the socket at @path (kept by reference); 0, or -1 after a message */
int vu_listen(struct vu_dev *dev, const char *path);

/** vu_attach() - take @fd, a connected socket, as the master's connection; 0 or -1 */
int vu_attach(struct vu_dev *dev, int fd);

/** vu_connected() - is there a master? */
static inline bool vu_connected(const struct vu_dev *dev)
{
	return dev->conn.fd >= 0;
}

/** vu_disconnect() - drop the master; @why for the message */
void vu_disconnect(struct vu_dev *dev, const char *why);

/** vu_fault() - the master did something wrong: say so and drop it */
void vu_fault(struct vu_dev *dev, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/** vu_exit() - drop the master, remove the socket */
void vu_exit(struct vu_dev *dev);

/**
 * vu_handle() - act on one complete message
 * @dev: device
 * @m: the message; also used for the reply
 * Takes from @dev->rx_fds what it keeps. May disconnect.
 */
void vu_handle(struct vu_dev *dev, struct vu_msg *m);

/** vu_close_fds() - close the descriptors of the current message that nobody took */
void vu_close_fds(struct vu_dev *dev);

/** vu_queue_start() - make the queue usable if it can be; 0 or -1 after vu_fault() */
int vu_queue_start(struct vu_dev *dev, unsigned int index);

/** vu_queue_stop() - make it unusable */
void vu_queue_stop(struct vu_dev *dev, unsigned int index);

/** vu_queue_set_kick() - watch @fd (taken, -1: none) for kicks; 0, or -1 after vu_fault() */
int vu_queue_set_kick(struct vu_queue *q, int fd);

/** vu_queue_set_call() - call the guest through @fd (taken, -1: none); 0, or -1 after vu_fault() */
int vu_queue_set_call(struct vu_queue *q, int fd);

/** vu_queue_reset() - stop it and forget everything about it */
void vu_queue_reset(struct vu_queue *q);

/** vu_check_memory() - 0, or -1 after vu_fault() if the guest's memory is not all there any more */
int vu_check_memory(struct vu_dev *dev);

/** vu_queue_pop() - take a buffer: 1, or 0 if there is none (or the ring was broken: vu_fault()) */
int vu_queue_pop(struct vu_queue *q, struct chain *c);

/** vu_queue_push() - give a buffer back; @call: tell the guest with the next vu_call() */
void vu_queue_push(struct vu_queue *q, const struct chain *c, uint32_t len, bool call);

/** vu_call() - tell the guest about the buffers that were pushed */
void vu_call(struct vu_dev *dev);

#endif
