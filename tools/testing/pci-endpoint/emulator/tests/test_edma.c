// SPDX-License-Identifier: GPL-2.0
/* eDMA: transfers as dw-edma programs them. */
#include "tests/ktap.h"
#include "tests/rig.h"

#define LIST 0x10000u
#define RC_BUF 0x300000u
#define EP_BUF 0x200000u
#define ESZ 24u

static void one_element(bool write)
{
	struct rig r;

	for (int ch = 0; ch < DWC_NUM_CH; ch++) {
		uint32_t status = write ? WR_STATUS : RD_STATUS;
		uint8_t *from, *to;

		rig_start(&r);
		from = write ? r.ep + EP_BUF : r.rc + RC_BUF;
		to = write ? r.rc + RC_BUF : r.ep + EP_BUF;
		pattern(from, 5000, ch);
		if (write)
			elem(&r, LIST, CB | LIE, 5000, BUS(EP_BUF), RC_BUF);
		else
			elem(&r, LIST, CB | LIE, 5000, RC_BUF, BUS(EP_BUF));
		elem_link(&r, LIST + ESZ, LLP | TCB, BUS(LIST));
		dma_enable(&r, write, ch, LIST);
		dma_doorbell(&r, write, ch);
		CHECK_EQ(dma_cs(&r, write, ch), 1);
		CHECK_EQ(r.irq[DWC_IRQ_DMA], 0);
		CHECK(rig_settle(&r));
		CHECK(!memcmp(from, to, 5000) && to[5000] == 0);
		CHECK_EQ(dma_cs(&r, write, ch), 3);
		CHECK_EQ(ep_r32(&r, status), 1 << ch);
		CHECK_EQ(r.irq[DWC_IRQ_DMA], 1);
		ep_w32(&r, write ? WR_CLEAR : RD_CLEAR, 1 << ch);
		CHECK_EQ(ep_r32(&r, status), 0);
		CHECK_EQ(r.irq[DWC_IRQ_DMA], 0);
		CHECK_EQ(r.nmsi, 0);
		rig_close(&r);
	}
}

static void one_write_element(void)
{
	one_element(true);
}

static void one_read_element(void)
{
	one_element(false);
}

/*
 * Two chunks as dw_edma_core_start() makes them: 3 elements, then 1 in the same memory with the
 * other cycle bit; the list pointer and the cycle state are what the first left.
 */
static void chunks_reuse_the_list(void)
{
	struct rig r;

	rig_start(&r);
	pattern(r.ep + EP_BUF, 0x4000, 9);
	for (int i = 0; i < 3; i++)
		elem(&r, LIST + i * ESZ, CB | (i == 2 ? LIE : 0), 0x1000, BUS(EP_BUF) + i * 0x1000,
		     RC_BUF + i * 0x1000);
	elem_link(&r, LIST + 3 * ESZ, LLP | TCB, BUS(LIST)); /* CB opposite to the data's */
	dma_enable(&r, true, 2, LIST);
	dma_doorbell(&r, true, 2);
	CHECK(rig_settle(&r));
	CHECK_EQ(ep_r32(&r, WR_STATUS), 4);
	CHECK_EQ(dma_cs(&r, true, 2), 3);
	CHECK_EQ(ep_r32(&r, WR_CH(2) + 0x1c), BUS(LIST)); /* back at the start, other cycle */
	CHECK_EQ(ep_r32(&r, WR_CH(2)) & CCS, 0);
	ep_w32(&r, WR_CLEAR, 4);

	elem(&r, LIST, LIE, 0x1000, BUS(EP_BUF) + 0x3000, RC_BUF + 0x3000);
	elem_link(&r, LIST + ESZ, LLP | TCB | CB, BUS(LIST));
	dma_doorbell(&r, true, 2);
	CHECK(rig_settle(&r));
	CHECK_EQ(ep_r32(&r, WR_STATUS), 4);
	CHECK(!memcmp(r.ep + EP_BUF, r.rc + RC_BUF, 0x4000));
	CHECK_EQ(cnt(&r)->wr_ch[2].doorbells, 2);
	CHECK_EQ(cnt(&r)->wr_ch[2].elements, 4);
	CHECK_EQ(cnt(&r)->wr_ch[2].chunks, 2);
	CHECK_EQ(cnt(&r)->wr_ch[2].bytes, 0x4000);
	CHECK_EQ(cnt(&r)->wr_ch[2].done, 2);
	rig_close(&r);
}

