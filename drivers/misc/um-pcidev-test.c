// SPDX-License-Identifier: GPL-2.0
/*
 * Test of PCI over virtio on ARCH=um (arch/um/drivers/virtio_pcidev.c).
 *
 * Binds, by driver_override only, to a device with a memory BAR of at least
 * 4 KiB behind which is memory, and checks that whatever the accessors of IO
 * memory write arrives there and nowhere else. The reference is memcpy_fromio()
 * to kmalloc() memory, which is compared with single accesses first. The content
 * of the BAR is destroyed. Usage:
 *
 *   modprobe um-pcidev-test [bar=<n>]
 *   echo um-pcidev-test > /sys/bus/pci/devices/0000:00:00.0/driver_override
 *   echo 0000:00:00.0 > /sys/bus/pci/drivers/um-pcidev-test/bind
 *   cat /sys/kernel/debug/um-pcidev-test/0000:00:00.0/result
 *
 * Binding runs the test; the log and the file "result" have it as KTAP.
 */
#include <linux/debugfs.h>
#include <linux/hrtimer.h>
#include <linux/io.h>
#include <linux/log2.h>
#include <linux/module.h>
#include <linux/msi.h>
#include <linux/pci.h>
#include <linux/seq_buf.h>
#include <linux/seq_file.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/unaligned.h>
#include <linux/vmalloc.h>

#define WINDOW_MAX	(SZ_64K + SZ_4K)
#define STACK_MAX	512
#define GUARD		8
#define BURST		50

/* words at the start of the window that test_irq_reads() uses */
#define IRQ_WORD	0
#define PROC_WORD	8
#define COUNT_WORD	12

static int bar = -1;
module_param(bar, int, 0444);
MODULE_PARM_DESC(bar, "BAR to use (default: the last memory BAR of at least 4 KiB)");

static unsigned int irq_reads_ms = 1000;
module_param(irq_reads_ms, uint, 0644);
MODULE_PARM_DESC(irq_reads_ms, "Duration of the test of reads in hard interrupt");

enum buf_kind { BUF_KMALLOC, BUF_VMALLOC, BUF_STACK, BUF_KINDS };

static const char * const buf_names[] = { "kmalloc", "vmalloc", "stack" };

/**
 * struct um_pcidev_test - a device under test
 * @pdev: the device
 * @base: mapping of the BAR
 * @len: bytes of the BAR that are used, a multiple of 8
 * @shadow: what should be there
 * @seen: what is there, see verify()
 * @bufs: memory to copy from and to
 * @timer: reads @IRQ_WORD in hard interrupt
 * @timer_reads: number of its reads
 * @timer_errors: and of those that returned something else than was written
 * @dir: directory in debugfs
 * @result: KTAP of the test, in @text
 * @text: memory of @result
 */
struct um_pcidev_test {
	struct pci_dev *pdev;
	void __iomem *base;
	size_t len;
	u8 *shadow;
	u8 *seen;
	u8 *bufs[BUF_STACK];
	struct hrtimer timer;
	unsigned long timer_reads;
	unsigned long timer_errors;
	struct dentry *dir;
	struct seq_buf result;
	char text[SZ_2K];
};

/* Runs one access, returns the number of errors */
typedef int (*access_fn)(struct um_pcidev_test *t, enum buf_kind kind, size_t off, size_t size);

static u8 rnd(void)
{
	static u32 state = 1;

	state = state * 1664525 + 1013904223;

	return state >> 24;
}

/* Data which differs in each byte from what is there, so that no loss is hidden */
static void new_data(struct um_pcidev_test *t, u8 *buf, size_t off, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++)
		buf[i] = t->shadow[off + i] + 1 + rnd() % 255;
}

/* Compare with the shadow, including some bytes before and after */
static int verify(struct um_pcidev_test *t, const char *what, size_t off, size_t size)
{
	size_t start = off - min(off, GUARD), end = min(off + size + GUARD, t->len), i;

	memcpy_fromio(t->seen, t->base + start, end - start);
	if (!memcmp(t->seen, t->shadow + start, end - start))
		return 0;

	for (i = 0; t->seen[i] == t->shadow[start + i]; i++)
		;
	dev_err_ratelimited(&t->pdev->dev,
			    "%s of %zu bytes at %#zx: %#x at %#zx, expected %#x\n",
			    what, size, off, t->seen[i], start + i, t->shadow[start + i]);
	/* later tests start from what is there */
	memcpy(t->shadow + start, t->seen, end - start);

	return 1;
}

