// SPDX-License-Identifier: GPL-2.0
/* Link state, resets and what survives them, the app block, MSI and MSI-X on the way. */
#include "tests/ktap.h"
#include "tests/rig.h"

static void three_conditions(void)
{
	struct rig r;

	rig_open(&r, "generic");
	CHECK(!dwc_link_up(r.d));
	ep_w32(&r, APP(0), 1);
	CHECK_EQ(ep_r32(&r, APP(0)), 1);
	CHECK(!dwc_link_up(r.d));
	dwc_rc_attach(r.d);
	CHECK(dwc_link_up(r.d));
	CHECK_EQ(ep_r32(&r, APP(4)), 1);
	CHECK_EQ(cmd(&r, "link down", NULL, 0), 0);
	CHECK(!dwc_link_up(r.d));
	CHECK_EQ(cmd(&r, "link up", NULL, 0), 0);
	CHECK(dwc_link_up(r.d));
	ep_w32(&r, APP(0), 0);
	CHECK(!dwc_link_up(r.d));
	CHECK_EQ(cnt(&r)->link_ups, 2);
	CHECK_EQ(cnt(&r)->link_downs, 2);
	rig_close(&r);
}

static void app_interrupts(void)
{
	struct rig r;

	rig_open(&r, "generic");
	rig_link(&r);
	CHECK_EQ(ep_r32(&r, APP(8)), 1);
	CHECK_EQ(r.irq[DWC_IRQ_APP], 0);
	ep_w32(&r, APP(0xc), 0xffffffff);
	CHECK_EQ(ep_r32(&r, APP(0xc)), 7);
	CHECK_EQ(r.irq[DWC_IRQ_APP], 1);
	ep_w32(&r, APP(8), 1);
	CHECK_EQ(r.irq[DWC_IRQ_APP], 0);
	dwc_rc_detach(r.d);
	CHECK_EQ(ep_r32(&r, APP(8)), 2);
	CHECK_EQ(r.irq[DWC_IRQ_APP], 1);
	dwc_rc_attach(r.d);
	dwc_hot_reset(r.d);
	CHECK_EQ(ep_r32(&r, APP(8)), 7);
	ep_w32(&r, APP(8), 3);
	CHECK_EQ(ep_r32(&r, APP(8)), 4);
	CHECK_EQ(r.irq[DWC_IRQ_APP], 1);
	rig_close(&r);
}

/* What the host wrote is gone, what the endpoint's CPU programmed is not. */
static void check_reset_state(struct rig *r)
{
	CHECK_EQ(dwc_rc_cfg_read(r->d, 0x04, 2), 0);
	CHECK_EQ(dwc_rc_cfg_read(r->d, 0x10, 4), 0);
	CHECK_EQ(dwc_rc_cfg_read(r->d, 0x3c, 1), 0);
	CHECK_EQ(dwc_rc_cfg_read(r->d, 0x52, 2), 0x0186); /* disabled; 8 vectors still */
	CHECK_EQ(dwc_rc_cfg_read(r->d, 0x54, 4), 0);
	CHECK_EQ(dwc_rc_cfg_read(r->d, 0xb2, 2), 0x001f);
	CHECK_EQ(dwc_rc_cfg_read(r->d, 0xb4, 4), 0x2000);
	CHECK_EQ(dwc_rc_cfg_read(r->d, 0x78, 2), 0x2810);
	CHECK_EQ(dwc_rc_cfg_read(r->d, 0x00, 4), 0xb500104c);
	CHECK_EQ(dwc_rc_cfg_read(r->d, 0x7c, 4), 0x43); /* link capabilities are not sticky */
	CHECK_EQ(ep_r32(r, 0x710), 0x12345);
	CHECK_EQ(ep_r32(r, WR_MASK), 0xf0000);
	/* BAR size and translation are still there */
	dwc_rc_cfg_write(r->d, 0x04, 2, 6);
	assign_bar(r, 0, 0x80000000);
	CHECK_EQ(rc_r32(r, 0, 0), 0x1234);
}

