/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Inside of the model: state and the calls between its files. Layers, top to bottom:
 *
 *   core.c     entry points, platform window dispatch, timer
 *   bar.c      host side BARs            outbound.c  endpoint CPU -> link
 *   posted.c   queues of posted writes   link.c      link state, resets, app block
 *   xact.c     transactions: counted and traced, final hop to memory or registers
 *   config.c caps.c atu.c edma.c         registers
 *   edma_ll.c edma_ch.c                  the engine
 */
#ifndef DWC_INTERNAL_H
#define DWC_INTERNAL_H

#include <string.h>

#include "dwc.h"

#define BIT(n) (1u << (n))
#define GENMASK(h, l) ((~0u << (l)) & (~0u >> (31 - (h))))
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b) ({ __auto_type a_ = (a); __auto_type b_ = (b); a_ < b_ ? a_ : b_; })
#define MAX(a, b) ({ __auto_type a_ = (a); __auto_type b_ = (b); a_ > b_ ? a_ : b_; })
#define KIB 1024u
#define MIB (1024u * 1024u)

#define DWC_NUM_WIN 16 /* iATU windows per direction */
#define DWC_PIECE (64 * KIB) /* what one step of the eDMA moves at most */
#define DWC_NUM_CORRUPT 8
#define DWC_MAX_DELAYED_MSI 64

/* Standard registers the model acts upon (PCI and PCIe specifications). */
#define CFG_COMMAND 0x04
#define CMD_MEM BIT(1)
#define CMD_MASTER BIT(2)
#define CFG_BAR0 0x10
#define CAP_PM 0x40
#define CAP_MSI 0x50
#define CAP_PCIE 0x70
#define CAP_MSIX 0xb0
#define EXT_CAP_REBAR 0x100
#define REBAR_CTRL_SIZE 0x3f00u

/* Port logic, names as in drivers/pci/controller/dwc/pcie-designware.h */
#define PL_BASE 0x700
#define PL_DEBUG0 0x728
#define PL_DEBUG1 0x72c
#define PL_MISC_CONTROL_1 0x8bc
#define DBI_RO_WR_EN BIT(0)
#define PL_VERSION 0x8f8
#define PL_VERSION_TYPE 0x8fc
#define PL_ATU_VIEWPORT 0x900
#define PL_MSIX_DOORBELL 0x948
#define PL_DMA_VIEWPORT 0x970
#define PL_DMA_VIEWPORT_END 0xb20

enum bar_type {
	BAR_TYPE_DISABLED,
	BAR_TYPE_PROGRAMMABLE,
	BAR_TYPE_RESIZABLE,
	BAR_TYPE_FIXED,
	BAR_TYPE_DMA_REGS, /* reserved: always enabled, shows the eDMA registers */
};

struct dwc_profile {
	const char *name;
	unsigned int id; /* app block, PROFILE register */
	uint32_t region_align; /* iATU */
	uint32_t link_speed; /* generation, as in LNKCAP */
	uint32_t link_width;
	struct {
		enum bar_type type;
		uint32_t size; /* fixed and reserved ones */
	} bar[DWC_NUM_BARS];
};

struct atu_win {
	uint32_t ctrl1, ctrl2;
	uint32_t base_lo, base_hi;
	uint32_t limit_lo, limit_hi;
	uint32_t target_lo, target_hi;
};

enum ch_state {
	CH_IDLE,
	CH_FETCH, /* next: read the element the list pointer names */
	CH_DATA, /* an element is being moved */
};

/**
 * struct edma_ch - one channel
 * @regs: ch_control1 .. llp.msb, nine words as in dw-edma-v0-regs.h
 * @state: of the engine
 * @stalled: by the fault knob
 * @deadline: when the current step ends
 * @moved: bytes of the current element that were moved
 * @size: its size
 * @sar: source of the current element
 * @dar: destination
 * @elem: index of the current element since the doorbell
 * @elem_start: time, for the trace
 * @start: time of the doorbell
 * @abort_at: element index at which the fault knob aborts, or -1
 * @starts: number of doorbells, tells a restarted transfer from the one before
 */
struct edma_ch {
	uint32_t regs[9];
	enum ch_state state;
	bool stalled;
	uint64_t deadline;
	uint64_t moved, size, sar, dar;
	int64_t elem;
	uint64_t elem_start, start;
	int64_t abort_at;
	unsigned int starts;
};

