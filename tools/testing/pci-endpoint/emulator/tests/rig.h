/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A controller with memory on both sides and a clock that the test turns. Its set-up functions do
 * what the Linux drivers do, in their order.
 */
#ifndef RIG_H
#define RIG_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "model/dwc.h"

#define RAM_SIZE 0x800000u /* of both sides, from physical address 0 */
#define BUS(phys) ((uint64_t)(phys) + 0x40000000) /* as inbound windows and the eDMA see it */
#define MSI_BASE 0xa0000u
#define MAX_LOG 256

/* Registers that tests name. */
#define MISC_CONTROL_1 0x8bc
#define DMA(off) (DWC_OFF_DMA + (off))
#define WR_ENGINE DMA(0x0c)
#define WR_DOORBELL DMA(0x10)
#define RD_ENGINE DMA(0x2c)
#define RD_DOORBELL DMA(0x30)
#define WR_STATUS DMA(0x4c)
#define WR_MASK DMA(0x54)
#define WR_CLEAR DMA(0x58)
#define WR_ERR DMA(0x5c)
#define WR_IMWR DMA(0x60)
#define WR_IMWR_DATA DMA(0x70)
#define WR_LL_ERR DMA(0x90)
#define RD_STATUS DMA(0xa0)
#define RD_MASK DMA(0xa8)
#define RD_CLEAR DMA(0xac)
#define RD_ERR DMA(0xb4)
#define RD_LL_ERR DMA(0xc4)
#define RD_IMWR DMA(0xcc)
#define RD_IMWR_DATA DMA(0xdc)
#define WR_CH(n) DMA(0x200 + 0x200 * (n))
#define RD_CH(n) DMA(0x300 + 0x200 * (n))
#define APP(off) (DWC_OFF_APP + (off))

/* Control bits of list elements. */
#define CB 1u
#define TCB 2u
#define LLP 4u
#define LIE 8u
#define RIE 16u
#define CCS 0x100u
#define LLE 0x200u

struct rig {
	struct dwc *d;
	uint8_t *ep, *rc; /* memory */
	uint64_t now, deadline;
	struct { uint64_t addr; uint32_t data; uint32_t rc_word; } msi[MAX_LOG];
	unsigned int nmsi;
	uint32_t watch; /* host address whose word is noted with each MSI */
	int irq[DWC_NUM_IRQ];
	unsigned int irq_edges;
	struct dwc_event ev[MAX_LOG];
	unsigned int nev;
};

/* Power-on, no host. */
void rig_open(struct rig *r, const char *profile);
void rig_close(struct rig *r);
/* Host attached, LTSSM on, memory and bus master enabled. */
void rig_link(struct rig *r);
/* rig_open("generic"), rig_link(). */
void rig_start(struct rig *r);
/* Let time pass; the timer runs when due. */
void rig_run(struct rig *r, uint64_t ns);
/* Until the model waits for nothing; false when it does not come to rest. */
bool rig_settle(struct rig *r);

uint32_t ep_r32(struct rig *r, uint64_t off);
void ep_w32(struct rig *r, uint64_t off, uint32_t val);
void ep_w16(struct rig *r, uint64_t off, uint16_t val);
void ro_enable(struct rig *r, bool on);
/* dw_pcie_ep_set_bar_programmable() */
void set_bar(struct rig *r, int bar, uint64_t size, uint32_t flags);
/* The host assigns an address. */
void assign_bar(struct rig *r, int bar, uint64_t addr);
/* dw_pcie_prog_ep_inbound_atu() */
void ib_bar(struct rig *r, int win, int bar, uint64_t bus);
/* dw_pcie_prog_ep_inbound_ur(): what matches gets response @code, 1: unsupported request */
void ib_refuse(struct rig *r, int win, int bar, uint32_t code);
/* dw_pcie_prog_inbound_atu() */
void ib_addr(struct rig *r, int win, uint64_t pci, uint64_t size, uint64_t bus);
/* dw_pcie_prog_outbound_atu(); @off in the outbound region */
void ob(struct rig *r, int win, uint64_t off, uint64_t pci, uint64_t size);
/* BAR0 of 64 KiB at 0x80000000 on endpoint memory 0x100000. */
void simple_bar0(struct rig *r);

uint32_t rc_r32(struct rig *r, int bar, uint64_t off);
void rc_w32(struct rig *r, int bar, uint64_t off, uint32_t val);

/* A data element, a link element at endpoint-physical @at. */
void elem(struct rig *r, uint32_t at, uint32_t ctl, uint32_t size, uint64_t sar, uint64_t dar);
void elem_link(struct rig *r, uint32_t at, uint32_t ctl, uint64_t next);
/* dw_edma_v0_core_ch_enable() of a local channel: list at endpoint-physical @list. */
void dma_enable(struct rig *r, bool write, int ch, uint32_t list);
void dma_doorbell(struct rig *r, bool write, int ch);
/* Channel status: 1 running, 2 halted, 3 stopped. */
unsigned int dma_cs(struct rig *r, bool write, int ch);

/* A command, split at blanks. The answer, if wanted, goes to @out. */
int cmd(struct rig *r, const char *line, char *out, size_t size);
/* Fill memory with a pattern that depends on @seed. */
void pattern(uint8_t *p, size_t len, unsigned int seed);
const struct dwc_counters *cnt(struct rig *r);

#endif
