/* SPDX-License-Identifier: GPL-2.0 */
/*
 * virtio-pcidev (include/uapi/linux/virtio_pcidev.h, driver: arch/um/drivers/virtio_pcidev.c) in
 * both of its forms: as a platform device it carries the endpoint CPU's accesses to the
 * controller's window, as a PCI device the host's accesses to config space and BARs.
 */
#ifndef FE_PCIDEV_H
#define FE_PCIDEV_H

#include "frontend/vhost_user.h"
#include "model/dwc.h"

enum pcidev_side {
	PCIDEV_EP, /* platform device */
	PCIDEV_RC, /* PCI function */
};

/* MSIs that wait for a buffer: the driver has ten buffers, an endpoint can raise any number. */
#define PCIDEV_MSI_QUEUE 4096

/**
 * struct pcidev_stats - for people
 * @reads: read requests of any kind
 * @writes: write requests
 * @bad: requests that made no sense; answered with all-ones, or ignored
 * @msi: MSIs handed to the guest
 * @msi_peak: most MSIs that waited for buffers at a time
 * @msi_lost: MSIs dropped because the queue was full or there was no guest
 */
struct pcidev_stats {
	uint64_t reads;
	uint64_t writes;
	uint64_t bad;
	uint64_t msi;
	uint64_t msi_peak;
	uint64_t msi_lost;
};

/**
 * struct pcidev - one virtio-pcidev device
 * @vu: the vhost-user side
 * @side: which form
 * @model: the controller
 * @msi: data of the MSIs that are not delivered yet, a ring
 * @msi_first: index of the oldest
 * @msi_count: how many
 * @stats: counters
 */
struct pcidev {
	struct vu_dev vu;
	enum pcidev_side side;
	struct dwc *model;
	uint32_t msi[PCIDEV_MSI_QUEUE];
	unsigned int msi_first;
	unsigned int msi_count;
	struct pcidev_stats stats;
};

/** pcidev_serve() - handle one request; the bytes it cost (0: there was none) */
uint64_t pcidev_serve(struct pcidev *p);

/**
 * pcidev_msi() - queue an MSI. It goes out with pcidev_deliver(), not from here: this runs inside
 * the model, which must not be called back (a broken ring ends in dwc_rc_detach()).
 */
void pcidev_msi(struct pcidev *p, uint32_t data);

/** pcidev_deliver() - put queued MSIs into the guest's buffers, as far as there are any */
void pcidev_deliver(struct pcidev *p);

#endif
