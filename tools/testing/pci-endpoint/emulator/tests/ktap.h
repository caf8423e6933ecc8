/* SPDX-License-Identifier: GPL-2.0 */
/* Tiny KTAP harness: cases are functions, checks go on after a failure. */
#ifndef KTAP_H
#define KTAP_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static int ktap_failed;

#define CHECK(cond)                                                                  \
	do {                                                                         \
		if (!(cond)) {                                                       \
			printf("# %s:%d: not true: %s\n", __FILE__, __LINE__, #cond); \
			ktap_failed = 1;                                             \
		}                                                                    \
	} while (0)

#define CHECK_EQ(got, want)                                                                     \
	do {                                                                                    \
		uint64_t ktap_got = (got), ktap_want = (want);                                  \
		if (ktap_got != ktap_want) {                                                    \
			printf("# %s:%d: %s is 0x%" PRIx64 ", expected 0x%" PRIx64 "\n",        \
			       __FILE__, __LINE__, #got, ktap_got, ktap_want);                  \
			ktap_failed = 1;                                                        \
		}                                                                               \
	} while (0)

struct ktap_case {
	const char *name;
	void (*run)(void);
};

#define CASE(fn) { #fn, fn }

static int ktap_main(const struct ktap_case *cases, int n)
{
	int bad = 0;

	printf("KTAP version 1\n1..%d\n", n);
	for (int i = 0; i < n; i++) {
		ktap_failed = 0;
		cases[i].run();
		printf("%s %d %s\n", ktap_failed ? "not ok" : "ok", i + 1, cases[i].name);
		fflush(stdout);
		bad |= ktap_failed;
	}
	return bad;
}

#define KTAP_MAIN(cases)                                                       \
	int main(void)                                                         \
	{                                                                      \
		exit(ktap_main(cases, sizeof(cases) / sizeof((cases)[0])));    \
	}

#endif
