#!/usr/bin/env bash
# Needs: $1 the directory of distfiles.sh, holding the files that the package $2 (a directory of repo/) names.
# Leaves: the Manifest of that package: for whoever adds or updates an ebuild.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
dir=$(realpath "${1:?manifest.sh DIR CATEGORY/PACKAGE FILE...}")
out=$here/repo/${2:?}/Manifest
shift 2

for file in "$@"; do
    blake2b=$(b2sum <"$dir/$file")
    sha512=$(sha512sum <"$dir/$file")
    echo "DIST $file $(stat -c %s "$dir/$file") BLAKE2B ${blake2b%% *} SHA512 ${sha512%% *}"
done | LC_ALL=C sort >"$out"
