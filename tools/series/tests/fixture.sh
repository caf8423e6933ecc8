# SPDX-License-Identifier: GPL-2.0
# Sourced by the tests of tools/series: a small fake Linux, a repository made of it, and a loop over the functions
# test_*, each with a copy of that repository, as many at once as there are CPUs; prints KTAP. A test fails when it
# returns non-zero.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d) || exit 1
trap 'end_tests; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
linux=$work/linux
export LINUX=$linux GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
unset FOLDER MAKEFLAGS

# What still runs, tests and what they started: they are deaf to Ctrl-C.
end_tests() {
	local running
	running=$(jobs -p)
	[ -z "$running" ] || { kill $running; pkill -f "$work/"; wait; } 2>/dev/null
}

fake_linux() {
	mkdir -p "$1/drivers/a" "$1/lib"
	printf 'VERSION = 7\nPATCHLEVEL = 3\nSUBLEVEL = 4\n' >"$1/Makefile"
	echo 'List of maintainers' >"$1/MAINTAINERS"
	seq 1 60 | sed 's/^/line /' >"$1/drivers/a/core.c"
	seq 1 60 | sed 's/^/text /' >"$1/lib/b.c"
	echo 'obj-y += core.o' >"$1/drivers/a/Makefile"
	echo 'untouched' >"$1/lib/c.c"
}

commit() { git -C "$tree" add -A && git -C "$tree" commit -q "$@"; }
run() { "$repo/tools/series/$1" "${@:2}" >"$work/out" 2>&1; }
said() { grep -qE -- "$1" "$work/out" || { echo "# '$1' was not said"; return 1; }; }
fails() { ! run "$@" || { echo "# $1 did not fail"; return 1; }; }
hashes() { git -C "$tree" log --format=%H base..main; }
ours() { (cd "$repo" && find series patches linux.sha256 [dl]*/ -type f -exec sha256sum {} + | sort -k2); }
# edit FILE PATTERN TEXT in the assembled tree
edit() { sed -i "s/$2/$3/" "$tree/$1"; }

# Makes the series by the tools themselves: three commits in two folders.
make_repo() {
	repo=$1 tree=$1/build/linux
	mkdir -p "$repo/tools"
	cp -r "$here" "$repo/tools/series"
	cat >"$repo/linux.mk" <<-EOF
	LINUX_VERSION := 7.3.4-1
	LINUX_TREE := $fake_tree
	EOF
	run assemble || return 1
	edit lib/b.c '^text 30$' 'text thirty'
	commit -m 'lib: b: spell thirty' -m 'It was a number.' || return 1
	FOLDER=um-pci run refresh || return 1
	edit drivers/a/core.c '^line 10$' 'line ten'
	printf 'one\ntwo\nthree\n' >"$tree/drivers/a/new.c"
	echo 'obj-y += new.o' >>"$tree/drivers/a/Makefile"
	commit -m 'a: bring new.c' || return 1
	FOLDER=fixes-epc run refresh || return 1
	edit drivers/a/new.c '^two$' 'zwei'
	edit drivers/a/core.c '^line 50$' 'line fifty'
	commit -m 'a: new: translate' || return 1
	run refresh
}

# One test in a subshell, with a directory and a repository of its own.
run_test() {
	local n=$1 t=$2
	work=$work/$n
	repo=$work/repo tree=$work/repo/build/linux
	if {
		mkdir "$work" && cp -a "$model" "$repo" && : >"$work/out" && $t
	} >"$work.said" 2>&1; then
		echo "ok $n ${t#test_}" >>"$work.said"
	else
		sed 's/^/# /' "$work/out" >>"$work.said"
		echo "not ok $n ${t#test_}" >>"$work.said"
	fi
	mv "$work.said" "$work.ended"
	rm -rf "$work"
}

# What has ended, in the order of the tests.
show_ended() {
	while [ -f "$work/$((shown + 1)).ended" ]; do
		shown=$((shown + 1))
		cat "$work/$shown.ended"
		! grep -q '^not ok' "$work/$shown.ended" || bad=$((bad + 1))
	done
}

# Make the fake Linux and the repository, and run the tests, all or those whose name has a pattern.
run_tests() {
	local n t tests shown bad
	fake_linux "$LINUX"
	fake_tree=$(cd "$LINUX" && git init -q "$work/hash" && GIT_DIR=$work/hash/.git git --work-tree=. add -A &&
		GIT_DIR=$work/hash/.git git write-tree)
	echo "KTAP version 1"
	tests=$(declare -F | sed -n 's/^declare -f \(test_.*\)/\1/p' | grep -E "${1-}")
	echo "1..$(wc -w <<<"$tests")"
	model=$work/model
	if ! make_repo "$model"; then
		sed 's/^/# /' "$work/out"
		echo "Bail out! the repository for the tests cannot be made"
		exit 1
	fi
	n=0 shown=0 bad=0
	for t in $tests; do
		n=$((n + 1))
		while [ "$(jobs -rp | wc -l)" -ge "$(nproc)" ]; do
			wait -n
			show_ended
		done
		run_test $n $t &
	done
	wait
	while [ $shown -lt $n ]; do
		[ -f "$work/$((shown + 1)).ended" ] || echo "not ok $((shown + 1)) a test that ended without a word" \
			>"$work/$((shown + 1)).ended"
		show_ended
	done
	exit $((bad > 0))
}
