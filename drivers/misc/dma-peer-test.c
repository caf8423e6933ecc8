// SPDX-License-Identifier: GPL-2.0
/*
 * Move data between this machine and the one across a PCIe link, with every
 * slave DMA channel that a device offers
 *
 * dmatest cannot drive the DMA engine of a PCIe endpoint: its channels are
 * slave channels, one end of each transfer is in another machine. Load this
 * module on both. Each side gets a buffer; one side moves, the other one
 * verifies what arrived:
 *
 *   cd /sys/kernel/debug/dma_peer_test
 *   echo <device> > device     # the DMA provider, or on the passive side the
 *                              # device whose peer has one
 *   cat buffer                 # <DMA address> <size>, for the other side
 *   echo request > channels    # take all channels of the device, or
 *   echo request 2 > channels  # two of them
 *   echo 0 4096 7 > fill       # offset, length, seed [, first byte of the pattern]
 *   echo write <peer address> 4096 1 > run   # length per channel, rounds
 *   cat result
 *   echo 0 4096 7 > verify     # on the other side
 *
 * "write" moves local memory to the peer, "read" the peer's memory here. With
 * n channels the transfer of channel i starts i * length into both buffers. A
 * last number for "run" is where in the local buffer the first one starts.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cleanup.h>
#include <linux/completion.h>
#include <linux/debugfs.h>
#include <linux/device.h>
#include <linux/device/bus.h>
#include <linux/dma-mapping.h>
#include <linux/dmaengine.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/platform_device.h>
#include <linux/seq_file.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#define DMA_PEER_MAX_CHANS	16
#define DMA_PEER_MAX_SEGS	512
#define DMA_PEER_MAX_QUEUE	64

static unsigned int size = SZ_1M;
module_param(size, uint, 0444);
MODULE_PARM_DESC(size, "bytes of the buffer (default 1 MiB)");

static unsigned int segments = 1;
module_param(segments, uint, 0644);
MODULE_PARM_DESC(segments, "scatterlist entries per transfer, 1 to 512 (default 1)");

static unsigned int queue = 1;
module_param(queue, uint, 0644);
MODULE_PARM_DESC(queue, "transfers that a channel gets at once, 1 to 64 (default 1)");

static unsigned int timeout_ms = 20000;
module_param(timeout_ms, uint, 0644);
MODULE_PARM_DESC(timeout_ms, "how long to wait for a transfer (default 20000)");

/**
 * struct dma_peer_chan - one channel
 * @chan: the channel
 * @directions: bit mask of enum dma_transfer_direction that it offers
 * @done: completed by the callback of each transfer
 * @queued: transfers of this round
 * @failed: how many of these had a callback that was told of an error
 * @bytes: moved without an error since the channel was requested
 * @transfers: transfers without an error
 * @errors: transfers that ended with one, or never
 */
struct dma_peer_chan {
	struct dma_chan *chan;
	u32 directions;
	struct completion done;
	unsigned int queued;
	unsigned int failed;
	u64 bytes;
	u64 transfers;
	u64 errors;
};

/* Protects everything below */
static DEFINE_MUTEX(dma_peer_lock);
static struct device *dma_peer_dev;
static u8 *dma_peer_buf;
static dma_addr_t dma_peer_addr;
static struct dma_peer_chan dma_peer_chans[DMA_PEER_MAX_CHANS];
static unsigned int dma_peer_num_chans;
static struct dentry *dma_peer_dir;

/* No two neighbouring bytes, pages or seeds look alike */
static u8 dma_peer_pattern(u32 seed, u32 offset)
{
	u32 x = (offset + 1) * 2654435761U ^ seed * 40503U;

	return x >> 24 ^ x >> 11;
}

static void dma_peer_callback(void *data, const struct dmaengine_result *result)
{
	struct dma_peer_chan *pc = data;

	if (result && result->result != DMA_TRANS_NOERROR)
		pc->failed++;
	complete(&pc->done);
}

static bool dma_peer_filter(struct dma_chan *chan, void *dev)
{
	return chan->device->dev == dev;
}

