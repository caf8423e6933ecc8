// SPDX-License-Identifier: GPL-2.0
/* Address translation in both directions. */
#include "tests/ktap.h"
#include "tests/rig.h"

static void inbound_bar_match(void)
{
	struct rig r;

	rig_start(&r);
	simple_bar0(&r);
	rc_w32(&r, 0, 0x124, 0xcafe);
	CHECK_EQ(*(uint32_t *)(r.ep + 0x100124), 0xcafe);
	/* another BAR is not matched */
	set_bar(&r, 1, 0x1000, 0);
	assign_bar(&r, 1, 0x80020000);
	CHECK_EQ(rc_r32(&r, 1, 0), 0xffffffff);
	CHECK_EQ(cnt(&r)->dir[DWC_DOWN].ur, 1);
	/* disabled */
	ep_w32(&r, DWC_OFF_ATU + 0x104, 0);
	CHECK_EQ(rc_r32(&r, 0, 0x124), 0xffffffff);
	/* a window of another function, or of another kind of request */
	ib_bar(&r, 0, 0, BUS(0x100000));
	CHECK_EQ(rc_r32(&r, 0, 0x124), 0xcafe);
	ep_w32(&r, DWC_OFF_ATU + 0x100, 1 << 20);
	CHECK_EQ(rc_r32(&r, 0, 0x124), 0xffffffff);
	ep_w32(&r, DWC_OFF_ATU + 0x100, 2);
	CHECK_EQ(rc_r32(&r, 0, 0x124), 0xffffffff);
	rig_close(&r);
}

/* BAR match follows the address that the host assigns, address match does not. */
static void inbound_address_match(void)
{
	struct rig r;

	rig_start(&r);
	set_bar(&r, 0, 0x10000, 0);
	assign_bar(&r, 0, 0x80000000);
	ib_addr(&r, 0, 0x80000000, 0x1000, BUS(0x200000));
	ib_addr(&r, 1, 0x80001000, 0x3000, BUS(0x100000));
	rc_w32(&r, 0, 0xffc, 1);
	rc_w32(&r, 0, 0x1000, 2);
	rc_w32(&r, 0, 0x3ffc, 3);
	CHECK_EQ(*(uint32_t *)(r.ep + 0x200ffc), 1);
	CHECK_EQ(*(uint32_t *)(r.ep + 0x100000), 2);
	CHECK_EQ(*(uint32_t *)(r.ep + 0x102ffc), 3);
	CHECK_EQ(cnt(&r)->dir[DWC_DOWN].ur, 0);
	CHECK_EQ(rc_r32(&r, 0, 0x4000), 0xffffffff);
	CHECK_EQ(cnt(&r)->dir[DWC_DOWN].ur, 1);
	assign_bar(&r, 0, 0x90000000);
	CHECK_EQ(rc_r32(&r, 0, 0x1000), 0xffffffff);
	rig_close(&r);
}

/* One access over two windows and a gap. */
static void inbound_split(void)
{
	static uint8_t buf[0x5000];
	struct rig r;

	rig_start(&r);
	set_bar(&r, 0, 0x10000, 0);
	assign_bar(&r, 0, 0x80000000);
	ib_addr(&r, 3, 0x80000000, 0x1000, BUS(0x200000));
	ib_addr(&r, 2, 0x80001000, 0x1000, BUS(0x300000));
	ib_addr(&r, 1, 0x80003000, 0x1000, BUS(0x400000));
	memset(r.ep + 0x200000, 2, 0x1000);
	memset(r.ep + 0x300000, 3, 0x1000);
	memset(r.ep + 0x400000, 4, 0x1000);
	CHECK(dwc_rc_bar_read(r.d, 0, 0x10, buf, 0x4000) < 0);
	CHECK(buf[0] == 2 && buf[0xfef] == 2 && buf[0xff0] == 3 && buf[0x1fef] == 3);
	CHECK(buf[0x1ff0] == 0xff && buf[0x2fef] == 0xff);
	CHECK(buf[0x2ff0] == 4 && buf[0x3fef] == 4 && buf[0x3ff0] == 0xff);
	CHECK_EQ(cnt(&r)->dir[DWC_DOWN].ur, 2);
	/* a window that ends before it starts matches nothing and splits nothing */
	ib_bar(&r, 4, 0, BUS(0x100000));
	ib_addr(&r, 0, 0x80008000, (uint64_t)-0x2000, BUS(0));
	ep_w32(&r, DWC_OFF_ATU + 0x100, 0);
	r.nev = 0;
	CHECK_EQ(dwc_rc_bar_read(r.d, 0, 0x4000, buf, 0x5000), 0);
	CHECK_EQ(r.nev, 1);
	rig_close(&r);
}

