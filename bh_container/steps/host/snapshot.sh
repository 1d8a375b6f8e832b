#!/bin/bash
# Needs: BH_DAY, the day of a snapshot of ::gentoo.
# Leaves: ::gentoo as it was on that day, which all that a first sync needs is installed from.
set -euo pipefail

# emerge-webrsync refuses a repository that git syncs. This mount ends with the step.
mount -t tmpfs none /etc/portage/repos.conf
emerge-webrsync --revert="$BH_DAY" --quiet