/* Words of edma_ch.regs */
enum {
	CH_CTL1, CH_CTL2, CH_SIZE, CH_SAR_LO, CH_SAR_HI, CH_DAR_LO, CH_DAR_HI, CH_LLP_LO, CH_LLP_HI,
};

/**
 * struct edma_dir - one direction of the engine
 * @ch: channels
 * @enabled: engine enable
 * @status: done bits 7:0, abort bits 23:16
 * @mask: same bits, gates the local interrupt line only
 * @err_lo: error status
 * @err_hi: error status, read direction only
 * @ll_err_en: linked list error enable
 * @imwr: done low, done high, abort low, abort high
 * @imwr_data: per pair of channels
 * @arb: arbitration weights
 * @pwr_en: channel power enable (stored only)
 * @chgroup: stored only
 * @emulated: interrupt emulation doorbell is asserted
 * @link_free: when the data path of this direction is free again
 */
struct edma_dir {
	struct edma_ch ch[DWC_NUM_CH];
	uint32_t enabled;
	uint32_t status, mask;
	uint32_t err_lo, err_hi;
	uint32_t ll_err_en;
	uint32_t imwr[4];
	uint32_t imwr_data[4];
	uint32_t arb[2];
	uint32_t pwr_en[8];
	uint32_t chgroup;
	bool emulated;
	uint64_t link_free;
};

/* A posted write that waits: through a BAR, through the outbound region, or from the eDMA. */
enum posted_kind { POSTED_BAR, POSTED_OUTBOUND, POSTED_DMA };

struct posted {
	struct posted *next;
	enum posted_kind kind;
	unsigned int bar;
	uint64_t addr;
	uint64_t deadline;
	int ch; /* of POSTED_DMA, for the trace */
	size_t len;
	uint8_t data[];
};

struct posted_queue {
	struct posted *head, **tail;
	unsigned int count;
	size_t bytes;
};

struct delayed_msi {
	uint64_t addr, deadline;
	uint32_t data;
};

struct knobs {
	unsigned int msi_drop, msi_dup, msi_delay;
	uint64_t msi_delay_ns;
	bool allones;
	bool link_forced_down;
	uint64_t bar_short[DWC_NUM_BARS];
	bool miss_ur; /* no inbound window: unsupported, not untranslated */
	struct { bool on; unsigned int bar; uint64_t off; uint32_t val; } corrupt[DWC_NUM_CORRUPT];
	bool posted_delay;
	uint64_t posted_ns;
	uint64_t dma_latency_ns;
	uint64_t dma_mbps; /* bytes per microsecond */
};

struct dwc {
	struct dwc_env env;
	struct dwc_config cfg;
	const struct dwc_profile *prof;
	struct dwc_counters cnt;
	struct knobs knobs;

	uint32_t space[DWC_SIZE_DBI / 4]; /* configuration space and port logic */
	uint32_t bar_mask[DWC_NUM_BARS]; /* DBI2, as written */
	struct atu_win ob[DWC_NUM_WIN], ib[DWC_NUM_WIN];
	struct edma_dir wr, rd;
	uint32_t edma_arb_prior;

	bool attached, ltssm, link;
	uint32_t app_status, app_enable;
	int irq_level[DWC_NUM_IRQ];

	struct posted_queue posted[DWC_NUM_DIR];
	struct delayed_msi delayed[DWC_MAX_DELAYED_MSI];
	unsigned int ndelayed;
	uint64_t timer; /* deadline given to env.set_timer() */
	uint8_t *piece; /* buffer of DWC_PIECE bytes */
};

/* core.c */
uint64_t dwc_now(struct dwc *d);
void dwc_rearm(struct dwc *d);
uint32_t window_read32(struct dwc *d, uint64_t off, bool *hole);
void window_write32(struct dwc *d, uint64_t off, uint32_t val, uint32_t mask, bool *hole);
int window_access(struct dwc *d, uint64_t off, void *buf, size_t len, bool write);
int bus_access(struct dwc *d, uint64_t bus, void *buf, size_t len, bool write);