static void dma_peer_release_chans(void)
{
	lockdep_assert_held(&dma_peer_lock);

	while (dma_peer_num_chans)
		dma_release_channel(dma_peer_chans[--dma_peer_num_chans].chan);
}

static int dma_peer_request_chans(unsigned int max)
{
	dma_cap_mask_t mask;

	lockdep_assert_held(&dma_peer_lock);

	if (!dma_peer_dev)
		return -ENODEV;

	dma_cap_zero(mask);
	dma_cap_set(DMA_SLAVE, mask);

	while (dma_peer_num_chans < min(max, DMA_PEER_MAX_CHANS)) {
		struct dma_peer_chan *pc = &dma_peer_chans[dma_peer_num_chans];
		struct dma_slave_caps caps = { };

		memset(pc, 0, sizeof(*pc));
		init_completion(&pc->done);
		pc->chan = dma_request_channel(mask, dma_peer_filter,
					       dma_peer_dev);
		if (!pc->chan)
			break;

		dma_get_slave_caps(pc->chan, &caps);
		pc->directions = caps.directions;
		dma_peer_num_chans++;
	}

	return dma_peer_num_chans ? 0 : -ENOENT;
}

static void dma_peer_unbind(void)
{
	lockdep_assert_held(&dma_peer_lock);

	if (!dma_peer_dev)
		return;

	dma_peer_release_chans();
	dma_free_coherent(dma_peer_dev, size, dma_peer_buf, dma_peer_addr);
	put_device(dma_peer_dev);
	dma_peer_dev = NULL;
	dma_peer_buf = NULL;
}

static int dma_peer_bind(const char *name)
{
	struct device *dev;

	lockdep_assert_held(&dma_peer_lock);

	dma_peer_unbind();

	dev = bus_find_device_by_name(&pci_bus_type, NULL, name);
	if (!dev)
		dev = bus_find_device_by_name(&platform_bus_type, NULL, name);
	if (!dev) {
		pr_err("device '%s' is neither on the PCI nor on the platform bus\n",
		       name);
		return -ENODEV;
	}

	dma_peer_buf = dma_alloc_coherent(dev, size, &dma_peer_addr, GFP_KERNEL);
	if (!dma_peer_buf) {
		put_device(dev);
		return -ENOMEM;
	}

	dma_peer_dev = dev;

	return 0;
}

/* All or nothing: a transfer that could not be prepared leaves nothing queued */
static int dma_peer_submit(struct dma_peer_chan *pc,
			   enum dma_transfer_direction dir, dma_addr_t local,
			   u64 peer, u32 len)
{
	struct dma_slave_config config = {
		.direction = dir,
		.src_addr = peer,
		.dst_addr = peer,
	};
	u32 nents = clamp(segments, 1U, min(len, DMA_PEER_MAX_SEGS));
	struct scatterlist *sgl __free(kfree) = NULL;
	struct dma_async_tx_descriptor *tx;
	struct scatterlist *sg;
	u32 off = 0;
	int i, ret;

	sgl = kmalloc_objs(*sgl, nents);
	if (!sgl)
		return -ENOMEM;

	sg_init_table(sgl, nents);
	for_each_sg(sgl, sg, nents, i) {
		sg_dma_address(sg) = local + off;
		sg_dma_len(sg) = i == nents - 1 ? len - off : len / nents;
		off += len / nents;
	}

	ret = dmaengine_slave_config(pc->chan, &config);
	if (ret)
		return ret;

	tx = dmaengine_prep_slave_sg(pc->chan, sgl, nents, dir,
				     DMA_PREP_INTERRUPT | DMA_CTRL_ACK);
	if (!tx)
		return -EIO;

	tx->callback_result = dma_peer_callback;
	tx->callback_param = pc;

	return dma_submit_error(dmaengine_submit(tx)) ? -EIO : 0;
}

