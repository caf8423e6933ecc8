// SPDX-License-Identifier: GPL-2.0
/* Configuration space: capabilities, write masks of both sides, detection by the drivers. */
#include "tests/ktap.h"
#include "tests/rig.h"

static const char *const profiles[] = { "generic", "rcar-s4", "rk3588" };

static unsigned int find_cap(struct rig *r, unsigned int id)
{
	unsigned int pos = dwc_rc_cfg_read(r->d, 0x34, 1);

	for (int i = 0; i < 16 && pos; i++) {
		if (dwc_rc_cfg_read(r->d, pos, 1) == id)
			return pos;
		pos = dwc_rc_cfg_read(r->d, pos + 1, 1);
	}
	return 0;
}

static void capabilities_are_found(void)
{
	for (int i = 0; i < 3; i++) {
		struct rig r;

		rig_open(&r, profiles[i]);
		rig_link(&r);
		CHECK_EQ(dwc_rc_cfg_read(r.d, 0x0e, 1), 0); /* normal header */
		CHECK(dwc_rc_cfg_read(r.d, 0x06, 2) & 0x10);
		CHECK(find_cap(&r, 0x01));
		CHECK(find_cap(&r, 0x05));
		CHECK(find_cap(&r, 0x10));
		CHECK(find_cap(&r, 0x11));
		CHECK_EQ(find_cap(&r, 0x03), 0);
		rig_close(&r);
	}
}

static void no_link_no_config(void)
{
	struct rig r;

	rig_open(&r, "generic");
	CHECK_EQ(dwc_rc_cfg_read(r.d, 0, 4), 0xffffffff);
	CHECK_EQ(dwc_rc_cfg_read(r.d, 0, 2), 0xffff);
	CHECK_EQ(dwc_rc_cfg_read(r.d, 0, 8), ~0ull);
	dwc_rc_attach(r.d);
	CHECK_EQ(dwc_rc_cfg_read(r.d, 0, 4), 0xffffffff);
	ep_w32(&r, APP(0), 1);
	CHECK_EQ(dwc_rc_cfg_read(r.d, 0, 4), 0xabcd16c3);
	CHECK_EQ(cnt(&r)->dir[DWC_DOWN].cfgrd, 1);
	rig_close(&r);
}

/* dw_pcie_ep_write_header() works with DBI_RO_WR_EN only, and never from the host. */
static void header_is_writable_by_dbi_only(void)
{
	struct rig r;

	rig_start(&r);
	ep_w16(&r, 0x00, 0x104c);
	CHECK_EQ(dwc_rc_cfg_read(r.d, 0, 2), 0x16c3);
	ro_enable(&r, true);
	ep_w16(&r, 0x00, 0x104c);
	ep_w16(&r, 0x0a, 0x0580);
	ro_enable(&r, false);
	ep_w16(&r, 0x00, 0x1111);
	dwc_rc_cfg_write(r.d, 0, 4, 0);
	dwc_rc_cfg_write(r.d, 0x08, 4, 0);
	CHECK_EQ(dwc_rc_cfg_read(r.d, 0, 4), 0xabcd104c);
	CHECK_EQ(dwc_rc_cfg_read(r.d, 0x08, 4), 0x05800000);
	rig_close(&r);
}

static void command_register_mask(void)
{
	struct rig r;

	rig_start(&r);
	dwc_rc_cfg_write(r.d, 0x04, 4, 0xffffffff);
	CHECK_EQ(dwc_rc_cfg_read(r.d, 0x04, 4), 0x00100546);
	dwc_rc_cfg_write(r.d, 0x04, 2, 0);
	CHECK_EQ(dwc_rc_cfg_read(r.d, 0x04, 2), 0);
	rig_close(&r);
}

