#!/bin/bash
# Needs: nothing; a step calls it after it has installed compilers.
# Leaves: the newest compiler and binutils of every tuple chosen, and clang under the names of the tuples.
set -euo pipefail

for kind in gcc binutils; do
	mapfile -t tuples < <(find "/etc/env.d/$kind" -name 'config-*' -printf '%f\n' 2>/dev/null)
	for tuple in "${tuples[@]#config-}"; do
		newest=$(find "/etc/env.d/$kind" -name "$tuple-[0-9]*" -printf '%f\n' | sort -V | tail -n 1)
		[ "$("$kind-config" -c "$tuple")" = "$newest" ] || "$kind-config" "$newest"
	done
done
for skeleton in /usr/*.skeleton; do
	tuple=$(basename "$skeleton" .skeleton)
	for clang in /usr/lib/llvm/*/bin/clang{,++,-cpp}; do
		[ ! -e "$clang" ] || ln -snf "${clang##*/}" "${clang%/*}/$tuple-${clang##*/}"
	done
done
