#!/usr/bin/env bash
# Needs: root, mmdebstrap, apt with a Debian mirror; $1 the tar to write.
# Leaves: $1, a Debian root filesystem with all packages of the list "packages".
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
out=$(realpath -m "${1:?root.sh OUT.tar}")
work=$(mktemp -d)
trap 'rm -rf "$work" "$out.part"' EXIT

"$here/sources.sh" deb "" >"$work/lab.sources"
apt-config dump | grep '^Acquire::' >"$work/apt.conf" || true
packages=$(sed 's/#.*//' "$here/packages" | xargs | tr ' ' ,)

# shellcheck disable=SC2016  # the hooks' $1 is the root, and mmdebstrap's shell expands it
mmdebstrap --quiet --mode=root --variant=minbase --format=tar \
    --hook-dir=/usr/share/mmdebstrap/hooks/maybe-merged-usr \
    --aptopt="$work/apt.conf" --aptopt='APT::Install-Recommends "false"' \
    --dpkgopt='path-exclude=/usr/share/doc/*' \
    --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/info/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' \
    --dpkgopt='path-exclude=/usr/share/lintian/*' \
    --dpkgopt='path-exclude=/usr/share/bug/*' \
    --include="$packages" \
    --customize-hook='rm -rf "$1"/etc/apt/sources.list* "$1"/etc/apt/apt.conf.d/99mmdebstrap' \
    --customize-hook='rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/* "$1"/var/log/*.log' \
    bookworm "$out.part" "$work/lab.sources"
mv "$out.part" "$out"