/* The accessors of up to 8 bytes, and the reference for all others */
static int test_single(struct um_pcidev_test *t)
{
	int errors;
	size_t at;

	for (at = 0; at < t->len; at++)
		t->shadow[at] = rnd();
	for (at = 0; at < t->len; at += 8)
		writeq(get_unaligned_le64(t->shadow + at), t->base + at);
	errors = verify(t, "writeq", 0, t->len);

	for (at = 0; at < 64; at += 8) {
		errors += readq(t->base + at) != get_unaligned_le64(t->shadow + at);
		errors += readl(t->base + at + 4) != get_unaligned_le32(t->shadow + at + 4);
		errors += readw(t->base + at + 2) != get_unaligned_le16(t->shadow + at + 2);
		errors += readb(t->base + at + 1) != t->shadow[at + 1];
	}

	return errors;
}

static noinline int toio_one(struct um_pcidev_test *t, enum buf_kind kind, size_t off, size_t size)
{
	u8 stack[STACK_MAX];
	u8 *buf = kind == BUF_STACK ? stack : t->bufs[kind];

	new_data(t, buf, off, size);
	memcpy(t->shadow + off, buf, size);
	memcpy_toio(t->base + off, buf, size);
	/* the write is posted, but the buffer is the caller's again */
	memset(buf, 0xee, size);

	return verify(t, "memcpy_toio", off, size);
}

static noinline int fromio_one(struct um_pcidev_test *t, enum buf_kind kind, size_t off,
			       size_t size)
{
	u8 stack[STACK_MAX + 2 * GUARD];
	u8 *buf = kind == BUF_STACK ? stack : t->bufs[kind];

	memset(buf, 0xee, size + 2 * GUARD);
	memcpy_fromio(buf + GUARD, t->base + off, size);

	if (!memcmp(buf + GUARD, t->shadow + off, size) && !memchr_inv(buf, 0xee, GUARD) &&
	    !memchr_inv(buf + GUARD + size, 0xee, GUARD))
		return 0;

	dev_err_ratelimited(&t->pdev->dev,
			    "memcpy_fromio of %zu bytes at %#zx to %s memory differs\n",
			    size, off, buf_names[kind]);
	return 1;
}

static int set_one(struct um_pcidev_test *t, enum buf_kind kind, size_t off, size_t size)
{
	u8 value = t->shadow[off] + 1 + rnd() % 255;

	memset(t->shadow + off, value, size);
	memset_io(t->base + off, value, size);

	return verify(t, "memset_io", off, size);
}

/* More writes than fit in flight, all from one buffer that changes at once */
static noinline int burst_one(struct um_pcidev_test *t, enum buf_kind kind, size_t off, size_t size)
{
	u8 stack[STACK_MAX];
	u8 *buf = kind == BUF_STACK ? stack : t->bufs[kind];
	size_t i;

	if (off || size > 64)
		return 0;

	for (i = 0; i < BURST; i++) {
		new_data(t, buf, i * size, size);
		memcpy(t->shadow + i * size, buf, size);
		memcpy_toio(t->base + i * size, buf, size);
		memset(buf, 0xee, size);
	}

	return verify(t, "burst of memcpy_toio", 0, BURST * size);
}

/* Run @one with sizes around each power of two, at several offsets */
static int run_sizes(struct um_pcidev_test *t, enum buf_kind kind, access_fn one)
{
	static const size_t offs[] = { 0, 5, 64 };
	size_t max_size = kind == BUF_STACK ? STACK_MAX : SZ_64K, size, n;
	int i, k, errors = 0;

	for (size = 1; size <= max_size; size *= 2)
		for (k = -1; k <= 1; k++)
			for (i = 0; i < ARRAY_SIZE(offs); i++) {
				n = size + k;
				if (!n || n > max_size || offs[i] + n > t->len ||
				    (n > SZ_1K && i))
					continue;
				errors += one(t, kind, offs[i], n);
				cond_resched();
			}

	return errors;
}

