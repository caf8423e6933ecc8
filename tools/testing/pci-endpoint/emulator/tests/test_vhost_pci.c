// SPDX-License-Identifier: GPL-2.0
/* virtio-pcidev: register accesses of both sides, interrupts, death of either side. */
#include <string.h>

#include "frontend/log.h"
#include "frontend/util.h"
#include "tests/ktap.h"
#include "tests/master.h"

#define CFG_READ VIRTIO_PCIDEV_OP_CFG_READ
#define CFG_WRITE VIRTIO_PCIDEV_OP_CFG_WRITE
#define READ VIRTIO_PCIDEV_OP_MMIO_READ
#define WRITE VIRTIO_PCIDEV_OP_MMIO_WRITE
#define MEMSET VIRTIO_PCIDEV_OP_MMIO_MEMSET

#define APP_ID (DWC_OFF_APP + 0x10)
#define ID 0x44574345

static struct bench b;
static struct master ep, rc;

static void both_up(bool inband)
{
	bench_open(&b, inband);
	master_up(&ep, &b, b.path[0], inband);
	master_up(&rc, &b, b.path[2], inband);
}

static void both_down(void)
{
	master_close(&ep);
	master_close(&rc);
	bench_close(&b);
}

/* LTSSM on, memory and bus mastering enabled: what a driver and the PCI core do. */
static void link_up(void)
{
	uint64_t cmd = 6;

	pcidev_w32(&ep, WRITE, 0, DWC_OFF_APP, 1);
	pcidev_do(&rc, CFG_WRITE, 0, 4, 2, &cmd, 8, NULL, 0);
}

/* Outbound window 0: the whole region to PCI address @pci, see dw_pcie_prog_outbound_atu(). */
static void outbound(uint64_t pci)
{
	uint64_t base = DWC_WINDOW_BASE + DWC_OFF_ADDR_SPACE;

	pcidev_w32(&ep, WRITE, 0, DWC_OFF_ATU + 0x08, base);
	pcidev_w32(&ep, WRITE, 0, DWC_OFF_ATU + 0x10, base + 0xffff);
	pcidev_w32(&ep, WRITE, 0, DWC_OFF_ATU + 0x14, pci);
	pcidev_w32(&ep, WRITE, 0, DWC_OFF_ATU + 0x18, pci >> 32);
	pcidev_w32(&ep, WRITE, 0, DWC_OFF_ATU + 0x00, 0);
	pcidev_w32(&ep, WRITE, 0, DWC_OFF_ATU + 0x04, 0x80000000);
}

/* BAR 0, 64 KiB, on the endpoint's memory at @phys. */
static void bar0(uint64_t phys)
{
	uint32_t w = DWC_OFF_ATU + 0x100;

	pcidev_w32(&ep, WRITE, 0, 0x8bc, 1); /* DBI_RO_WR_EN */
	pcidev_w32(&ep, WRITE, 0, DWC_OFF_DBI2 + 0x10, 0xffff);
	pcidev_w32(&ep, WRITE, 0, 0x10, 0);
	pcidev_w32(&ep, WRITE, 0, w + 0x14, phys + 0x40000000);
	pcidev_w32(&ep, WRITE, 0, w + 0x00, 0);
	pcidev_w32(&ep, WRITE, 0, w + 0x04, 0xc0080000);
	pcidev_w32(&rc, CFG_WRITE, 0, 0x10, 0xe0000000);
}

static void sizes(void)
{
	uint64_t v;
	uint32_t n;

	both_up(false);
	for (n = 1; n <= 8; n *= 2) {
		v = 0;
		CHECK_EQ(pcidev_do(&ep, READ, 0, APP_ID, n, NULL, 0, &v, n), n);
		CHECK_EQ(v, n == 8 ? ID : ID & (UINT32_MAX >> (32 - 8 * n)));
	}
	/* the driver gives the data with the header */
	pcidev_w32(&ep, WRITE, 0, DWC_OFF_APP + 0x0c, 5);
	CHECK_EQ(pcidev_r32(&ep, READ, 0, DWC_OFF_APP + 0x0c), 5);
	CHECK_EQ(master_calls(&ep, 0), 0);
	both_down();
}

