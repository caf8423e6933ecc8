/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NTB_EP_DMA_PROTO_H
#define _NTB_EP_DMA_PROTO_H

#include <linux/array_size.h>
#include <linux/bits.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/types.h>
#include <linux/wait.h>

#define NTB_EP_DMA_MAGIC	0x4544
#define NTB_EP_DMA_VERSION	1
#define NTB_EP_DMA_MAX_SLOTS	8
#define NTB_EP_DMA_MAX_BUF	SZ_64M

/* In STATE of an announcement, which is 0 if there is none */
#define NTB_EP_DMA_STATE_MAGIC	GENMASK(31, 16)
#define NTB_EP_DMA_STATE_VER	GENMASK(15, 8)
#define NTB_EP_DMA_STATE_SLOTS	GENMASK(7, 0)

/**
 * enum ntb_ep_dma_spad - the scratchpads; each side writes the other one's
 * @NTB_EP_DMA_BUSY: 1 while the writer may be moving data into the reader's buffer
 * @NTB_EP_DMA_SEEN: SEQ of the reader's announcement that the writer goes by, or 0
 * @NTB_EP_DMA_SEQ: of the announcement, never twice the same; neither 0 nor all ones
 * @NTB_EP_DMA_ADDR_LO: DMA address of the writer's buffer
 * @NTB_EP_DMA_ADDR_HI: upper half
 * @NTB_EP_DMA_SIZE: bytes of the buffer
 * @NTB_EP_DMA_CHECK: hash of the announcement, all but BUSY and SEEN
 * @NTB_EP_DMA_STATE: magic, version and number of slots; written last
 * @NTB_EP_DMA_SLOTS: first of the slots
 */
enum ntb_ep_dma_spad {
	NTB_EP_DMA_BUSY,
	NTB_EP_DMA_SEEN,
	NTB_EP_DMA_SEQ,
	NTB_EP_DMA_ADDR_LO,
	NTB_EP_DMA_ADDR_HI,
	NTB_EP_DMA_SIZE,
	NTB_EP_DMA_CHECK,
	NTB_EP_DMA_STATE,
	NTB_EP_DMA_SLOTS,
};

/**
 * enum ntb_ep_dma_slot_spad - scratchpads of a slot
 * @NTB_EP_DMA_REQ_ID: makes a request differ from all others
 * @NTB_EP_DMA_REQ_OFFSET: of the data in the reader's buffer
 * @NTB_EP_DMA_REQ_LEN: bytes
 * @NTB_EP_DMA_REQ_SEED: of the data
 * @NTB_EP_DMA_REQ_CHECK: hash of request, slot and both SEQs; written last, 0 for none
 * @NTB_EP_DMA_REP_STATUS: enum ntb_ep_dma_status
 * @NTB_EP_DMA_REP_BAD: how far into the data the first bad byte is
 * @NTB_EP_DMA_REP_ECHO: REQ_CHECK of the request that this answers; written last
 * @NTB_EP_DMA_SLOT_SPADS: number of these
 *
 * Requests of the writer and answers to the reader's requests share nothing.
 */
enum ntb_ep_dma_slot_spad {
	NTB_EP_DMA_REQ_ID,
	NTB_EP_DMA_REQ_OFFSET,
	NTB_EP_DMA_REQ_LEN,
	NTB_EP_DMA_REQ_SEED,
	NTB_EP_DMA_REQ_CHECK,
	NTB_EP_DMA_REP_STATUS,
	NTB_EP_DMA_REP_BAD,
	NTB_EP_DMA_REP_ECHO,
	NTB_EP_DMA_SLOT_SPADS,
};

#define NTB_EP_DMA_MIN_SPADS	(NTB_EP_DMA_SLOTS + NTB_EP_DMA_SLOT_SPADS)

enum ntb_ep_dma_status {
	NTB_EP_DMA_PASS = 1,
	NTB_EP_DMA_FAIL,
};

