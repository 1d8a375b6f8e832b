#!/usr/bin/env bash
# Needs: apt with a Debian mirror, pip; $1 a directory. Changes nothing of the machine's apt: it has a state of its own.
# Leaves: $1 holding every file of the list "distfiles" with the checksum that the Manifests of repo/ name.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "${1:?distfiles.sh DIR}"
dir=$(realpath "$1")
work=$(mktemp -d "$dir/.fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT

# right FILE NAME: does FILE have the checksum of the distfile NAME?
right() {
    local sum
    sum=$(sed -nE "s/^DIST ${2//+/\\+} .* SHA512 ([0-9a-f]+).*/\1/p" "$here"/repo/*/*/Manifest | head -n 1)
    [[ -n $sum ]] || { echo "distfiles.sh: no Manifest names $2" >&2; exit 1; }
    [[ -f $1 ]] && sha512sum --status --check <<<"$sum  $1"
}

# The machine's sources with source packages, firmware and more architectures, in a state directory of ours. Of security
# updates nothing but kernels is wanted.
prepare_apt() {
    mkdir -p "$work"/apt/{state/lists/partial,cache/archives/partial,parts}
    touch "$work/apt/state/status"
    "$here/sources.sh" "deb deb-src" non-free-firmware |
        sed '/^Suites:.*-security/a Architectures: amd64 arm64' >"$work/apt/parts/lab.sources"
    cat >"$work/apt/conf" <<END
Dir::State "$work/apt/state";
Dir::State::status "$work/apt/state/status";
Dir::Cache "$work/apt/cache";
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "$work/apt/parts";
APT::Architecture "amd64";
APT::Architectures { "amd64"; "arm64"; "armhf"; };
APT::Sandbox::User "root";
END
    APT_CONFIG="$work/apt/conf" apt-get --quiet=2 update
}

fetch_deb() { APT_CONFIG="$work/apt/conf" apt-get --quiet=2 download "$@"; }
fetch_source() { APT_CONFIG="$work/apt/conf" apt-get --quiet=2 source --download-only --tar-only "$@"; }
fetch_wheel() { python3 -m pip --quiet download --no-deps --only-binary :all: --dest . "$@"; }

declare -A wanted
files=()
while read -r how what file; do
    ! right "$dir/$file" "$file" || continue
    echo "fetching $file" >&2
    wanted[$how]+=" $what"
    files+=("$file")
done < <(sed 's/#.*//; /^ *$/d' "$here/distfiles")

[[ -z ${wanted[deb]:-}${wanted[source]:-} ]] || prepare_apt
for how in "${!wanted[@]}"; do
    read -ra packages <<<"${wanted[$how]}"
    (cd "$work" && "fetch_$how" "${packages[@]}")
done
for file in "${files[@]}"; do
    right "$work/$file" "$file" || { echo "distfiles.sh: $file has not come with the right checksum" >&2; exit 1; }
    mv "$work/$file" "$dir/$file"
done