static void program(struct rig *r)
{
	rig_start(r);
	simple_bar0(r);
	rc_w32(r, 0, 0, 0x1234);
	ro_enable(r, true);
	ep_w32(r, 0x00, 0xb500104c);
	ep_w16(r, 0x52, 0x0186);
	ep_w16(r, 0xb2, 31);
	ep_w32(r, 0xb4, 0x2000);
	ep_w32(r, 0x7c, 0x11);
	ro_enable(r, false);
	ep_w32(r, 0x710, 0x12345);
	ep_w32(r, WR_MASK, 0xf0000);
	dwc_rc_cfg_write(r->d, 0x3c, 1, 9);
	dwc_rc_cfg_write(r->d, 0x54, 4, MSI_BASE);
	dwc_rc_cfg_write(r->d, 0x52, 2, 0x0031);
	dwc_rc_cfg_write(r->d, 0xb2, 2, 0x8000);
	dwc_rc_cfg_write(r->d, 0x78, 2, 0x5020);
}

static void hot_reset(void)
{
	struct rig r;

	program(&r);
	CHECK_EQ(cmd(&r, "hotreset", NULL, 0), 0);
	CHECK(dwc_link_up(r.d));
	CHECK_EQ(cnt(&r)->hot_resets, 1);
	check_reset_state(&r);
	rig_close(&r);
}

static void link_down_and_up(void)
{
	struct rig r;

	program(&r);
	dwc_rc_detach(r.d);
	CHECK_EQ(rc_r32(&r, 0, 0), 0xffffffff);
	dwc_rc_attach(r.d);
	check_reset_state(&r);
	rig_close(&r);
}

static void board_reset(void)
{
	struct rig r;

	program(&r);
	ep_w32(&r, APP(0xc), 7);
	CHECK_EQ(r.irq[DWC_IRQ_APP], 1);
	dwc_ep_detach(r.d);
	CHECK(!dwc_link_up(r.d));
	CHECK_EQ(r.irq[DWC_IRQ_APP], 0);
	CHECK_EQ(ep_r32(&r, 0), 0xabcd16c3);
	CHECK_EQ(ep_r32(&r, 0x710), 0x120);
	CHECK_EQ(ep_r32(&r, WR_MASK), 0);
	CHECK_EQ(ep_r32(&r, DWC_OFF_ATU + 0x104), 0);
	CHECK_EQ(ep_r32(&r, DWC_OFF_DBI2 + 0x10), 0);
	ep_w32(&r, APP(0), 1); /* the host is still attached */
	CHECK(dwc_link_up(r.d));
	rig_close(&r);
}

static void all_ones_link(void)
{
	struct rig r;

	program(&r);
	ob(&r, 0, 0, 0x300000, 0x1000);
	CHECK_EQ(cmd(&r, "link allones on", NULL, 0), 0);
	CHECK(dwc_link_up(r.d));
	CHECK_EQ(dwc_rc_cfg_read(r.d, 0, 4), 0xffffffff);
	CHECK_EQ(rc_r32(&r, 0, 0), 0xffffffff);
	rc_w32(&r, 0, 0, 1);
	ep_w32(&r, DWC_OFF_ADDR_SPACE, 1);
	CHECK_EQ(ep_r32(&r, DWC_OFF_ADDR_SPACE), 0xffffffff);
	CHECK_EQ(cmd(&r, "link allones off", NULL, 0), 0);
	CHECK_EQ(rc_r32(&r, 0, 0), 0x1234);
	CHECK_EQ(ep_r32(&r, DWC_OFF_ADDR_SPACE), 0);
	rig_close(&r);
}

static void msi_delivery(void)
{
	struct rig r;

	rig_start(&r);
	ob(&r, 0, 0, MSI_BASE, 0x1000);
	dwc_rc_cfg_write(r.d, 0x52, 2, 1);
	ep_w32(&r, DWC_OFF_ADDR_SPACE + 0x20, 0x41);
	ep_w16(&r, DWC_OFF_ADDR_SPACE + 0xffc, 0x42);
	CHECK_EQ(ep_r32(&r, DWC_OFF_ADDR_SPACE + 0x20), 0); /* the drivers' flush */
	CHECK_EQ(r.nmsi, 2);
	CHECK_EQ(r.msi[0].addr, MSI_BASE + 0x20);
	CHECK_EQ(r.msi[0].data, 0x41);
	CHECK_EQ(r.msi[1].data, 0x42);
	CHECK_EQ(cnt(&r)->dir[DWC_UP].msi, 2);
	CHECK_EQ(cnt(&r)->dir[DWC_UP].msix, 0);
	/* not an MSI: too long, or across words */
	dwc_ep_memset(r.d, DWC_OFF_ADDR_SPACE, 0, 64);
	dwc_ep_write(r.d, DWC_OFF_ADDR_SPACE + 2, "abcd", 4);
	CHECK_EQ(r.nmsi, 2);
	CHECK_EQ(cnt(&r)->dir[DWC_UP].ur, 2);
	dwc_rc_cfg_write(r.d, 0xb2, 2, 0x8000);
	ep_w32(&r, DWC_OFF_ADDR_SPACE + 0x20, 0x43);
	CHECK_EQ(cnt(&r)->dir[DWC_UP].msix, 1);
	rig_close(&r);
}

