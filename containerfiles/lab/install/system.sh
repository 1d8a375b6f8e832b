#!/usr/bin/env bash
# Needs: Portage in place, the tree /lab/seed.
# Leaves: user and directories that Portage expects, the files of /lab/seed, names that Gentoo has and Debian has not.
set -euo pipefail

getent group portage >/dev/null || groupadd --system -g 250 portage
getent passwd portage >/dev/null || useradd --system -u 250 -g 250 -d /var/lib/portage/home -s /usr/sbin/nologin -M portage

mkdir -p /var/db/{pkg,repos} /var/lib/portage/home /var/cache/{binpkgs,edb/dep} /var/log/portage /var/tmp/portage /etc/env.d
chown portage:portage /var/lib/portage/home
chown :portage /var/log/portage
chmod 2775 /var/log/portage

ln -sf python3 /usr/bin/python
ln -sf tar /usr/bin/gtar

cp -a --no-preserve=ownership /lab/seed/. /

# What a stage3 says about its repository, but with nothing to synchronise from.
sed -i '/^sync-/d; s/^auto-sync.*/auto-sync = no/' /usr/share/portage/config/repos.conf
