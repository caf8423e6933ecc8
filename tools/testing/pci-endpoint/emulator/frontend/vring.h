/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The device's side of a split virtqueue (virtio 1.2, 2.7). Indirect descriptors and event indices
 * are not offered. The ring is in guest memory: each field is read once, then checked.
 */
#ifndef FE_VRING_H
#define FE_VRING_H

#include <linux/virtio_ring.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include "frontend/memory.h"

#define VRING_MAX_NUM 1024
/* The drivers use at most three descriptors in a chain. */
#define VRING_MAX_SEGS 32

/**
 * struct splitq - one virtqueue
 * @num: entries
 * @addr_desc: addresses as the master gave them
 * @addr_avail: likewise
 * @addr_used: likewise
 * @desc: translated, valid while @started
 * @avail: likewise
 * @used: likewise
 * @last_avail: next entry to take
 * @used_idx: entries returned
 * @started: the ring can be used
 * @error: what is wrong, set when a function returned an error
 */
struct splitq {
	unsigned int num;
	uint64_t addr_desc;
	uint64_t addr_avail;
	uint64_t addr_used;
	struct vring_desc *desc;
	struct vring_avail *avail;
	struct vring_used *used;
	uint16_t last_avail;
	uint16_t used_idx;
	bool started;
	char error[96];
};

/**
 * struct chain - a buffer taken from a ring
 * @head: its name towards the guest
 * @n_out: parts that the guest filled
 * @n_in: parts that the device fills, after them
 * @seg: the parts
 * @out_len: bytes that the guest filled
 * @in_len: room for the answer
 */
struct chain {
	uint16_t head;
	unsigned int n_out;
	unsigned int n_in;
	struct iovec seg[VRING_MAX_SEGS];
	uint64_t out_len;
	uint64_t in_len;
};

/** splitq_start() - translate and check the addresses; 0, or -1 with @q->error */
int splitq_start(struct splitq *q, const struct gmem *mem);

/** splitq_stop() - forget the translation, keep the positions */
void splitq_stop(struct splitq *q);

/** splitq_pop() - take a buffer: 1, 0 if there is none, -1 with @q->error if the ring is broken */
int splitq_pop(struct splitq *q, const struct gmem *mem, struct chain *c);

/** splitq_push() - give a buffer back with @len bytes of answer */
void splitq_push(struct splitq *q, uint16_t head, uint32_t len);

/** splitq_wants_call() - does the guest want to be told about what was pushed? */
bool splitq_wants_call(struct splitq *q);

/** chain_read() - copy from the guest's part at @off; returns how much was there */
size_t chain_read(const struct chain *c, uint64_t off, void *buf, size_t len);

/** chain_write() - copy to the device's part at @off; returns how much there was room for */
size_t chain_write(const struct chain *c, uint64_t off, const void *buf, size_t len);

#endif
