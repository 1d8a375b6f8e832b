#!/usr/bin/env bash
# Needs: Portage and its user; the repository /lab/repo.
# Leaves: /var/db/repos/gentoo with its metadata cache, and the /etc/portage that a stage3 comes with.
set -euo pipefail

repo=/var/db/repos/gentoo
rm -rf "$repo"
cp -a --no-preserve=ownership /lab/repo "$repo"

mkdir -p /etc/portage/repos.conf
cp /usr/share/portage/config/repos.conf /etc/portage/repos.conf/gentoo.conf
ln -snf "../..$repo/profiles/default/linux/amd64/23.0/musl" /etc/portage/make.profile

egencache --repo=gentoo --update --jobs="$(nproc)"
