/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FAKE_EPF_H
#define _FAKE_EPF_H

#include <kunit/test.h>
#include <linux/ntb.h>
#include <linux/pci.h>
#include <linux/sizes.h>

#define PEER		NTB_DEF_PEER_IDX

#define FAKE_BASE	0xe1000000
#define FAKE_LEN	SZ_1M
/* Fewer than ntb_ep_dma wants: it would take the device if it were there first */
#define FAKE_SPADS	8
#define FAKE_SPAD_OFF	0x400		/* of the own ones, in BAR 0 */
#define FAKE_VECTORS	8

/* Control registers, BAR 0 */
#define FAKE_COMMAND	0x00
#define FAKE_ARGUMENT	0x04
#define FAKE_STATUS	0x08		/* 16 bits */
#define FAKE_LINK	0x0a		/* 16 bits */
#define FAKE_ADDR_LO	0x10
#define FAKE_ADDR_HI	0x14
#define FAKE_SIZE_LO	0x18
#define FAKE_SIZE_HI	0x1c

enum fake_command {
	FAKE_SET_MW = 3,
	FAKE_CLEAR_MW,
	FAKE_LINK_UP,
	FAKE_LINK_DOWN,
};

enum fake_answer {
	FAKE_SILENT = 0,
	FAKE_OK = 1,
	FAKE_ERROR = 2,
	FAKE_GONE = 0xffff,
};

/**
 * struct fake_type - one of the endpoints that the driver knows
 * @id: vendor and device
 * @bar_len: bytes of each BAR, 0: not there
 * @db_bar: BAR of the doorbells
 * @spad_bar: BAR of the peer's scratchpads
 * @peer_spad: where they begin in it
 * @mw_bar: BAR of each memory window
 * @mw_count: number of memory windows
 * @mw1_offset: of the first window in its BAR
 * @vectors: size of the MSI-X table
 */
struct fake_type {
	u32 id;
	u32 bar_len[PCI_STD_NUM_BARS];
	unsigned int db_bar;
	unsigned int spad_bar;
	u32 peer_spad;
	unsigned int mw_bar[4];
	unsigned int mw_count;
	u32 mw1_offset;
	unsigned int vectors;
};

extern const struct fake_type fake_j721e, fake_mx8;

/**
 * struct fake_epf - an endpoint made of plain memory, on a PCI bus of its own
 * @mem: what is behind the BARs, keeps what was written last
 * @config: configuration space
 * @type: which one it is
 * @bridge: host bridge it is behind
 * @bus: bus number of @bridge
 * @pdev: the PCI device
 * @ntb: what the driver makes of it, NULL: nothing
 * @answer: to every command
 * @late: how many times it is not there yet when the driver looks
 * @command: the last one
 * @argument: of that
 * @writes: number of writes to the BARs
 * @link_events: that the client was told of
 * @db_events: that the client was told of, by vector
 */
struct fake_epf {
	u8 mem[FAKE_LEN] __aligned(8);
	u32 config[PCI_CFG_SPACE_SIZE / 4];
	const struct fake_type *type;
	struct pci_host_bridge *bridge;
	struct resource bus;
	struct pci_dev *pdev;
	struct ntb_dev *ntb;
	enum fake_answer answer;
	unsigned int late;
	u32 command;
	u32 argument;
	unsigned int writes;
	unsigned int link_events;
	u64 db_events;
};

extern struct fake_epf fake_epf;

u32 fake_peek(unsigned int bar, u32 offset);
void fake_poke(unsigned int bar, u32 offset, u32 value);
void fake_poke16(unsigned int bar, u32 offset, u16 value);
void fake_interrupt(unsigned int vector);
void fake_plug(struct kunit *test, const struct fake_type *type);
struct ntb_dev *fake_probe(struct kunit *test);
struct ntb_dev *fake_up(struct kunit *test, const struct fake_type *type);
void fake_link_up(struct kunit *test, struct ntb_dev *ntb);
void fake_refused(struct kunit *test, int ret);
int fake_init(struct kunit *test);
void fake_exit(struct kunit *test);

#endif /* _FAKE_EPF_H */