static void msi_knobs(void)
{
	struct rig r;

	rig_start(&r);
	ob(&r, 0, 0, MSI_BASE, 0x1000);
	CHECK_EQ(cmd(&r, "msi drop 2", NULL, 0), 0);
	for (int i = 0; i < 3; i++)
		ep_w32(&r, DWC_OFF_ADDR_SPACE, i);
	CHECK_EQ(r.nmsi, 1);
	CHECK_EQ(r.msi[0].data, 2);
	CHECK_EQ(cmd(&r, "msi dup 1", NULL, 0), 0);
	ep_w32(&r, DWC_OFF_ADDR_SPACE, 3);
	ep_w32(&r, DWC_OFF_ADDR_SPACE, 4);
	CHECK_EQ(r.nmsi, 4);
	CHECK_EQ(r.msi[1].data, 3);
	CHECK_EQ(r.msi[2].data, 3);
	CHECK_EQ(cmd(&r, "msi delay 1 500", NULL, 0), 0);
	ep_w32(&r, DWC_OFF_ADDR_SPACE, 5);
	ep_w32(&r, DWC_OFF_ADDR_SPACE, 6);
	CHECK_EQ(r.nmsi, 5);
	CHECK_EQ(r.msi[4].data, 6);
	rig_run(&r, 499999);
	CHECK_EQ(r.nmsi, 5);
	rig_run(&r, 1);
	CHECK_EQ(r.nmsi, 6);
	CHECK_EQ(r.msi[5].data, 5);
	CHECK_EQ(cnt(&r)->dir[DWC_UP].msi, 7);
	rig_close(&r);
}

static void msix_doorbell(void)
{
	uint32_t entry[4] = { MSI_BASE + 0x40, 0, 0x99, 0 };
	struct rig r;

	rig_start(&r);
	simple_bar0(&r);
	ro_enable(&r, true);
	ep_w16(&r, 0xb2, 31);
	ep_w32(&r, 0xb4, 0x2000);
	ro_enable(&r, false);
	dwc_rc_bar_write(r.d, 0, 0x2000 + 16 * 5, entry, sizeof(entry));
	ep_w32(&r, 0x948, 5);
	CHECK_EQ(r.nmsi, 0); /* not enabled */
	dwc_rc_cfg_write(r.d, 0xb2, 2, 0x8000);
	ep_w32(&r, 0x948, 5);
	CHECK_EQ(r.nmsi, 1);
	CHECK_EQ(r.msi[0].addr, MSI_BASE + 0x40);
	CHECK_EQ(r.msi[0].data, 0x99);
	CHECK_EQ(cnt(&r)->dir[DWC_UP].msix, 1);
	rc_w32(&r, 0, 0x2000 + 16 * 5 + 12, 1); /* masked */
	ep_w32(&r, 0x948, 5);
	ep_w32(&r, 0x948, 32); /* no such vector */
	ep_w32(&r, DWC_OFF_ATU + 0x104, 0); /* table not reachable */
	ep_w32(&r, 0x948, 6);
	CHECK_EQ(r.nmsi, 1);
	rig_close(&r);
}

/* The host switches the link off through its own BAR, with writes waiting behind that one. */
static void host_writes_app_block(void)
{
	struct rig r;

	rig_start(&r);
	set_bar(&r, 0, 0x1000, 0);
	assign_bar(&r, 0, 0x80000000);
	ib_bar(&r, 0, 0, 0x50000000 + DWC_OFF_APP);
	CHECK_EQ(cmd(&r, "posted delay on", NULL, 0), 0);
	rc_w32(&r, 0, 0, 0);
	rc_w32(&r, 0, 0xc, 7);
	CHECK(rig_settle(&r));
	CHECK(!dwc_link_up(r.d));
	CHECK_EQ(ep_r32(&r, APP(0xc)), 0);
	rig_close(&r);
}

static const struct ktap_case cases[] = {
	CASE(three_conditions), CASE(app_interrupts), CASE(hot_reset), CASE(link_down_and_up),
	CASE(board_reset), CASE(all_ones_link), CASE(msi_delivery), CASE(msi_knobs),
	CASE(msix_doorbell), CASE(host_writes_app_block),
};

KTAP_MAIN(cases)
