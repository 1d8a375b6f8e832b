#!/bin/bash
# Needs: /bh/work/final/*, if there are any yet.
# Leaves: them without the locks, half registered packages and half copied files of an emerge that was killed.
set -euo pipefail

for root in /bh/work/final/*; do
	database=$root/var/db/pkg
	if ! [ -d "$database" ]; then continue; fi
	find "$root/var" -xdev -type f -name '.*.portage_lockfile' -delete
	find "$database" -mindepth 2 -maxdepth 2 -name '-MERGING-*' -exec rm -rf {} +
	find "$root" -xdev -type f -name '*#new' | while read -r file; do
		if ! grep -rqF --include=CONTENTS "obj ${file#"$root"} " "$database"; then rm "$file"; fi
	done
done
