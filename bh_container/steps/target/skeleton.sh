#!/bin/bash
# Needs: the host's skeleton of BH_TUPLE; BH_SYSROOT.
# Leaves: a sysroot that holds at least what the skeleton holds.
set -euo pipefail

rsync --archive --hard-links --xattrs --ignore-existing --exclude=/etc/portage \
	"/usr/$BH_TUPLE.skeleton/" "$BH_SYSROOT/"
