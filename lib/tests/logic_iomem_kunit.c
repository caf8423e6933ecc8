// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for emulated IO memory (lib/logic_iomem.c).
 *
 * Two invariants: the accessors reach the operations of the region with the
 * offset that its map() returned plus the distance from the start of the
 * mapping, however large either is; and they work on plain memory. Every access
 * to the test region is recorded, with the offset that the operations got.
 */
#include <kunit/test.h>
#include <linux/io.h>
#include <linux/logic_iomem.h>
#include <linux/module.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#define TEST_BASE	0x20000000UL
#define TEST_SIZE	SZ_64M

static struct {
	unsigned int offset;
	int size;
	unsigned long val;
} last;

static unsigned long test_read(void *priv, unsigned int offset, int size)
{
	last.offset = offset;
	last.size = size;

	return offset;
}

static void test_write(void *priv, unsigned int offset, int size, unsigned long val)
{
	last.offset = offset;
	last.size = size;
	last.val = val;
}

static void test_set(void *priv, unsigned int offset, u8 value, int size)
{
	test_write(priv, offset, size, value);
}

static void test_copy_from(void *priv, void *buffer, unsigned int offset, int size)
{
	test_read(priv, offset, size);
}

static void test_copy_to(void *priv, unsigned int offset, const void *buffer, int size)
{
	test_write(priv, offset, size, 0);
}

static const struct logic_iomem_ops test_ops = {
	.read = test_read,
	.write = test_write,
	.set = test_set,
	.copy_from = test_copy_from,
	.copy_to = test_copy_to,
};

static long test_map(unsigned long offset, size_t size,
		     const struct logic_iomem_ops **ops, void **priv)
{
	*ops = &test_ops;

	return offset;
}

static const struct logic_iomem_region_ops test_region_ops = {
	.map = test_map,
};

static struct resource test_resource = {
	.name = "logic_iomem KUnit",
	.start = TEST_BASE,
	.end = TEST_BASE + TEST_SIZE - 1,
	.flags = IORESOURCE_MEM,
};

static bool region_added;

/* All accessors, at the first and the last bytes of a mapping */
static void check_mapping(struct kunit *test, unsigned long offset, size_t size)
{
	void __iomem *p = ioremap(TEST_BASE + offset, size);
	size_t at[] = { 0, size - 8 };
	u8 buf[8];
	int i;

	KUNIT_ASSERT_TRUE(test, !!p);

	for (i = 0; i < ARRAY_SIZE(at); i++) {
		unsigned long exp = offset + at[i];

		KUNIT_EXPECT_EQ(test, readl(p + at[i]), (u32)exp);
		KUNIT_EXPECT_EQ(test, last.offset, exp);
		KUNIT_EXPECT_EQ(test, last.size, 4);

		last.offset = 0;
		writew(0x1234, p + at[i] + 2);
		KUNIT_EXPECT_EQ(test, last.offset, exp + 2);
		KUNIT_EXPECT_EQ(test, last.size, 2);
		KUNIT_EXPECT_EQ(test, last.val, 0x1234UL);

		last.offset = 0;
		memset_io(p + at[i], 0x5a, 8);
		KUNIT_EXPECT_EQ(test, last.offset, exp);
		KUNIT_EXPECT_EQ(test, last.size, 8);
		KUNIT_EXPECT_EQ(test, last.val, 0x5aUL);

		last.offset = 0;
		memcpy_toio(p + at[i], buf, 8);
		KUNIT_EXPECT_EQ(test, last.offset, exp);

		last.offset = 0;
		memcpy_fromio(buf, p + at[i], 8);
		KUNIT_EXPECT_EQ(test, last.offset, exp);
	}

	iounmap(p);
}

/* What worked always: an offset below 16 MiB, aligned and not */
static void logic_iomem_test_low(struct kunit *test)
{
	check_mapping(test, 0, PAGE_SIZE);
	check_mapping(test, SZ_1M + 0x10, 0x100);
}

/* A mapping that starts beyond the first 16 MiB of the region */
static void logic_iomem_test_high(struct kunit *test)
{
	check_mapping(test, SZ_16M, PAGE_SIZE);
	check_mapping(test, SZ_32M + SZ_4K + 8, SZ_4K);
	check_mapping(test, TEST_SIZE - 16, 16);
}

