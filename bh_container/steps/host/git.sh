#!/bin/bash
# Needs: a snapshot of ::gentoo, or what the seed has of it.
# Leaves: git, which a stage3 does not bring.
set -euo pipefail

emerge --oneshot --noreplace --usepkg --jobs="$BH_PACKAGES" --quiet dev-vcs/git