/* A list in two places, joined by a pointer that toggles nothing. */
static void pointer_without_toggle(void)
{
	struct rig r;

	rig_start(&r);
	memset(r.ep + EP_BUF, 7, 64);
	elem(&r, LIST, CB, 32, BUS(EP_BUF), RC_BUF);
	elem_link(&r, LIST + ESZ, LLP | CB, BUS(LIST + 0x800));
	elem(&r, LIST + 0x800, CB | LIE, 32, BUS(EP_BUF) + 32, RC_BUF + 32);
	elem(&r, LIST + 0x800 + ESZ, 0, 32, BUS(EP_BUF), RC_BUF + 64); /* not ours yet */
	dma_enable(&r, true, 0, LIST);
	dma_doorbell(&r, true, 0);
	CHECK(rig_settle(&r));
	CHECK(r.rc[RC_BUF + 63] == 7 && r.rc[RC_BUF + 64] == 0);
	CHECK_EQ(dma_cs(&r, true, 0), 3);
	rig_close(&r);
}

/* Element by element: each is visible on its own, in the time that the knobs give. */
static void progress_on_the_clock(void)
{
	struct rig r;

	rig_start(&r);
	CHECK_EQ(cmd(&r, "dma latency 1000", NULL, 0), 0);
	CHECK_EQ(cmd(&r, "dma bandwidth 1000", NULL, 0), 0); /* one byte a nanosecond */
	memset(r.ep + EP_BUF, 5, 0x3000);
	for (int i = 0; i < 3; i++)
		elem(&r, LIST + i * ESZ, CB | LIE, 0x1000, BUS(EP_BUF), RC_BUF + i * 0x1000);
	dma_enable(&r, true, 0, LIST);
	dma_doorbell(&r, true, 0);
	rig_run(&r, 1000); /* the list is fetched */
	rig_run(&r, 1000 + 4095);
	CHECK_EQ(r.rc[RC_BUF], 0);
	rig_run(&r, 1);
	CHECK(r.rc[RC_BUF + 0xfff] == 5 && r.rc[RC_BUF + 0x1000] == 0);
	CHECK_EQ(ep_r32(&r, WR_STATUS), 1);
	CHECK_EQ(dma_cs(&r, true, 0), 1);
	rig_run(&r, 1000 + 4096);
	CHECK(r.rc[RC_BUF + 0x1fff] == 5 && r.rc[RC_BUF + 0x2000] == 0);
	rig_run(&r, 1000 + 4096);
	CHECK_EQ(r.rc[RC_BUF + 0x2fff], 5);
	CHECK_EQ(dma_cs(&r, true, 0), 3);
	rig_close(&r);
}

/* Channels of one direction share its bandwidth, directions do not. */
static void shared_bandwidth(void)
{
	struct rig r;

	rig_start(&r);
	CHECK_EQ(cmd(&r, "dma latency 1000", NULL, 0), 0);
	CHECK_EQ(cmd(&r, "dma bandwidth 1000", NULL, 0), 0);
	elem(&r, LIST, CB | LIE, 5000, BUS(EP_BUF), RC_BUF);
	elem(&r, LIST + 0x100, CB | LIE, 5000, RC_BUF, BUS(EP_BUF));
	dma_enable(&r, true, 0, LIST);
	dma_enable(&r, true, 1, LIST);
	dma_enable(&r, false, 0, LIST + 0x100);
	dma_doorbell(&r, true, 0);
	dma_doorbell(&r, true, 1);
	dma_doorbell(&r, false, 0);
	rig_run(&r, 1000 + 1000 + 5000);
	CHECK_EQ(ep_r32(&r, WR_STATUS), 1);
	CHECK_EQ(ep_r32(&r, RD_STATUS), 1);
	rig_run(&r, 4999);
	CHECK_EQ(ep_r32(&r, WR_STATUS), 1);
	rig_run(&r, 1);
	CHECK_EQ(ep_r32(&r, WR_STATUS), 3);
	rig_close(&r);
}

/* A large element moves in pieces. */
static void large_element(void)
{
	struct rig r;

	rig_start(&r);
	pattern(r.rc + RC_BUF, 0x234567, 4);
	elem(&r, LIST, CB | LIE, 0x234567, RC_BUF, BUS(EP_BUF));
	dma_enable(&r, false, 0, LIST);
	dma_doorbell(&r, false, 0);
	rig_run(&r, 100000);
	CHECK(!memcmp(r.rc + RC_BUF, r.ep + EP_BUF, 0x10000));
	CHECK(memcmp(r.rc + RC_BUF, r.ep + EP_BUF, 0x234567));
	CHECK(rig_settle(&r));
	CHECK(!memcmp(r.rc + RC_BUF, r.ep + EP_BUF, 0x234567));
	CHECK_EQ(cnt(&r)->rd_ch[0].elements, 1);
	CHECK_EQ(cnt(&r)->rd_ch[0].bytes, 0x234567);
	rig_close(&r);
}