struct device;
struct ntb_ep_dma_proto;

/**
 * struct ntb_ep_dma_io - how to reach scratchpads and doorbell
 * @read: an own scratchpad; what it announces is there afterwards
 * @write: one of the peer's; what was written before gets there before
 * @ring: have the peer look
 */
struct ntb_ep_dma_io {
	u32 (*read)(struct ntb_ep_dma_proto *p, unsigned int idx);
	void (*write)(struct ntb_ep_dma_proto *p, unsigned int idx, u32 value);
	void (*ring)(struct ntb_ep_dma_proto *p);
};

/**
 * struct ntb_ep_dma_peer - what the peer has announced, validated
 * @seq: 0: it has not
 * @slots: that it has
 * @addr: DMA address of its buffer
 * @size: bytes of that
 */
struct ntb_ep_dma_peer {
	u32 seq;
	u32 slots;
	u64 addr;
	u32 size;
};

/**
 * struct ntb_ep_dma_refusal - the last value of the peer that was ignored
 * @field: what it was, NULL if there was none
 * @value: that it had
 * @min: least that is allowed
 * @max: most that is allowed
 */
struct ntb_ep_dma_refusal {
	const char *field;
	u64 value;
	u64 min;
	u64 max;
};

/**
 * struct ntb_ep_dma_slot - a run of this side
 * @used: somebody has it
 * @asked: the peer has been asked to verify, and has not answered
 * @done: it has answered
 * @err: the run is over, because peer, link or device are gone
 * @result: 0 or -EILSEQ, if @done
 * @bad: offset of the first bad byte, if there is one
 * @check: REQ_CHECK of the request
 * @peer: the buffer that the run goes to
 * @src_off: range in use in the own source buffer
 * @dst_off: range in use in the peer's buffer
 * @len: bytes of both
 */
struct ntb_ep_dma_slot {
	bool used;
	bool asked;
	bool done;
	int err;
	int result;
	u32 bad;
	u32 check;
	struct ntb_ep_dma_peer peer;
	u32 src_off;
	u32 dst_off;
	u32 len;
};

/**
 * struct ntb_ep_dma_proto - one end
 * @io: way to the other one
 * @dev: for messages
 * @lock: protects all below; @wq is woken after changes of slots
 * @wq: for those who wait for a slot
 * @num_slots: for which there are scratchpads
 * @addr: DMA address of the own buffer
 * @size: bytes of that
 * @seq: of the own announcement
 * @seen: announcement that the peer goes by
 * @next_id: of a request
 * @link_up: and announced
 * @closing: there are no runs any more
 * @active: slots in use
 * @peer: announcement that is gone by
 * @odd_peer: hash of an announcement that was not one
 * @slots: runs of this side
 * @served: REQ_CHECK of the last request of the peer that was looked at, by slot
 * @odd: as @odd_peer, for requests
 * @refusal: for those who want to know
 */
struct ntb_ep_dma_proto {
	const struct ntb_ep_dma_io *io;
	struct device *dev;
	struct mutex lock; /* Protects all below */
	wait_queue_head_t wq;
	u32 num_slots;
	u64 addr;
	u32 size;
	u32 seq;
	u32 seen;
	u32 next_id;
	bool link_up;
	bool closing;
	unsigned int active;
	struct ntb_ep_dma_peer peer;
	u32 odd_peer;
	struct ntb_ep_dma_slot slots[NTB_EP_DMA_MAX_SLOTS];
	u32 served[NTB_EP_DMA_MAX_SLOTS];
	u32 odd[NTB_EP_DMA_MAX_SLOTS];
	struct ntb_ep_dma_refusal refusal;
};

/**
 * struct ntb_ep_dma_req - a request of the peer, validated
 * @slot: it came in
 * @check: identifies it
 * @off: of the data in the own buffer
 * @len: bytes
 * @seed: of the data
 */
