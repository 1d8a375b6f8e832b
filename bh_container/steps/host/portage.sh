#!/bin/bash
# Needs: synced repositories.
# Leaves: the newest Portage, so that everything after it is built by that one.
set -euo pipefail

emerge --oneshot --update --usepkg --jobs="$BH_PACKAGES" --quiet sys-apps/portage
