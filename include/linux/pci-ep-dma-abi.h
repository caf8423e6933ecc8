/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a PCI endpoint writes into a BAR when it lends DMA channels to its host
 *
 * Documentation/PCI/endpoint/pci-vntb-dma-function.rst has the reasons. Both
 * sides of the link include this file. Everything is little-endian; whoever
 * reads it does not trust whoever wrote it.
 */

#ifndef __LINUX_PCI_EP_DMA_ABI_H
#define __LINUX_PCI_EP_DMA_ABI_H

#include <linux/build_bug.h>
#include <linux/stddef.h>
#include <linux/types.h>

#define PCI_EP_DMA_MAGIC		0x4d445045	/* "EPDM" */
#define PCI_EP_DMA_VERSION		1

/* A slice holds at most this many channels, both directions together */
#define PCI_EP_DMA_MAX_CHANS		8

/*
 * Slice, register window and descriptor memory start at multiples of this,
 * whatever the endpoint controller could do beyond it.
 */
#define PCI_EP_DMA_ALIGN		0x1000

/* Register map formats, pci_ep_dma_hdr.reg_format */
#define PCI_EP_DMA_REG_EDMA_UNROLL	1	/* DesignWare eDMA, unrolled */
#define PCI_EP_DMA_REG_HDMA_COMPAT	2	/* DesignWare HDMA, eDMA map */
#define PCI_EP_DMA_REG_HDMA_NATIVE	3	/* DesignWare HDMA, own map */

/* Directions, pci_ep_dma_chan_abi.dir, as the endpoint sees them */
#define PCI_EP_DMA_DIR_WRITE		0	/* endpoint memory to host memory */
#define PCI_EP_DMA_DIR_READ		1	/* host memory to endpoint memory */

/**
 * struct pci_ep_dma_chan_abi - one lent channel
 * @dir: PCI_EP_DMA_DIR_*
 * @hw_ch: hardware channel number within the direction
 * @desc_bar: BAR with the descriptor memory of the channel
 * @desc_offset: where in that BAR
 * @desc_size: bytes of descriptor memory
 * @reserved: zero
 * @desc_addr: the address at which the DMA engine sees the descriptor memory
 */
struct pci_ep_dma_chan_abi {
	__le32 dir;		/* 0x00 */
	__le32 hw_ch;		/* 0x04 */
	__le32 desc_bar;	/* 0x08 */
	__le32 desc_offset;	/* 0x0c */
	__le32 desc_size;	/* 0x10 */
	__le32 reserved;	/* 0x14 */
	__le64 desc_addr;	/* 0x18 */
};

static_assert(offsetof(struct pci_ep_dma_chan_abi, dir) == 0x00);
static_assert(offsetof(struct pci_ep_dma_chan_abi, hw_ch) == 0x04);
static_assert(offsetof(struct pci_ep_dma_chan_abi, desc_bar) == 0x08);
static_assert(offsetof(struct pci_ep_dma_chan_abi, desc_offset) == 0x0c);
static_assert(offsetof(struct pci_ep_dma_chan_abi, desc_size) == 0x10);
static_assert(offsetof(struct pci_ep_dma_chan_abi, reserved) == 0x14);
static_assert(offsetof(struct pci_ep_dma_chan_abi, desc_addr) == 0x18);
static_assert(sizeof(struct pci_ep_dma_chan_abi) == 0x20);

/**
 * struct pci_ep_dma_hdr - header of a DMA slice, version 1
 * @magic: PCI_EP_DMA_MAGIC
 * @version: PCI_EP_DMA_VERSION
 * @hdr_size: bytes of this header
 * @total_size: bytes of the slice: header page, register window unless it is
 *	exposed elsewhere, descriptor memory
 * @reg_format: PCI_EP_DMA_REG_*
 * @reg_bar: BAR with the DMA registers
 * @reg_offset: where in that BAR
 * @reg_size: bytes of registers that the host may touch
 * @num_irqs: interrupt vectors that the host should set aside
 * @num_chans: how many entries of @chans count
 * @reserved: zero
 * @chans: the channels, the rest zero
 *
 * The endpoint writes the header before it answers LINK_UP and never reads it
 * back: the host can write there.
 */
struct pci_ep_dma_hdr {
	__le32 magic;		/* 0x00 */
	__le32 version;		/* 0x04 */
	__le32 hdr_size;	/* 0x08 */
	__le32 total_size;	/* 0x0c */
	__le32 reg_format;	/* 0x10 */
	__le32 reg_bar;		/* 0x14 */
	__le32 reg_offset;	/* 0x18 */
	__le32 reg_size;	/* 0x1c */
	__le32 num_irqs;	/* 0x20 */
	__le32 num_chans;	/* 0x24 */
	__le32 reserved[6];	/* 0x28 */
	struct pci_ep_dma_chan_abi chans[PCI_EP_DMA_MAX_CHANS];	/* 0x40 */
};

static_assert(offsetof(struct pci_ep_dma_hdr, magic) == 0x00);
static_assert(offsetof(struct pci_ep_dma_hdr, version) == 0x04);
static_assert(offsetof(struct pci_ep_dma_hdr, hdr_size) == 0x08);
static_assert(offsetof(struct pci_ep_dma_hdr, total_size) == 0x0c);
static_assert(offsetof(struct pci_ep_dma_hdr, reg_format) == 0x10);
static_assert(offsetof(struct pci_ep_dma_hdr, reg_bar) == 0x14);
static_assert(offsetof(struct pci_ep_dma_hdr, reg_offset) == 0x18);
static_assert(offsetof(struct pci_ep_dma_hdr, reg_size) == 0x1c);
static_assert(offsetof(struct pci_ep_dma_hdr, num_irqs) == 0x20);
static_assert(offsetof(struct pci_ep_dma_hdr, num_chans) == 0x24);
static_assert(offsetof(struct pci_ep_dma_hdr, reserved) == 0x28);
static_assert(offsetof(struct pci_ep_dma_hdr, chans) == 0x40);
static_assert(sizeof(struct pci_ep_dma_hdr) == 0x140);
static_assert(sizeof(struct pci_ep_dma_hdr) <= PCI_EP_DMA_ALIGN);

#endif /* __LINUX_PCI_EP_DMA_ABI_H */
