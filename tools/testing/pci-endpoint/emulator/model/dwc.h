/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Model of a DesignWare PCIe endpoint controller: the public interface.
 *
 * The model is a library without I/O, threads or global state. A front-end (or a unit test) hands
 * it a struct dwc_env, calls the entry points below and gets called back for memory, interrupts
 * and the clock. One model is one controller: function 0, one link, one root complex.
 *
 * Callbacks must not call back into the model. All entry points must be called from one thread.
 */
#ifndef DWC_H
#define DWC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Deadline handed to dwc_env.set_timer() when the model waits for nothing. */
#define DWC_NEVER UINT64_MAX

#define DWC_NUM_BARS 6
#define DWC_NUM_CH 4 /* eDMA channels per direction */

/* The platform window as the endpoint's CPU sees it; offsets are relative to its base. */
#define DWC_WINDOW_BASE 0x10000000ULL
#define DWC_WINDOW_SIZE 0x1000000ULL
#define DWC_OFF_DBI 0x000000
#define DWC_OFF_DBI2 0x001000
#define DWC_OFF_ATU 0x010000
#define DWC_OFF_DMA 0x020000
#define DWC_OFF_APP 0x030000
#define DWC_OFF_ADDR_SPACE 0x800000
#define DWC_SIZE_DBI 0x1000
#define DWC_SIZE_ATU 0x2000
#define DWC_SIZE_DMA 0x2000
#define DWC_SIZE_APP 0x1000
#define DWC_SIZE_ADDR_SPACE 0x800000

/* Interrupt lines towards the endpoint's CPU. */
enum dwc_irq_line {
	DWC_IRQ_DMA,
	DWC_IRQ_APP,
	DWC_NUM_IRQ
};

/* Direction of travel on the link. */
enum dwc_dir {
	DWC_UP, /* endpoint -> root complex */
	DWC_DOWN, /* root complex -> endpoint */
	DWC_NUM_DIR
};

enum dwc_ev_type {
	DWC_EV_MWR, /* memory write request */
	DWC_EV_MRD, /* memory read request, with its completion */
	DWC_EV_CFGRD,
	DWC_EV_CFGWR,
	DWC_EV_MSI,
	DWC_EV_MSIX,
	DWC_EV_DMA_START, /* doorbell */
	DWC_EV_DMA_ELEM,
	DWC_EV_DMA_LINK, /* linked-list pointer followed */
	DWC_EV_DMA_DONE,
	DWC_EV_DMA_ABORT,
	DWC_EV_DMA_STOP,
	DWC_EV_LINK, /* value: 1 up, 0 down */
	DWC_EV_RESET, /* hot reset or board reset, see text */
	DWC_EV_IRQ, /* interrupt line, value: level */
	DWC_EV_FAULT, /* a fault knob acted, see text */
	DWC_NUM_EV
};

/**
 * struct dwc_event - one line of the trace
 * @time: ns on the clock of struct dwc_env
 * @duration: ns, 0 for what has none (eDMA events have one)
 * @type: what happened
 * @dir: direction of the request (of the data for eDMA events)
 * @unsupported: the request ended as an unsupported request
 * @ch: eDMA channel or -1
 * @write_ch: eDMA events: the channel is a write channel
 * @bar: BAR hit by the request or -1
 * @addr: PCI address, config register, or source address of an eDMA element
 * @addr2: endpoint bus address the request was translated to, or eDMA destination
 * @len: bytes
 * @value: the first up to eight bytes of data, little-endian, or the value named at the type
 * @text: static string with more, or NULL
 */
struct dwc_event {
	uint64_t time;
	uint64_t duration;
	enum dwc_ev_type type;
	enum dwc_dir dir;
	bool unsupported;
	int ch;
	bool write_ch;
	int bar;
	uint64_t addr;
	uint64_t addr2;
	uint64_t len;
	uint64_t value;
	const char *text;
};

/**
 * struct dwc_env - what the model needs from outside
 * @ctx: first argument of every callback
 * @now: current time in ns, must not go backwards
 * @set_timer: call dwc_timer() at this absolute time (replaces the previous one), or DWC_NEVER
 * @ep_read: read endpoint RAM at an endpoint-physical address; 0, or -1 if that is not RAM
 * @ep_write: write endpoint RAM, likewise
 * @rc_read: read host RAM at a host-physical address, likewise
 * @rc_write: write host RAM, likewise
 * @rc_msi: a memory write hit the root complex's MSI window
 * @ep_irq: level of an interrupt line changed (enum dwc_irq_line)
 * @trace: an event happened, or NULL; valid during the call only
 *
 * The platform window itself never comes through ep_read()/ep_write(): the model serves it.
 */
