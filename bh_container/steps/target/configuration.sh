#!/bin/bash
# Needs: /bh/config/target; BH_TUPLE, BH_NAME, BH_SYSROOT, BH_TMPDIR; BH_BOX and BH_BOX_CONFIG.
# Leaves: the target's portage configuration in its sysroot, which /usr/$BH_TUPLE now means.
set -euo pipefail

portage=$BH_SYSROOT/etc/portage
ln -snf "$BH_TUPLE.$BH_NAME" "/usr/$BH_TUPLE"
mkdir -p "$portage" "$BH_TMPDIR" /bh/work/{final,kernel}
rsync --archive --delete --chown=root:root /bh/config/target/target-portage/ "$portage/"
sed --in-place '/^\[gentoo\]/a auto-sync = no' "$portage"/repos.conf/*.conf
if [ -e "/bh/config/target/$BH_BOX_CONFIG" ]; then
	install -D --mode=644 "/bh/config/target/$BH_BOX_CONFIG" "$portage/savedconfig/$BH_BOX"
fi
