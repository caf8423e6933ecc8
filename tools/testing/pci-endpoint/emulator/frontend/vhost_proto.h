/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vhost-user messages, as far as arch/um/drivers/virtio_uml.c sends them. Source: the vhost-user
 * protocol document, and arch/um/drivers/vhost_user.h for what UML makes of it.
 */
#ifndef FE_VHOST_PROTO_H
#define FE_VHOST_PROTO_H

#include <stdint.h>

#define VU_VERSION 1
#define VU_VERSION_MASK 0x3
#define VU_FLAG_REPLY (1 << 2)
#define VU_FLAG_NEED_REPLY (1 << 3)

/* Feature bits of the device, beside those of the virtio device type. */
#define VU_F_PROTOCOL_FEATURES (1ULL << 30)
#define VU_F_VERSION_1 (1ULL << 32)

/* Protocol feature bits. */
#define VU_PF_MQ (1ULL << 0)
#define VU_PF_REPLY_ACK (1ULL << 3)
#define VU_PF_SLAVE_REQ (1ULL << 5)
#define VU_PF_CONFIG (1ULL << 9)
#define VU_PF_INBAND (1ULL << 14)

enum vu_request {
	VU_GET_FEATURES = 1,
	VU_SET_FEATURES = 2,
	VU_SET_OWNER = 3,
	VU_RESET_OWNER = 4,
	VU_SET_MEM_TABLE = 5,
	VU_SET_VRING_NUM = 8,
	VU_SET_VRING_ADDR = 9,
	VU_SET_VRING_BASE = 10,
	VU_GET_VRING_BASE = 11,
	VU_SET_VRING_KICK = 12,
	VU_SET_VRING_CALL = 13,
	VU_SET_VRING_ERR = 14,
	VU_GET_PROTOCOL_FEATURES = 15,
	VU_SET_PROTOCOL_FEATURES = 16,
	VU_GET_QUEUE_NUM = 17,
	VU_SET_VRING_ENABLE = 18,
	VU_SET_SLAVE_REQ_FD = 21,
	VU_GET_CONFIG = 24,
	VU_SET_CONFIG = 25,
	VU_VRING_KICK = 35,
};

/* Requests in the other direction, on the descriptor that SET_SLAVE_REQ_FD brought. */
#define VU_SLAVE_VRING_CALL 4

/* Payload of SET_VRING_KICK, CALL and ERR: queue number, and whether a descriptor comes along. */
#define VU_VRING_INDEX_MASK 0xff
#define VU_VRING_NOFD (1 << 8)

#define VU_MAX_FDS 8
#define VU_MAX_PAYLOAD 512
#define VU_CONFIG_HDR 12 /* offset, size and flags before the data */

struct vu_hdr {
	uint32_t request;
	uint32_t flags;
	uint32_t size;
} __attribute__((packed));

struct vu_vring_state {
	uint32_t index;
	uint32_t num;
} __attribute__((packed));

struct vu_vring_addr {
	uint32_t index;
	uint32_t flags;
	uint64_t desc;
	uint64_t used;
	uint64_t avail;
	uint64_t log;
} __attribute__((packed));

struct vu_mem_region {
	uint64_t guest;
	uint64_t size;
	uint64_t user;
	uint64_t offset;
} __attribute__((packed));

struct vu_mem_table {
	uint32_t num;
	uint32_t padding;
	struct vu_mem_region region[VU_MAX_FDS];
} __attribute__((packed));

struct vu_config {
	uint32_t offset;
	uint32_t size;
	uint32_t flags;
	uint8_t data[VU_MAX_PAYLOAD - VU_CONFIG_HDR];
} __attribute__((packed));

struct vu_msg {
	struct vu_hdr hdr;
	union {
		uint64_t u64;
		struct vu_vring_state state;
		struct vu_vring_addr addr;
		struct vu_mem_table mem;
		struct vu_config config;
		uint8_t raw[VU_MAX_PAYLOAD];
	};
} __attribute__((packed));

_Static_assert(sizeof(struct vu_hdr) == 12, "wire format");
_Static_assert(sizeof(struct vu_vring_addr) == 40, "wire format");
_Static_assert(sizeof(struct vu_mem_table) <= VU_MAX_PAYLOAD, "wire format");

#endif