/* What could be queued is, and has to be waited for */
static int dma_peer_queue(struct dma_peer_chan *pc,
			  enum dma_transfer_direction dir, dma_addr_t local,
			  u64 peer, u32 len)
{
	unsigned int num = clamp(queue, 1U, DMA_PEER_MAX_QUEUE);
	int ret;

	pc->queued = 0;
	pc->failed = 0;
	reinit_completion(&pc->done);

	while (pc->queued < num) {
		ret = dma_peer_submit(pc, dir, local, peer, len);
		if (ret)
			return ret;
		pc->queued++;
	}

	return 0;
}

static int dma_peer_wait(struct dma_peer_chan *pc, u32 len)
{
	unsigned int done = 0;
	int ret = 0;

	while (done < pc->queued && !ret) {
		if (wait_for_completion_timeout(&pc->done, msecs_to_jiffies(timeout_ms)))
			done++;
		else
			ret = -ETIMEDOUT;
	}

	if (ret || pc->failed) {
		ret = ret ?: -EIO;
		dmaengine_terminate_sync(pc->chan);
	}

	pc->errors += pc->queued - done + pc->failed;
	pc->transfers += done - pc->failed;
	pc->bytes += (u64)len * (done - pc->failed);
	pc->queued = 0;

	return ret;
}

static int dma_peer_round(enum dma_transfer_direction dir, u64 peer, u32 len, u32 off)
{
	unsigned int i, used = 0;
	int ret = 0, err;

	for (i = 0; i < dma_peer_num_chans && !ret; i++) {
		struct dma_peer_chan *pc = &dma_peer_chans[i];

		if (!(pc->directions & BIT(dir)))
			continue;

		if (len > (size - off) / (used + 1)) {
			pr_err("length %u: %u channels do not fit the buffer of %u bytes\n",
			       len, used + 1, size);
			ret = -EINVAL;
			break;
		}

		ret = dma_peer_queue(pc, dir, dma_peer_addr + off + used * len,
				     peer + used * len, len);
		used++;
	}

	if (!used)
		return ret ?: -ENOENT;

	/* Only now, so that the channels really run at the same time */
	for (i = 0; i < dma_peer_num_chans; i++)
		if (dma_peer_chans[i].queued)
			dma_async_issue_pending(dma_peer_chans[i].chan);

	for (i = 0; i < dma_peer_num_chans; i++) {
		if (!dma_peer_chans[i].queued)
			continue;

		err = dma_peer_wait(&dma_peer_chans[i], len);
		if (!ret)
			ret = err;
	}

	return ret;
}

static int dma_peer_run(char *cmd)
{
	enum dma_transfer_direction dir;
	u32 len, rounds, off = 0;
	char word[8];
	u64 peer;
	int ret;

	if (sscanf(cmd, "%7s %llx %u %u %u", word, &peer, &len, &rounds, &off) < 4) {
		pr_err("run: expected 'write|read <peer address> <length> <rounds> [<offset>]'\n");
		return -EINVAL;
	}

	if (!strcmp(word, "write")) {
		dir = DMA_MEM_TO_DEV;
	} else if (!strcmp(word, "read")) {
		dir = DMA_DEV_TO_MEM;
	} else {
		pr_err("run: '%s' is neither 'write' nor 'read'\n", word);
		return -EINVAL;
	}

	if (!len || len > size || off > size - len) {
		pr_err("run: length %u at offset %u is not within 1 and %u\n", len, off, size);
		return -EINVAL;
	}

	while (rounds--) {
		ret = dma_peer_round(dir, peer, len, off);
		if (ret)
			return ret;
	}

	return 0;
}

static int dma_peer_fill_verify(char *cmd, bool verify)
{
	u32 off, len, seed, first = 0, i;

	if (sscanf(cmd, "%u %u %u %u", &off, &len, &seed, &first) < 3) {
		pr_err("expected '<offset> <length> <seed> [<first>]'\n");
		return -EINVAL;
	}

	if (off > size || len > size - off) {
		pr_err("offset %u and length %u exceed the buffer of %u bytes\n",
		       off, len, size);
		return -EINVAL;
	}

	if (!dma_peer_dev)
		return -ENODEV;

	for (i = 0; i < len; i++) {
		u8 want = dma_peer_pattern(seed, first + i);

		if (!verify) {
			dma_peer_buf[off + i] = want;
		} else if (dma_peer_buf[off + i] != want) {
			pr_err("first bad byte at offset %u: %#04x, not %#04x\n",
			       off + i, dma_peer_buf[off + i], want);
			return -EILSEQ;
		}
	}

	return 0;
}