struct dwc_env {
	void *ctx;
	uint64_t (*now)(void *ctx);
	void (*set_timer)(void *ctx, uint64_t deadline);
	int (*ep_read)(void *ctx, uint64_t addr, void *buf, size_t len);
	int (*ep_write)(void *ctx, uint64_t addr, const void *buf, size_t len);
	int (*rc_read)(void *ctx, uint64_t addr, void *buf, size_t len);
	int (*rc_write)(void *ctx, uint64_t addr, const void *buf, size_t len);
	void (*rc_msi)(void *ctx, uint64_t addr, uint32_t data);
	void (*ep_irq)(void *ctx, enum dwc_irq_line line, int level);
	void (*trace)(void *ctx, const struct dwc_event *ev);
};

struct dwc_profile;

/**
 * struct dwc_config - fixed parameters of one model
 * @profile: from dwc_profile_get()
 * @bus_offset: endpoint bus (DMA) address minus endpoint-physical address
 * @msi_base: start of the root complex's MSI window
 * @msi_size: its size
 */
struct dwc_config {
	const struct dwc_profile *profile;
	uint64_t bus_offset;
	uint64_t msi_base;
	uint64_t msi_size;
};

/* The values of the testbed's address map. */
#define DWC_CONFIG_DEFAULT(prof) \
	((struct dwc_config){ .profile = (prof), .bus_offset = 0x40000000, \
			      .msi_base = 0xa0000, .msi_size = 0x1000 })

/**
 * struct dwc_dir_counters - what travelled in one direction
 * @mwr: memory write requests, MSIs included, split by the programmed payload size
 * @mwr_bytes: their payload
 * @mrd: memory read requests, split by the programmed read request size
 * @mrd_bytes: bytes asked for
 * @cfgrd: configuration reads
 * @cfgwr: configuration writes
 * @cpld: completions with data
 * @cpld_bytes: their payload
 * @ur: requests that ended as unsupported (of either kind)
 * @msi: memory writes that were an MSI
 * @msix: the same while MSI-X is the enabled capability
 */
struct dwc_dir_counters {
	uint64_t mwr, mwr_bytes;
	uint64_t mrd, mrd_bytes;
	uint64_t cfgrd, cfgwr;
	uint64_t cpld, cpld_bytes;
	uint64_t ur;
	uint64_t msi, msix;
};

/**
 * struct dwc_ch_counters - one eDMA channel
 * @doorbells: doorbell writes that started it
 * @elements: data elements finished
 * @chunks: link elements followed
 * @bytes: data moved
 * @done: done interrupts (elements with LIE or RIE, and list ends)
 * @abort: aborts
 */
struct dwc_ch_counters {
	uint64_t doorbells, elements, chunks, bytes, done, abort;
};

/**
 * struct dwc_counters - everything that is counted
 * @dir: the link, indexed by enum dwc_dir
 * @wr_ch: eDMA write channels (endpoint -> root complex)
 * @rd_ch: eDMA read channels
 * @link_ups: transitions of the link to up
 * @link_downs: and to down
 * @hot_resets: hot resets
 * @untranslated: requests of the host that hit a BAR and no inbound window, see "atu miss"
 * @bad_access: accesses of the endpoint CPU to holes or with nonsense sizes
 */
struct dwc_counters {
	struct dwc_dir_counters dir[DWC_NUM_DIR];
	struct dwc_ch_counters wr_ch[DWC_NUM_CH];
	struct dwc_ch_counters rd_ch[DWC_NUM_CH];
	uint64_t link_ups, link_downs, hot_resets;
	uint64_t untranslated;
	uint64_t bad_access;
};

struct dwc;

/**
 * dwc_profile_get() - look a board profile up
 * @name: "generic", "rcar-s4" or "rk3588"
 * Return: the profile, or NULL if there is none of that name.
 */
const struct dwc_profile *dwc_profile_get(const char *name);

/**
 * dwc_profile_name() - enumerate the profiles
 * @index: 0..
 * Return: the name, or NULL when @index is past the last.
 */
const char *dwc_profile_name(unsigned int index);

/**
 * dwc_create() - make a controller in board-reset state, no host present, link down
 * @env: callbacks; copied. All must be set, only @env->trace may be NULL
 * @cfg: parameters; copied
 * Return: the model, or NULL without memory.
 */
struct dwc *dwc_create(const struct dwc_env *env, const struct dwc_config *cfg);

