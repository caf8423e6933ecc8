// SPDX-License-Identifier: GPL-2.0
/* eDMA: what stops, stalls or breaks a transfer. */
#include "tests/ktap.h"
#include "tests/rig.h"

#define LIST 0x10000u
#define RC_BUF 0x300000u
#define EP_BUF 0x200000u
#define ESZ 24u

/* A transfer of @n elements of 4 KiB, started. */
static void start(struct rig *r, bool write, int ch, int n)
{
	rig_start(r);
	memset(r->ep + EP_BUF, 1, 0x100000);
	memset(r->rc + RC_BUF, 2, 0x100000);
	for (int i = 0; i < n; i++)
		elem(r, LIST + i * ESZ, CB | (i == n - 1 ? LIE : 0), 0x1000,
		     write ? BUS(EP_BUF) + i * 0x1000 : RC_BUF + i * 0x1000u,
		     write ? RC_BUF + i * 0x1000u : BUS(EP_BUF) + i * 0x1000);
	ep_w32(r, WR_IMWR + 8, MSI_BASE + 8);
	ep_w32(r, WR_IMWR_DATA, 0x00440040);
	ep_w32(r, RD_IMWR + 8, MSI_BASE + 12);
	ep_w32(r, RD_IMWR_DATA, 0x00640060);
	dma_enable(r, write, ch, LIST);
}

static void abort_knob(void)
{
	struct rig r;

	start(&r, true, 1, 4);
	CHECK_EQ(cmd(&r, "dma abort write 1 2", NULL, 0), 0);
	dma_doorbell(&r, true, 1);
	CHECK(rig_settle(&r));
	CHECK(r.rc[RC_BUF + 0x1fff] == 1 && r.rc[RC_BUF + 0x2000] == 2);
	CHECK_EQ(ep_r32(&r, WR_STATUS), 0x20000);
	CHECK_EQ(dma_cs(&r, true, 1), 2);
	CHECK_EQ(r.irq[DWC_IRQ_DMA], 1);
	CHECK_EQ(r.nmsi, 1);
	CHECK_EQ(r.msi[0].addr, MSI_BASE + 8);
	CHECK_EQ(r.msi[0].data, 0x44);
	CHECK_EQ(cnt(&r)->wr_ch[1].abort, 1);
	CHECK_EQ(cnt(&r)->wr_ch[1].elements, 2);
	CHECK_EQ(ep_r32(&r, WR_ERR), 2);
	ep_w32(&r, WR_CLEAR, 0x20000);
	CHECK_EQ(ep_r32(&r, WR_STATUS), 0);
	CHECK_EQ(ep_r32(&r, WR_ERR), 0);
	/* once only */
	dma_enable(&r, true, 1, LIST);
	dma_doorbell(&r, true, 1);
	CHECK(rig_settle(&r));
	CHECK_EQ(ep_r32(&r, WR_STATUS), 2);
	rig_close(&r);
}

static void stall_and_resume(void)
{
	struct rig r;

	start(&r, false, 0, 4);
	dma_doorbell(&r, false, 0);
	rig_run(&r, 6000);
	CHECK_EQ(cmd(&r, "dma stall read 0", NULL, 0), 0);
	CHECK_EQ(cnt(&r)->rd_ch[0].elements, 2);
	rig_run(&r, 1000000);
	CHECK_EQ(r.deadline, DWC_NEVER);
	CHECK_EQ(dma_cs(&r, false, 0), 1);
	CHECK_EQ(cnt(&r)->rd_ch[0].elements, 2);
	CHECK_EQ(cmd(&r, "dma resume read 0", NULL, 0), 0);
	CHECK(rig_settle(&r));
	CHECK_EQ(ep_r32(&r, RD_STATUS), 1);
	CHECK_EQ(r.ep[EP_BUF + 0x3fff], 2);
	rig_close(&r);
}

static void stop_bit(void)
{
	struct rig r;

	start(&r, true, 3, 8);
	dma_doorbell(&r, true, 3);
	rig_run(&r, 6000);
	ep_w32(&r, WR_DOORBELL, 0x80000003);
	CHECK_EQ(dma_cs(&r, true, 3), 3);
	CHECK(rig_settle(&r));
	CHECK_EQ(ep_r32(&r, WR_STATUS), 0);
	CHECK_EQ(cnt(&r)->wr_ch[3].elements, 2);
	CHECK_EQ(r.rc[RC_BUF + 0x2000], 2);
	rig_close(&r);
}

