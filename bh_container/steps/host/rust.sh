#!/bin/bash
# Needs: the toolchain of BH_TUPLE; BH_RUST_NAMES, what rust calls it; BH_ATOMS, what its skeleton must have meanwhile; BH_CLEAN, what of it goes again.
# Leaves: a rust that compiles for the tuple.
set -euo pipefail
read -ra names <<<"$BH_RUST_NAMES"
read -ra atoms <<<"$BH_ATOMS"
read -ra clean <<<"$BH_CLEAN"

missing() { for name in "${names[@]}"; do [ -d "/usr/lib/rust/lib/rustlib/$name" ] || return 0; done; return 1; }
quick=(--jobs="$BH_PACKAGES" --quiet)

missing || exit 0
"$BH_TUPLE-emerge" --oneshot --update --usepkg "${quick[@]}" "${atoms[@]}"
# A binary package does not say which cross targets it was built with: it may be the right one.
emerge --oneshot --usepkg "${quick[@]}" dev-lang/rust
! missing || emerge --oneshot --usepkg=n --getbinpkg=n "${quick[@]}" dev-lang/rust
! missing || { echo "rust was built, but not for all of: ${names[*]}" >&2; exit 1; }
for package in "${clean[@]}"; do
	compgen -G "/usr/$BH_TUPLE/var/db/pkg/$package-[0-9]*" >/dev/null || continue
	CLEAN_DELAY=0 "$BH_TUPLE-emerge" --unmerge --quiet "$package"
done
