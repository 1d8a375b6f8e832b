#!/usr/bin/env bash
# Needs: python3; $1 the portage wheel, $2 a root with Debian's Python: its modules are in dist-packages.
# Leaves: Portage in that root, installed for the whole system, not as a prefix: it reads /etc/portage.
set -euo pipefail

wheel=$(realpath "$1")
root=$(realpath "$2")
packages=$root/usr/lib/python3/dist-packages
lib=/usr/lib/portage
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python3 -m zipfile -e "$wheel" "$work"
cd "$work"
data=$(echo portage-*.data)

# The wheel's two modules that hold build-time answers: what kind of installation, and where its files are.
sed -i 's/"MODULE" == "SYSTEM"/"SYSTEM" == "SYSTEM"/; s/"MODULE" == "MODULE"/"SYSTEM" == "MODULE"/' portage/installation.py
sed -i "s,BASE_PATH = \"\"*$,BASE_PATH = \"$lib\",; s,BIN_PATH = \"\"*$,BIN_PATH = \"$lib/bin\"," portage/const.py

mkdir -p "$packages" "$root$lib" "$root"/usr/{bin,sbin,share/portage} "$root/etc"
cp -a portage _emerge "$packages/"
cp -a "$data/data/lib/portage/." "$root$lib/"
cp -a "$data/data/share/portage/." "$root/usr/share/portage/"
cp -a "$data/data/etc/." "$root/etc/"
find "$root$lib/bin" -type f -exec chmod 755 {} +
install -m 755 "$data/scripts/etc-update" "$root/usr/sbin/"

for name in ebuild egencache emerge emirrordist glsa-check gpkg-sign portageq quickpkg; do
    ln -sf "../lib/portage/bin/$name" "$root/usr/bin/$name"
done
for name in archive-conf dispatch-conf emaint env-update fixpackages regenworld; do
    ln -sf "../lib/portage/bin/$name" "$root/usr/sbin/$name"
done