static void engine_off(void)
{
	struct rig r;

	start(&r, true, 0, 8);
	ep_w32(&r, WR_ENGINE, 0);
	dma_doorbell(&r, true, 0);
	CHECK(rig_settle(&r));
	CHECK_EQ(cnt(&r)->wr_ch[0].doorbells, 0);
	CHECK_EQ(dma_cs(&r, true, 0), 0);
	/* in the middle, and only this direction */
	ep_w32(&r, WR_ENGINE, 1);
	dma_enable(&r, false, 2, LIST);
	elem(&r, LIST + 0x4000, CB | LIE, 0x1000, RC_BUF, BUS(EP_BUF + 0x80000));
	dma_enable(&r, false, 2, LIST + 0x4000);
	dma_doorbell(&r, true, 0);
	dma_doorbell(&r, false, 2);
	rig_run(&r, 2500);
	ep_w32(&r, WR_ENGINE, 0);
	CHECK_EQ(ep_r32(&r, WR_ENGINE), 0);
	CHECK_EQ(dma_cs(&r, true, 0), 3);
	CHECK(rig_settle(&r));
	CHECK(cnt(&r)->wr_ch[0].elements < 8);
	CHECK_EQ(ep_r32(&r, WR_STATUS), 0);
	CHECK_EQ(ep_r32(&r, RD_STATUS), 4);
	rig_close(&r);
}

/* Whether anybody hears of an unreadable list is up to LL_ERR_EN. */
static void bad_list_address(void)
{
	struct rig r;

	for (int en = 0; en < 3; en++) {
		rig_start(&r);
		ep_w32(&r, RD_IMWR + 8, MSI_BASE + 12);
		dma_enable(&r, false, 1, 0);
		ep_w32(&r, RD_CH(1) + 0x1c, 0x3000); /* not on the bus */
		ep_w32(&r, RD_LL_ERR, en == 0 ? 0 : en == 1 ? 2 : 0x20000);
		dma_doorbell(&r, false, 1);
		CHECK(rig_settle(&r));
		CHECK_EQ(dma_cs(&r, false, 1), 2);
		CHECK_EQ(ep_r32(&r, RD_ERR), 0x20000);
		CHECK_EQ(ep_r32(&r, RD_STATUS), en ? 0x20000 : 0);
		CHECK_EQ(r.nmsi, en == 1);
		rig_close(&r);
	}
}

/* A link element is readable where a data element would not fit any more. */
static void list_at_the_end_of_memory(void)
{
	struct rig r;

	rig_start(&r);
	elem_link(&r, RAM_SIZE - 16, LLP, BUS(LIST));
	elem(&r, LIST, CB | LIE, 4, RC_BUF, BUS(EP_BUF));
	dma_enable(&r, false, 0, RAM_SIZE - 16);
	dma_doorbell(&r, false, 0);
	CHECK(rig_settle(&r));
	CHECK_EQ(ep_r32(&r, RD_STATUS), 1);
	/* a data element there is an error */
	elem_link(&r, RAM_SIZE - 16, CB, 0);
	dma_enable(&r, false, 0, RAM_SIZE - 16);
	dma_doorbell(&r, false, 0);
	CHECK(rig_settle(&r));
	CHECK_EQ(ep_r32(&r, RD_STATUS), 0x10001);
	rig_close(&r);
}

static void bad_data_addresses(void)
{
	struct rig r;

	/* host memory not there: a read hears of it ... */
	start(&r, false, 0, 2);
	elem(&r, LIST + ESZ, CB | LIE, 0x1000, 0x70000000, BUS(EP_BUF));
	dma_doorbell(&r, false, 0);
	CHECK(rig_settle(&r));
	CHECK_EQ(ep_r32(&r, RD_STATUS), 0x10000);
	CHECK_EQ(ep_r32(&r, RD_ERR + 4), 1);
	CHECK_EQ(cnt(&r)->rd_ch[0].elements, 1);
	rig_close(&r);

	/* ... a posted write does not */
	start(&r, true, 0, 2);
	elem(&r, LIST + ESZ, CB | LIE, 0x1000, BUS(EP_BUF), 0x70000000);
	dma_doorbell(&r, true, 0);
	CHECK(rig_settle(&r));
	CHECK_EQ(ep_r32(&r, WR_STATUS), 1);
	CHECK_EQ(cnt(&r)->dir[DWC_UP].ur, 1);
	rig_close(&r);

	/* endpoint memory not there */
	for (int write = 0; write < 2; write++) {
		start(&r, write, 0, 2);
		elem(&r, LIST, CB | LIE, 0x1000, write ? 0x1000 : RC_BUF, write ? RC_BUF : 0x1000);
		dma_doorbell(&r, write, 0);
		CHECK(rig_settle(&r));
		CHECK_EQ(ep_r32(&r, write ? WR_STATUS : RD_STATUS), 0x10000);
		CHECK_EQ(ep_r32(&r, write ? WR_ERR : RD_ERR), 1);
		rig_close(&r);
	}
}

