#!/bin/bash
# Needs: an updated toolchain.
# Leaves: perl and its modules at one version, which the world update depends on.
set -euo pipefail

emerge --oneshot --update --newuse --usepkg --jobs="$BH_PACKAGES" --quiet dev-lang/perl
perl-cleaner --all -- --quiet
