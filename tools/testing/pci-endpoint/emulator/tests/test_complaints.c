// SPDX-License-Identifier: GPL-2.0
/* What no driver should do is counted, and the first of each kind told. */
#include <stdlib.h>

#include "tests/ktap.h"
#include "tests/rig.h"

#define AT0 "first at 0.000001000: "
#define LATER "first at 5.000000123: "

static struct rig r;
static char text[4096];

static const char *complaints(void)
{
	CHECK_EQ(cmd(&r, "complaints", text, sizeof(text)), 0);
	return text;
}

static void expect(const char *want)
{
	if (strcmp(complaints(), want)) {
		printf("# complaints:\n# %s# expected:\n# %s", text, want);
		ktap_failed = 1;
	}
}

static void none_of_a_driver_that_behaves(void)
{
	rig_start(&r);
	simple_bar0(&r);
	rc_w32(&r, 0, 0, 1);
	rc_r32(&r, 0, 0xfffc);
	ob(&r, 0, 0, MSI_BASE, 0x1000);
	ep_w32(&r, DWC_OFF_ADDR_SPACE, 1);
	elem(&r, 0x10000, CB | LIE, 1024, BUS(0x200000), 0x300000);
	elem_link(&r, 0x10000 + 24, LLP | TCB, BUS(0x10000));
	dma_enable(&r, true, 0, 0x10000);
	for (int i = 0; i < 3; i++) {
		dma_doorbell(&r, true, 0);
		CHECK(rig_settle(&r));
		elem(&r, 0x10000, i & 1 ? CB | LIE : LIE, 1024, BUS(0x200000), 0x300000);
	}
	ep_w16(&r, 0x52, 1);
	dwc_hot_reset(r.d);
	dwc_rc_detach(r.d);
	dwc_ep_detach(r.d);
	expect("");
	rig_close(&r);
}

static void holes(void)
{
	uint8_t buf[8];

	rig_start(&r);
	ep_r32(&r, 0x40000);
	r.now = 5000000123;
	ep_w32(&r, 0x5000, 0);
	dwc_ep_read(r.d, 0xfffffc, buf, 8);
	expect("bad_access 3 " AT0 "endpoint's CPU reads 4 bytes at window offset 0x40000\n");
	CHECK_EQ(dwc_complaints(r.d, DWC_BAD_ACCESS), 3);
	CHECK_EQ(cmd(&r, "complaints reset", NULL, 0), 0);
	expect("");
	ep_w32(&r, 0x5000, 0);
	expect("bad_access 1 " LATER "endpoint's CPU writes 4 bytes at window offset 0x5000\n");
	CHECK(cmd(&r, "complaints 1", text, sizeof(text)) < 0);
	CHECK(!strcmp(text, "complaints '1': expected reset or nothing\n"));
	rig_close(&r);
}

/* Registers take 1, 2 or 4 bytes, at a multiple of that. Memory behind a window takes all. */
static void sizes(void)
{
	static const struct { uint64_t off; size_t len; unsigned int bad; } t[] = {
		{ 0, 1, 0 }, { 3, 1, 0 }, { 0, 2, 0 }, { 2, 2, 0 }, { 0, 4, 0 }, { 1, 2, 1 },
		{ 2, 4, 1 }, { 0, 3, 1 }, { 0, 8, 1 }, { DMA(0x200), 8, 1 }, { DMA(0x21c), 4, 0 },
		{ DWC_OFF_ATU, 16, 1 }, { APP(0), 8, 1 }, { DWC_OFF_ADDR_SPACE, 8, 0 },
		{ DWC_OFF_ADDR_SPACE + 3, 5, 0 },
	};
	uint8_t buf[16];

	for (unsigned int i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		rig_start(&r);
		ob(&r, 0, 0, 0x300000, 0x1000);
		dwc_ep_read(r.d, t[i].off, buf, t[i].len);
		if (dwc_complaints(r.d, DWC_BAD_SIZE) != t[i].bad) {
			printf("# %zu bytes at 0x%llx\n", t[i].len, (unsigned long long)t[i].off);
			ktap_failed = 1;
		}
		CHECK_EQ(dwc_complaints(r.d, DWC_BAD_ACCESS), 0);
		rig_close(&r);
	}
}

