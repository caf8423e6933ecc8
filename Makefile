# SPDX-License-Identifier: GPL-2.0
# The commands of this repository; each sets up what it needs.

TESTBED  := tools/testing/pci-endpoint
EMULATOR := $(MAKE) --no-print-directory -C $(TESTBED)/emulator O=$(CURDIR)/build/emulator

# a tarball or tree to use instead of the download
export LINUX
export FOLDER
export SIGNOFF

.NOTPARALLEL:
.PHONY: help demo setup tree refresh series kernels emulator programs check check-all coverage mutate shell clean

help:
	@echo 'make demo [DEMO=<options>]  the host drives the DMA engine of the endpoint (DEMO=--help)'
	@echo 'make check [T=<group>]      run the tests (groups: tools kunit roundtrip series stock remote; see tools/check)'
	@echo 'make check-all [T=<group>]  the same groups in full, with coverage and mutate: hours'
	@echo 'make coverage               lines of the series that no test reaches; report in build/coverage'
	@echo 'make mutate                 break the checks of the kernel code one at a time: does a test notice? (in check-all)'
	@echo 'make shell [SETUP=dma]      both kernels up in tmux, to play with'
	@echo 'make tree                   assemble build/linux: Linux, then one commit per patch'
	@echo 'make refresh [FOLDER=<f>]   take commits edited in build/linux back into patches/ and files'
	@echo 'make series [FOLDER=<f>] [SIGNOFF=1]  mails with cover letters below build/mails; signed only if asked for'
	@echo 'make kernels                build the test kernels (make kernel-fast, kernel-sanitize, kernel-stock, kernel-coverage: one)'
	@echo 'make emulator               build the emulated endpoint controller'
	@echo 'make programs               build what runs inside the guests: the kernel selftest'
	@echo 'make setup                  install the Debian packages that all of this needs'
	@echo 'make clean                  remove everything built (make tree downloads again)'
	@echo
	@echo 'LINUX=<tarball or tree>     use this source of Linux, do not download'

demo: kernel-fast emulator
	@tools/setup pair
	@$(TESTBED)/demo $(DEMO)

setup:
	@tools/setup

tree:
	@tools/setup linux
	@tools/series/assemble

refresh:
	@tools/setup linux
	@tools/series/refresh

series: tree
	@tools/series/export-mails

kernel-%: tree
	@tools/setup kernel
	@$(TESTBED)/build-kernel $*

kernel-stock: tree
	@tools/setup kernel
	@tools/series/stock
	@$(TESTBED)/build-kernel stock

kernels: kernel-fast kernel-sanitize kernel-stock

emulator:
	@tools/setup emulator
	@+$(EMULATOR) all

check:
	@tools/setup linux
	@tools/check $(T)

check-all:
	@tools/setup linux
	@tools/check --full $(T)

coverage:
	@tools/setup linux
	@tools/check coverage

mutate:
	@tools/setup linux
	@tools/check mutate

programs: tree
	@tools/setup kernel
	@$(MAKE) --no-print-directory -s -C $(TESTBED)/guest LINUX=$(CURDIR)/build/linux O=$(CURDIR)/build/userland

shell: kernel-fast emulator programs
	@tools/setup pair shell
	@$(TESTBED)/shell $(if $(SETUP),--setup $(SETUP))

clean:
	rm -rf build
