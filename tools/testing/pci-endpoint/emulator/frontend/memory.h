/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Guest memory, shared by file descriptor. Everything that comes from the guest (addresses, sizes,
 * the contents, even the length of the file behind a mapping) may be wrong or change at any time.
 */
#ifndef FE_MEMORY_H
#define FE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GMEM_MAX_REGIONS 8

/**
 * struct gmem_region - one mapping
 * @guest: guest-physical address
 * @user: address of the same in the master's address space (ring addresses use it)
 * @size: bytes
 * @host: the memory here
 * @map: what munmap() needs
 * @map_len: likewise
 */
struct gmem_region {
	uint64_t guest;
	uint64_t user;
	uint64_t size;
	uint8_t *host;
	void *map;
	size_t map_len;
};

/**
 * struct gmem - memory of one guest
 * @n: number of regions
 * @region: the regions, disjoint
 * @shrunk: the file behind a mapping was cut off, zeroes were read in its place
 */
struct gmem {
	unsigned int n;
	struct gmem_region region[GMEM_MAX_REGIONS];
	volatile bool shrunk;
};

/** gmem_init() - no memory */
void gmem_init(struct gmem *m);

/**
 * gmem_add() - map one region
 * @m: guest
 * @r: guest, user and size are inputs
 * @fd: not kept
 * @offset: where the region starts in @fd
 * Return: NULL, or what is wrong with it.
 */
const char *gmem_add(struct gmem *m, const struct gmem_region *r, int fd, uint64_t offset);

/** gmem_clear() - unmap everything */
void gmem_clear(struct gmem *m);

/** gmem_ptr() - guest-physical address to pointer; NULL unless all @len bytes are in one region */
void *gmem_ptr(const struct gmem *m, uint64_t guest, uint64_t len);

/** gmem_user_ptr() - the same for an address of the master's */
void *gmem_user_ptr(const struct gmem *m, uint64_t user, uint64_t len);

/** gmem_read() - copy from guest memory; 0, or -1 if some of it is not memory */
int gmem_read(const struct gmem *m, uint64_t guest, void *buf, size_t len);

/** gmem_write() - copy to guest memory; 0, or -1 if some of it is not memory */
int gmem_write(const struct gmem *m, uint64_t guest, const void *buf, size_t len);

/**
 * gmem_touched() - @len bytes of guest memory were used
 *
 * Guest pages that this process has touched count as its memory although they are the guest's. This
 * forgets the mappings (not the contents) now and then, so that the number stays small.
 */
void gmem_touched(uint64_t len);

/** gmem_rss() - resident memory of this process in KiB, or 0 if unknown */
unsigned long gmem_rss(void);

#endif