/** dwc_destroy() - free it; NULL is fine. Lines are not deasserted, the timer is not stopped. */
void dwc_destroy(struct dwc *d);

/**
 * dwc_ep_read() - the endpoint's CPU reads the platform window
 * @d: model
 * @off: offset into the window
 * @buf: filled completely, with all-ones where the access failed
 * @len: any size; the model splits
 * Return: 0, or -1 if some of it hit a hole or ended as an unsupported request.
 */
int dwc_ep_read(struct dwc *d, uint64_t off, void *buf, size_t len);

/** dwc_ep_write() - the endpoint's CPU writes the platform window, see dwc_ep_read() */
int dwc_ep_write(struct dwc *d, uint64_t off, const void *buf, size_t len);

/** dwc_ep_memset() - the endpoint's CPU fills the platform window with one byte value */
int dwc_ep_memset(struct dwc *d, uint64_t off, uint8_t value, size_t len);

/**
 * dwc_rc_cfg_read() - configuration read
 * @d: model
 * @reg: byte offset, 0..4095
 * @size: 1, 2 or 4 (8 is taken as two of 4)
 * Return: the value; all-ones while the link is down or for nonsense.
 */
uint64_t dwc_rc_cfg_read(struct dwc *d, unsigned int reg, unsigned int size);

/** dwc_rc_cfg_write() - configuration write; ignored while the link is down */
void dwc_rc_cfg_write(struct dwc *d, unsigned int reg, unsigned int size, uint64_t val);

/**
 * dwc_rc_bar_read() - the host reads through a BAR
 * @d: model
 * @bar: 0..5
 * @off: offset from the address in the BAR register
 * @buf: filled completely, with all-ones where the access failed
 * @len: any size
 * Return: 0, or -1 if some of it ended as an unsupported request.
 */
int dwc_rc_bar_read(struct dwc *d, unsigned int bar, uint64_t off, void *buf, size_t len);

/** dwc_rc_bar_write() - the host writes through a BAR, see dwc_rc_bar_read() */
int dwc_rc_bar_write(struct dwc *d, unsigned int bar, uint64_t off, const void *buf, size_t len);

/** dwc_rc_bar_memset() - the host fills with one byte value through a BAR */
int dwc_rc_bar_memset(struct dwc *d, unsigned int bar, uint64_t off, uint8_t value, size_t len);

/** dwc_timer() - the deadline given to dwc_env.set_timer() is reached; harmless at any time */
void dwc_timer(struct dwc *d);

/** dwc_rc_attach() - a host is there; the link comes up when the endpoint enables its LTSSM */
void dwc_rc_attach(struct dwc *d);

/** dwc_rc_detach() - the host is gone: link down */
void dwc_rc_detach(struct dwc *d);

/** dwc_ep_detach() - the endpoint's kernel is gone: everything as after a board reset */
void dwc_ep_detach(struct dwc *d);

/** dwc_hot_reset() - the host resets the function through the link; nothing if that is down */
void dwc_hot_reset(struct dwc *d);

/** dwc_link_up() - is the link up? */
bool dwc_link_up(const struct dwc *d);

/** dwc_get_profile_name() - name of the profile of this model */
const char *dwc_get_profile_name(const struct dwc *d);

/** dwc_get_counters() - the counters; the pointer stays valid as long as the model */
const struct dwc_counters *dwc_get_counters(const struct dwc *d);

/**
 * dwc_command() - a run-time knob or query, as text
 * @d: model
 * @argc: number of words
 * @argv: the words, argv[0] names the command
 * @out: gets the answer, or one line that says what is wrong (no "error:" before it)
 * Return: 0 done, -1 refused.
 */
int dwc_command(struct dwc *d, int argc, char **argv, FILE *out);

/**
 * dwc_is_command() - does dwc_command() know this word?
 * @word: first word of a line
 * Return: true if it does.
 */
bool dwc_is_command(const char *word);

/** dwc_usage() - list the commands of dwc_command(), one a line */
void dwc_usage(FILE *out);

/**
 * dwc_trace_line() - one event as one line for people
 * @out: stream
 * @ev: event
 */
void dwc_trace_line(FILE *out, const struct dwc_event *ev);

/**
 * dwc_trace_json() - one event as one Chrome trace object, without separators around it
 * @out: stream
 * @ev: event
 *
 * The caller writes "[" before the first, ",\n" between and "]" after the last.
 */
void dwc_trace_json(FILE *out, const struct dwc_event *ev);

#endif
