// SPDX-License-Identifier: GPL-2.0
/* What tests/run makes mutants of; "if (a) return" is a comment */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned long u64;

#define U32_MAX		0xffffffffu

struct pair {
	int c;
};

static int within(unsigned long value, unsigned long min, unsigned long max)
{
	if (value >= min && value <= max)
		return 0;

	return -22;
}

static int nested(int a, int b, const struct pair *p)
{
	if (a ||	/* or */
	    !(b < 3 && p->c >> 1)) {
		return 1;
	}

	return 0;
}

static int others(int n)
{
	int i, sum = 0;

	if (n < 0)
		n = -n;
	for (i = 0; i < 4; i++) {
		if (i == 5)
			break;
		sum += i;
	}

	return n > 1 ? 20 : 10;
}

#define MAKE_WITHIN(_name, _min, _max)					\
static int _name(unsigned int n)					\
{									\
	return within(n, _min, _max);					\
}
MAKE_WITHIN(seven, 1, 7)

static int calls(unsigned int n)
{
	int ret;

	ret = within(n, 1, 8);
	if (ret)
		return ret;
	ret = within(n, 0, U32_MAX);
	if (ret)
		return ret;
	if (!strcmp("if (n) return n;", ""))
		puts("never");

	return n;
}

static unsigned int broken;

_Bool mutant(unsigned int number)
{
	return number == broken;
}

int main(int argc, char **argv)
{
	int a[3] = {}, i;
	struct pair p;

	broken = atoi(argv[1]);
	for (i = 0; i < 3 && i + 3 < argc; i++)
		a[i] = atoi(argv[i + 3]);
	p.c = a[2];
	if (!strcmp(argv[2], "within"))
		printf("%d\n", within(a[0], a[1], a[2]));
	if (!strcmp(argv[2], "nested"))
		printf("%d\n", nested(a[0], a[1], &p));
	if (!strcmp(argv[2], "others"))
		printf("%d\n", others(a[0]));
	if (!strcmp(argv[2], "calls"))
		printf("%d\n", calls(a[0]));
	if (!strcmp(argv[2], "seven"))
		printf("%d\n", seven(a[0]));

	return 0;
}
