#!/bin/bash
# Needs: synced repositories.
# Leaves: the newest Portage, so that everything after it is built by that one.
set -euo pipefail

emerge --oneshot --update --usepkg --quiet sys-apps/portage
