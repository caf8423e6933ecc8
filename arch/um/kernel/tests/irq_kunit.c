// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for the interrupt numbers of ARCH=um (arch/um/kernel/irq.c).
 *
 * um_request_irq() gives out all numbers that have a chip, no others, and each
 * again after it was freed.
 */
#include <kunit/test.h>
#include <linux/interrupt.h>
#include <linux/module.h>
#include <asm/irq.h>
#include <irq_kern.h>

static irqreturn_t um_irq_test_handler(int irq, void *dev)
{
	return IRQ_HANDLED;
}

/* Take all that are left, and give them back */
static int take_all(struct kunit *test)
{
	static int irqs[NR_IRQS + 1];
	int n, irq = 0;

	for (n = 0; n < ARRAY_SIZE(irqs); n++) {
		irq = um_request_irq(UM_IRQ_ALLOC, -1, IRQ_READ, um_irq_test_handler, 0,
				     "um-irq-kunit", &irqs[n]);
		if (irq < 0)
			break;
		KUNIT_EXPECT_LT(test, irq, UM_LAST_SIGNAL_IRQ);
		irqs[n] = irq;
	}
	KUNIT_EXPECT_EQ(test, irq, -ENOSPC);

	for (int i = 0; i < n; i++)
		um_free_irq(irqs[i], &irqs[i]);

	return n;
}

static void um_irq_test_exhaustion(struct kunit *test)
{
	int n = take_all(test);

	KUNIT_EXPECT_GT(test, n, 0);
	KUNIT_EXPECT_EQ(test, take_all(test), n);
}

static struct kunit_case um_irq_cases[] = {
	KUNIT_CASE(um_irq_test_exhaustion),
	{}
};

static struct kunit_suite um_irq_suite = {
	.name = "um_irq",
	.test_cases = um_irq_cases,
};

kunit_test_suite(um_irq_suite);

MODULE_DESCRIPTION("KUnit tests for the interrupt numbers of ARCH=um");
MODULE_LICENSE("GPL");