/* The window with the lowest number wins where two overlap. */
static void inbound_overlap(void)
{
	uint8_t buf[0x3000];
	struct rig r;

	rig_start(&r);
	simple_bar0(&r); /* window 0: BAR match */
	ib_addr(&r, 1, 0x80001000, 0x1000, BUS(0x200000));
	memset(r.ep + 0x100000, 1, 0x10000);
	memset(r.ep + 0x200000, 2, 0x1000);
	CHECK_EQ(rc_r32(&r, 0, 0x1000), 0x01010101);
	ib_bar(&r, 2, 0, BUS(0x100000));
	ep_w32(&r, DWC_OFF_ATU + 0x104, 0);
	CHECK_EQ(rc_r32(&r, 0, 0x1000), 0x02020202);
	CHECK_EQ(dwc_rc_bar_read(r.d, 0, 0, buf, sizeof(buf)), 0);
	CHECK(buf[0xfff] == 1 && buf[0x1000] == 2 && buf[0x1fff] == 2 && buf[0x2000] == 1);
	rig_close(&r);
}

/* No window: the address that the host chose for the BAR is one of the endpoint's bus. */
static void inbound_miss(void)
{
	struct rig r;

	rig_start(&r);
	set_bar(&r, 0, 0x10000, 0);
	assign_bar(&r, 0, BUS(0x300000));
	rc_w32(&r, 0, 0x10, 7);
	CHECK_EQ(*(uint32_t *)(r.ep + 0x300010), 7);
	CHECK_EQ(rc_r32(&r, 0, 0x10), 7);
	CHECK_EQ(cnt(&r)->dir[DWC_DOWN].ur, 0);
	CHECK_EQ(cnt(&r)->untranslated, 2);
	/* as a scenario may want it, and while the BAR decodes nothing */
	CHECK_EQ(cmd(&r, "atu miss ur", NULL, 0), 0);
	CHECK_EQ(rc_r32(&r, 0, 0x10), 0xffffffff);
	CHECK_EQ(cmd(&r, "atu miss pass", NULL, 0), 0);
	CHECK_EQ(rc_r32(&r, 0, 0x10), 7);
	dwc_rc_cfg_write(r.d, 4, 2, 0);
	CHECK_EQ(rc_r32(&r, 0, 0x10), 0xffffffff);
	CHECK_EQ(cnt(&r)->dir[DWC_DOWN].ur, 2);
	CHECK_EQ(cnt(&r)->untranslated, 3);
	/* where the endpoint has no memory */
	dwc_rc_cfg_write(r.d, 4, 2, 6);
	assign_bar(&r, 0, 0x80000000);
	CHECK_EQ(rc_r32(&r, 0, 0x10), 0xffffffff);
	CHECK_EQ(cnt(&r)->dir[DWC_DOWN].ur, 3);
	CHECK_EQ(cnt(&r)->untranslated, 4);
	rig_close(&r);
}

/* A window that refuses: what windows before it match is not its business. */
static void inbound_response_code(void)
{
	static uint8_t buf[0x4000];
	struct rig r;

	rig_start(&r);
	set_bar(&r, 0, 0x10000, 0);
	assign_bar(&r, 0, BUS(0x300000));
	memset(r.ep + 0x100000, 1, 0x1000);
	memset(r.ep + 0x300000, 3, 0x10000);
	ib_addr(&r, 1, BUS(0x301000), 0x1000, BUS(0x100000));
	ib_refuse(&r, 2, 0, 1);
	ib_addr(&r, 3, BUS(0x302000), 0x1000, BUS(0x100000));
	CHECK(dwc_rc_bar_read(r.d, 0, 0, buf, sizeof(buf)) < 0);
	CHECK(buf[0] == 0xff && buf[0xfff] == 0xff && buf[0x1000] == 1 && buf[0x1fff] == 1);
	CHECK(buf[0x2000] == 0xff && buf[0x3fff] == 0xff);
	CHECK_EQ(cnt(&r)->dir[DWC_DOWN].ur, 2);
	rc_w32(&r, 0, 0, 7);
	CHECK_EQ(*(uint32_t *)(r.ep + 0x300000), 0x03030303);
	/* the host moves the BAR: it follows, the others do not */
	assign_bar(&r, 0, BUS(0x310000));
	CHECK_EQ(rc_r32(&r, 0, 0x1000), 0xffffffff);
	/* completer abort, and in address match mode */
	ib_refuse(&r, 2, 0, 2);
	CHECK_EQ(rc_r32(&r, 0, 0), 0xffffffff);
	ep_w32(&r, DWC_OFF_ATU + 0x504, 0);
	ib_addr(&r, 0, BUS(0x310000), 0x1000, BUS(0x100000));
	CHECK_EQ(rc_r32(&r, 0, 0), 0x01010101);
	ep_w32(&r, DWC_OFF_ATU + 0x104, 0x81000000);
	CHECK_EQ(rc_r32(&r, 0, 0), 0xffffffff);
	CHECK_EQ(cnt(&r)->untranslated, 0);
	CHECK_EQ(rc_r32(&r, 0, 0x1000), 0);
	CHECK_EQ(cnt(&r)->untranslated, 1);
	rig_close(&r);
}

