// SPDX-License-Identifier: GPL-2.0
/* eDMA: who hears of what, and the host as the one who programs it. */
#include "tests/ktap.h"
#include "tests/rig.h"

#define LIST 0x10000u
#define RC_BUF 0x300000u
#define EP_BUF 0x200000u
#define ESZ 24u

static void imwr_setup(struct rig *r, bool write, uint32_t done, uint32_t aborted)
{
	uint32_t reg = write ? WR_IMWR : RD_IMWR, data = write ? WR_IMWR_DATA : RD_IMWR_DATA;

	ep_w32(r, reg, done);
	ep_w32(r, reg + 4, 0);
	ep_w32(r, reg + 8, aborted);
	ep_w32(r, reg + 12, 0);
	ep_w32(r, data, 0x00210020);
	ep_w32(r, data + 4, 0x00230022);
}

/* LIE: status and line. RIE: message. Both and masked: dw-edma's remote recipe. */
static void interrupt_enables(void)
{
	static const struct { uint32_t ctl, status; int msi, irq; bool mask; } t[] = {
		{ 0, 0, 0, 0, false }, { LIE, 1, 0, 1, false }, { RIE, 0, 1, 0, false },
		{ LIE | RIE, 1, 1, 1, false }, { LIE | RIE, 1, 1, 0, true },
		{ LIE, 1, 0, 0, true },
	};

	for (unsigned int i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		for (int write = 0; write < 2; write++) {
			struct rig r;
			int ch = 3;

			rig_start(&r);
			imwr_setup(&r, write, MSI_BASE + 4, MSI_BASE + 8);
			elem(&r, LIST, CB | t[i].ctl, 16, write ? BUS(EP_BUF) : RC_BUF,
			     write ? RC_BUF : BUS(EP_BUF));
			dma_enable(&r, write, ch, LIST);
			if (t[i].mask)
				ep_w32(&r, write ? WR_MASK : RD_MASK, 0x00080008);
			dma_doorbell(&r, write, ch);
			CHECK(rig_settle(&r));
			CHECK_EQ(ep_r32(&r, write ? WR_STATUS : RD_STATUS), t[i].status << ch);
			CHECK_EQ(r.nmsi, t[i].msi);
			CHECK_EQ(r.irq[DWC_IRQ_DMA], t[i].irq);
			if (r.nmsi) {
				CHECK_EQ(r.msi[0].addr, MSI_BASE + 4);
				CHECK_EQ(r.msi[0].data, 0x23);
			}
			/* unmasking shows what is pending */
			ep_w32(&r, write ? WR_MASK : RD_MASK, 0);
			CHECK_EQ(r.irq[DWC_IRQ_DMA], !!t[i].status);
			rig_close(&r);
		}
	}
}

static void interrupt_emulation(void)
{
	struct rig r;

	rig_start(&r);
	ep_w32(&r, RD_MASK, 0xff00ff);
	ep_w32(&r, RD_STATUS, 0);
	CHECK_EQ(r.irq[DWC_IRQ_DMA], 1); /* no mask for it */
	CHECK_EQ(ep_r32(&r, RD_STATUS), 0);
	ep_w32(&r, WR_CLEAR, 0);
	CHECK_EQ(r.irq[DWC_IRQ_DMA], 1);
	ep_w32(&r, RD_CLEAR, 0);
	CHECK_EQ(r.irq[DWC_IRQ_DMA], 0);
	ep_w32(&r, WR_STATUS, 0xffffffff);
	CHECK_EQ(r.irq[DWC_IRQ_DMA], 1);
	CHECK_EQ(ep_r32(&r, WR_STATUS), 0);
	ep_w32(&r, WR_CLEAR, 0);
	CHECK_EQ(r.irq[DWC_IRQ_DMA], 0);
	rig_close(&r);
}

/* The host rings it through a window onto the register, as pci-epf-test's doorbell does. */
static void interrupt_emulation_from_host(void)
{
	struct rig r;

	rig_start(&r);
	set_bar(&r, 2, 0x1000, 0);
	assign_bar(&r, 2, 0x80100000);
	ib_bar(&r, 0, 2, 0x50000000 + DWC_OFF_DMA);
	rc_w32(&r, 2, 0xa0, 0);
	CHECK_EQ(r.irq[DWC_IRQ_DMA], 1);
	ep_w32(&r, WR_CLEAR, 0);
	ep_w32(&r, RD_CLEAR, 0);
	CHECK_EQ(r.irq[DWC_IRQ_DMA], 0);
	rig_close(&r);
}

/* The host programs everything through BAR4 (rk3588), list included, and gets the message. */
static void remote_programmed(void)
{
	struct rig r;

	rig_open(&r, "rk3588");
	rig_link(&r);
	assign_bar(&r, 4, 0x90000000);
	ro_enable(&r, true); /* BAR0, 1 MiB, on the list's memory */
	ep_w32(&r, DWC_OFF_DBI2 + 0x10, 1);
	ep_w32(&r, 0x104, 0x10);
	ro_enable(&r, false);
	ib_bar(&r, 0, 0, BUS(0x100000));
	assign_bar(&r, 0, 0x80000000);
	pattern(r.rc + RC_BUF, 0x2000, 5);
	for (int i = 0; i < 2; i++) {
		uint32_t e[] = { CB | (i ? LIE | RIE : 0), 0x1000, RC_BUF + i * 0x1000, 0,
				 (uint32_t)BUS(EP_BUF) + i * 0x1000, 0 };

		dwc_rc_bar_write(r.d, 0, i * ESZ, e, sizeof(e));
	}
	rc_w32(&r, 4, 0xcc, MSI_BASE);
	rc_w32(&r, 4, 0xdc, 0x00050000); /* channel 1 */
	rc_w32(&r, 4, 0x2c, 1);
	rc_w32(&r, 4, 0xa8, 0x00020002);
	rc_w32(&r, 4, 0xc4, 2);
	rc_w32(&r, 4, 0x500, CCS | LLE);
	rc_w32(&r, 4, 0x51c, BUS(0x100000));
	rc_w32(&r, 4, 0x520, 0);
	rc_w32(&r, 4, 0x30, 1);
	CHECK(rig_settle(&r));
	CHECK(!memcmp(r.rc + RC_BUF, r.ep + EP_BUF, 0x2000));
	CHECK_EQ(r.nmsi, 1);
	CHECK_EQ(r.msi[0].data, 5);
	CHECK_EQ(rc_r32(&r, 4, 0xa0), 2);
	CHECK_EQ(r.irq[DWC_IRQ_DMA], 0);
	rig_close(&r);
}

static const struct ktap_case cases[] = {
	CASE(interrupt_enables), CASE(interrupt_emulation), CASE(interrupt_emulation_from_host),
	CASE(remote_programmed),
};

KTAP_MAIN(cases)
