/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The other end of a vhost-user socket: what arch/um/drivers/virtio_uml.c and the drivers above it
 * do, in the process of the test. The emulator's loop is turned by hand, nothing runs in parallel.
 */
#ifndef MASTER_H
#define MASTER_H

#include <linux/virtio_pcidev.h>
#include <stdbool.h>
#include <stdint.h>

#include "frontend/emulator.h"

#define GUEST_BASE 0x900000ULL /* UML does not share what is below, either */
#define GUEST_SIZE 0x200000ULL
#define USER_BASE 0x7000000000ULL /* ring addresses are in the master's address space */
#define RING_NUM 16
#define RING_OFF(q) ((q) * 0x4000ULL) /* descriptors, +0x1000 available, +0x2000 used */
#define DATA_OFF 0x10000ULL

/* An emulator with sockets in a directory of its own and a clock that the test turns. */
struct bench {
	struct emulator e;
	struct fe_clock clock;
	uint64_t now;
	struct options o;
	char dir[64];
	char path[4][96]; /* ep, gpio, rc, control */
};

struct master {
	struct bench *b;
	int sock;
	int memfd;
	uint8_t *mem;
	int kick[VU_QUEUES];
	int call[VU_QUEUES];
	int slave;
	bool inband;
	uint16_t seen[VU_QUEUES]; /* used entries taken */
	uint64_t features;
	uint64_t protocol;
};

void bench_open(struct bench *b, bool inband);
void bench_close(struct bench *b);
/* Turn the loop until it has nothing to do. */
void bench_run(struct bench *b);

/* Connect only. */
void master_open(struct master *m, struct bench *b, const char *path);
/* The guest dies: everything is closed at once. */
void master_close(struct master *m);
/* Is the connection still there? */
bool master_alive(struct master *m);
/* Send a message (descriptors optional) and turn the loop. */
void master_send(struct master *m, uint32_t request, uint32_t flags, const void *payload,
		 uint32_t size, const int *fds, int nfds);
/* The reply, false if there is none. */
bool master_recv(struct master *m, struct vu_msg *r);
/* Send with NEED_REPLY; the acknowledged value, or -1 without an acknowledgment. */
int64_t master_ack(struct master *m, uint32_t request, const void *payload, uint32_t size,
		   const int *fds, int nfds);
/* Send a question; the answer. */
uint64_t master_ask(struct master *m, uint32_t request);
/* Steps of the handshake, and all of them up to working queues. */
void master_features(struct master *m);
int64_t master_mem_table(struct master *m);
int64_t master_queue(struct master *m, unsigned int q);
void master_up(struct master *m, struct bench *b, const char *path, bool inband);

/* Guest memory at an offset. */
void *master_at(struct master *m, uint64_t off);
struct vring_desc *master_desc(struct master *m, unsigned int q, unsigned int i);
/* Offer descriptor chain @head. */
void master_offer(struct master *m, unsigned int q, uint16_t head);
/* Kick and turn the loop. */
void master_kick(struct master *m, unsigned int q);
/* Next used entry; false if there is none. */
bool master_used(struct master *m, unsigned int q, struct vring_used_elem *e);
/* Calls that arrived since the last look. */
unsigned int master_calls(struct master *m, unsigned int q);

/*
 * A virtio-pcidev request in descriptors 0 (request), 1 (more data) and 2 (answer) as the driver
 * makes it; returns the length of the answer, or -1 if there was none.
 */
int64_t pcidev_do(struct master *m, uint8_t op, uint8_t bar, uint64_t addr, uint32_t size,
		  const void *data, uint32_t data_len, void *answer, uint32_t room);
uint32_t pcidev_r32(struct master *m, uint8_t op, uint8_t bar, uint64_t addr);
void pcidev_w32(struct master *m, uint8_t op, uint8_t bar, uint64_t addr, uint32_t val);
/* Offer interrupt buffer @i of queue 1. */
void pcidev_irq_buffer(struct master *m, unsigned int i);

#endif