/* config.c, caps.c */
void config_power_on(struct dwc *d);
void config_reset(struct dwc *d);
uint32_t config_read32(const struct dwc *d, unsigned int reg);
void config_write_dbi(struct dwc *d, unsigned int reg, uint32_t val, uint32_t mask);
void config_write_dbi2(struct dwc *d, unsigned int reg, uint32_t val, uint32_t mask);
uint32_t config_read_dbi2(const struct dwc *d, unsigned int reg);
uint32_t caps_default(const struct dwc_profile *p, unsigned int reg);
uint32_t caps_rc_mask(const struct dwc *d, unsigned int reg);
uint32_t caps_w1c_mask(unsigned int reg);
uint32_t caps_ro_mask(const struct dwc *d, unsigned int reg);
unsigned int rebar_entry(const struct dwc_profile *p, unsigned int bar);
void rebar_select(struct dwc *d, unsigned int entry);
bool config_mem_enabled(const struct dwc *d);
bool config_master_enabled(const struct dwc *d);
bool config_msix_enabled(const struct dwc *d);
unsigned int config_mps(const struct dwc *d);
unsigned int config_mrrs(const struct dwc *d);

/* bar.c */
bool bar_is_upper(const struct dwc *d, unsigned int bar);
bool bar_is_64(const struct dwc *d, unsigned int bar);
bool bar_enabled(const struct dwc *d, unsigned int bar);
uint64_t bar_size(const struct dwc *d, unsigned int bar);
uint64_t bar_addr(const struct dwc *d, unsigned int bar);
uint32_t bar_addr_mask(const struct dwc *d, unsigned int bar);
int bar_deliver(struct dwc *d, unsigned int bar, uint64_t off, void *buf, size_t len, bool write);

/* atu.c */
void atu_reset(struct dwc *d);
uint32_t atu_read32(const struct dwc *d, unsigned int off);
void atu_write32(struct dwc *d, unsigned int off, uint32_t val, uint32_t mask);
enum atu_result { ATU_MISS, ATU_HIT, ATU_REFUSED };
enum atu_result atu_inbound(const struct dwc *d, unsigned int bar, uint64_t off, uint64_t *bus,
			    uint64_t *len);
bool atu_outbound(const struct dwc *d, uint64_t phys, uint64_t *pci, uint64_t *len);

/* xact.c */
void trace_event(struct dwc *d, const struct dwc_event *ev);
void trace_fault(struct dwc *d, const char *text, int ch);
bool up_allowed(const struct dwc *d);
int up_write(struct dwc *d, uint64_t pci, const void *buf, size_t len, int ch);
int up_read(struct dwc *d, uint64_t pci, void *buf, size_t len, int ch);
void count_tlps(struct dwc *d, enum dwc_dir dir, bool write, uint64_t addr, uint64_t len, bool ok);
uint64_t data_word(const void *buf, size_t len);

/* outbound.c */
int outbound_write(struct dwc *d, uint64_t phys, const void *buf, size_t len);
int outbound_deliver(struct dwc *d, uint64_t phys, const void *buf, size_t len);
int outbound_read(struct dwc *d, uint64_t phys, void *buf, size_t len);

/* msi.c */
void msi_send(struct dwc *d, uint64_t addr, uint32_t data);
void msi_step(struct dwc *d);
uint64_t msi_deadline(const struct dwc *d);
void msix_doorbell(struct dwc *d, uint32_t val);

/* posted.c */
void posted_init(struct dwc *d);
int posted_write(struct dwc *d, enum dwc_dir dir, enum posted_kind kind, unsigned int bar,
		 uint64_t addr, const void *buf, size_t len, int ch);
void posted_flush(struct dwc *d, enum dwc_dir dir);
void posted_discard(struct dwc *d);
void posted_step(struct dwc *d);
uint64_t posted_deadline(const struct dwc *d);

/* link.c */
void link_update(struct dwc *d);
uint32_t app_read32(const struct dwc *d, unsigned int off);
void app_write32(struct dwc *d, unsigned int off, uint32_t val, uint32_t mask);
void irq_update(struct dwc *d);

/* edma.c, edma_ch.c, edma_ll.c */
void edma_reset(struct dwc *d);
uint32_t edma_read32(const struct dwc *d, unsigned int off);
void edma_write32(struct dwc *d, unsigned int off, uint32_t val, uint32_t mask);
bool edma_line(const struct dwc *d);
void edma_start(struct dwc *d, struct edma_dir *dir, unsigned int ch);
void edma_stop(struct dwc *d, struct edma_dir *dir, unsigned int ch);
void edma_link_down(struct dwc *d);
void edma_resume(struct dwc *d, struct edma_dir *dir, unsigned int ch);
bool edma_step(struct dwc *d, uint64_t now);
uint64_t edma_deadline(const struct dwc *d);
struct dwc_ch_counters *edma_counters(struct dwc *d, const struct edma_dir *dir, unsigned int ch);

/* counters.c */
void counters_print(const struct dwc *d, FILE *out);
void state_print(struct dwc *d, FILE *out);

#endif
