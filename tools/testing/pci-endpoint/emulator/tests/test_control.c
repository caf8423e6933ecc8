// SPDX-License-Identifier: GPL-2.0
/* Commands and their errors, counters, trace text. */
#include <stdlib.h>

#include "tests/ktap.h"
#include "tests/rig.h"

static void error_texts(void)
{
	static const struct { const char *line, *text; } t[] = {
		{ "", "empty command" },
		{ "frobnicate", "unknown command 'frobnicate'" },
		{ "msi", "msi: wrong number of words, see help" },
		{ "msi lose 3", "msi 'lose': expected drop, dup or delay" },
		{ "msi drop x", "count 'x': expected a number from 0 to 1000000" },
		{ "msi drop -1", "count '-1': expected a number from 0 to 1000000" },
		{ "msi drop 1 2", "msi drop: too many words" },
		{ "msi delay 1 0", "delay in us '0': expected a number from 1 to 60000000" },
		{ "dma abort up 0 0", "direction 'up': expected write or read" },
		{ "dma abort write 4 0", "channel '4': expected a number from 0 to 3" },
		{ "dma stall read",
		  "usage: dma abort write|read CHANNEL ELEMENT, dma stall|resume write|read CHANNEL, dma latency NS, dma bandwidth MBPS"
		},
		{ "dma bandwidth 0", "bandwidth in MB/s '0': expected a number from 1 to 1000000" },
		{ "dma latency 5x", "latency in ns '5x': expected a number from 0 to 1000000000" },
		{ "link sideways", "usage: link up|down, link allones on|off" },
		{ "link allones maybe", "'maybe': expected on or off" },
		{ "hotreset", "the link is down" },
		{ "bar long 0 4096", "bar 'long': expected short" },
		{ "bar short 6 4096", "BAR '6': expected a number from 0 to 5" },
		{ "bar short 0 5000", "size '5000': expected a power of two, or off" },
		{ "atu hit pass", "usage: atu miss pass|ur" },
		{ "atu miss abort", "usage: atu miss pass|ur" },
		{ "corrupt 0 2 1", "offset '2': expected a multiple of 4" },
		{ "corrupt 0 4 0x100000000",
		  "value '0x100000000': expected a number from 0 to 4294967295" },
		{ "posted later on", "posted 'later': expected delay" },
		{ "posted delay on 0", "time in us '0': expected a number from 1 to 1000000" },
		{ "counters clear", "counters 'clear': expected reset or nothing" },
		{ "state x", "state: wrong number of words, see help" },
	};
	struct rig r;

	rig_open(&r, "generic");
	for (unsigned int i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		char out[512], want[512];

		CHECK(cmd(&r, t[i].line, out, sizeof(out)) < 0);
		snprintf(want, sizeof(want), "%s\n", t[i].text);
		if (strcmp(out, want))
			printf("# '%s' says: %s", t[i].line, out);
		CHECK(!strcmp(out, want));
	}
	rig_close(&r);
}

static void corrupt_slots_run_out(void)
{
	char line[64], out[128];
	struct rig r;

	rig_open(&r, "generic");
	for (int i = 0; i < 9; i++) {
		snprintf(line, sizeof(line), "corrupt 0 %d 1", i * 4);
		CHECK_EQ(cmd(&r, line, out, sizeof(out)), i < 8 ? 0 : (uint64_t)-1);
	}
	CHECK(!strcmp(out, "all 8 corrupt words are in use\n"));
	CHECK_EQ(cmd(&r, "corrupt 0 28 2", NULL, 0), 0); /* one that is there can change */
	CHECK_EQ(cmd(&r, "corrupt 0 28 off", NULL, 0), 0);
	CHECK_EQ(cmd(&r, line, NULL, 0), 0);
	rig_close(&r);
}

static void names_and_usage(void)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	dwc_usage(f);
	fclose(f);
	CHECK(strstr(text, "msi drop|dup N"));
	CHECK(strstr(text, "posted delay on|off"));
	CHECK(strstr(text, "state"));
	free(text);
	CHECK(dwc_is_command("corrupt") && !dwc_is_command("trace"));
	CHECK(dwc_profile_get("rk3588") && !dwc_profile_get("rk3399") && !dwc_profile_get(""));
	CHECK(!strcmp(dwc_profile_name(0), "generic") && !dwc_profile_name(3));
}

/* A scenario that uses every kind of transaction; its counters, as text. */
static void scenario(char *out, size_t size)
{
	static uint8_t buf[1000];
	struct rig r;

	rig_start(&r);
	CHECK(!strcmp(dwc_get_profile_name(r.d), "generic"));
	simple_bar0(&r);
	CHECK_EQ(cmd(&r, "counters reset", NULL, 0), 0);
	dwc_rc_cfg_write(r.d, 0x78, 2, 0x2010); /* 128 bytes payload, 512 bytes read request */
	dwc_rc_cfg_read(r.d, 0, 8);
	dwc_rc_bar_write(r.d, 0, 0x7e, buf, 4); /* over a payload boundary */
	dwc_rc_bar_write(r.d, 0, 0, buf, 1000);
	dwc_rc_bar_read(r.d, 0, 0, buf, 1000);
	rc_r32(&r, 0, 0x10000);
	ob(&r, 0, 0, MSI_BASE, 0x1000);
	ep_w32(&r, DWC_OFF_ADDR_SPACE, 1);
	elem(&r, 0x10000, CB | LIE, 1024, BUS(0x200000), 0x300000);
	elem_link(&r, 0x10000 + 24, LLP | TCB, BUS(0x10000));
	dma_enable(&r, true, 0, 0x10000);
	dma_doorbell(&r, true, 0);
	CHECK(rig_settle(&r));
	cmd(&r, "counters", out, size);
	rig_close(&r);
}