static void link_decides_what_the_host_sees(void)
{
	both_up(false);
	CHECK_EQ(pcidev_r32(&rc, CFG_READ, 0, 0), UINT32_MAX);
	pcidev_w32(&ep, WRITE, 0, 0x8bc, 1);
	pcidev_w32(&ep, WRITE, 0, 0, 0x12345678);
	link_up();
	CHECK(dwc_link_up(b.e.model));
	CHECK_EQ(pcidev_r32(&rc, CFG_READ, 0, 0), 0x12345678);
	pcidev_w32(&ep, WRITE, 0, DWC_OFF_APP, 0);
	CHECK_EQ(pcidev_r32(&rc, CFG_READ, 0, 0), UINT32_MAX);
	both_down();
}

static void bulk_through_a_bar(void)
{
	static uint8_t out[0x6000], in[0x6000];
	unsigned int i;

	both_up(false);
	link_up();
	bar0(GUEST_BASE + 0x110000);
	for (i = 0; i < sizeof(out); i++)
		out[i] = i * 7 + i / 256;
	/* odd start and length, across pages */
	CHECK_EQ(pcidev_do(&rc, WRITE, 0, 0x123, 0x5001, out, 0x5001, NULL, 0), 0);
	CHECK(!memcmp(master_at(&ep, 0x110123), out, 0x5001));
	CHECK_EQ(*(uint8_t *)master_at(&ep, 0x110122), 0);
	CHECK_EQ(*(uint8_t *)master_at(&ep, 0x110123 + 0x5001), 0);
	CHECK_EQ(pcidev_do(&rc, READ, 0, 0x123, 0x5001, NULL, 0, in, 0x5001), 0x5001);
	CHECK(!memcmp(in, out, 0x5001));
	in[0] = 0xc3;
	CHECK_EQ(pcidev_do(&rc, MEMSET, 0, 0x10, 0x1000, in, 1, NULL, 0), 0);
	for (i = 0; i < 0x1000; i++)
		CHECK_EQ(*(uint8_t *)master_at(&ep, 0x110010 + i), 0xc3);
	CHECK_EQ(*(uint8_t *)master_at(&ep, 0x11000f), 0);
	CHECK_EQ(b.e.rc.stats.bad, 0);
	both_down();
}

/* Request that makes no sense: reads are all-ones, the connection stays. */
static void odd_requests(void)
{
	static const struct {
		uint8_t side, op, bar;
		uint64_t addr;
		uint32_t size, data, room;
	} bad[] = {
		{ 0, 0, 0, 0, 4, 0, 8 }, { 0, 6, 0, 0, 4, 4, 0 }, { 0, 255, 0, 0, 4, 0, 8 },
		{ 0, CFG_READ, 0, 0, 4, 0, 8 }, { 0, READ, 1, 0, 4, 0, 8 },
		{ 0, READ, 0, 0, 9, 0, 8 }, { 0, READ, 0, 0, UINT32_MAX, 0, 8 },
		{ 0, READ, 0, UINT64_MAX, 8, 0, 8 }, { 0, WRITE, 0, 0, 9, 8, 0 },
		{ 0, WRITE, 0, 0, 1 << 25, 8, 0 }, { 0, MEMSET, 0, 0, 4, 0, 0 },
		{ 0, MEMSET, 0, 0, UINT32_MAX, 1, 0 }, { 1, CFG_READ, 0, 0, 3, 0, 8 },
		{ 1, CFG_READ, 0, 0, 0, 0, 8 }, { 1, CFG_READ, 0, 4096, 1, 0, 8 },
		{ 1, CFG_READ, 0, 4095, 2, 0, 8 }, { 1, CFG_READ, 0, UINT64_MAX, 4, 0, 8 },
		{ 1, CFG_READ, 0, 0, 8, 0, 4 }, { 1, CFG_WRITE, 0, 0, 4, 3, 0 },
		{ 1, CFG_WRITE, 0, 0, 4096, 8, 0 }, { 1, READ, 6, 0, 4, 0, 8 },
	};
	struct master *m;
	uint64_t data = 0, v;
	unsigned int i;

	both_up(false);
	link_up();
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		uint64_t before = b.e.ep.stats.bad + b.e.rc.stats.bad;
		int64_t len;

		m = bad[i].side ? &rc : &ep;
		v = 0;
		len = pcidev_do(m, bad[i].op, bad[i].bar, bad[i].addr, bad[i].size, &data,
				bad[i].data, &v, bad[i].room);
		if (len || b.e.ep.stats.bad + b.e.rc.stats.bad != before + 1 ||
		    !strstr(log_last(), "(allowed: ") ||
		    (bad[i].room == 8 && v != UINT64_MAX)) {
			printf("# request %u: length %lld, answer 0x%llx, '%s'\n", i,
			       (long long)len, (unsigned long long)v, log_last());
			ktap_failed = 1;
		}
	}
	CHECK(master_alive(&ep));
	CHECK(master_alive(&rc));
	CHECK_EQ(pcidev_r32(&ep, READ, 0, APP_ID), ID);
	both_down();
}