/* A mapping of more than 16 MiB, and one that only just needs a second area */
static void logic_iomem_test_large(struct kunit *test)
{
	check_mapping(test, 0, TEST_SIZE);
	check_mapping(test, SZ_1M + 8, SZ_16M);
}

/* Large mappings leave their neighbours alone, and give back all they took */
static void logic_iomem_test_neighbours(struct kunit *test)
{
	void __iomem *before, *large, *after;
	int i;

	for (i = 0; i < 100; i++) {
		before = ioremap(TEST_BASE + SZ_4K, SZ_4K);
		large = ioremap(TEST_BASE + SZ_8M, SZ_32M);
		after = ioremap(TEST_BASE + SZ_8K, SZ_4K);
		KUNIT_ASSERT_TRUE(test, !!before);
		KUNIT_ASSERT_TRUE(test, !!large);
		KUNIT_ASSERT_TRUE(test, !!after);

		KUNIT_ASSERT_EQ(test, readl(large + SZ_32M - 4), SZ_8M + SZ_32M - 4);
		iounmap(large);
		KUNIT_ASSERT_EQ(test, readl(before), SZ_4K);
		KUNIT_ASSERT_EQ(test, readl(after), SZ_8K);
		iounmap(before);
		iounmap(after);
	}
}

/* Each accessor on memory, in the way endpoint function drivers use it */
static void check_memory(struct kunit *test, void *mem)
{
	void __iomem *io = (void __iomem __force *)mem;
	u8 buf[16];

	memset(mem, 0, 64);

	writeb(0x11, io);
	writew(0x2233, io + 2);
	writel(0x44556677, io + 4);
	KUNIT_EXPECT_EQ(test, le64_to_cpup(mem), 0x4455667722330011ULL);
	KUNIT_EXPECT_EQ(test, readb(io), 0x11);
	KUNIT_EXPECT_EQ(test, readw(io + 2), 0x2233);
	KUNIT_EXPECT_EQ(test, readl(io + 4), 0x44556677);
#ifdef CONFIG_64BIT
	writeq(0x0123456789abcdefULL, io + 8);
	KUNIT_EXPECT_EQ(test, le64_to_cpup(mem + 8), 0x0123456789abcdefULL);
	KUNIT_EXPECT_EQ(test, readq(io + 8), 0x0123456789abcdefULL);
#endif

	memset_io(io + 16, 0xa5, 16);
	KUNIT_EXPECT_NULL(test, memchr_inv(mem + 16, 0xa5, 16));
	memcpy_toio(io + 32, mem + 16, 16);
	KUNIT_EXPECT_MEMEQ(test, mem + 32, mem + 16, 16);
	memcpy_fromio(buf, io + 32, 16);
	KUNIT_EXPECT_MEMEQ(test, buf, mem + 16, 16);
}

static void logic_iomem_test_memory(struct kunit *test)
{
	static u8 data[64] __aligned(8);
	void *mem;

	mem = kunit_kzalloc(test, 64, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, mem);
	check_memory(test, mem);

	mem = vmalloc(PAGE_SIZE);
	KUNIT_ASSERT_NOT_NULL(test, mem);
	check_memory(test, mem);
	vfree(mem);

	/* kernel image, or module space */
	check_memory(test, data);
}

static int logic_iomem_suite_init(struct kunit_suite *suite)
{
	int err;

	if (region_added)
		return 0;

	err = logic_iomem_add_region(&test_resource, &test_region_ops);
	if (err)
		return err;

	/* regions cannot be removed */
	__module_get(THIS_MODULE);
	region_added = true;

	return 0;
}

static struct kunit_case logic_iomem_cases[] = {
	KUNIT_CASE(logic_iomem_test_low),
	KUNIT_CASE(logic_iomem_test_high),
	KUNIT_CASE(logic_iomem_test_large),
	KUNIT_CASE(logic_iomem_test_neighbours),
	KUNIT_CASE(logic_iomem_test_memory),
	{}
};

static struct kunit_suite logic_iomem_suite = {
	.name = "logic_iomem",
	.suite_init = logic_iomem_suite_init,
	.test_cases = logic_iomem_cases,
};

kunit_test_suite(logic_iomem_suite);

MODULE_DESCRIPTION("KUnit tests for emulated IO memory");
MODULE_LICENSE("GPL");
