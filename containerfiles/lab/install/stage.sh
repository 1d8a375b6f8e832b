#!/usr/bin/env bash
# Needs: Portage, the repository and /etc/portage; the list /lab/stage.
# Leaves: a package database as a stage3 has it, an empty world file, no traces of the work.
set -euo pipefail

mapfile -t atoms < <(sed 's/#.*//; /^ *$/d' /lab/stage)
emerge --quiet --oneshot --jobs="$(nproc)" @system "${atoms[@]}"
env-update
rm -rf /var/tmp/portage/* /var/log/portage/* /var/log/emerge* /var/cache/binpkgs/* /var/lib/portage/world*
touch /var/lib/portage/world