static void check_msi(uint32_t want)
{
	struct vring_used_elem e = { 0 };
	struct virtio_pcidev_msg *h;
	uint32_t data;

	CHECK(master_used(&rc, 1, &e));
	CHECK_EQ(e.len, 20);
	h = master_at(&rc, DATA_OFF + 0x100000 + e.id * 64);
	CHECK_EQ(h->op, VIRTIO_PCIDEV_OP_MSI);
	CHECK_EQ(h->size, 4);
	memcpy(&data, h->data, 4);
	CHECK_EQ(data, want);
}

static void msi(bool inband)
{
	struct vring_used_elem e;
	unsigned int i;

	both_up(inband);
	link_up();
	outbound(0xa0000);
	for (i = 0; i < 10; i++)
		pcidev_irq_buffer(&rc, i);
	master_kick(&rc, 1);
	/* buffers are not consumed by the kick */
	CHECK(!master_used(&rc, 1, &e));
	CHECK_EQ(master_calls(&rc, 1), 0);

	pcidev_w32(&ep, WRITE, 0, DWC_OFF_ADDR_SPACE, 0x17);
	CHECK(master_calls(&rc, 1) > 0);
	check_msi(0x17);

	/* 25 more for the 9 buffers that are left */
	for (i = 0; i < 25; i++)
		pcidev_w32(&ep, WRITE, 0, DWC_OFF_ADDR_SPACE, 0x100 + i);
	for (i = 0; i < 9; i++)
		check_msi(0x100 + i);
	CHECK(!master_used(&rc, 1, &e));
	CHECK_EQ(b.e.rc.msi_count, 16);
	/* the driver gives buffers back one at a time */
	master_calls(&rc, 1);
	for (; i < 25; i++) {
		pcidev_irq_buffer(&rc, i % 10);
		master_kick(&rc, 1);
		CHECK(master_calls(&rc, 1) > 0);
		check_msi(0x100 + i);
	}
	CHECK_EQ(b.e.rc.stats.msi, 26);
	CHECK_EQ(b.e.rc.stats.msi_lost, 0);
	both_down();
}

static void msi_by_descriptor(void)
{
	msi(false);
}

static void msi_in_band(void)
{
	msi(true);
}

/* An MSI that was there before a read completes is in the ring before the completion. */
static void msi_before_completion(void)
{
	struct vring_used *used;

	both_up(false);
	link_up();
	outbound(0xa0000);
	pcidev_w32(&ep, WRITE, 0, DWC_OFF_ADDR_SPACE, 0x42);
	pcidev_r32(&rc, CFG_READ, 0, 0);
	CHECK_EQ(b.e.rc.msi_count, 1);
	pcidev_irq_buffer(&rc, 0);
	used = master_at(&rc, RING_OFF(1) + 0x2000);
	CHECK_EQ(used->idx, 0);
	/* the same read once more, and nothing but this read */
	master_offer(&rc, 0, 0);
	CHECK(pcidev_serve(&b.e.rc));
	CHECK_EQ(used->idx, 1);
	both_down();
}

