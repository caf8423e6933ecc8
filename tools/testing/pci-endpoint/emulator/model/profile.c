// SPDX-License-Identifier: GPL-2.0
/* Board profiles: what a SoC vendor configured into the controller. */
#include "internal.h"

static const struct dwc_profile profiles[] = {
	{
		.name = "generic",
		.id = 0,
		.region_align = 4 * KIB,
		.link_speed = 3,
		.link_width = 4,
		.bar = {
			{ BAR_TYPE_PROGRAMMABLE, 0 }, { BAR_TYPE_PROGRAMMABLE, 0 },
			{ BAR_TYPE_PROGRAMMABLE, 0 }, { BAR_TYPE_PROGRAMMABLE, 0 },
			{ BAR_TYPE_PROGRAMMABLE, 0 }, { BAR_TYPE_PROGRAMMABLE, 0 },
		},
	}, {
		/* pcie-rcar-gen4.c: rcar_gen4_pcie_epc_features */
		.name = "rcar-s4",
		.id = 1,
		.region_align = 4 * KIB,
		.link_speed = 4,
		.link_width = 2,
		.bar = {
			{ BAR_TYPE_RESIZABLE, 0 }, { BAR_TYPE_DISABLED, 0 },
			{ BAR_TYPE_RESIZABLE, 0 }, { BAR_TYPE_DISABLED, 0 },
			{ BAR_TYPE_FIXED, 256 }, { BAR_TYPE_DISABLED, 0 },
		},
	}, {
		/*
		 * pcie-dw-rockchip.c: rockchip_pcie_epc_features_rk3588. The driver says that the
		 * first 0x2000 bytes of BAR4 are the eDMA registers; it does not say how large the
		 * BAR is or what follows. 64 KiB and unsupported requests are choices made here.
		 */
		.name = "rk3588",
		.id = 2,
		.region_align = 64 * KIB,
		.link_speed = 3,
		.link_width = 4,
		.bar = {
			{ BAR_TYPE_RESIZABLE, 0 }, { BAR_TYPE_RESIZABLE, 0 },
			{ BAR_TYPE_RESIZABLE, 0 }, { BAR_TYPE_RESIZABLE, 0 },
			{ BAR_TYPE_DMA_REGS, 64 * KIB }, { BAR_TYPE_RESIZABLE, 0 },
		},
	},
};

const struct dwc_profile *dwc_profile_get(const char *name)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(profiles); i++) {
		if (!strcmp(profiles[i].name, name))
			return &profiles[i];
	}
	return NULL;
}

const char *dwc_profile_name(unsigned int index)
{
	return index < ARRAY_SIZE(profiles) ? profiles[index].name : NULL;
}