static void inbound_64bit_and_alignment(void)
{
	struct rig r;

	rig_open(&r, "rk3588");
	rig_link(&r);
	/* low bits of base, target and limit are hardwired to 64 KiB */
	ib_addr(&r, 5, 0x1280001234, 0x10, BUS(0x101234));
	CHECK_EQ(ep_r32(&r, DWC_OFF_ATU + 0xb08), 0x80000000);
	CHECK_EQ(ep_r32(&r, DWC_OFF_ATU + 0xb0c), 0x12);
	CHECK_EQ(ep_r32(&r, DWC_OFF_ATU + 0xb10), 0x8000ffff);
	CHECK_EQ(ep_r32(&r, DWC_OFF_ATU + 0xb14), 0x40100000);
	rig_close(&r);

	rig_start(&r);
	set_bar(&r, 0, 0x100000, 0x4);
	assign_bar(&r, 0, 0x12fff00000);
	ib_addr(&r, 0, 0x12fff00000, 0x100000, BUS(0x100000));
	rc_w32(&r, 0, 0xffffc, 7);
	CHECK_EQ(*(uint32_t *)(r.ep + 0x1ffffc), 7);
	/* a window over a 4 GiB boundary needs the upper limit */
	set_bar(&r, 0, 0x100000, 0x4);
	assign_bar(&r, 0, 0x1300000000);
	ib_addr(&r, 0, 0x12fff00000, 0x200000, BUS(0x100000));
	rc_w32(&r, 0, 0, 8);
	CHECK_EQ(*(uint32_t *)(r.ep + 0x200000), 8);
	ep_w32(&r, DWC_OFF_ATU + 0x100, 0);
	CHECK_EQ(rc_r32(&r, 0, 0), 0xffffffff);
	rig_close(&r);
}

/* Targets that are not RAM: below the bus offset, holes, the outbound region. */
static void inbound_bad_targets(void)
{
	static const uint64_t targets[] = { 0x1000, BUS(0x9000000), 0xffffffffffff0000,
					    0x50000000 + DWC_OFF_ADDR_SPACE, 0x50040000 };
	uint32_t two[2];
	struct rig r;

	rig_start(&r);
	simple_bar0(&r);
	ob(&r, 0, 0, 0x1000, 0x10000);
	for (unsigned int i = 0; i < 5; i++) {
		ib_bar(&r, 0, 0, targets[i]);
		CHECK_EQ(rc_r32(&r, 0, 0), 0xffffffff);
		rc_w32(&r, 0, 0, 1);
		CHECK_EQ(cnt(&r)->dir[DWC_DOWN].ur, 2 * i + 2);
	}
	/* from a hole into the registers */
	ib_addr(&r, 0, 0x80000000, 0x2000, 0x4ffff000);
	CHECK(dwc_rc_bar_read(r.d, 0, 0xffc, two, 8) < 0);
	CHECK_EQ(two[0], 0xffffffff);
	CHECK_EQ(two[1], 0xabcd16c3);
	rig_close(&r);
}

/* The endpoint's registers are on its bus as well. */
static void inbound_registers(void)
{
	uint32_t two[2] = { 0x11, 0x22 };
	struct rig r;

	rig_start(&r);
	simple_bar0(&r);
	ib_addr(&r, 1, 0x80000000, 0x2000, 0x50000000 + DWC_OFF_DMA);
	ib_bar(&r, 2, 0, BUS(0x100000));
	ep_w32(&r, DWC_OFF_ATU + 0x104, 0);
	CHECK_EQ(rc_r32(&r, 0, 8), 0x40004);
	CHECK_EQ(dwc_rc_bar_write(r.d, 0, 0x204, two, 8), 0);
	CHECK_EQ(ep_r32(&r, WR_CH(0) + 4), 0x11);
	CHECK_EQ(ep_r32(&r, WR_CH(0) + 8), 0x22);
	dwc_rc_bar_write(r.d, 0, 0x206, "\x33", 1);
	CHECK_EQ(ep_r32(&r, WR_CH(0) + 4), 0x330011);
	rig_close(&r);
}