static enum hrtimer_restart timer_fn(struct hrtimer *timer)
{
	struct um_pcidev_test *t = container_of(timer, struct um_pcidev_test, timer);
	u8 buf[12];

	t->timer_reads++;
	if (readl(t->base + IRQ_WORD) != 0x12345678)
		t->timer_errors++;

	/* more than 8 bytes take another path */
	memcpy_fromio(buf, t->base + IRQ_WORD, sizeof(buf));
	if (get_unaligned_le32(buf + PROC_WORD) != 0xfeedc0de)
		t->timer_errors++;

	hrtimer_forward_now(timer, us_to_ktime(100));

	return HRTIMER_RESTART;
}

/* Reads in process context and in hard interrupt do not get each other's answer */
static int test_irq_reads(struct um_pcidev_test *t)
{
	unsigned long end = jiffies + msecs_to_jiffies(irq_reads_ms), reads = 0, errors = 0;
	static DEFINE_RAW_SPINLOCK(lock);
	unsigned long flags;

	t->timer_reads = 0;
	t->timer_errors = 0;
	writel(0x12345678, t->base + IRQ_WORD);
	writel(0xfeedc0de, t->base + PROC_WORD);

	hrtimer_start(&t->timer, us_to_ktime(100), HRTIMER_MODE_REL_HARD);
	while (time_before(jiffies, end)) {
		reads++;
		if (readl(t->base + PROC_WORD) != 0xfeedc0de)
			errors++;
		writel(reads, t->base + COUNT_WORD);
		if (readl(t->base + COUNT_WORD) != (u32)reads)
			errors++;
		/* as an irqchip does */
		raw_spin_lock_irqsave(&lock, flags);
		if (readl(t->base + PROC_WORD) != 0xfeedc0de)
			errors++;
		raw_spin_unlock_irqrestore(&lock, flags);
		cond_resched();
	}
	hrtimer_cancel(&t->timer);

	dev_info(&t->pdev->dev, "%lu rounds with %lu wrong reads, %lu in interrupt with %lu\n",
		 reads, errors, t->timer_reads, t->timer_errors);

	return errors + t->timer_errors + !t->timer_reads;
}

/* The number of the vector is or'ed to the data of the message: it has to be aligned */
static int test_msi(struct um_pcidev_test *t)
{
	int n, count = pci_msi_vec_count(t->pdev), errors = 0;
	struct msi_msg msg;

	for (n = 1; n <= count; n++) {
		if (pci_alloc_irq_vectors(t->pdev, n, n, PCI_IRQ_MSI) != n) {
			dev_err(&t->pdev->dev, "cannot allocate %d of %d MSI vectors\n", n, count);
			errors++;
			continue;
		}
		get_cached_msi_msg(pci_irq_vector(t->pdev, 0), &msg);
		if (msg.data & (roundup_pow_of_two(n) - 1)) {
			dev_err(&t->pdev->dev, "data %#x of %d MSI vectors\n", msg.data, n);
			errors++;
		}
		pci_free_irq_vectors(t->pdev);
	}

	return errors;
}

static void report(struct um_pcidev_test *t, int *nr, int errors, const char *name,
		   const char *kind)
{
	seq_buf_printf(&t->result, "%sok %d %s%s\n", errors ? "not " : "", ++*nr, name, kind);
	pr_info("%sok %d %s%s\n", errors ? "not " : "", *nr, name, kind);
}

static void run_tests(struct um_pcidev_test *t)
{
	enum buf_kind kind;
	int nr = 0;

	seq_buf_printf(&t->result, "KTAP version 1\n1..%d\n", 3 * BUF_KINDS + 4);
	pr_info("KTAP version 1\n1..%d\n", 3 * BUF_KINDS + 4);

	report(t, &nr, test_single(t), "single accesses", "");

	for (kind = 0; kind < BUF_KINDS; kind++) {
		report(t, &nr, run_sizes(t, kind, toio_one), "memcpy_toio ", buf_names[kind]);
		report(t, &nr, run_sizes(t, kind, burst_one), "burst ", buf_names[kind]);
		report(t, &nr, run_sizes(t, kind, fromio_one), "memcpy_fromio ",
		       buf_names[kind]);
	}
	report(t, &nr, run_sizes(t, BUF_KMALLOC, set_one) + verify(t, "all", 0, t->len),
	       "memset_io", "");
	report(t, &nr, test_irq_reads(t), "reads in interrupt", "");
	if (t->pdev->msi_cap)
		report(t, &nr, test_msi(t), "multi-MSI", "");
	else
		report(t, &nr, 0, "multi-MSI", " # SKIP the device has no MSI capability");
}

