#!/bin/bash
# Needs: /bh/work/kernel; BH_LIST, the list whose image carries the kernel's modules.
# Leaves: the modules of this kernel, and of no other, in that list's root.
set -euo pipefail

rsync --archive --delete /bh/work/kernel/lib/modules/ "/bh/work/final/$BH_LIST/usr/lib/modules/"
