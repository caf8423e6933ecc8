// SPDX-License-Identifier: GPL-2.0
/* BAR sizing as the host does it, for each profile; resizable BARs; faults of BARs. */
#include "tests/ktap.h"
#include "tests/rig.h"

static uint64_t sized(struct rig *r, int bar)
{
	uint32_t reg = 0x10 + 4 * bar, old = dwc_rc_cfg_read(r->d, reg, 4), val;

	dwc_rc_cfg_write(r->d, reg, 4, 0xffffffff);
	val = dwc_rc_cfg_read(r->d, reg, 4);
	dwc_rc_cfg_write(r->d, reg, 4, old);
	return val;
}

/* dw_pcie_ep_set_bar_resizable() */
static void set_rebar(struct rig *r, int bar, int entry, uint32_t cap, uint32_t flags)
{
	uint32_t reg = 0x10 + 4 * bar;

	ro_enable(r, true);
	ep_w32(r, DWC_OFF_DBI2 + reg, 1);
	ep_w32(r, reg, flags);
	ep_w32(r, 0x108 + 8 * entry, ep_r32(r, 0x108 + 8 * entry) & 0xffff);
	ep_w32(r, 0x104 + 8 * entry, cap);
	ro_enable(r, false);
}

static void disabled_by_default(void)
{
	struct rig r;

	rig_start(&r);
	for (int bar = 0; bar < 6; bar++)
		CHECK_EQ(sized(&r, bar), 0);
	rig_close(&r);
}

static void programmable_32bit(void)
{
	struct rig r;

	rig_start(&r);
	for (int bar = 0; bar < 6; bar++) {
		set_bar(&r, bar, 0x1000ull << bar, 0);
		CHECK_EQ(sized(&r, bar), 0xfffff000 << bar & 0xffffffff);
	}
	set_bar(&r, 1, 16, 8);
	CHECK_EQ(sized(&r, 1), 0xfffffff8);
	rig_close(&r);
}

static void programmable_64bit(void)
{
	struct rig r;

	rig_start(&r);
	set_bar(&r, 2, 0x100000, 0xc);
	CHECK_EQ(sized(&r, 2), 0xfff0000c);
	CHECK_EQ(sized(&r, 3), 0xffffffff);
	assign_bar(&r, 2, 0x1280000000);
	CHECK_EQ(dwc_rc_cfg_read(r.d, 0x18, 8), 0x128000000c);
	/* 8 GiB: mask bits in the upper half */
	set_bar(&r, 4, 0x200000000, 0x4);
	CHECK_EQ(sized(&r, 4), 0x4);
	CHECK_EQ(sized(&r, 5), 0xfffffffe);
	/* an odd BAR is never 64 bit wide */
	set_bar(&r, 1, 0x1000, 0);
	ro_enable(&r, true);
	ep_w32(&r, 0x14, 0xd);
	ro_enable(&r, false);
	CHECK_EQ(sized(&r, 1), 0xfffff008);
	assign_bar(&r, 1, 0x80000000);
	assign_bar(&r, 2, 0x90000000);
	ib_addr(&r, 0, 0x80000000, 0x1000, BUS(0x100000));
	rc_w32(&r, 1, 0, 0x77);
	CHECK_EQ(rc_r32(&r, 1, 0), 0x77);
	rig_close(&r);
}

/* __dw_pcie_ep_reset_bar() */
static void reset_bar(void)
{
	struct rig r;

	rig_start(&r);
	set_bar(&r, 0, 0x1000, 0xc);
	assign_bar(&r, 0, 0x980000000);
	ro_enable(&r, true);
	for (int reg = 0x10; reg <= 0x14; reg += 4) {
		ep_w32(&r, DWC_OFF_DBI2 + reg, 0);
		ep_w32(&r, reg, 0);
	}
	ro_enable(&r, false);
	CHECK_EQ(sized(&r, 0), 0);
	CHECK_EQ(sized(&r, 1), 0);
	set_bar(&r, 1, 0x1000, 0);
	CHECK_EQ(dwc_rc_cfg_read(r.d, 0x14, 4), 0);
	rig_close(&r);
}