static void outbound(void)
{
	static uint8_t in[5000], out[5000];
	struct rig r;

	rig_start(&r);
	ob(&r, 3, 0x10000, 0x200000, 0x4000);
	pattern(in, sizeof(in), 3);
	CHECK_EQ(dwc_ep_write(r.d, DWC_OFF_ADDR_SPACE + 0x10003, in, sizeof(in)), 0);
	CHECK(!memcmp(r.rc + 0x200003, in, sizeof(in)));
	CHECK_EQ(dwc_ep_read(r.d, DWC_OFF_ADDR_SPACE + 0x10003, out, sizeof(out)), 0);
	CHECK(!memcmp(in, out, sizeof(in)));
	CHECK_EQ(dwc_ep_memset(r.d, DWC_OFF_ADDR_SPACE + 0x10000, 9, 0x4000), 0);
	CHECK(r.rc[0x200000] == 9 && r.rc[0x203fff] == 9 && r.rc[0x204000] == 0);
	CHECK_EQ(cnt(&r)->dir[DWC_UP].mwr_bytes, 5000 + 0x4000);
	CHECK_EQ(cnt(&r)->dir[DWC_UP].mrd_bytes, 5000);
	CHECK_EQ(cnt(&r)->dir[DWC_DOWN].cpld_bytes, 5000);
	rig_close(&r);
}

static void outbound_misses(void)
{
	struct rig r;

	rig_start(&r);
	ob(&r, 0, 0, 0x200000, 0x1000);
	CHECK_EQ(ep_r32(&r, DWC_OFF_ADDR_SPACE + 0x1000), 0xffffffff);
	CHECK_EQ(cnt(&r)->dir[DWC_UP].ur, 1);
	ep_w32(&r, DWC_OFF_ADDR_SPACE + 0xffe, 0x11223344); /* half in */
	CHECK_EQ(cnt(&r)->dir[DWC_UP].ur, 2);
	CHECK_EQ(*(uint16_t *)(r.rc + 0x200ffe), 0x3344);
	ob(&r, 0, 0, 0x70000000, 0x1000); /* no memory there */
	CHECK_EQ(ep_r32(&r, DWC_OFF_ADDR_SPACE), 0xffffffff);
	CHECK_EQ(cnt(&r)->dir[DWC_UP].ur, 3);
	CHECK(r.ev[r.nev - 1].unsupported && r.ev[r.nev - 1].type == DWC_EV_MRD);
	/* no bus mastering */
	ob(&r, 0, 0, 0x200000, 0x1000);
	dwc_rc_cfg_write(r.d, 4, 2, 2);
	ep_w32(&r, DWC_OFF_ADDR_SPACE, 1);
	CHECK_EQ(*(uint32_t *)(r.rc + 0x200000), 0);
	CHECK_EQ(cnt(&r)->dir[DWC_UP].ur, 4);
	rig_close(&r);
}

static void outbound_overlap(void)
{
	struct rig r;

	rig_start(&r);
	ob(&r, 1, 0, 0x200000, 0x4000);
	ob(&r, 0, 0x1000, 0x300000, 0x1000);
	ep_w32(&r, DWC_OFF_ADDR_SPACE + 0x1000, 1);
	ep_w32(&r, DWC_OFF_ADDR_SPACE + 0x2000, 2);
	ep_w32(&r, DWC_OFF_ADDR_SPACE + 0xffc, 3);
	CHECK_EQ(*(uint32_t *)(r.rc + 0x300000), 1);
	CHECK_EQ(*(uint32_t *)(r.rc + 0x202000), 2);
	CHECK_EQ(*(uint32_t *)(r.rc + 0x200ffc), 3);
	rig_close(&r);
}

static const struct ktap_case cases[] = {
	CASE(inbound_bar_match), CASE(inbound_address_match), CASE(inbound_split),
	CASE(inbound_overlap), CASE(inbound_miss), CASE(inbound_response_code),
	CASE(inbound_64bit_and_alignment), CASE(inbound_bad_targets),
	CASE(inbound_registers), CASE(outbound), CASE(outbound_misses), CASE(outbound_overlap),
};

KTAP_MAIN(cases)
