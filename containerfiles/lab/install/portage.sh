#!/usr/bin/env bash
# Needs: python3 with dist-packages (Debian), the portage wheel in /var/cache/distfiles.
# Leaves: Portage installed for the whole system, not as a prefix: it reads /etc/portage.
set -euo pipefail

wheel=$(echo /var/cache/distfiles/portage-*.whl)
packages=/usr/lib/python3/dist-packages
lib=/usr/lib/portage
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python3 -m zipfile -e "$wheel" "$work"
cd "$work"
data=$(echo portage-*.data)

# The wheel's two modules that hold build-time answers: what kind of installation, and where its files are.
sed -i 's/"MODULE" == "SYSTEM"/"SYSTEM" == "SYSTEM"/; s/"MODULE" == "MODULE"/"SYSTEM" == "MODULE"/' portage/installation.py
sed -i "s,BASE_PATH = \"\"*$,BASE_PATH = \"$lib\",; s,BIN_PATH = \"\"*$,BIN_PATH = \"$lib/bin\"," portage/const.py

cp -a portage _emerge "$packages/"
python3 -m compileall -q "$packages/portage" "$packages/_emerge"
mkdir -p "$lib" /usr/share/portage
cp -a "$data/data/lib/portage/." "$lib/"
cp -a "$data/data/share/portage/." /usr/share/portage/
cp -a "$data/data/etc/." /etc/
find "$lib/bin" -type f -exec chmod 755 {} +
install -m 755 "$data/scripts/etc-update" /usr/sbin/

for name in ebuild egencache emerge emirrordist glsa-check gpkg-sign portageq quickpkg; do
    ln -sf "../lib/portage/bin/$name" "/usr/bin/$name"
done
for name in archive-conf dispatch-conf emaint env-update fixpackages regenworld; do
    ln -sf "../lib/portage/bin/$name" "/usr/sbin/$name"
done
