#!/bin/bash
# Needs: /bh/config/target; BH_TUPLE, BH_NAME, BH_SYSROOT, BH_TMPDIR; BH_BOX and BH_BOX_CONFIG (or nothing); BH_REPOSITORIES, NAME|LOCATION of each that is synced.
# Leaves: the target's portage configuration in its sysroot, which /usr/$BH_TUPLE now means.
set -euo pipefail
read -ra repositories <<<"$BH_REPOSITORIES"

portage=$BH_SYSROOT/etc/portage
ln -snf "$BH_TUPLE.$BH_NAME" "/usr/$BH_TUPLE"
mkdir -p "$portage" "$BH_TMPDIR" /bh/work/{final,kernel}
rsync --archive --delete --chown=root:root /bh/config/target/target-portage/ "$portage/"
# Where it is one file, there is no place for one of ours beside it.
for name in repos.conf package.use; do
	if [ -f "$portage/$name" ]; then
		mv "$portage/$name" "$portage/$name.user"
		mkdir "$portage/$name"
		mv "$portage/$name.user" "$portage/$name/user.conf"
	fi
done
# The last file wins: ::gentoo is the host's, which has synced it.
printf '%s\n' '[gentoo]' 'auto-sync = no' >"$portage/repos.conf/zz-bh-container.conf"
# What is synced outlives this container; what the host has synced is there.
for words in "${repositories[@]}"; do
	IFS='|' read -r name location <<<"$words"
	mkdir -p "/bh/work/repos/$name" "${location%/*}"
	{ [ -d "$location" ] && [ ! -L "$location" ]; } || ln -snf "/bh/work/repos/$name" "$location"
done
if [ -n "$BH_BOX_CONFIG" ]; then
	install -D --mode=644 "/bh/config/target/$BH_BOX_CONFIG" "$portage/savedconfig/$BH_BOX"
fi
