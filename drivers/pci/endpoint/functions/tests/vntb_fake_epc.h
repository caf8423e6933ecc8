/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An endpoint controller that only keeps books, for the tests of pci-epf-vntb
 *
 * The function driver is the real one and is used from outside only: through
 * configfs attributes, pci_epf_bind(), the control block as the host sees it,
 * and the NTB device that it registers. The controller notes which BARs are
 * set and to what, what is mapped outbound, and which interrupts were raised.
 * It emulates neither a link nor any access of a host.
 */

#ifndef _VNTB_FAKE_EPC_H
#define _VNTB_FAKE_EPC_H

#include <kunit/test.h>
#include <linux/configfs.h>
#include <linux/ntb.h>
#include <linux/pci-epc.h>
#include <linux/pci-epf.h>
#include <linux/sizes.h>

struct pci_ep_dma_hdr;

/* What the host knows about the control block, and nothing more */
#define HOST_COMMAND			0x00
#define HOST_ARGUMENT			0x04
#define HOST_STATUS			0x08
#define HOST_LINK_STATUS		0x0a
#define HOST_ADDR			0x10
#define HOST_SIZE			0x18
#define HOST_SPADS			0x134

#define HOST_CONFIGURE_DOORBELL		1
#define HOST_TEARDOWN_DOORBELL		2
#define HOST_CONFIGURE_MW		3
#define HOST_TEARDOWN_MW		4
#define HOST_LINK_UP			5
#define HOST_LINK_DOWN			6

#define HOST_STATUS_OK			1
#define HOST_STATUS_ERROR		2
#define HOST_MSIX_ENABLE		BIT(16)
#define HOST_LINK_IRQ			1

#define FAKE_WINDOW_SIZE		SZ_1M

#define FAKE_DMA_CHANS			4
#define FAKE_DMA_REGS			0x6000000000ULL
#define FAKE_DMA_REGS_SIZE		0x2000
#define FAKE_DMA_DESCS			0x5000000000ULL

/**
 * struct fake_bar - a BAR of the controller
 * @set: it was set, and not cleared since
 * @sets: how often it was set
 * @cfg: what it was set to last, submap points to @submap
 * @submap: copy of the submap
 */
struct fake_bar {
	bool set;
	unsigned int sets;
	struct pci_epf_bar cfg;
	struct pci_epf_bar_submap submap[8];
};

/**
 * struct fake_epc - the controller and everything that hangs on it
 * @test: the test that it is for
 * @features: to be adapted before fake_epc_bind()
 * @doorbell_bar: BAR that shows an embedded doorbell, NO_BAR: there is none
 * @doorbell_irq: its interrupt
 * @epc: the controller
 * @epf: the function
 * @group: configfs attributes of the function
 * @ntb: what the function registers, NULL while it is not bound
 * @bound: fake_epc_bind() was successful
 * @bar: BARs by number
 * @set_bar_ret: what setting a BAR returns from now on
 * @refused_bars: those that cannot be set, as a mask
 * @no_features: it does not say what it can do
 * @set_submap_ret: what setting parts of a BAR returns from now on
 * @bad_calls: calls for a function, or a clear of a BAR, that make no sense
 * @outbound: outbound mappings at the moment
 * @map_pci_addr: host address of the last mapping
 * @map_size: its size
 * @nr_msi: argument of set_msi
 * @nr_msix: argument of set_msix
 * @msix_bar: argument of set_msix
 * @msix_offset: argument of set_msix
 * @nr_irqs: interrupts raised
 * @nr_link_irqs: those of link events; doorbells may be rung by clients that are built in
 * @irq_type: PCI_IRQ_* of the last one
 * @irq_num: number of the last one
 * @nr_stops: how often the link was stopped
 * @stop_link_irqs: @nr_link_irqs at that time
 * @has_dma: there is a DMA engine, with FAKE_DMA_CHANS channels each way
 * @dma_format: its register map
 * @dma_regs_bar: BAR that shows its registers anyway, NO_BAR: none
 * @dma_ret: what the calls for DMA channels return from now on
 * @delegated: channels of the host, by direction
 * @nr_delegate: how often somebody asked for channels
 * @nr_quiesce: how often channels were stopped
 * @quiesce_saw: BAR to look at when that happens ...
 * @quiesce_num_submap: ... and how many parts it had
 */
struct fake_epc {
	struct kunit *test;
	struct pci_epc_features features;
	enum pci_barno doorbell_bar;
	int doorbell_irq;
	struct pci_epc *epc;
	struct pci_epf *epf;
	struct config_group *group;
	struct ntb_dev *ntb;
	bool bound;

	struct fake_bar bar[PCI_STD_NUM_BARS];
	int set_bar_ret, set_submap_ret;
	unsigned int refused_bars;
	bool no_features;
	unsigned int bad_calls;
	int outbound;
	u64 map_pci_addr;
	size_t map_size;

	unsigned int nr_msi, nr_msix;
	enum pci_barno msix_bar;
	u32 msix_offset;
	unsigned int nr_irqs, nr_link_irqs, irq_type, irq_num;
	unsigned int nr_stops, stop_link_irqs;

	bool has_dma;
	u32 dma_format;
	enum pci_barno dma_regs_bar;
	int dma_ret;
	u32 delegated[2];
	unsigned int nr_delegate;
	unsigned int nr_quiesce;
	enum pci_barno quiesce_saw;
	unsigned int quiesce_num_submap;
};

struct fake_epc *fake_epc_create(struct kunit *test);
ssize_t fake_epc_store(struct fake_epc *fake, const char *attr, const char *value);
const char *fake_epc_show_text(struct fake_epc *fake, const char *attr);
long fake_epc_show(struct fake_epc *fake, const char *attr);
int fake_epc_bind(struct fake_epc *fake);
void fake_epc_unbind(struct fake_epc *fake);
void *fake_epc_ctrl(struct fake_epc *fake);
u16 fake_epc_command(struct fake_epc *fake, u32 command, u32 argument);

/* Of a vNTB that exports DMA channels */
#define VNTB_DMA_MW_SIZE		0x19000
#define VNTB_READ_DESCS			(FAKE_DMA_DESCS + SZ_64K)

struct fake_epc *vntb_dma_created(struct kunit *test, const char *dma_bar);
struct fake_epc *vntb_dma_bound(struct kunit *test, const char *dma_bar);
void vntb_expect_hidden(struct fake_epc *fake, const char *status);
struct pci_ep_dma_hdr *vntb_expect_live(struct fake_epc *fake, unsigned int n);

/* Between the parts of the controller */
struct fake_epc *vntb_fake_of(struct pci_epc *epc, u8 func_no);
int vntb_fake_aux_count(struct pci_epc *epc, u8 func_no, u8 vfunc_no);
int vntb_fake_aux_get(struct pci_epc *epc, u8 func_no, u8 vfunc_no,
		      struct pci_epc_aux_resource *res, int num);
int vntb_fake_delegate(struct pci_epc *epc, u8 func_no, u8 vfunc_no, u32 wr_mask, u32 rd_mask);
int vntb_fake_quiesce(struct pci_epc *epc, u8 func_no, u8 vfunc_no, u32 wr_mask, u32 rd_mask);
int vntb_fake_undelegate(struct pci_epc *epc, u8 func_no, u8 vfunc_no, u32 wr_mask, u32 rd_mask);

#endif /* _VNTB_FAKE_EPC_H */
