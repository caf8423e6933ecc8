// SPDX-License-Identifier: GPL-2.0
/* Hostile guest memory: memory tables, rings, descriptors. */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "frontend/log.h"
#include "frontend/util.h"
#include "tests/ktap.h"
#include "tests/master.h"

#define EP 0
#define RC 2

static struct bench b;

static void memory_tables(void)
{
	static const struct { const char *what; struct vu_mem_table t; } bad[] = {
		{ "size 0", { .num = 1, .region = { { 0, 0, 0, 0 } } } },
		{ "guest address wraps", { .num = 1, .region = { { -4096ULL, 8192, 0, 0 } } } },
		{ "user address wraps", { .num = 1, .region = { { 0, 8192, -4096ULL, 0 } } } },
		{ "offset wraps", { .num = 1, .region = { { 0, 8192, 0, -4096ULL } } } },
		{ "beyond the file", { .num = 1, .region = { { 0, 0x200000, 0, 0 } } } },
		{ "offset beyond the file", { .num = 1, .region = { { 0, 4096, 0, 1 << 30 } } } },
		{ "enormous", { .num = 1, .region = { { 0, 1ULL << 62, 0, 0 } } } },
		{ "overlap", { .num = 2, .region = { { 0, 8192, 0, 0 },
						     { 4096, 8192, 1 << 20, 0 } } } },
		{ "overlap, user", { .num = 2, .region = { { 0, 8192, 0, 0 },
							  { 1 << 20, 8192, 4096, 0 } } } },
	};
	int fds[2], pipefd[2], ro;
	struct vu_mem_table ok = { .num = 1, .region = { { 0, 4096, 0, 0 } } };
	struct master m;
	unsigned int i;

	bench_open(&b, false);
	fds[0] = memfd_create("mem", 0);
	fds[1] = fds[0];
	CHECK_EQ(ftruncate(fds[0], 0x10000), 0);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		master_open(&m, &b, b.path[EP]);
		master_features(&m);
		master_send(&m, VU_SET_MEM_TABLE, VU_VERSION, &bad[i].t, 8 + 32 * bad[i].t.num, fds,
			    bad[i].t.num);
		if (master_alive(&m)) {
			printf("# accepted: %s\n", bad[i].what);
			ktap_failed = 1;
		}
		CHECK(strstr(log_last(), "SET_MEM_TABLE region"));
		CHECK_EQ(b.e.ep.vu.mem.n, 0);
		master_close(&m);
	}
	CHECK_EQ(pipe(pipefd), 0);
	master_open(&m, &b, b.path[EP]);
	master_send(&m, VU_SET_MEM_TABLE, VU_VERSION, &ok, 40, pipefd, 1);
	CHECK(!master_alive(&m));
	master_close(&m);
	/* twice: the second replaces the first */
	master_up(&m, &b, b.path[EP], false);
	ro = m.memfd;
	munmap(m.mem, GUEST_SIZE);
	CHECK_EQ(master_mem_table(&m), 0);
	CHECK_EQ(b.e.ep.vu.mem.n, 1);
	CHECK(b.e.ep.vu.queue[0].ring.started);
	CHECK_EQ(pcidev_r32(&m, VIRTIO_PCIDEV_OP_MMIO_READ, 0, DWC_OFF_APP + 0x10), 0x44574345);
	master_close(&m);
	close(ro);
	close(fds[0]);
	close(pipefd[0]);
	close(pipefd[1]);
	bench_close(&b);
}

static void ring_addresses(void)
{
	static const struct { uint64_t desc, used, avail; } bad[] = {
		{ 0x1000, USER_BASE + 0x2000, USER_BASE + 0x1000 },
		{ USER_BASE, 0x1000, USER_BASE + 0x1000 },
		{ USER_BASE, USER_BASE + 0x2000, 0x1000 },
		{ USER_BASE + 8, USER_BASE + 0x2000, USER_BASE + 0x1000 },
		{ USER_BASE, USER_BASE + 0x2002, USER_BASE + 0x1000 },
		{ USER_BASE, USER_BASE + 0x2000, USER_BASE + 0x1001 },
		{ USER_BASE + GUEST_SIZE - 16, USER_BASE + 0x2000, USER_BASE + 0x1000 },
		{ -16ULL, USER_BASE + 0x2000, USER_BASE + 0x1000 },
	};
	struct vu_vring_state num = { 0, RING_NUM }, on = { 0, 1 };
	struct vu_vring_addr a = { 0 };
	struct master m;
	unsigned int i;

	bench_open(&b, false);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		master_open(&m, &b, b.path[EP]);
		master_features(&m);
		CHECK_EQ(master_mem_table(&m), 0);
		master_ack(&m, VU_SET_VRING_NUM, &num, 8, NULL, 0);
		a.desc = bad[i].desc;
		a.used = bad[i].used;
		a.avail = bad[i].avail;
		CHECK_EQ(master_ack(&m, VU_SET_VRING_ADDR, &a, 40, NULL, 0), 0);
		CHECK_EQ(master_ack(&m, VU_SET_VRING_ENABLE, &on, 8, NULL, 0), -1);
		CHECK(!master_alive(&m));
		master_close(&m);
	}
	/* addresses without a size */
	master_open(&m, &b, b.path[EP]);
	master_features(&m);
	master_mem_table(&m);
	a.desc = USER_BASE;
	a.used = USER_BASE + 0x2000;
	a.avail = USER_BASE + 0x1000;
	master_ack(&m, VU_SET_VRING_ADDR, &a, 40, NULL, 0);
	CHECK_EQ(master_ack(&m, VU_SET_VRING_ENABLE, &on, 8, NULL, 0), -1);
	CHECK(!master_alive(&m));
	master_close(&m);
	bench_close(&b);
}