struct ntb_ep_dma_req {
	u32 slot;
	u32 check;
	u32 off;
	u32 len;
	u32 seed;
};

int ntb_ep_dma_proto_init(struct ntb_ep_dma_proto *p, const struct ntb_ep_dma_io *io,
			  struct device *dev, int spads, u64 addr, u32 size);
void ntb_ep_dma_proto_link(struct ntb_ep_dma_proto *p, bool up);
void ntb_ep_dma_proto_look(struct ntb_ep_dma_proto *p);
unsigned int ntb_ep_dma_proto_poll(struct ntb_ep_dma_proto *p);
struct ntb_ep_dma_peer ntb_ep_dma_proto_peer(struct ntb_ep_dma_proto *p);
bool ntb_ep_dma_proto_peer_busy(struct ntb_ep_dma_proto *p);
void ntb_ep_dma_proto_close(struct ntb_ep_dma_proto *p);
const char *ntb_ep_dma_proto_why_not(struct ntb_ep_dma_proto *p);

struct ntb_ep_dma_slot *ntb_ep_dma_proto_claim(struct ntb_ep_dma_proto *p, u32 src_off,
					       u32 dst_off, u32 len);
void ntb_ep_dma_proto_release(struct ntb_ep_dma_proto *p, struct ntb_ep_dma_slot *slot);
u32 ntb_ep_dma_proto_seed(struct ntb_ep_dma_proto *p, u32 seed);
int ntb_ep_dma_proto_ask(struct ntb_ep_dma_proto *p, struct ntb_ep_dma_slot *slot, u32 seed);
int ntb_ep_dma_proto_wait(struct ntb_ep_dma_proto *p, struct ntb_ep_dma_slot *slot,
			  unsigned long timeout);
bool ntb_ep_dma_proto_next(struct ntb_ep_dma_proto *p, struct ntb_ep_dma_req *req);
void ntb_ep_dma_proto_answer(struct ntb_ep_dma_proto *p, const struct ntb_ep_dma_req *req,
			     u32 bad);

/* Among the files of the protocol, with the lock held */
u32 ntb_ep_dma_hash(const u32 *words, unsigned int num);
bool ntb_ep_dma_absent(u32 word);
void ntb_ep_dma_refuse(struct ntb_ep_dma_proto *p, const char *field, u64 value,
		       u64 min, u64 max);
void ntb_ep_dma_announce(struct ntb_ep_dma_proto *p);
void ntb_ep_dma_lose_peer(struct ntb_ep_dma_proto *p);
void ntb_ep_dma_look_peer(struct ntb_ep_dma_proto *p);
void ntb_ep_dma_look_answers(struct ntb_ep_dma_proto *p);

static inline unsigned int ntb_ep_dma_slot_idx(u32 slot, enum ntb_ep_dma_slot_spad spad)
{
	return NTB_EP_DMA_SLOTS + slot * NTB_EP_DMA_SLOT_SPADS + spad;
}

static inline u32 ntb_ep_dma_slot_read(struct ntb_ep_dma_proto *p, u32 slot,
				       enum ntb_ep_dma_slot_spad spad)
{
	return p->io->read(p, ntb_ep_dma_slot_idx(slot, spad));
}

static inline void ntb_ep_dma_slot_write(struct ntb_ep_dma_proto *p, u32 slot,
					 enum ntb_ep_dma_slot_spad spad, u32 value)
{
	p->io->write(p, ntb_ep_dma_slot_idx(slot, spad), value);
}

/* @from asks, @to verifies */
static inline u32 ntb_ep_dma_hash_req(u32 from, u32 to, u32 slot, u32 id, u32 off, u32 len,
				      u32 seed)
{
	u32 words[] = { from, to, slot, id, off, len, seed };

	return ntb_ep_dma_hash(words, ARRAY_SIZE(words));
}

#endif /* _NTB_EP_DMA_PROTO_H */
