// SPDX-License-Identifier: GPL-2.0
#include <getopt.h>
#include <string.h>

#include "frontend/options.h"
#include "frontend/util.h"

enum { OPT_PROFILE = 1, OPT_EP, OPT_GPIO, OPT_RC, OPT_CONTROL, OPT_TRACE, OPT_JSON, OPT_INBAND };

static const struct option long_options[] = {
	{ "profile", required_argument, NULL, OPT_PROFILE },
	{ "ep-socket", required_argument, NULL, OPT_EP },
	{ "gpio-socket", required_argument, NULL, OPT_GPIO },
	{ "rc-socket", required_argument, NULL, OPT_RC },
	{ "control", required_argument, NULL, OPT_CONTROL },
	{ "trace", required_argument, NULL, OPT_TRACE },
	{ "trace-json", required_argument, NULL, OPT_JSON },
	{ "inband", no_argument, NULL, OPT_INBAND },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 }
};

static void print_profiles(FILE *f)
{
	const char *name;
	unsigned int i;

	for (i = 0; (name = dwc_profile_name(i)); i++)
		fprintf(f, "%s%s", i ? ", " : "", name);
}

static void help(FILE *f)
{
	fprintf(f, "Usage: dwc-ep [option]...\n"
"Emulates a DesignWare PCIe endpoint controller between two kernels, the endpoint and the host.\n"
"Both connect as vhost-user masters (User-Mode Linux: virtio_uml).\n"
"\n"
"  --profile NAME      board to emulate: ");
	print_profiles(f);
	fprintf(f, " (default: generic)\n"
"  --ep-socket PATH    endpoint: the controller's registers and outbound window (device id 1234,\n"
"                      platform device; addresses are offsets into the window)\n"
"  --gpio-socket PATH  endpoint: interrupt lines (virtio-gpio, device id 41): 0 eDMA, 1 app\n"
"  --rc-socket PATH    host: the PCI function (device id 1234)\n"
"  --control PATH      commands at run time, see dwc-ep-ctl\n"
"  --trace FILE        write what happens on the link, one line each ('-': stdout)\n"
"  --trace-json FILE   the same for chrome://tracing or Perfetto\n"
"  --inband            offer in-band notifications: each register access becomes a synchronous\n"
"                      call (slower; for time travel)\n"
"  -h, --help          this text\n"
"\n"
"At least one of the first three sockets is needed. The sockets exist when 'dwc-ep: ready' appears\n"
"on stdout; they are removed at the end (SIGTERM, SIGINT or the command 'quit').\n"
"A guest that goes away leaves its side as after a reset; the next one can connect.\n"
"Exit status: 0 ended on request, 1 failure, 2 wrong usage.\n"
"\n"
"Example: dwc-ep --profile generic --ep-socket ep.sock --gpio-socket gpio.sock \\\n"
"                --rc-socket rc.sock --control ctl.sock --trace link.txt\n");
}

static enum options_result wrong(FILE *err)
{
	fprintf(err, "dwc-ep: see 'dwc-ep --help'\n");
	return OPTIONS_WRONG;
}

/* The word that getopt_long() stumbled over; it has moved on already. */
static const char *culprit(int argc, char **argv)
{
	return optind > 0 && optind <= argc && argv[optind - 1] ? argv[optind - 1] : "?";
}

static enum options_result check(const struct options *o, FILE *err)
{
	const struct { const char *name, *path; } all[] = {
		{ "--ep-socket", o->ep_socket }, { "--gpio-socket", o->gpio_socket },
		{ "--rc-socket", o->rc_socket }, { "--control", o->control },
		{ "--trace", o->trace }, { "--trace-json", o->trace_json },
	};
	unsigned int i, k;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		if (all[i].path && !*all[i].path) {
			fprintf(err, "dwc-ep: %s '': empty (allowed: a path)\n", all[i].name);
			return wrong(err);
		}
		for (k = 0; k < i; k++) {
			if (!all[i].path || !all[k].path || strcmp(all[i].path, all[k].path))
				continue;
			fprintf(err, "dwc-ep: %s '%s': is also %s (allowed: a path of its own)\n",
				all[i].name, all[i].path, all[k].name);
			return wrong(err);
		}
	}
	if (!o->ep_socket && !o->gpio_socket && !o->rc_socket) {
		fprintf(err,
			"dwc-ep: no guest can connect: --ep-socket, --gpio-socket or --rc-socket is missing\n");
		return wrong(err);
	}
	return OPTIONS_RUN;
}

enum options_result options_parse(int argc, char **argv, struct options *o, FILE *out, FILE *err)
{
	int c;

	*o = (struct options){ .profile = dwc_profile_get("generic") };
	optind = 0; /* tests parse more than once */
	opterr = 0;
	while ((c = getopt_long(argc, argv, ":h", long_options, NULL)) != -1) {
		switch (c) {
		case OPT_PROFILE:
			o->profile = dwc_profile_get(optarg);
			if (!o->profile) {
				fprintf(err, "dwc-ep: --profile '%s': unknown profile (allowed: ",
					optarg);
				print_profiles(err);
				fprintf(err, ")\n");
				return wrong(err);
			}
			break;
		case OPT_EP:
			o->ep_socket = optarg;
			break;
		case OPT_GPIO:
			o->gpio_socket = optarg;
			break;
		case OPT_RC:
			o->rc_socket = optarg;
			break;
		case OPT_CONTROL:
			o->control = optarg;
			break;
		case OPT_TRACE:
			o->trace = optarg;
			break;
		case OPT_JSON:
			o->trace_json = optarg;
			break;
		case OPT_INBAND:
			o->inband = true;
			break;
		case 'h':
			help(out);
			return OPTIONS_DONE;
		case ':':
			fprintf(err, "dwc-ep: option '%s' needs a value\n", culprit(argc, argv));
			return wrong(err);
		default:
			fprintf(err,
				"dwc-ep: '%s': no such option, or a value where none is allowed\n",
				culprit(argc, argv));
			return wrong(err);
		}
	}
	if (optind < argc) {
		fprintf(err, "dwc-ep: '%s': unexpected argument (allowed: options only)\n",
			argv[optind]);
		return wrong(err);
	}
	return check(o, err);
}
