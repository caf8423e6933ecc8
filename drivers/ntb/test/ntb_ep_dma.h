/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NTB_EP_DMA_H
#define _NTB_EP_DMA_H

#include <linux/atomic.h>
#include <linux/mutex.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "ntb_ep_dma_params.h"
#include "ntb_ep_dma_proto.h"

struct dentry;
struct device;
struct dma_chan;
struct ntb_ctx_ops;
struct ntb_dev;
struct seq_file;

/**
 * enum ntb_ep_dma_state - of the last run, as the peer has it
 * @NTB_EP_DMA_IDLE: there was none
 * @NTB_EP_DMA_RUNNING: data is moved or verified
 * @NTB_EP_DMA_PASSED: all data was right
 * @NTB_EP_DMA_FAILED: some was not
 * @NTB_EP_DMA_ERROR: there was an error before it could be verified
 */
enum ntb_ep_dma_state {
	NTB_EP_DMA_IDLE,
	NTB_EP_DMA_RUNNING,
	NTB_EP_DMA_PASSED,
	NTB_EP_DMA_FAILED,
	NTB_EP_DMA_ERROR,
};

/**
 * struct ntb_ep_dma_stats - what has happened
 * @runs: that have ended
 * @errors: those of them that did not pass
 * @last_status: 0 or negative errno of the last one
 * @last_len: bytes of a transfer of the last one
 * @last_bad: offset of the first bad byte in it, if there was one
 * @peer_state: of the last one
 * @peer_xfer_len: bytes that the peer has last verified and found right
 * @verified: requests of the peer
 * @verify_errors: requests where not all data was right
 * @verified_len: bytes of the last one
 */
struct ntb_ep_dma_stats {
	u64 runs;
	u64 errors;
	int last_status;
	u32 last_len;
	u32 last_bad;
	enum ntb_ep_dma_state peer_state;
	u32 peer_xfer_len;
	u64 verified;
	u64 verify_errors;
	u32 verified_len;
};

/**
 * struct ntb_ep_dma - a device that is used
 * @ntb: the NTB device
 * @dma_dev: does the DMA, and has the channels
 * @proto: talks with the peer
 * @buf_size: bytes of both buffers
 * @src: what is moved comes from here
 * @src_dma: DMA address of that
 * @dst: the peer moves data to here: not the same one, so that both can
 * @dst_dma: DMA address of that
 * @db_bit: doorbell in use
 * @link_lost: the link has been down since @look looked
 * @look_lock: what is found out about the link is passed on in that order
 * @look: looks at link and scratchpads
 * @dir: in debugfs
 * @chan_lock: protects @chans_held
 * @chans_held: channels that runs have
 * @chans_given: counts the times that some were given back
 * @stats_lock: protects @stats
 * @stats: what has happened
 */
struct ntb_ep_dma {
	struct ntb_dev *ntb;
	struct device *dma_dev;
	struct ntb_ep_dma_proto proto;
	u32 buf_size;
	void *src;
	dma_addr_t src_dma;
	void *dst;
	dma_addr_t dst_dma;
	u64 db_bit;
	unsigned long link_lost;
	struct mutex look_lock; /* Order of what is found out */
	struct delayed_work look;
	struct dentry *dir;
	struct mutex chan_lock; /* Protects chans_held */
	unsigned int chans_held;
	unsigned int chans_given;
	struct mutex stats_lock; /* Protects stats */
	struct ntb_ep_dma_stats stats;
};

/**
 * struct ntb_ep_dma_xfer - the transfers of a run
 * @wq: for the one who waits
 * @pending: transfers whose callback has not been called
 * @err: one has failed
 * @num: channels
 * @chans: that the run has
 */
struct ntb_ep_dma_xfer {
	wait_queue_head_t *wq;
	atomic_t pending;
	int err;
	unsigned int num;
	struct dma_chan *chans[NTB_EP_DMA_MAX_CHANS];
};

extern unsigned int ntb_ep_dma_timeout_ms;

extern const struct ntb_ep_dma_io ntb_ep_dma_io;
extern const struct ntb_ctx_ops ntb_ep_dma_ctx_ops;

void ntb_ep_dma_look_work(struct work_struct *work);
void ntb_ep_dma_look(struct ntb_ep_dma *nd);
void ntb_ep_dma_look_soon(struct ntb_ep_dma *nd);

int ntb_ep_dma_run(struct ntb_ep_dma *nd, const struct ntb_ep_dma_params *params);

int ntb_ep_dma_take_chans(struct ntb_ep_dma *nd, struct ntb_ep_dma_xfer *x,
			  struct ntb_ep_dma_slot *slot, unsigned int wanted);
void ntb_ep_dma_put_chans(struct ntb_ep_dma *nd, struct ntb_ep_dma_xfer *x);
unsigned int ntb_ep_dma_count_chans(struct ntb_ep_dma *nd, struct seq_file *s);

void ntb_ep_dma_debugfs_init(void);
void ntb_ep_dma_debugfs_exit(void);
void ntb_ep_dma_debugfs_add(struct ntb_ep_dma *nd);

#endif /* _NTB_EP_DMA_H */
