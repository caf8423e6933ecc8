// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <string.h>

#include "frontend/commands.h"
#include "frontend/emulator.h"
#include "frontend/util.h"

static void info_dev(const struct vu_dev *dev, FILE *out)
{
	if (!dev->path && !dev->connections)
		return;
	fprintf(out, "%s: %s, queues %s%s, connections %" PRIu64 ", refused %" PRIu64
		", thrown out %" PRIu64 ", messages %" PRIu64 ", buffers %" PRIu64 "+%" PRIu64
		", calls %" PRIu64 "+%" PRIu64 "\n",
		dev->name, vu_connected(dev) ? "connected" : "waiting",
		dev->queue[0].ring.started ? "ready" : "not ready",
		dev->protocol & VU_PF_INBAND ? ", in-band" : "", dev->connections, dev->refused,
		dev->thrown_out, dev->messages, dev->queue[0].handled, dev->queue[1].handled,
		dev->queue[0].calls, dev->queue[1].calls);
}

static void info_pcidev(const struct pcidev *p, FILE *out)
{
	if (!p->vu.path && !p->vu.connections)
		return;
	info_dev(&p->vu, out);
	fprintf(out, "%s requests: reads %" PRIu64 ", writes %" PRIu64 ", ignored %" PRIu64 "\n",
		p->vu.name, p->stats.reads, p->stats.writes, p->stats.bad);
}

static int cmd_info(struct emulator *e, int argc, char **argv, FILE *out)
{
	unsigned int i;

	(void)argc;
	(void)argv;
	fprintf(out, "profile: %s\n", dwc_get_profile_name(e->model));
	fprintf(out, "link: %s\n", dwc_link_up(e->model) ? "up" : "down");
	fprintf(out, "time: %" PRIu64 " ns\n", e->loop.clock->now(e->loop.clock));
	fprintf(out, "rss: %lu KiB\n", gmem_rss());
	fprintf(out, "trace: %s, events %" PRIu64 "\n",
		!trace_possible(&e->trace) ? "no file" : e->trace.on ? "on" : "off",
		e->trace.events);
	info_pcidev(&e->ep, out);
	info_dev(&e->gpio.vu, out);
	for (i = 0; i < GPIO_LINES; i++)
		if (e->gpio.line[i].irqs || e->gpio.line[i].level)
			fprintf(out, "gpio line %u: %s, interrupts %" PRIu64 "\n", i,
				e->gpio.line[i].level ? "high" : "low", e->gpio.line[i].irqs);
	info_pcidev(&e->rc, out);
	fprintf(out, "msi: delivered %" PRIu64 ", waiting %u (at most %" PRIu64 "), lost %" PRIu64
		"\n", e->rc.stats.msi, e->rc.msi_count, e->rc.stats.msi_peak,
		e->rc.stats.msi_lost);
	fprintf(out, "control: commands %" PRIu64 "\n", e->control.commands);
	return 0;
}

static int cmd_trace(struct emulator *e, int argc, char **argv, FILE *out)
{
	(void)argc;
	if (!trace_possible(&e->trace)) {
		fprintf(out, "no trace file (dwc-ep was started without --trace and --trace-json)");
		return -1;
	}
	if (!strcmp(argv[1], "on") || !strcmp(argv[1], "off")) {
		e->trace.on = argv[1][1] == 'n';
	} else if (strcmp(argv[1], "flush")) {
		fprintf(out, "trace '%s': unknown (allowed: on, off, flush)", argv[1]);
		return -1;
	}
	if (trace_flush(&e->trace)) {
		fprintf(out, "trace file cannot be written");
		return -1;
	}
	return 0;
}

static int cmd_kill(struct emulator *e, int argc, char **argv, FILE *out)
{
	bool ep = !strcmp(argv[1], "ep"), rc = !strcmp(argv[1], "rc");

	(void)argc;
	if (!ep && !rc) {
		fprintf(out, "kill '%s': unknown side (allowed: ep, rc)", argv[1]);
		return -1;
	}
	if (ep ? !vu_connected(&e->ep.vu) && !vu_connected(&e->gpio.vu) :
		 !vu_connected(&e->rc.vu)) {
		fprintf(out, "kill %s: not connected", argv[1]);
		return -1;
	}
	/* A kernel that dies loses all of its devices. */
	if (ep) {
		vu_disconnect(&e->gpio.vu, "killed by command");
		vu_disconnect(&e->ep.vu, "killed by command");
	} else {
		vu_disconnect(&e->rc.vu, "killed by command");
	}
	return 0;
}

static int cmd_quit(struct emulator *e, int argc, char **argv, FILE *out)
{
	(void)argc;
	(void)argv;
	(void)out;
	e->loop.stop = true;
	return 0;
}

static int cmd_help(struct emulator *e, int argc, char **argv, FILE *out);

static const struct command {
	const char *name;
	int words; /* with the name */
	const char *usage;
	const char *help;
	int (*run)(struct emulator *e, int argc, char **argv, FILE *out);
} commands[] = {
	{ "help", 1, "help", "this list", cmd_help },
	{ "info", 1, "info", "connections, memory, what was handled", cmd_info },
	{ "kill", 2, "kill ep|rc", "drop the connections of one side, as if its kernel had died",
	  cmd_kill },
	{ "trace", 2, "trace on|off|flush", "write link transactions to the trace files",
	  cmd_trace },
	{ "quit", 1, "quit", "end the emulator", cmd_quit },
};

static int cmd_help(struct emulator *e, int argc, char **argv, FILE *out)
{
	unsigned int i;

	(void)e;
	(void)argc;
	(void)argv;
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(out, "%-37s %s\n", commands[i].usage, commands[i].help);
	dwc_usage(out);
	return 0;
}

int command_run(struct emulator *e, int argc, char **argv, FILE *out)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		if (strcmp(argv[0], commands[i].name))
			continue;
		if (argc != commands[i].words) {
			fprintf(out, "%s: %d words (allowed: '%s')", argv[0], argc,
				commands[i].usage);
			return -1;
		}
		return commands[i].run(e, argc, argv, out);
	}
	if (dwc_is_command(argv[0]))
		return dwc_command(e->model, argc, argv, out);
	fprintf(out, "'%s': unknown command (see 'help')", argv[0]);
	return -1;
}
