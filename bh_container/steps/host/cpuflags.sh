#!/bin/bash
# Needs: synced repositories.
# Leaves: /etc/portage/package.use/00cpu-flags, what this machine's processor can do.
set -euo pipefail

emerge --oneshot --noreplace --usepkg --jobs="$BH_PACKAGES" --quiet app-portage/cpuid2cpuflags
echo "*/* $(cpuid2cpuflags)" >/etc/portage/package.use/00cpu-flags
