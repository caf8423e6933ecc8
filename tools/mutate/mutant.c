// SPDX-License-Identifier: GPL-2.0
/*
 * Which check of the kernel is broken, see tools/mutate
 *
 * Built into the kernel in which all of them can be: mutant.number=N breaks one,
 * mutant.record=1 says which of them are come across. That goes to the console
 * and not to the kernel's log, where tests look for other things.
 */

#include <linux/bitops.h>
#include <linux/export.h>
#include <linux/moduleparam.h>
#include <linux/sprintf.h>
#include <linux/types.h>

#include <os.h>

#define MUTANTS		16384

extern _Bool mutant(unsigned int nr);

static unsigned int number;
module_param(number, uint, 0444);
static bool record;
module_param(record, bool, 0444);

static DECLARE_BITMAP(seen, MUTANTS);

static void reached(unsigned int nr)
{
	char text[32];

	os_write_file(2, text, scnprintf(text, sizeof(text), "mutant: %u reached\n", nr));
}

/* Is it the one that is broken? Numbers begin with 1 */
_Bool mutant(unsigned int nr)
{
	if (likely(nr != number && !record))
		return false;

	if (nr < MUTANTS && !test_and_set_bit(nr, seen))
		reached(nr);

	return nr == number;
}
EXPORT_SYMBOL_GPL(mutant);