/* Corruptions of a ring whose descriptor 0 is a good request. */
static void head_out_of_range(struct master *m)
{
	master_offer(m, 0, RING_NUM);
}

static void index_runs_away(struct master *m)
{
	struct vring_avail *a = master_at(m, RING_OFF(0) + 0x1000);

	a->idx += RING_NUM + 1;
}

static void next_out_of_range(struct master *m)
{
	master_desc(m, 0, 0)->flags = VRING_DESC_F_NEXT;
	master_desc(m, 0, 0)->next = 0xffff;
	master_offer(m, 0, 0);
}

static void loop_of_one(struct master *m)
{
	master_desc(m, 0, 0)->flags = VRING_DESC_F_NEXT;
	master_desc(m, 0, 0)->next = 0;
	master_desc(m, 0, 0)->len = 0;
	master_offer(m, 0, 0);
}

static void loop_with_data(struct master *m)
{
	loop_of_one(m);
	master_desc(m, 0, 0)->len = 16;
}

static void indirect(struct master *m)
{
	master_desc(m, 0, 0)->flags = VRING_DESC_F_INDIRECT;
	master_offer(m, 0, 0);
}

static void outside(struct master *m)
{
	master_desc(m, 0, 0)->addr = GUEST_BASE - 1;
	master_offer(m, 0, 0);
}

static void across_the_end(struct master *m)
{
	master_desc(m, 0, 0)->addr = GUEST_BASE + GUEST_SIZE - 15;
	master_offer(m, 0, 0);
}

static void length_wraps(struct master *m)
{
	master_desc(m, 0, 0)->len = UINT32_MAX;
	master_offer(m, 0, 0);
}

static void address_wraps(struct master *m)
{
	master_desc(m, 0, 0)->addr = UINT64_MAX;
	master_offer(m, 0, 0);
}

static void out_after_in(struct master *m)
{
	*master_desc(m, 0, 1) = *master_desc(m, 0, 0);
	master_desc(m, 0, 0)->flags = VRING_DESC_F_NEXT | VRING_DESC_F_WRITE;
	master_desc(m, 0, 0)->next = 1;
	master_offer(m, 0, 0);
}

static const struct { const char *what; void (*spoil)(struct master *m); } spoilers[] = {
	{ "head out of range", head_out_of_range },
	{ "available index too far", index_runs_away },
	{ "next out of range", next_out_of_range },
	{ "loop of empty descriptors", loop_of_one },
	{ "loop of descriptors", loop_with_data },
	{ "indirect", indirect },
	{ "address outside", outside },
	{ "address across the end", across_the_end },
	{ "length wraps", length_wraps },
	{ "address wraps", address_wraps },
	{ "readable after writable", out_after_in },
};

static void broken_rings(void)
{
	struct master m;
	unsigned int i;

	bench_open(&b, false);
	for (i = 0; i < ARRAY_SIZE(spoilers); i++) {
		master_up(&m, &b, b.path[EP], false);
		*master_desc(&m, 0, 0) = (struct vring_desc){ .addr = GUEST_BASE + DATA_OFF,
							      .len = 16 };
		spoilers[i].spoil(&m);
		master_kick(&m, 0);
		if (master_alive(&m)) {
			printf("# accepted: %s\n", spoilers[i].what);
			ktap_failed = 1;
		}
		CHECK(strstr(log_last(), "queue 0: "));
		master_close(&m);
	}
	master_up(&m, &b, b.path[EP], false);
	CHECK_EQ(pcidev_r32(&m, VIRTIO_PCIDEV_OP_MMIO_READ, 0, DWC_OFF_APP + 0x10), 0x44574345);
	master_close(&m);
	bench_close(&b);
}

