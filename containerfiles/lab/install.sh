#!/usr/bin/env bash
# Needs: a container made from root.sh's tar, this directory at /lab, distfiles.sh's directory at /var/cache/distfiles; no network.
# Leaves: the lab seed: Portage, the repository "gentoo", a stage3-like /etc/portage and package database.
set -euo pipefail

echo ">>> lab seed: portage" >&2
cd "$(dirname "$0")/install"
../repo/sys-apps/portage/files/install.sh /var/cache/distfiles/portage-*.whl /
python3 -m compileall -q /usr/lib/python3/dist-packages/{portage,_emerge}
for part in system repository stage; do
    echo ">>> lab seed: $part" >&2
    "./$part.sh"
done
