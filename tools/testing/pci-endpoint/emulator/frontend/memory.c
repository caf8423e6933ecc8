// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "frontend/memory.h"
#include "frontend/util.h"

#define GMEM_PAGE 4096UL
#define GMEM_PIECE (4UL << 20)

/*
 * One access can make 64 KiB resident (the kernel's fault-around), so 256 of them add 16 MiB at
 * most; together with the limit and one piece that stays below 48 MiB.
 */
#define GMEM_CHECK_ACCESSES 256
#define GMEM_RSS_LIMIT_KIB (24UL << 10)

/* All mappings of the process, for the signal handler: three guests. */
static struct gmem *gmem_all[4];
static uint64_t gmem_bytes;
static unsigned int gmem_accesses;

/*
 * The guest owns the file behind the mapping and can cut it off; the access is then a SIGBUS. Put
 * a page of zeroes there and go on, the owner of the gmem drops the connection afterwards.
 */
static void gmem_sigbus(int sig, siginfo_t *info, void *uc)
{
	uint8_t *addr = info->si_addr;
	unsigned int i, k;

	(void)uc;
	for (i = 0; i < ARRAY_SIZE(gmem_all); i++) {
		struct gmem *m = gmem_all[i];

		for (k = 0; m && k < m->n; k++) {
			uint8_t *base = m->region[k].map;
			void *page = (void *)((uintptr_t)addr & ~(GMEM_PAGE - 1));

			if (addr < base || addr >= base + m->region[k].map_len)
				continue;
			m->shrunk = true;
			if (mmap(page, GMEM_PAGE, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == page)
				return;
		}
	}
	signal(sig, SIG_DFL);
	raise(sig);
}

void gmem_init(struct gmem *m)
{
	struct sigaction sa = { .sa_sigaction = gmem_sigbus, .sa_flags = SA_SIGINFO };

	memset(m, 0, sizeof(*m));
	sigaction(SIGBUS, &sa, NULL);
}

static void gmem_register(struct gmem *m, bool on)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(gmem_all); i++)
		if (gmem_all[i] == m)
			gmem_all[i] = NULL;
	for (i = 0; on && i < ARRAY_SIZE(gmem_all); i++)
		if (!gmem_all[i]) {
			gmem_all[i] = m;
			return;
		}
}

static bool overlaps(uint64_t a, uint64_t b, uint64_t size_a, uint64_t size_b)
{
	return a < b + size_b && b < a + size_a;
}

const char *gmem_add(struct gmem *m, const struct gmem_region *in, int fd, uint64_t offset)
{
	uint64_t end, shift = offset % GMEM_PAGE;
	struct gmem_region r = *in;
	struct stat st;
	unsigned int i;

	if (m->n == GMEM_MAX_REGIONS)
		return "too many regions (allowed: 8)";
	if (!r.size)
		return "size 0";
	if (__builtin_add_overflow(r.guest, r.size, &end) ||
	    __builtin_add_overflow(r.user, r.size, &end) ||
	    __builtin_add_overflow(offset, r.size, &end) || end > INT64_MAX)
		return "address, size or offset wraps";
	for (i = 0; i < m->n; i++)
		if (overlaps(r.guest, m->region[i].guest, r.size, m->region[i].size) ||
		    overlaps(r.user, m->region[i].user, r.size, m->region[i].size))
			return "overlaps another region";
	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		return "descriptor is not a file that can be mapped";
	if (end > (uint64_t)st.st_size)
		return "file is shorter than offset + size";

	r.map_len = r.size + shift;
	r.map = mmap(NULL, r.map_len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset - shift);
	if (r.map == MAP_FAILED)
		return "file cannot be mapped for reading and writing";
	r.host = (uint8_t *)r.map + shift;
	m->region[m->n++] = r;
	gmem_register(m, true);
	return NULL;
}

void gmem_clear(struct gmem *m)
{
	unsigned int i;

	gmem_register(m, false);
	for (i = 0; i < m->n; i++)
		munmap(m->region[i].map, m->region[i].map_len);
	m->n = 0;
	m->shrunk = false;
}

void *gmem_ptr(const struct gmem *m, uint64_t guest, uint64_t len)
{
	unsigned int i;

	for (i = 0; i < m->n; i++) {
		const struct gmem_region *r = &m->region[i];

		if (guest >= r->guest && guest - r->guest < r->size &&
		    len <= r->size - (guest - r->guest))
			return r->host + (guest - r->guest);
	}
	return NULL;
}

void *gmem_user_ptr(const struct gmem *m, uint64_t user, uint64_t len)
{
	unsigned int i;

	for (i = 0; i < m->n; i++) {
		const struct gmem_region *r = &m->region[i];

		if (user >= r->user && user - r->user < r->size &&
		    len <= r->size - (user - r->user))
			return r->host + (user - r->user);
	}
	return NULL;
}

/* In pieces, so that the memory of a large copy can be forgotten on the way. */
static int gmem_copy(const struct gmem *m, uint64_t guest, void *to, const void *from, size_t len)
{
	uint8_t *mem = gmem_ptr(m, guest, len);
	size_t done, n;

	if (!mem)
		return -1;
	for (done = 0; done < len; done += n) {
		n = len - done < GMEM_PIECE ? len - done : GMEM_PIECE;
		if (to)
			memcpy((uint8_t *)to + done, mem + done, n);
		else
			memcpy(mem + done, (const uint8_t *)from + done, n);
		gmem_touched(n);
	}
	return 0;
}

int gmem_read(const struct gmem *m, uint64_t guest, void *buf, size_t len)
{
	return gmem_copy(m, guest, buf, NULL, len);
}

int gmem_write(const struct gmem *m, uint64_t guest, const void *buf, size_t len)
{
	return gmem_copy(m, guest, NULL, buf, len);
}

unsigned long gmem_rss(void)
{
	static int statm = -1;
	char buf[128], *end;
	ssize_t n;

	if (statm < 0)
		statm = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	n = pread(statm, buf, sizeof(buf) - 1, 0);
	if (n <= 0)
		return 0;
	buf[n] = '\0';
	strtoul(buf, &end, 10);
	return strtoul(end, NULL, 10) * (sysconf(_SC_PAGESIZE) / 1024);
}

void gmem_touched(uint64_t len)
{
	unsigned int i, k;

	gmem_bytes += len;
	if (++gmem_accesses < GMEM_CHECK_ACCESSES && gmem_bytes < GMEM_PIECE)
		return;
	gmem_accesses = 0;
	gmem_bytes = 0;
	if (gmem_rss() < GMEM_RSS_LIMIT_KIB)
		return;
	for (i = 0; i < ARRAY_SIZE(gmem_all); i++)
		for (k = 0; gmem_all[i] && k < gmem_all[i]->n; k++)
			madvise(gmem_all[i]->region[k].map, gmem_all[i]->region[k].map_len,
				MADV_DONTNEED);
}
