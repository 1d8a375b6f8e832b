#!/bin/bash
# Needs: /etc/portage/repos.conf.
# Leaves: every repository synced, and a `crossdev` repository for the cross toolchains.
set -euo pipefail

overlay=/var/db/repos/crossdev
mkdir -p "$overlay"/{metadata,profiles}
[ -e "$overlay/profiles/repo_name" ] || echo crossdev >"$overlay/profiles/repo_name"
[ -e "$overlay/metadata/layout.conf" ] || printf '%s\n' \
	'masters = gentoo' 'thin-manifests = true' >"$overlay/metadata/layout.conf"
emaint sync --auto