static void counters_exact_and_repeatable(void)
{
	static const char *const want[] = {
		"up.mwr 9\n", "up.mwr_bytes 1028\n", "up.mrd 0\n", "up.cpld 10\n",
		"up.cpld_bytes 1008\n", "up.ur 0\n", "up.msi 1\n", "up.msix 0\n", "down.mwr 10\n",
		"down.mwr_bytes 1004\n", "down.mrd 3\n", "down.mrd_bytes 1004\n", "down.cfgrd 2\n",
		"down.cfgwr 1\n", "down.ur 1\n", "wr0.doorbells 1\n", "wr0.elements 1\n",
		"wr0.chunks 1\n", "wr0.bytes 1024\n", "wr0.done 1\n", "wr0.abort 0\n",
		"rd3.bytes 0\n", "link.downs 0\n", "down.untranslated 0\n", "ep.bad_access 0\n",
	};
	char a[4096], b[4096];

	scenario(a, sizeof(a));
	scenario(b, sizeof(b));
	CHECK(!strcmp(a, b));
	for (unsigned int i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		if (!strstr(a, want[i]))
			printf("# missing: %s", want[i]);
		CHECK(strstr(a, want[i]));
	}
}

static void state_text(void)
{
	char out[8192];
	struct rig r;

	rig_start(&r);
	simple_bar0(&r);
	ib_addr(&r, 2, 0x80001000, 0x1000, BUS(0));
	ib_refuse(&r, 3, 0, 1);
	ob(&r, 1, 0, 0x300000, 0x1000);
	CHECK_EQ(cmd(&r, "dma stall write 2", NULL, 0), 0);
	CHECK_EQ(cmd(&r, "state", out, sizeof(out)), 0);
	CHECK(strstr(out, "link up (ltssm on, host attached)"));
	CHECK(strstr(out, "BAR0 0x80000000 size 0x10000\n"));
	CHECK(strstr(out, "ib0 BAR0 -> 0x0000000040100000\n"));
	CHECK(strstr(out, "ib2 0x0000000080001000..0x80001fff -> 0x0000000040000000\n"));
	CHECK(strstr(out, "ib3 BAR0 -> refused\n"));
	CHECK(strstr(out, "ob1 0x0000000010800000..0x10800fff -> 0x0000000000300000\n"));
	CHECK(strstr(out, "wr2 idle stalled"));
	rig_close(&r);
}

static void render(void (*fn)(FILE *, const struct dwc_event *), const struct dwc_event *ev,
		   char *out, size_t size)
{
	FILE *f = fmemopen(out, size, "w");

	fn(f, ev);
	fclose(f);
}

static void trace_text(void)
{
	static const char *const want[] = {
		"     0.001234567 RC->EP MWr   0x080000010 BAR0 -> 0x40100010 len 4 data 0xabc\n",
		"{\"name\":\"MWr\",\"cat\":\"link\",\"pid\":1,\"tid\":2,\"ts\":1234.567,\"ph\":\"i\",\"s\":\"t\",\"args\":{\"addr\":\"0x80000010\",\"addr2\":\"0x40100010\",\"len\":4,\"value\":\"0xabc\",\"bar\":0}}",
		"     0.001235567 dma-wr 1 dma-elem 0: 0x40200000 -> 0x300000 len 3400 took 2000 ns\n",
	};
	char out[1024];
	struct rig r;

	rig_start(&r);
	simple_bar0(&r);
	r.nev = 0;
	r.now = 1234567;
	rc_w32(&r, 0, 0x10, 0xabc);
	CHECK_EQ(r.nev, 1);
	render(dwc_trace_line, &r.ev[0], out, sizeof(out));
	CHECK(!strcmp(out, want[0]));
	render(dwc_trace_json, &r.ev[0], out, sizeof(out));
	CHECK(!strcmp(out, want[1]));
	r.nev = 0;
	elem(&r, 0x10000, CB | LIE, 3400, BUS(0x200000), 0x300000);
	dma_enable(&r, true, 1, 0x10000);
	dma_doorbell(&r, true, 1);
	CHECK(rig_settle(&r));
	CHECK_EQ(r.nev, 5); /* start, write, element, done, interrupt line */
	CHECK_EQ(r.ev[0].type, DWC_EV_DMA_START);
	CHECK_EQ(r.ev[1].type, DWC_EV_MWR);
	CHECK_EQ(r.ev[2].type, DWC_EV_DMA_ELEM);
	CHECK_EQ(r.ev[2].duration, 2000);
	CHECK_EQ(r.ev[3].type, DWC_EV_DMA_DONE);
	CHECK_EQ(r.ev[4].type, DWC_EV_IRQ);
	render(dwc_trace_line, &r.ev[2], out, sizeof(out));
	CHECK(!strcmp(out, want[2]));
	render(dwc_trace_json, &r.ev[2], out, sizeof(out));
	CHECK(strstr(out, "\"tid\":11,\"ts\":1235.567,\"ph\":\"X\",\"dur\":2.000,"));
	rig_close(&r);
}

static const struct ktap_case cases[] = {
	CASE(error_texts), CASE(corrupt_slots_run_out), CASE(names_and_usage),
	CASE(counters_exact_and_repeatable), CASE(state_text), CASE(trace_text),
};

KTAP_MAIN(cases)
