// SPDX-License-Identifier: GPL-2.0
/* Run-time commands: fault knobs and queries. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>

#include "internal.h"

static int fail(FILE *out, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(out, fmt, ap);
	va_end(ap);
	fputc('\n', out);
	return -1;
}

static int number(FILE *out, const char *what, const char *s, uint64_t min, uint64_t max,
		  uint64_t *val)
{
	char *end;

	errno = 0;
	*val = strtoull(s, &end, 0);
	if (!*s || *end || errno || s[0] == '-' || *val < min || *val > max)
		return fail(out, "%s '%s': expected a number from %llu to %llu", what, s,
			    (unsigned long long)min, (unsigned long long)max);
	return 0;
}

static int on_off(FILE *out, const char *s, bool *val)
{
	if (strcmp(s, "on") && strcmp(s, "off"))
		return fail(out, "'%s': expected on or off", s);
	*val = !strcmp(s, "on");
	return 0;
}

static int cmd_msi(struct dwc *d, int argc, char **argv, FILE *out)
{
	bool delay = !strcmp(argv[1], "delay");
	uint64_t n, us = 1000;

	if (argc > 3 && !delay)
		return fail(out, "msi %s: too many words", argv[1]);
	if (number(out, "count", argv[2], 0, 1000000, &n) ||
	    (argc > 3 && number(out, "delay in us", argv[3], 1, 60000000, &us)))
		return -1;
	if (!strcmp(argv[1], "drop")) {
		d->knobs.msi_drop = n;
	} else if (!strcmp(argv[1], "dup")) {
		d->knobs.msi_dup = n;
	} else if (delay) {
		d->knobs.msi_delay = n;
		d->knobs.msi_delay_ns = us * 1000;
	} else {
		return fail(out, "msi '%s': expected drop, dup or delay", argv[1]);
	}
	return 0;
}

static int channel(struct dwc *d, char **argv, FILE *out, struct edma_dir **dir, unsigned int *ch)
{
	uint64_t n;

	if (!strcmp(argv[2], "write"))
		*dir = &d->wr;
	else if (!strcmp(argv[2], "read"))
		*dir = &d->rd;
	else
		return fail(out, "direction '%s': expected write or read", argv[2]);
	if (number(out, "channel", argv[3], 0, DWC_NUM_CH - 1, &n))
		return -1;
	*ch = n;
	return 0;
}

static int cmd_dma(struct dwc *d, int argc, char **argv, FILE *out)
{
	struct edma_dir *dir;
	unsigned int ch;
	uint64_t n;

	if (!strcmp(argv[1], "latency") && argc == 3) {
		if (number(out, "latency in ns", argv[2], 0, 1000000000, &n))
			return -1;
		d->knobs.dma_latency_ns = n;
	} else if (!strcmp(argv[1], "bandwidth") && argc == 3) {
		if (number(out, "bandwidth in MB/s", argv[2], 1, 1000000, &n))
			return -1;
		d->knobs.dma_mbps = n;
	} else if (!strcmp(argv[1], "abort") && argc == 5) {
		if (channel(d, argv, out, &dir, &ch) ||
		    number(out, "element", argv[4], 0, 1000000000, &n))
			return -1;
		dir->ch[ch].abort_at = n;
	} else if (!strcmp(argv[1], "stall") && argc == 4) {
		if (channel(d, argv, out, &dir, &ch))
			return -1;
		dir->ch[ch].stalled = true;
	} else if (!strcmp(argv[1], "resume") && argc == 4) {
		if (channel(d, argv, out, &dir, &ch))
			return -1;
		edma_resume(d, dir, ch);
	} else {
		return fail(out,
			    "usage: dma abort write|read CHANNEL ELEMENT, dma stall|resume write|read CHANNEL, dma latency NS, dma bandwidth MBPS");
	}
	return 0;
}

static int cmd_link(struct dwc *d, int argc, char **argv, FILE *out)
{
	if (argc == 3 && !strcmp(argv[1], "allones"))
		return on_off(out, argv[2], &d->knobs.allones);
	if (argc != 2 || (strcmp(argv[1], "up") && strcmp(argv[1], "down")))
		return fail(out, "usage: link up|down, link allones on|off");
	d->knobs.link_forced_down = !strcmp(argv[1], "down");
	link_update(d);
	return 0;
}

static int cmd_hotreset(struct dwc *d, int argc, char **argv, FILE *out)
{
	(void)argc;
	(void)argv;
	if (!d->link)
		return fail(out, "the link is down");
	dwc_hot_reset(d);
	return 0;
}

static int cmd_bar(struct dwc *d, int argc, char **argv, FILE *out)
{
	uint64_t bar, size = 0;

	(void)argc;
	if (strcmp(argv[1], "short"))
		return fail(out, "bar '%s': expected short", argv[1]);
	if (number(out, "BAR", argv[2], 0, DWC_NUM_BARS - 1, &bar))
		return -1;
	if (strcmp(argv[3], "off")) {
		if (number(out, "size", argv[3], 16, 1ull << 40, &size))
			return -1;
		if (size & (size - 1))
			return fail(out, "size '%s': expected a power of two, or off", argv[3]);
	}
	d->knobs.bar_short[bar] = size;
	return 0;
}

static int cmd_atu(struct dwc *d, int argc, char **argv, FILE *out)
{
	(void)argc;
	if (strcmp(argv[1], "miss") || (strcmp(argv[2], "pass") && strcmp(argv[2], "ur")))
		return fail(out, "usage: atu miss pass|ur");
	d->knobs.miss_ur = !strcmp(argv[2], "ur");
	return 0;
}

static int cmd_corrupt(struct dwc *d, int argc, char **argv, FILE *out)
{
	uint64_t bar, off, val = 0;
	int slot = -1;

	(void)argc;
	if (number(out, "BAR", argv[1], 0, DWC_NUM_BARS - 1, &bar) ||
	    number(out, "offset", argv[2], 0, 1ull << 40, &off))
		return -1;
	if (off & 3)
		return fail(out, "offset '%s': expected a multiple of 4", argv[2]);
	if (strcmp(argv[3], "off") && number(out, "value", argv[3], 0, ~0u, &val))
		return -1;
	for (int i = 0; i < DWC_NUM_CORRUPT; i++) {
		bool same = d->knobs.corrupt[i].on && d->knobs.corrupt[i].bar == bar &&
			    d->knobs.corrupt[i].off == off;

		if (same || (slot < 0 && !d->knobs.corrupt[i].on))
			slot = i;
		if (same)
			break;
	}
	if (slot < 0)
		return fail(out, "all %d corrupt words are in use", DWC_NUM_CORRUPT);
	d->knobs.corrupt[slot].on = strcmp(argv[3], "off");
	d->knobs.corrupt[slot].bar = bar;
	d->knobs.corrupt[slot].off = off;
	d->knobs.corrupt[slot].val = val;
	return 0;
}

static int cmd_posted(struct dwc *d, int argc, char **argv, FILE *out)
{
	uint64_t us = d->knobs.posted_ns / 1000;
	bool on = false;

	if (strcmp(argv[1], "delay"))
		return fail(out, "posted '%s': expected delay", argv[1]);
	if (on_off(out, argv[2], &on))
		return -1;
	if (argc > 3 && number(out, "time in us", argv[3], 1, 1000000, &us))
		return -1;
	d->knobs.posted_delay = on;
	d->knobs.posted_ns = us * 1000;
	if (!on) {
		posted_flush(d, DWC_DOWN);
		posted_flush(d, DWC_UP);
	}
	return 0;
}

static int cmd_counters(struct dwc *d, int argc, char **argv, FILE *out)
{
	if (argc > 1 && strcmp(argv[1], "reset"))
		return fail(out, "counters '%s': expected reset or nothing", argv[1]);
	if (argc > 1)
		memset(&d->cnt, 0, sizeof(d->cnt));
	else
		counters_print(d, out);
	return 0;
}

static int cmd_state(struct dwc *d, int argc, char **argv, FILE *out)
{
	(void)argc;
	(void)argv;
	state_print(d, out);
	return 0;
}

static const struct command {
	const char *name;
	int min, max; /* words, the name included */
	int (*run)(struct dwc *d, int argc, char **argv, FILE *out);
	const char *usage;
} commands[] = {
	{ "msi", 3, 4, cmd_msi,
	  "msi drop|dup N | msi delay N [US]     the next N MSIs are lost, doubled, late" },
	{ "dma", 3, 5, cmd_dma,
	  "dma abort write|read CH ELEMENT       abort at that element (from 0), once\n"
	  "dma stall|resume write|read CH        freeze a channel, let it go on\n"
	  "dma latency NS | dma bandwidth MBPS   per element; per direction" },
	{ "link", 2, 3, cmd_link,
	  "link down|up                          take the link away, allow it again\n"
	  "link allones on|off                   a dead link that looks up: reads give all-ones" },
	{ "hotreset", 1, 1, cmd_hotreset, "hotreset                              hot reset" },
	{ "bar", 4, 4, cmd_bar,
	  "bar short BAR SIZE|off                a BAR that is smaller than programmed" },
	{ "atu", 3, 3, cmd_atu,
	  "atu miss pass|ur                      no window: untranslated (default), unsupported" },
	{ "corrupt", 4, 4, cmd_corrupt,
	  "corrupt BAR OFFSET VALUE|off          the host reads VALUE from that word" },
	{ "posted", 3, 4, cmd_posted,
	  "posted delay on|off [US]              hold posted writes as long as allowed" },
	{ "counters", 1, 2, cmd_counters, "counters [reset]                      transactions" },
	{ "state", 1, 1, cmd_state, "state                                 registers that matter" },
};

static const struct command *find(const char *word)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(commands); i++) {
		if (!strcmp(commands[i].name, word))
			return &commands[i];
	}
	return NULL;
}

bool dwc_is_command(const char *word)
{
	return find(word);
}

void dwc_usage(FILE *out)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(out, "%s\n", commands[i].usage);
}

int dwc_command(struct dwc *d, int argc, char **argv, FILE *out)
{
	const struct command *c;
	int ret;

	if (argc < 1)
		return fail(out, "empty command");
	c = find(argv[0]);
	if (!c)
		return fail(out, "unknown command '%s'", argv[0]);
	if (argc < c->min || argc > c->max)
		return fail(out, "%s: wrong number of words, see help", argv[0]);
	ret = c->run(d, argc, argv, out);
	dwc_rearm(d);
	return ret;
}