/* Sub-word accesses, and what is not aligned or has a nonsense size. */
static void config_access_sizes(void)
{
	struct rig r;

	rig_start(&r);
	dwc_rc_cfg_write(r.d, 0x3c, 1, 0x42);
	CHECK_EQ(dwc_rc_cfg_read(r.d, 0x3c, 4), 0x42);
	CHECK_EQ(dwc_rc_cfg_read(r.d, 0x3d, 1), 0);
	CHECK_EQ(dwc_rc_cfg_read(r.d, 0x00, 8), 0x00100006abcd16c3);
	CHECK_EQ(dwc_rc_cfg_read(r.d, 0x01, 2), 0xffff);
	CHECK_EQ(dwc_rc_cfg_read(r.d, 0x00, 3), 0xffffff);
	CHECK_EQ(dwc_rc_cfg_read(r.d, 0x1000, 4), 0xffffffff);
	CHECK_EQ(dwc_rc_cfg_read(r.d, 0xffc, 4), 0);
	dwc_rc_cfg_write(r.d, 0x1000, 4, 1);
	dwc_rc_cfg_write(r.d, 0x3e, 4, 1);
	CHECK_EQ(dwc_rc_cfg_read(r.d, 0x3c, 4), 0x42);
	rig_close(&r);
}

static void msi_capability(void)
{
	struct rig r;

	rig_start(&r);
	CHECK_EQ(dwc_rc_cfg_read(r.d, 0x52, 2), 0x018a); /* 64 bit, masks, 32 vectors */
	/* dw_pcie_ep_set_msi(): 8 vectors */
	ep_w16(&r, 0x52, 0x0186);
	CHECK_EQ(dwc_rc_cfg_read(r.d, 0x52, 2), 0x018a);
	ro_enable(&r, true);
	ep_w16(&r, 0x52, 0x0186);
	ro_enable(&r, false);
	dwc_rc_cfg_write(r.d, 0x52, 2, 0xffff);
	/* enabled; more vectors than capable are cut to 8 */
	CHECK_EQ(dwc_rc_cfg_read(r.d, 0x52, 2), 0x01b7);
	for (int reg = 0x54; reg <= 0x64; reg += 4)
		dwc_rc_cfg_write(r.d, reg, 4, 0xffffffff);
	CHECK_EQ(dwc_rc_cfg_read(r.d, 0x54, 4), 0xfffffffc);
	CHECK_EQ(dwc_rc_cfg_read(r.d, 0x58, 4), 0xffffffff);
	CHECK_EQ(dwc_rc_cfg_read(r.d, 0x5c, 4), 0xffff);
	CHECK_EQ(dwc_rc_cfg_read(r.d, 0x60, 4), 0xffffffff);
	CHECK_EQ(dwc_rc_cfg_read(r.d, 0x64, 4), 0); /* pending */
	rig_close(&r);
}

static void msix_capability(void)
{
	struct rig r;

	rig_start(&r);
	CHECK_EQ(dwc_rc_cfg_read(r.d, 0xb2, 2), 0x07ff);
	/* dw_pcie_ep_set_msix(): 32 vectors, table at BAR0 + 0x2000 */
	ro_enable(&r, true);
	ep_w16(&r, 0xb2, 31);
	ep_w32(&r, 0xb4, 0x2000);
	ep_w32(&r, 0xb8, 0x2200);
	ro_enable(&r, false);
	for (int reg = 0xb0; reg <= 0xb8; reg += 4)
		dwc_rc_cfg_write(r.d, reg, 4, 0xffffffff);
	CHECK_EQ(dwc_rc_cfg_read(r.d, 0xb2, 2), 0xc01f);
	CHECK_EQ(dwc_rc_cfg_read(r.d, 0xb4, 4), 0x2000);
	CHECK_EQ(dwc_rc_cfg_read(r.d, 0xb8, 4), 0x2200);
	rig_close(&r);
}

static void express_capability(void)
{
	struct rig r;

	rig_open(&r, "rcar-s4");
	ep_w32(&r, APP(0), 1);
	CHECK_EQ(ep_r32(&r, 0x80) >> 16 & 0x3ff, 0); /* link status while it is down */
	dwc_rc_attach(r.d);
	CHECK_EQ(dwc_rc_cfg_read(r.d, 0x7c, 4), 0x24); /* x2, 16 GT/s */
	CHECK_EQ(dwc_rc_cfg_read(r.d, 0x82, 2), 0x1024);
	CHECK_EQ(dwc_rc_cfg_read(r.d, 0x72, 2), 2); /* endpoint, version 2 */
	dwc_rc_cfg_write(r.d, 0x78, 2, 0x5020);
	CHECK_EQ(dwc_rc_cfg_read(r.d, 0x78, 2), 0x5020);
	rig_close(&r);
}