static void masks_need_dbi2(void)
{
	struct rig r;

	rig_start(&r);
	set_bar(&r, 0, 0x1000, 0);
	ep_w32(&r, 0x10, 0xffffffff); /* type bits are read-only without DBI_RO_WR_EN */
	CHECK_EQ(dwc_rc_cfg_read(r.d, 0x10, 4), 0xfffff000);
	CHECK_EQ(ep_r32(&r, DWC_OFF_DBI2 + 0x10), 0xfff);
	rig_close(&r);
}

static void rcar_bars(void)
{
	struct rig r;

	rig_open(&r, "rcar-s4");
	rig_link(&r);
	CHECK_EQ(dwc_rc_cfg_read(r.d, 0x100, 4) & 0xfffff, 0x10015);
	CHECK_EQ(dwc_rc_cfg_read(r.d, 0x108, 4), 0x40); /* two, the first is BAR0 */
	CHECK_EQ(dwc_rc_cfg_read(r.d, 0x110, 4) & 7, 2);
	for (int bar = 0; bar < 6; bar++) {
		CHECK_EQ(sized(&r, bar), 0);
		if (bar & 1) { /* disabled whatever is programmed */
			set_bar(&r, bar, 0x1000, 0);
			CHECK_EQ(sized(&r, bar), 0);
		}
	}
	set_bar(&r, 4, 0x100000, 0); /* fixed: the mask does not count, its bit 0 does */
	CHECK_EQ(sized(&r, 4), 0xffffff00);
	set_rebar(&r, 0, 0, 0x10, 0);
	CHECK_EQ(sized(&r, 0), 0xfff00000);
	set_rebar(&r, 2, 1, 0x20, 0xc);
	CHECK_EQ(sized(&r, 2), 0xffe0000c);
	CHECK_EQ(sized(&r, 3), 0xffffffff);
	rig_close(&r);
}

static void resizable_selection(void)
{
	struct rig r;

	rig_open(&r, "rcar-s4");
	rig_link(&r);
	set_rebar(&r, 0, 0, 0x30, 0); /* 1 and 2 MiB */
	CHECK_EQ(sized(&r, 0), 0xfff00000);
	dwc_rc_cfg_write(r.d, 0x108, 4, 1 << 8);
	CHECK_EQ(sized(&r, 0), 0xffe00000);
	dwc_rc_cfg_write(r.d, 0x108, 4, 2 << 8); /* 4 MiB is not offered */
	CHECK_EQ(sized(&r, 0), 0xffe00000);
	dwc_rc_cfg_write(r.d, 0x104, 4, 0xffffffff); /* read-only for the host */
	CHECK_EQ(dwc_rc_cfg_read(r.d, 0x104, 4), 0x30);
	ro_enable(&r, true);
	ep_w32(&r, 0x108, 0xffffffff); /* BAR number and count are fixed */
	ro_enable(&r, false);
	CHECK_EQ(dwc_rc_cfg_read(r.d, 0x108, 4) & 0xff, 0x40);
	/* link down selects the lowest again, the sizes stay */
	dwc_rc_detach(r.d);
	dwc_rc_attach(r.d);
	CHECK_EQ(dwc_rc_cfg_read(r.d, 0x104, 4), 0x30);
	CHECK_EQ(sized(&r, 0), 0xfff00000);
	rig_close(&r);
}

static void rk3588_bars(void)
{
	static const int bars[] = { 0, 1, 2, 3, 5 };
	struct rig r;

	rig_open(&r, "rk3588");
	rig_link(&r);
	CHECK_EQ(dwc_rc_cfg_read(r.d, 0x108, 4), 0xa0);
	for (int i = 0; i < 5; i++)
		CHECK_EQ(dwc_rc_cfg_read(r.d, 0x108 + 8 * i, 4) & 7, bars[i]);
	CHECK_EQ(sized(&r, 4), 0xffff0000); /* always there */
	assign_bar(&r, 4, 0x90000000);
	CHECK_EQ(rc_r32(&r, 4, 8), 0x00040004);
	rc_w32(&r, 4, 0x54, 0xf000f);
	CHECK_EQ(ep_r32(&r, WR_MASK), 0xf000f);
	CHECK_EQ(rc_r32(&r, 4, 0x2000), 0xffffffff);
	ro_enable(&r, true);
	ep_w32(&r, DWC_OFF_DBI2 + 0x20, 0);
	ro_enable(&r, false);
	CHECK_EQ(sized(&r, 4), 0xffff0000);
	rig_close(&r);
}