/* Registers behind a BAR: it is the host that does it, or the engine itself. */
static void others_on_the_bus(void)
{
	uint8_t buf[8] = { 0 };

	rig_start(&r);
	set_bar(&r, 0, 0x10000, 0);
	assign_bar(&r, 0, 0x80000000);
	ib_bar(&r, 0, 0, BUS(DWC_WINDOW_BASE + DWC_OFF_DMA));
	CHECK_EQ(rc_r32(&r, 0, 8), 0x40004);
	expect("");
	dwc_rc_bar_write(r.d, 0, 0x200, buf, 8);
	rc_w32(&r, 0, 0x3000, 0);
	expect("bad_access 1 " AT0 "host writes 4 bytes at window offset 0x23000\n"
	       "bad_size 1 " AT0 "host writes 8 bytes at window offset 0x20200\n"
	       "ur_down 1 " AT0 "host writes 4 bytes at 0x80003000 in BAR0\n");
	rig_close(&r);

	rig_start(&r);
	elem(&r, 0x10000, CB | LIE, 16, BUS(DWC_WINDOW_BASE + 0x6000), 0x300000);
	dma_enable(&r, true, 0, 0x10000);
	dma_doorbell(&r, true, 0);
	CHECK(rig_settle(&r));
	CHECK(strstr(complaints(), "DMA engine reads 16 bytes at window offset 0x6000\n"));
	/* the next one is the CPU's again */
	CHECK_EQ(cmd(&r, "complaints reset", NULL, 0), 0);
	ep_r32(&r, 0x40000);
	CHECK(strstr(complaints(), "endpoint's CPU reads"));
	rig_close(&r);
}

static void doorbells(void)
{
	rig_start(&r);
	elem(&r, 0x10000, CB | LIE, 0x100000, BUS(0x200000), 0x300000);
	dma_enable(&r, true, 1, 0x10000);
	dma_doorbell(&r, true, 1);
	expect("");
	rig_run(&r, 20000);
	dma_doorbell(&r, true, 1);
	CHECK(strstr(complaints(), "bad_doorbell 1 "));
	CHECK(strstr(text, ": endpoint's CPU rings for write channel 1, which runs\n"));
	CHECK_EQ(cnt(&r)->wr_ch[1].doorbells, 1);
	rig_close(&r);

	rig_start(&r);
	ep_w32(&r, RD_ENGINE, 0);
	dma_doorbell(&r, false, 2);
	ep_w32(&r, WR_DOORBELL, 5);
	CHECK(strstr(complaints(), "bad_doorbell 2 "));
	CHECK(strstr(text, ": endpoint's CPU rings for read channel 2, while the engine is off\n"));
	CHECK_EQ(cmd(&r, "complaints reset", NULL, 0), 0);
	ep_w32(&r, WR_DOORBELL, 5);
	CHECK(strstr(complaints(), "rings 0x5, which names no channel\n"));
	rig_close(&r);
}

static void unsupported_requests(void)
{
	uint8_t buf[16];

	rig_start(&r);
	simple_bar0(&r);
	rc_r32(&r, 0, 0x10000);
	dwc_rc_bar_memset(r.d, 0, 0, 0, 0x10001);
	ep_w32(&r, DWC_OFF_ADDR_SPACE + 0x1000, 0);
	ob(&r, 0, 0, RAM_SIZE, 0x1000);
	dwc_ep_read(r.d, DWC_OFF_ADDR_SPACE, buf, 16);
	expect("ur_up 2 " AT0 "endpoint's CPU writes 4 bytes at 0x10801000: no outbound window\n"
	       "ur_down 2 " AT0 "host reads 4 bytes at 0x80010000 in BAR0\n");
	rig_close(&r);

	rig_start(&r);
	elem(&r, 0x10000, CB | LIE, 64, BUS(0x200000), RAM_SIZE);
	dma_enable(&r, true, 3, 0x10000);
	dma_doorbell(&r, true, 3);
	CHECK(rig_settle(&r));
	CHECK(strstr(complaints(), ": DMA channel 3 writes 64 bytes at 0x800000\n"));
	rig_close(&r);
}

/* A link that is down is no unsupported request: nothing travels. */
static void no_link(void)
{
	rig_start(&r);
	simple_bar0(&r);
	ob(&r, 0, 0, 0x300000, 0x1000);
	CHECK_EQ(cmd(&r, "link down", NULL, 0), 0);
	rc_r32(&r, 0, 0);
	rc_w32(&r, 0, 0, 0);
	ep_r32(&r, DWC_OFF_ADDR_SPACE);
	ep_w32(&r, DWC_OFF_ADDR_SPACE, 0);
	expect("");
	rig_close(&r);
}

/* A request that no inbound window takes goes on with its PCI address, to what is there. */
static void untranslated(void)
{
	rig_start(&r);
	set_bar(&r, 0, 0x10000, 0);
	assign_bar(&r, 0, BUS(0x100000));
	rc_w32(&r, 0, 8, 0x1234);
	expect("untranslated 1 " AT0 "host writes 4 bytes at 0x40100008 in BAR0\n");
	rig_close(&r);
}

/* An interrupt that nobody gave an address: host address 0. */
static void writes_to_nowhere(void)
{
	rig_start(&r);
	ob(&r, 0, 0, 0, 0x1000);
	ep_w32(&r, DWC_OFF_ADDR_SPACE, 0x17);
	expect("null_write 1 " AT0 "endpoint's CPU writes 4 bytes, 0x17\n");
	rig_close(&r);
}

static const struct ktap_case cases[] = {
	CASE(none_of_a_driver_that_behaves), CASE(holes), CASE(sizes), CASE(others_on_the_bus),
	CASE(doorbells), CASE(unsupported_requests), CASE(no_link), CASE(untranslated),
	CASE(writes_to_nowhere),
};

KTAP_MAIN(cases)
