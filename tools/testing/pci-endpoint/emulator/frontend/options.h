/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FE_OPTIONS_H
#define FE_OPTIONS_H

#include <stdbool.h>
#include <stdio.h>

#include "model/dwc.h"

/**
 * struct options - the command line, all strings by reference
 * @profile: board profile
 * @ep_socket: endpoint CPU's window (virtio-pcidev, platform device), or NULL
 * @gpio_socket: endpoint CPU's interrupt lines (virtio-gpio), or NULL
 * @rc_socket: host's PCI function (virtio-pcidev), or NULL
 * @control: run-time control, or NULL
 * @trace: text trace, or NULL
 * @trace_json: Chrome trace, or NULL
 * @inband: offer in-band notifications
 */
struct options {
	const struct dwc_profile *profile;
	const char *ep_socket;
	const char *gpio_socket;
	const char *rc_socket;
	const char *control;
	const char *trace;
	const char *trace_json;
	bool inband;
};

enum options_result {
	OPTIONS_RUN,
	OPTIONS_DONE, /* help was printed */
	OPTIONS_WRONG, /* a message was printed */
};

/** options_parse() - @out gets help, @err messages */
enum options_result options_parse(int argc, char **argv, struct options *o, FILE *out, FILE *err);

#endif
