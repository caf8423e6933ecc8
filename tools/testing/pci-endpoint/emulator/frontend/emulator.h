/* SPDX-License-Identifier: GPL-2.0 */
/* Everything together: the model, its guests, the control socket, the traces. */
#ifndef FE_EMULATOR_H
#define FE_EMULATOR_H

#include "frontend/clock.h"
#include "frontend/control.h"
#include "frontend/gpio.h"
#include "frontend/loop.h"
#include "frontend/options.h"
#include "frontend/pcidev.h"
#include "frontend/trace_out.h"
#include "model/dwc.h"

/**
 * struct emulator - one emulated link with both of its ends
 * @loop: event loop
 * @model: the controller
 * @ep: the endpoint CPU's window
 * @gpio: the endpoint CPU's interrupt lines
 * @rc: the host's PCI function
 * @control: run-time control
 * @trace: trace files
 * @attached: the model was told that there is a host
 * @booted: an endpoint kernel has had its hands on the controller
 */
struct emulator {
	struct loop loop;
	struct dwc *model;
	struct pcidev ep;
	struct gpio gpio;
	struct pcidev rc;
	struct control control;
	struct trace_out trace;
	bool attached;
	bool booted;
};

/**
 * emulator_init() - set everything up, sockets included
 * @e: emulator
 * @o: options; the strings must stay
 * @clock: source of time; must stay
 * Return: 0, or -1 after a message, with nothing left behind.
 */
int emulator_init(struct emulator *e, const struct options *o, struct fe_clock *clock);

/** emulator_exit() - drop the guests, remove the sockets, finish the traces */
void emulator_exit(struct emulator *e);

/** emulator_sync() - serve all rings; true if it stopped before everything was done */
bool emulator_sync(struct emulator *e);

#endif
