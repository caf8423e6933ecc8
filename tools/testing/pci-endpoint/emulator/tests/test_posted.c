// SPDX-License-Identifier: GPL-2.0
/* Ordering: what may pass what, and that delayed posted writes wait exactly as long as they may. */
#include "tests/ktap.h"
#include "tests/rig.h"

#define RC_BUF 0x300000u

static uint32_t word(const uint8_t *p)
{
	uint32_t val;

	memcpy(&val, p, 4);
	return val;
}

static void start(struct rig *r)
{
	rig_start(r);
	simple_bar0(r);
	ob(r, 0, 0, RC_BUF, 0x10000);
	ob(r, 1, 0x10000, MSI_BASE, 0x1000);
	CHECK_EQ(cmd(r, "posted delay on 50", NULL, 0), 0);
}

static void nothing_waits_normally(void)
{
	struct rig r;

	start(&r);
	CHECK_EQ(cmd(&r, "posted delay off", NULL, 0), 0);
	rc_w32(&r, 0, 0, 1);
	ep_w32(&r, DWC_OFF_ADDR_SPACE, 2);
	CHECK_EQ(word(r.ep + 0x100000), 1);
	CHECK_EQ(word(r.rc + RC_BUF), 2);
	CHECK_EQ(r.deadline, DWC_NEVER);
	rig_close(&r);
}

static void a_timer_ends_the_wait(void)
{
	struct rig r;

	start(&r);
	rc_w32(&r, 0, 0, 1);
	ep_w32(&r, DWC_OFF_ADDR_SPACE, 2);
	rig_run(&r, 49999);
	CHECK_EQ(word(r.ep + 0x100000), 0);
	CHECK_EQ(word(r.rc + RC_BUF), 0);
	rig_run(&r, 1);
	CHECK_EQ(word(r.ep + 0x100000), 1);
	CHECK_EQ(word(r.rc + RC_BUF), 2);
	rig_close(&r);
}

static void switching_off_flushes(void)
{
	struct rig r;

	start(&r);
	rc_w32(&r, 0, 0, 1);
	ep_w32(&r, DWC_OFF_ADDR_SPACE, 2);
	CHECK_EQ(cmd(&r, "posted delay off", NULL, 0), 0);
	CHECK_EQ(word(r.ep + 0x100000), 1);
	CHECK_EQ(word(r.rc + RC_BUF), 2);
	rig_close(&r);
}

/* Write then read of the same side: the read sees the write. Its completion pushes the others'. */
static void host_read_flushes(void)
{
	struct rig r;

	start(&r);
	rc_w32(&r, 0, 0, 1);
	ep_w32(&r, DWC_OFF_ADDR_SPACE, 2);
	CHECK_EQ(rc_r32(&r, 0, 0), 1);
	CHECK_EQ(word(r.rc + RC_BUF), 2);
	rc_w32(&r, 0, 4, 3);
	ep_w32(&r, DWC_OFF_ADDR_SPACE + 4, 4);
	dwc_rc_cfg_read(r.d, 0, 4);
	CHECK_EQ(word(r.ep + 0x100004), 3);
	CHECK_EQ(word(r.rc + RC_BUF + 4), 4);
	rc_w32(&r, 0, 8, 5);
	ep_w32(&r, DWC_OFF_ADDR_SPACE + 8, 6);
	dwc_rc_cfg_write(r.d, 0x3c, 1, 1);
	CHECK_EQ(word(r.ep + 0x100008), 5);
	CHECK_EQ(word(r.rc + RC_BUF + 8), 6);
	rig_close(&r);
}

static void endpoint_read_flushes(void)
{
	struct rig r;

	start(&r);
	ep_w32(&r, DWC_OFF_ADDR_SPACE, 2);
	rc_w32(&r, 0, 0, 1);
	ep_r32(&r, 0x04); /* its own registers: does not cross the link, pushes nothing */
	CHECK_EQ(word(r.rc + RC_BUF), 0);
	CHECK_EQ(ep_r32(&r, DWC_OFF_ADDR_SPACE), 2);
	CHECK_EQ(word(r.ep + 0x100000), 1);
	ep_w32(&r, DWC_OFF_ADDR_SPACE, 3);
	ep_r32(&r, DWC_OFF_ADDR_SPACE + 0x700000); /* no window: has to wait its turn as well */
	CHECK_EQ(word(r.rc + RC_BUF), 3);
	rig_close(&r);
}

/* The order within a direction holds: data is there when the MSI that announces it is. */
static void data_before_msi(void)
{
	struct rig r;

	start(&r);
	r.watch = RC_BUF + 0x100;
	ep_w32(&r, DWC_OFF_ADDR_SPACE + 0x100, 0xda7a);
	ep_w32(&r, DWC_OFF_ADDR_SPACE + 0x10000, 1);
	CHECK_EQ(r.nmsi, 0); /* the MSI is a posted write like others */
	CHECK_EQ(word(r.rc + RC_BUF + 0x100), 0);
	CHECK(rig_settle(&r));
	CHECK_EQ(r.nmsi, 1);
	CHECK_EQ(r.msi[0].rc_word, 0xda7a);
	rig_close(&r);
}