static int dma_peer_command(const char *file, char *cmd)
{
	guard(mutex)(&dma_peer_lock);

	if (!strcmp(file, "device")) {
		if (!strcmp(cmd, "none")) {
			dma_peer_unbind();
			return 0;
		}
		return dma_peer_bind(cmd);
	}
	if (!strcmp(file, "channels")) {
		unsigned int max;

		dma_peer_release_chans();
		if (!strcmp(cmd, "release"))
			return 0;
		if (!strcmp(cmd, "request"))
			return dma_peer_request_chans(DMA_PEER_MAX_CHANS);
		if (sscanf(cmd, "request %u", &max) == 1)
			return dma_peer_request_chans(max);
		pr_err("channels: '%s' is neither 'request [<number>]' nor 'release'\n", cmd);
		return -EINVAL;
	}
	if (!strcmp(file, "fill"))
		return dma_peer_fill_verify(cmd, false);
	if (!strcmp(file, "verify"))
		return dma_peer_fill_verify(cmd, true);

	return dma_peer_run(cmd);
}

static ssize_t dma_peer_write(struct file *file, const char __user *ubuf,
			      size_t len, loff_t *ppos)
{
	char *cmd __free(kfree) = NULL;
	int ret;

	if (len > 128)
		return -E2BIG;

	cmd = memdup_user_nul(ubuf, len);
	if (IS_ERR(cmd))
		return PTR_ERR(no_free_ptr(cmd));

	ret = dma_peer_command(file->f_path.dentry->d_name.name, strim(cmd));

	return ret ?: len;
}

static const struct file_operations dma_peer_command_fops = {
	.owner = THIS_MODULE,
	.write = dma_peer_write,
};

static int buffer_show(struct seq_file *s, void *unused)
{
	guard(mutex)(&dma_peer_lock);

	if (!dma_peer_dev)
		return -ENODEV;

	seq_printf(s, "%pad 0x%x\n", &dma_peer_addr, size);

	return 0;
}
DEFINE_SHOW_ATTRIBUTE(buffer);

static int result_show(struct seq_file *s, void *unused)
{
	unsigned int i;

	guard(mutex)(&dma_peer_lock);

	for (i = 0; i < dma_peer_num_chans; i++) {
		struct dma_peer_chan *pc = &dma_peer_chans[i];

		seq_printf(s, "%s %s transfers: %llu bytes: %llu errors: %llu\n",
			   dma_chan_name(pc->chan),
			   pc->directions & BIT(DMA_MEM_TO_DEV) ? "write" : "read",
			   pc->transfers, pc->bytes, pc->errors);
	}

	return 0;
}
DEFINE_SHOW_ATTRIBUTE(result);

static int __init dma_peer_init(void)
{
	static const char * const commands[] = {
		"device", "channels", "fill", "verify", "run",
	};
	unsigned int i;

	if (!size || size > SZ_4M) {
		pr_err("size %u is not between 1 and %u\n", size, SZ_4M);
		return -EINVAL;
	}

	dma_peer_dir = debugfs_create_dir(KBUILD_MODNAME, NULL);
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		debugfs_create_file(commands[i], 0200, dma_peer_dir, NULL,
				    &dma_peer_command_fops);
	debugfs_create_file("buffer", 0400, dma_peer_dir, NULL, &buffer_fops);
	debugfs_create_file("result", 0400, dma_peer_dir, NULL, &result_fops);

	return 0;
}
module_init(dma_peer_init);

static void __exit dma_peer_exit(void)
{
	debugfs_remove(dma_peer_dir);

	guard(mutex)(&dma_peer_lock);
	dma_peer_unbind();
}
module_exit(dma_peer_exit);

MODULE_DESCRIPTION("Move data across a PCIe link with slave DMA channels");
MODULE_LICENSE("GPL");
