# SPDX-License-Identifier: GPL-2.0
# The Linux that this repository is an overlay of. linux.sha256 beside this file
# has the hash of every file of it that a patch touches (written by make refresh).
LINUX_PACKAGE := linux-source-7.3
LINUX_SUITE   := trixie-backports
LINUX_SERIES  := 7.3
LINUX_VERSION := 7.3.4-1~bpo13+1
# of the .deb
LINUX_SHA256  := 703e369ddd4cce971452f5a593ee55df3a5c10c83caf0fa0df039633ed181ee3
# of the unpacked source, as a git tree: says whether LINUX=... is the same source
LINUX_TREE    := 5b1b93321fb4c4dd9c489ce15c4f3caaadd798d7