static void scattered_request(void)
{
	struct virtio_pcidev_msg h = { .op = VIRTIO_PCIDEV_OP_MMIO_READ, .size = 4,
				       .addr = DWC_OFF_APP + 0x10 };
	struct vring_used_elem e;
	struct master m;
	uint32_t id = 0;
	int i;

	bench_open(&b, false);
	master_up(&m, &b, b.path[EP], false);
	/* the header in 8 pieces with an empty one between, the answer in bytes */
	for (i = 0; i < 13; i++) {
		struct vring_desc *d = master_desc(&m, 0, i);

		d->addr = GUEST_BASE + DATA_OFF + i * 0x100;
		d->len = i == 4 ? 0 : i < 9 ? 2 : 1;
		d->flags = (i < 12 ? VRING_DESC_F_NEXT : 0) | (i < 9 ? 0 : VRING_DESC_F_WRITE);
		d->next = i + 1;
		if (i < 4)
			memcpy(master_at(&m, DATA_OFF + i * 0x100), (char *)&h + 2 * i, 2);
		else if (i > 4 && i < 9)
			memcpy(master_at(&m, DATA_OFF + i * 0x100), (char *)&h + 2 * i - 2, 2);
	}
	master_offer(&m, 0, 0);
	master_kick(&m, 0);
	CHECK(master_used(&m, 0, &e));
	CHECK_EQ(e.len, 4);
	for (i = 0; i < 4; i++)
		id |= *(uint8_t *)master_at(&m, DATA_OFF + (9 + i) * 0x100) << (8 * i);
	CHECK_EQ(id, 0x44574345);
	master_close(&m);
	bench_close(&b);
}

static void file_cut_off(void)
{
	struct master ep, rc;

	bench_open(&b, false);
	master_up(&ep, &b, b.path[EP], false);
	master_up(&rc, &b, b.path[RC], false);
	CHECK_EQ(pcidev_r32(&rc, VIRTIO_PCIDEV_OP_CFG_READ, 0, 0), UINT32_MAX);
	CHECK_EQ(ftruncate(rc.memfd, 0), 0);
	bench_run(&b); /* looks at the ring */
	CHECK(!vu_connected(&b.e.rc.vu));
	CHECK(strstr(log_last(), "cut off"));
	CHECK_EQ(pcidev_r32(&ep, VIRTIO_PCIDEV_OP_MMIO_READ, 0, DWC_OFF_APP + 0x10), 0x44574345);
	master_close(&rc);
	master_up(&rc, &b, b.path[RC], false);
	CHECK(master_alive(&rc));
	master_close(&rc);
	master_close(&ep);
	bench_close(&b);
}

/* Guest memory that was touched once must not stay part of this process for ever. */
static void memory_stays_small(void)
{
	struct gmem_region r = { .guest = 0, .user = 0, .size = 192 << 20 };
	unsigned long before, most = 0, now;
	static uint8_t buf[8 << 20];
	struct gmem m;
	uint64_t off;
	int fd = memfd_create("large", 0);

	CHECK_EQ(ftruncate(fd, r.size), 0);
	gmem_init(&m);
	CHECK(!gmem_add(&m, &r, fd, 0));
	before = gmem_rss();
	CHECK(before > 0);
	/* few bytes everywhere, and few large pieces */
	for (off = 0; off < r.size / 2; off += 0x4000) {
		CHECK_EQ(gmem_read(&m, off, buf, 8), 0);
		now = gmem_rss();
		most = now > most ? now : most;
	}
	for (off = r.size / 2; off < r.size; off += sizeof(buf)) {
		CHECK_EQ(gmem_read(&m, off, buf, sizeof(buf)), 0);
		now = gmem_rss();
		most = now > most ? now : most;
	}
	if (most - before > 48 << 10) {
		printf("# resident memory grew from %lu to %lu KiB\n", before, most);
		ktap_failed = 1;
	}
	/* the contents are not lost */
	CHECK_EQ(gmem_write(&m, 5000, "contents", 9), 0);
	for (off = 0; off < r.size / 2; off += 0x4000)
		gmem_read(&m, off, buf, 1);
	CHECK_EQ(gmem_read(&m, 5000, buf, 9), 0);
	CHECK(!strcmp((char *)buf, "contents"));
	CHECK_EQ(gmem_read(&m, r.size - 4, buf, 5), -1);
	CHECK_EQ(gmem_read(&m, UINT64_MAX, buf, 2), -1);
	gmem_clear(&m);
	close(fd);
}

static const struct ktap_case cases[] = {
	CASE(memory_tables),
	CASE(ring_addresses),
	CASE(broken_rings),
	CASE(scattered_request),
	CASE(file_cut_off),
	CASE(memory_stays_small),
};

KTAP_MAIN(cases)