/* dw_pcie_version_detect(), _iatu_detect(), _edma_find_mf(), _link_up() */
static void driver_detection(void)
{
	static const uint32_t align[] = { 0xfff, 0xfff, 0xffff };

	for (int i = 0; i < 3; i++) {
		struct rig r;

		rig_open(&r, profiles[i]);
		CHECK_EQ(ep_r32(&r, 0x8f8), 0x3532302a);
		CHECK_EQ(ep_r32(&r, 0x900), 0xffffffff);
		CHECK_EQ(ep_r32(&r, 0x978), 0xffffffff);
		CHECK_EQ(ep_r32(&r, DMA(8)), 0x00040004);
		for (int win = 0; win < 32; win++) { /* 16 outbound, 16 inbound */
			uint32_t reg = DWC_OFF_ATU + win * 0x100;

			ep_w32(&r, reg + 0x14, 0x11110000);
			CHECK_EQ(ep_r32(&r, reg + 0x14), 0x11110000);
		}
		ep_w32(&r, DWC_OFF_ATU + 0x10, 0);
		CHECK_EQ(ep_r32(&r, DWC_OFF_ATU + 0x10), align[i]);
		ep_w32(&r, DWC_OFF_ATU + 0x20, 0xffffffff);
		CHECK_EQ(ep_r32(&r, DWC_OFF_ATU + 0x20), 0xff);
		CHECK_EQ(ep_r32(&r, 0x72c), 0);
		rig_link(&r);
		CHECK_EQ(ep_r32(&r, 0x72c), 0x10);
		CHECK_EQ(ep_r32(&r, 0x728), 0x11);
		CHECK_EQ(ep_r32(&r, APP(0x14)), i);
		CHECK_EQ(ep_r32(&r, APP(0x10)), 0x44574345);
		CHECK_EQ(cnt(&r)->bad_access, 0);
		rig_close(&r);
	}
}

/* Only the endpoint's CPU writes port logic; some of it nobody does. */
static void port_logic(void)
{
	struct rig r;

	rig_start(&r);
	ep_w32(&r, 0x710, 0x00070120);
	CHECK_EQ(ep_r32(&r, 0x710), 0x00070120);
	dwc_rc_cfg_write(r.d, 0x710, 4, 0);
	dwc_rc_cfg_write(r.d, MISC_CONTROL_1, 4, 1);
	CHECK_EQ(ep_r32(&r, 0x710), 0x00070120);
	CHECK_EQ(ep_r32(&r, MISC_CONTROL_1), 0);
	ep_w32(&r, 0x8f8, 0);
	CHECK_EQ(ep_r32(&r, 0x8f8), 0x3532302a);
	rig_close(&r);
}

/* D3hot: configuration requests only. */
static void power_state(void)
{
	struct rig r;

	rig_start(&r);
	simple_bar0(&r);
	rc_w32(&r, 0, 0, 0x1234);
	dwc_rc_cfg_write(r.d, 0x44, 2, 3);
	CHECK_EQ(rc_r32(&r, 0, 0), 0xffffffff);
	dwc_rc_cfg_write(r.d, 0x44, 2, 0);
	CHECK_EQ(rc_r32(&r, 0, 0), 0x1234);
	rig_close(&r);
}

static void window_holes(void)
{
	struct rig r;
	uint8_t big[64];

	rig_start(&r);
	CHECK_EQ(ep_r32(&r, 0x40000), 0xffffffff);
	ep_w32(&r, 0x5000, 0);
	CHECK_EQ(cnt(&r)->bad_access, 2);
	CHECK(dwc_ep_read(r.d, 0xfffff0, big, 64) < 0);
	CHECK_EQ(big[63], 0xff);
	CHECK(dwc_ep_write(r.d, ~0ull - 4, big, 8) < 0);
	CHECK(dwc_ep_memset(r.d, 0x1000000, 0, 1) < 0);
	CHECK_EQ(cnt(&r)->bad_access, 5);
	rig_close(&r);
}

static const struct ktap_case cases[] = {
	CASE(capabilities_are_found), CASE(no_link_no_config), CASE(header_is_writable_by_dbi_only),
	CASE(command_register_mask), CASE(config_access_sizes), CASE(msi_capability),
	CASE(msix_capability), CASE(express_capability), CASE(driver_detection), CASE(port_logic),
	CASE(power_state), CASE(window_holes),
};

KTAP_MAIN(cases)
