#!/bin/bash
# Needs: BH_SYSROOT.
# Leaves: the target's own repositories synced; ::gentoo is the host's.
set -euo pipefail

PORTAGE_CONFIGROOT=$BH_SYSROOT emaint sync --auto