static void out_of_range(void)
{
	uint8_t buf[64];
	struct rig r;

	rig_start(&r);
	simple_bar0(&r);
	CHECK_EQ(rc_r32(&r, 0, 0x10000), 0xffffffff);
	CHECK_EQ(cnt(&r)->dir[DWC_DOWN].ur, 1);
	/* half in, half out: the part inside is served */
	memset(r.ep + 0x10ffe0, 0x11, 0x40);
	CHECK(dwc_rc_bar_read(r.d, 0, 0xffe0, buf, 64) < 0);
	CHECK_EQ(buf[31], 0x11);
	CHECK_EQ(buf[32], 0xff);
	CHECK(dwc_rc_bar_read(r.d, 6, 0, buf, 4) < 0);
	CHECK(dwc_rc_bar_read(r.d, 1, 0, buf, 4) < 0);
	CHECK(dwc_rc_bar_read(r.d, 0, ~0ull, buf, 4) < 0);
	CHECK(dwc_rc_bar_memset(r.d, 0, 0, 0, 1ull << 40) < 0);
	dwc_rc_cfg_write(r.d, 4, 2, 4); /* memory space off */
	CHECK_EQ(rc_r32(&r, 0, 0), 0xffffffff);
	rig_close(&r);
}

static void any_size_any_alignment(void)
{
	static uint8_t in[3000], out[3000];
	struct rig r;

	rig_start(&r);
	simple_bar0(&r);
	pattern(in, sizeof(in), 1);
	CHECK_EQ(dwc_rc_bar_write(r.d, 0, 3, in, sizeof(in)), 0);
	CHECK(!memcmp(r.ep + 0x100003, in, sizeof(in)));
	CHECK_EQ(dwc_rc_bar_read(r.d, 0, 3, out, sizeof(out)), 0);
	CHECK(!memcmp(in, out, sizeof(in)));
	for (unsigned int len = 1; len <= 9; len++) {
		memset(out, 0, 16);
		CHECK_EQ(dwc_rc_bar_write(r.d, 0, 0x1001, in, len), 0);
		CHECK_EQ(dwc_rc_bar_read(r.d, 0, 0x1001, out, len), 0);
		CHECK(!memcmp(in, out, len) && out[len] == 0);
	}
	CHECK_EQ(dwc_rc_bar_memset(r.d, 0, 5, 0x77, 9001), 0);
	CHECK(r.ep[0x100005] == 0x77 && r.ep[0x100005 + 9000] == 0x77);
	CHECK(r.ep[0x100004] != 0x77 && r.ep[0x100005 + 9001] != 0x77);
	rig_close(&r);
}

static void fault_knobs(void)
{
	struct rig r;

	rig_start(&r);
	simple_bar0(&r);
	rc_w32(&r, 0, 0x100, 0x11223344);
	rc_w32(&r, 0, 0x8000, 5);
	CHECK_EQ(cmd(&r, "corrupt 0 0x100 0xdeadbeef", NULL, 0), 0);
	CHECK_EQ(rc_r32(&r, 0, 0x100), 0xdeadbeef);
	CHECK_EQ(rc_r32(&r, 0, 0x102), 0xdead);
	CHECK_EQ(rc_r32(&r, 0, 0x104), 0);
	CHECK_EQ(cmd(&r, "corrupt 0 0x100 off", NULL, 0), 0);
	CHECK_EQ(rc_r32(&r, 0, 0x100), 0x11223344);
	CHECK_EQ(cmd(&r, "bar short 0 0x8000", NULL, 0), 0);
	CHECK_EQ(sized(&r, 0), 0xffff8000);
	CHECK_EQ(rc_r32(&r, 0, 0x8000), 0xffffffff);
	CHECK_EQ(cmd(&r, "bar short 0 off", NULL, 0), 0);
	CHECK_EQ(rc_r32(&r, 0, 0x8000), 5);
	rig_close(&r);
}

static const struct ktap_case cases[] = {
	CASE(disabled_by_default), CASE(programmable_32bit), CASE(programmable_64bit),
	CASE(reset_bar), CASE(masks_need_dbi2), CASE(rcar_bars), CASE(resizable_selection),
	CASE(rk3588_bars), CASE(out_of_range), CASE(any_size_any_alignment), CASE(fault_knobs),
};

KTAP_MAIN(cases)
