/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FE_COMMANDS_H
#define FE_COMMANDS_H

#include <stdio.h>

struct emulator;

/**
 * command_run() - a command of the control socket: those of the front-end here, the rest is the
 * model's (dwc_command())
 * @e: emulator
 * @argc: number of words, at least 1
 * @argv: the words
 * @out: gets the answer, or what is wrong (without "error:")
 * Return: 0 done, -1 refused.
 */
int command_run(struct emulator *e, int argc, char **argv, FILE *out);

#endif
