#!/usr/bin/env bash
# Needs: a container made from root.sh's tar, this directory at /lab, distfiles.sh's directory at /var/cache/distfiles; no network.
# Leaves: the lab seed: Portage, the repository "gentoo", a stage3-like /etc/portage and package database.
set -euo pipefail

cd "$(dirname "$0")/install"
for part in portage system repository stage; do
    echo ">>> lab seed: $part" >&2
    "./$part.sh"
done