static void all_channels_at_once(void)
{
	struct rig r;

	rig_start(&r);
	for (int ch = 0; ch < DWC_NUM_CH; ch++) {
		uint32_t list = LIST + ch * 0x2000, off = ch * 0x10000;

		pattern(r.ep + EP_BUF + off, 0x8000, ch);
		pattern(r.rc + RC_BUF + off, 0x8000, ch + 10);
		for (int i = 0; i < 8; i++) {
			uint32_t ctl = CB | (i == 7 ? LIE : 0), o = off + i * 0x1000;

			elem(&r, list + i * ESZ, ctl, 0x1000, BUS(EP_BUF) + o,
			     RC_BUF + 0x100000 + o);
			elem(&r, list + 0x1000 + i * ESZ, ctl, 0x1000, RC_BUF + o,
			     BUS(EP_BUF) + 0x200000 + o);
		}
		dma_enable(&r, true, ch, list);
		dma_enable(&r, false, ch, list + 0x1000);
	}
	for (int ch = 0; ch < DWC_NUM_CH; ch++) {
		dma_doorbell(&r, true, ch);
		dma_doorbell(&r, false, ch);
	}
	CHECK(rig_settle(&r));
	CHECK_EQ(ep_r32(&r, WR_STATUS), 0xf);
	CHECK_EQ(ep_r32(&r, RD_STATUS), 0xf);
	for (int ch = 0; ch < DWC_NUM_CH; ch++) {
		uint32_t o = ch * 0x10000;

		CHECK(!memcmp(r.ep + EP_BUF + o, r.rc + RC_BUF + 0x100000 + o, 0x8000));
		CHECK(!memcmp(r.rc + RC_BUF + o, r.ep + EP_BUF + 0x200000 + o, 0x8000));
	}
	rig_close(&r);
}

/* Non-linked-list mode: the registers are the element. */
static void without_a_list(void)
{
	struct rig r;

	rig_start(&r);
	memset(r.rc + RC_BUF, 6, 100);
	ep_w32(&r, RD_ENGINE, 1);
	ep_w32(&r, RD_CH(1), LIE);
	ep_w32(&r, RD_CH(1) + 8, 100);
	ep_w32(&r, RD_CH(1) + 0xc, RC_BUF);
	ep_w32(&r, RD_CH(1) + 0x14, BUS(EP_BUF));
	dma_doorbell(&r, false, 1);
	CHECK(rig_settle(&r));
	CHECK(r.ep[EP_BUF + 99] == 6 && r.ep[EP_BUF + 100] == 0);
	CHECK_EQ(ep_r32(&r, RD_STATUS), 2);
	CHECK_EQ(dma_cs(&r, false, 1), 3);
	rig_close(&r);
}

/* dw_edma debugfs reads everything; writes to padding change nothing. */
static void all_registers_readable(void)
{
	struct rig r;

	rig_start(&r);
	for (uint32_t off = 0; off < DWC_SIZE_DMA; off += 4) {
		CHECK(ep_r32(&r, DMA(off)) != 0xffffffff);
		if (off != 0x4c && off != 0xa0)
			ep_w32(&r, DMA(off), 0xffffffff);
	}
	CHECK_EQ(ep_r32(&r, DMA(8)), 0x40004);
	CHECK_EQ(ep_r32(&r, DMA(0xec)), 0);
	CHECK_EQ(ep_r32(&r, WR_MASK), 0xf000f);
	CHECK_EQ(ep_r32(&r, RD_ERR), 0);
	CHECK_EQ(ep_r32(&r, DMA(0xa00)), 0); /* no fifth channel */
	CHECK_EQ(ep_r32(&r, WR_CH(0)) & 0x60, 0); /* the state is read-only */
	CHECK_EQ(cnt(&r)->bad_access, 0);
	rig_close(&r);
}

static const struct ktap_case cases[] = {
	CASE(one_write_element), CASE(one_read_element), CASE(chunks_reuse_the_list),
	CASE(pointer_without_toggle), CASE(progress_on_the_clock), CASE(shared_bandwidth),
	CASE(large_element),
	CASE(all_channels_at_once), CASE(without_a_list),
	CASE(all_registers_readable),
};

KTAP_MAIN(cases)
