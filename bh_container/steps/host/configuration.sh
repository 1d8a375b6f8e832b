#!/bin/bash
# Needs: /bh/config/host; BH_KEEP, what others write below /etc/portage; BH_OFF, variables of make.conf; BH_REPOS_CONF, sections; BH_OVERLAY, where crossdev writes; BH_RUST_TARGETS.
# Leaves: /etc/portage as the user wrote it, but without BH_OFF, with BH_REPOS_CONF, and rust's targets as far as they have a compiler.
set -euo pipefail
read -ra keep <<<"$BH_KEEP"
read -ra off <<<"$BH_OFF"
read -ra rust <<<"$BH_RUST_TARGETS"

portage=/etc/portage
rsync --archive --delete --chown=root:root "${keep[@]/#/--exclude=}" \
	/bh/config/host/target-portage/ "$portage/"
mkdir -p "$portage"/{env,profile} "$portage"/package.{accept_keywords,env,mask,use} \
	"$portage"/profile/package.use.{force,mask}
for name in "${off[@]}"; do sed -i -E "s/^\s*(export )?$name=/#&/" "$portage/make.conf"; done

if [ -f "$portage/repos.conf" ]; then
	mv "$portage/repos.conf" "$portage/repos.conf.user"
	mkdir "$portage/repos.conf"
	mv "$portage/repos.conf.user" "$portage/repos.conf/user.conf"
fi
mkdir -p "$portage/repos.conf"
# The last file wins.
echo "$BH_REPOS_CONF" >"$portage/repos.conf/zz-bh-container.conf"

# crossdev takes an overlay that is there, and wants one of its own.
mkdir -p "$BH_OVERLAY"/{metadata,profiles}
[ -e "$BH_OVERLAY/profiles/repo_name" ] || echo crossdev >"$BH_OVERLAY/profiles/repo_name"
[ -e "$BH_OVERLAY/metadata/layout.conf" ] || printf '%s\n' \
	'masters = gentoo' 'thin-manifests = true' >"$BH_OVERLAY/metadata/layout.conf"

with_compiler=()
for target in "${rust[@]}"; do
	! type -P "${target##*:}-gcc" >/dev/null || with_compiler+=("$target")
done
[ -z "$BH_RUST_TARGETS" ] || echo "RUST_CROSS_TARGETS=( ${with_compiler[*]} )" >>"$portage/env/dev-lang/rust"