static void link_lost_in_the_middle(void)
{
	struct rig r;

	start(&r, false, 0, 8);
	dma_doorbell(&r, false, 0);
	rig_run(&r, 6000);
	dwc_rc_detach(r.d);
	CHECK_EQ(dma_cs(&r, false, 0), 2);
	CHECK_EQ(ep_r32(&r, RD_STATUS), 0x10000);
	CHECK_EQ(ep_r32(&r, RD_ERR + 4), 0x10000);
	CHECK_EQ(r.irq[DWC_IRQ_DMA], 1);
	CHECK(rig_settle(&r));
	CHECK_EQ(cnt(&r)->rd_ch[0].elements, 2);
	/* and one that starts without a link */
	ep_w32(&r, RD_CLEAR, 0x10000);
	dma_enable(&r, false, 0, LIST);
	dma_doorbell(&r, false, 0);
	CHECK(rig_settle(&r));
	CHECK_EQ(ep_r32(&r, RD_STATUS), 0x10000);
	rig_close(&r);

	/* a hot reset is as good; no message crosses it */
	start(&r, false, 0, 8);
	dma_doorbell(&r, false, 0);
	rig_run(&r, 6000);
	dwc_hot_reset(r.d);
	CHECK_EQ(ep_r32(&r, RD_STATUS), 0x10000);
	CHECK_EQ(r.nmsi, 0);
	CHECK_EQ(cnt(&r)->dir[DWC_UP].ur, 0);
	rig_close(&r);
}

/* Elements that cost no time: a timer that is a little late does not do them all in one call. */
static void bounded_catching_up(void)
{
	struct rig r;

	rig_start(&r);
	for (int i = 0; i < 1000; i++)
		elem(&r, LIST + i * ESZ, CB, 0, BUS(EP_BUF), RC_BUF);
	CHECK_EQ(cmd(&r, "dma latency 0", NULL, 0), 0);
	dma_enable(&r, true, 0, LIST);
	dma_doorbell(&r, true, 0);
	r.now += 500000;
	dwc_timer(r.d);
	CHECK(cnt(&r)->wr_ch[0].elements > 10 && cnt(&r)->wr_ch[0].elements <= 64);
	CHECK(r.deadline <= r.now);
	CHECK(rig_settle(&r));
	CHECK_EQ(cnt(&r)->wr_ch[0].elements, 1000);
	rig_close(&r);
}

/* Lists without end cost a bounded amount of work per tick and are stopped like any other. */
static void endless_lists(void)
{
	struct rig r;

	rig_start(&r);
	elem_link(&r, LIST, LLP | TCB, BUS(LIST));
	elem(&r, LIST + 0x100, CB, 0, BUS(EP_BUF), RC_BUF);
	elem_link(&r, LIST + 0x100 + ESZ, LLP, BUS(LIST + 0x100));
	dma_enable(&r, true, 0, LIST);
	dma_enable(&r, true, 1, LIST + 0x100);
	CHECK_EQ(cmd(&r, "dma latency 0", NULL, 0), 0);
	dma_doorbell(&r, true, 0);
	dma_doorbell(&r, true, 1);
	r.now += 1000000000; /* a late timer: returns, although a lot would be due */
	dwc_timer(r.d);
	CHECK(cnt(&r)->wr_ch[0].chunks + cnt(&r)->wr_ch[1].chunks < 1000);
	rig_run(&r, 1000);
	CHECK(cnt(&r)->wr_ch[0].chunks + cnt(&r)->wr_ch[1].chunks < 1000);
	CHECK(cnt(&r)->wr_ch[0].chunks > 0 && cnt(&r)->wr_ch[1].chunks > 0);
	ep_w32(&r, WR_DOORBELL, 0x80000000);
	ep_w32(&r, WR_ENGINE, 0);
	CHECK_EQ(r.deadline, DWC_NEVER);
	rig_close(&r);
}

/* A transfer whose target is the eDMA's own register block. */
static void writes_its_own_registers(void)
{
	struct rig r;

	start(&r, false, 0, 3);
	memset(r.rc + RC_BUF, 0, 4);
	elem(&r, LIST, CB, 4, RC_BUF, 0x50000000 + RD_ENGINE); /* disables itself */
	dma_doorbell(&r, false, 0);
	CHECK(rig_settle(&r));
	CHECK_EQ(ep_r32(&r, RD_ENGINE), 0);
	CHECK_EQ(dma_cs(&r, false, 0), 3);
	CHECK_EQ(cnt(&r)->rd_ch[0].elements, 0);
	rig_close(&r);
}

static void nonsense_doorbells(void)
{
	struct rig r;

	start(&r, true, 0, 2);
	ep_w32(&r, WR_DOORBELL, 7);
	ep_w32(&r, WR_DOORBELL, 0x80000000); /* stop of an idle channel */
	CHECK_EQ(r.deadline, DWC_NEVER);
	CHECK_EQ(dma_cs(&r, true, 0), 0);
	dma_doorbell(&r, true, 0);
	dma_doorbell(&r, true, 0); /* a running channel */
	CHECK(rig_settle(&r));
	CHECK_EQ(cnt(&r)->wr_ch[0].doorbells, 1);
	CHECK_EQ(cnt(&r)->wr_ch[0].elements, 2);
	rig_close(&r);
}

static const struct ktap_case cases[] = {
	CASE(abort_knob), CASE(stall_and_resume), CASE(stop_bit), CASE(engine_off),
	CASE(bad_list_address), CASE(list_at_the_end_of_memory), CASE(bad_data_addresses),
	CASE(link_lost_in_the_middle), CASE(bounded_catching_up), CASE(endless_lists),
	CASE(writes_its_own_registers), CASE(nonsense_doorbells),
};

KTAP_MAIN(cases)