static int result_show(struct seq_file *s, void *unused)
{
	struct um_pcidev_test *t = s->private;

	seq_puts(s, seq_buf_str(&t->result));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(result);

static struct dentry *debugfs_root;

static int um_pcidev_test_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct um_pcidev_test *t;
	int nr = bar, i, err;

	for (i = 0; bar < 0 && i < PCI_STD_NUM_BARS; i++)
		if (pci_resource_flags(pdev, i) & IORESOURCE_MEM &&
		    pci_resource_len(pdev, i) >= SZ_4K)
			nr = i;

	if (nr < 0 || nr >= PCI_STD_NUM_BARS || pci_resource_len(pdev, nr) < SZ_4K)
		return dev_err_probe(&pdev->dev, -ENODEV, "no memory BAR of at least 4 KiB\n");

	t = devm_kzalloc(&pdev->dev, sizeof(*t), GFP_KERNEL);
	if (!t)
		return -ENOMEM;

	t->pdev = pdev;
	t->len = min_t(resource_size_t, pci_resource_len(pdev, nr), WINDOW_MAX);
	t->shadow = devm_kzalloc(&pdev->dev, t->len, GFP_KERNEL);
	t->bufs[BUF_KMALLOC] = devm_kmalloc(&pdev->dev, SZ_64K + 2 * GUARD, GFP_KERNEL);
	t->seen = devm_kmalloc(&pdev->dev, t->len, GFP_KERNEL);
	if (!t->shadow || !t->seen || !t->bufs[BUF_KMALLOC])
		return -ENOMEM;

	err = pcim_enable_device(pdev);
	if (err)
		return err;
	pci_set_master(pdev);

	t->base = pcim_iomap(pdev, nr, 0);
	if (!t->base)
		return -ENOMEM;

	t->bufs[BUF_VMALLOC] = vmalloc(SZ_64K + 2 * GUARD);
	if (!t->bufs[BUF_VMALLOC])
		return -ENOMEM;

	seq_buf_init(&t->result, t->text, sizeof(t->text));
	hrtimer_setup(&t->timer, timer_fn, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
	pci_set_drvdata(pdev, t);

	dev_info(&pdev->dev, "testing with %zu bytes of BAR %d\n", t->len, nr);
	run_tests(t);

	t->dir = debugfs_create_dir(pci_name(pdev), debugfs_root);
	debugfs_create_file("result", 0444, t->dir, t, &result_fops);

	return 0;
}

static void um_pcidev_test_remove(struct pci_dev *pdev)
{
	struct um_pcidev_test *t = pci_get_drvdata(pdev);

	debugfs_remove_recursive(t->dir);
	vfree(t->bufs[BUF_VMALLOC]);
}

static struct pci_driver um_pcidev_test_driver = {
	.name = "um-pcidev-test",
	.probe = um_pcidev_test_probe,
	.remove = um_pcidev_test_remove,
};

static int __init um_pcidev_test_init(void)
{
	int err;

	debugfs_root = debugfs_create_dir("um-pcidev-test", NULL);
	err = pci_register_driver(&um_pcidev_test_driver);
	if (err)
		debugfs_remove(debugfs_root);

	return err;
}
module_init(um_pcidev_test_init);

static void __exit um_pcidev_test_exit(void)
{
	pci_unregister_driver(&um_pcidev_test_driver);
	debugfs_remove(debugfs_root);
}
module_exit(um_pcidev_test_exit);

MODULE_DESCRIPTION("Test of PCI over virtio on ARCH=um");
MODULE_LICENSE("GPL");