static void no_call_if_not_wanted(void)
{
	struct vring_avail *a;

	both_up(false);
	link_up();
	outbound(0xa0000);
	pcidev_irq_buffer(&rc, 0);
	a = master_at(&rc, RING_OFF(1) + 0x1000);
	a->flags = VRING_AVAIL_F_NO_INTERRUPT;
	pcidev_w32(&ep, WRITE, 0, DWC_OFF_ADDR_SPACE, 0x42);
	CHECK_EQ(master_calls(&rc, 1), 0);
	check_msi(0x42);
	both_down();
}

static void short_interrupt_buffer(void)
{
	both_up(false);
	link_up();
	pcidev_w32(&ep, WRITE, 0, DWC_OFF_APP + 0x08, 7);
	pcidev_w32(&ep, WRITE, 0, DWC_OFF_APP + 0x0c, 7);
	outbound(0xa0000);
	pcidev_irq_buffer(&rc, 0);
	master_desc(&rc, 1, 0)->len = 19;
	pcidev_w32(&ep, WRITE, 0, DWC_OFF_ADDR_SPACE, 0x42);
	CHECK(!master_alive(&rc));
	CHECK(master_alive(&ep));
	/* the endpoint hears of it at once, nothing has to happen for that */
	CHECK(!dwc_link_up(b.e.model));
	CHECK_EQ(b.e.gpio.line[DWC_IRQ_APP].level, 1);
	both_down();
}

static void host_dies_and_comes_back(void)
{
	unsigned int i;

	both_up(false);
	link_up();
	bar0(GUEST_BASE + 0x110000);
	for (i = 0; i < 5; i++) {
		CHECK(dwc_link_up(b.e.model));
		master_close(&rc);
		CHECK(!dwc_link_up(b.e.model));
		CHECK_EQ(pcidev_r32(&ep, READ, 0, APP_ID), ID);
		master_up(&rc, &b, b.path[2], false);
	}
	CHECK(dwc_link_up(b.e.model));
	both_down();
}

static void endpoint_dies(void)
{
	uint32_t v = 1;

	both_up(false);
	link_up();
	/* the last posted write of a kernel that dies is still done */
	pcidev_w32(&ep, WRITE, 0, DWC_OFF_APP + 0x0c, 7);
	memcpy(master_at(&ep, DATA_OFF + sizeof(struct virtio_pcidev_msg)), &v, 4);
	master_offer(&ep, 0, 0);
	v = b.e.ep.stats.writes;
	master_close(&ep);
	CHECK_EQ(b.e.ep.stats.writes, v + 1);
	/* and then the board is reset */
	CHECK(!dwc_link_up(b.e.model));
	CHECK_EQ(pcidev_r32(&rc, CFG_READ, 0, 0), UINT32_MAX);
	master_up(&ep, &b, b.path[0], false);
	CHECK_EQ(pcidev_r32(&ep, READ, 0, DWC_OFF_APP + 0x0c), 0);
	CHECK_EQ(pcidev_r32(&ep, READ, 0, DWC_OFF_APP), 0);
	both_down();
}

static const struct ktap_case cases[] = {
	CASE(sizes),
	CASE(link_decides_what_the_host_sees),
	CASE(bulk_through_a_bar),
	CASE(odd_requests),
	CASE(msi_by_descriptor),
	CASE(msi_in_band),
	CASE(msi_before_completion),
	CASE(no_call_if_not_wanted),
	CASE(short_interrupt_buffer),
	CASE(host_dies_and_comes_back),
	CASE(endpoint_dies),
};

KTAP_MAIN(cases)