static void dma_data_before_its_msi(void)
{
	struct rig r;

	start(&r);
	r.watch = RC_BUF + 0xffc;
	memset(r.ep + 0x200000, 0x5a, 0x1000);
	elem(&r, 0x10000, CB | LIE | RIE, 0x1000, BUS(0x200000), RC_BUF);
	ep_w32(&r, WR_IMWR, MSI_BASE);
	dma_enable(&r, true, 0, 0x10000);
	dma_doorbell(&r, true, 0);
	rig_run(&r, 10000);
	CHECK_EQ(ep_r32(&r, WR_STATUS), 1); /* for the engine it is done: the writes are posted */
	CHECK_EQ(word(r.rc + RC_BUF), 0);
	CHECK_EQ(r.nmsi, 0);
	CHECK(rig_settle(&r));
	CHECK_EQ(r.nmsi, 1);
	CHECK_EQ(r.msi[0].rc_word, 0x5a5a5a5a);
	rig_close(&r);
}

/* List, then doorbell, both through BARs: the engine never sees an old list. */
static void list_before_doorbell(void)
{
	uint32_t e[] = { CB | LIE, 64, RC_BUF, 0, 0x40280000, 0 };
	struct rig r;

	start(&r);
	set_bar(&r, 2, 0x1000, 0);
	assign_bar(&r, 2, 0x80100000);
	ib_bar(&r, 5, 2, 0x50000000 + DWC_OFF_DMA);
	dma_enable(&r, false, 0, 0x100000);
	memset(r.rc + RC_BUF, 3, 64);
	dwc_rc_bar_write(r.d, 0, 0, e, sizeof(e));
	rc_w32(&r, 2, 0x30, 0);
	CHECK_EQ(cnt(&r)->rd_ch[0].doorbells, 0);
	CHECK(rig_settle(&r));
	CHECK_EQ(cnt(&r)->rd_ch[0].doorbells, 1);
	CHECK_EQ(ep_r32(&r, RD_STATUS), 1);
	CHECK_EQ(r.ep[0x28003f], 3);
	rig_close(&r);
}

/* eDMA reads push posted writes like any read. */
static void dma_read_flushes(void)
{
	struct rig r;

	start(&r);
	elem(&r, 0x10000, CB | LIE, 4, RC_BUF, BUS(0x200000));
	dma_enable(&r, false, 0, 0x10000);
	ep_w32(&r, DWC_OFF_ADDR_SPACE, 0x77);
	dma_doorbell(&r, false, 0);
	rc_w32(&r, 0, 0, 9);
	rig_run(&r, 10000);
	CHECK_EQ(word(r.ep + 0x200000), 0x77);
	CHECK_EQ(word(r.ep + 0x100000), 9);
	rig_close(&r);
}

/* Unmapping an outbound window without a flush sends the write astray; with one it is safe. */
static void unmap_without_flush(void)
{
	struct rig r;

	start(&r);
	ep_w32(&r, DWC_OFF_ADDR_SPACE, 0x11);
	ep_w32(&r, DWC_OFF_ATU + 4, 0);
	CHECK(rig_settle(&r));
	CHECK_EQ(word(r.rc + RC_BUF), 0);
	CHECK_EQ(cnt(&r)->dir[DWC_UP].ur, 1);
	ob(&r, 0, 0, RC_BUF, 0x10000);
	ep_w32(&r, DWC_OFF_ADDR_SPACE, 0x11);
	ep_r32(&r, DWC_OFF_ADDR_SPACE);
	ep_w32(&r, DWC_OFF_ATU + 4, 0);
	CHECK(rig_settle(&r));
	CHECK_EQ(word(r.rc + RC_BUF), 0x11);
	rig_close(&r);
}

/* Queues are limited: the oldest goes when a new one needs the room. */
static void queue_limits(void)
{
	static uint8_t big[0x10000];
	struct rig r;

	start(&r);
	for (int i = 0; i < 300; i++)
		rc_w32(&r, 0, 4 * i, i + 1);
	CHECK_EQ(word(r.ep + 0x100000), 1);
	CHECK_EQ(word(r.ep + 0x100000 + 4 * 299), 0);
	memset(big, 6, sizeof(big));
	for (int i = 0; i < 4; i++)
		dwc_rc_bar_write(r.d, 0, 0, big, sizeof(big));
	CHECK_EQ(word(r.ep + 0x100000 + 4 * 299), 300);
	CHECK_EQ(word(r.ep + 0x100000 + 0x8000), 0);
	CHECK(rig_settle(&r));
	CHECK_EQ(word(r.ep + 0x100000 + 0x8000), 0x06060606);
	rig_close(&r);
}

static void lost_with_the_link(void)
{
	struct rig r;

	start(&r);
	rc_w32(&r, 0, 0, 1);
	ep_w32(&r, DWC_OFF_ADDR_SPACE, 2);
	dwc_rc_detach(r.d);
	dwc_rc_attach(r.d); /* back before their time: lost all the same */
	dwc_rc_cfg_write(r.d, 4, 2, 6);
	assign_bar(&r, 0, 0x80000000);
	CHECK(rig_settle(&r));
	CHECK_EQ(word(r.ep + 0x100000), 0);
	CHECK_EQ(word(r.rc + RC_BUF), 0);
	rig_close(&r);
}

static const struct ktap_case cases[] = {
	CASE(nothing_waits_normally), CASE(a_timer_ends_the_wait), CASE(switching_off_flushes),
	CASE(host_read_flushes), CASE(endpoint_read_flushes), CASE(data_before_msi),
	CASE(dma_data_before_its_msi), CASE(list_before_doorbell), CASE(dma_read_flushes),
	CASE(unmap_without_flush), CASE(queue_limits), CASE(lost_with_the_link),
};

KTAP_MAIN(cases)
