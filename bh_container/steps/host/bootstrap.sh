#!/bin/bash
# Needs: BH_BOOTSTRAP, PACKAGE|ATOM|FLAGS (a comma between) of each.
# Leaves: those that the host does not have yet, built with these flags for now: the world builds them again.
set -euo pipefail
read -ra bootstrap <<<"$BH_BOOTSTRAP"

for words in "${bootstrap[@]}"; do
	IFS='|' read -r package atom flags <<<"$words"
	# One that is installed breaks the circle, whatever its flags are.
	if compgen -G "/var/db/pkg/$package-[0-9]*" >/dev/null; then continue; fi
	echo "$package: built first, for now with USE='${flags//,/ }'"
	python3 /bh/steps/inside/emerge.py --use "$atom ${flags//,/ }" /etc/portage/package.use \
		emerge --oneshot --with-bdeps=y --usepkg --buildpkg-exclude="${flags:+$package}" \
		--jobs="$BH_PACKAGES" --quiet "$atom"
done
