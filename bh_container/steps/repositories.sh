#!/bin/bash
# Needs: BH_CHECKOUTS, LOCATION|URI|COMMIT|KEY for each repository of git, KEY empty where nothing is signed; BH_SYNCED, names of others.
# Leaves: each of the first at its commit, which its key has signed; the others as they are today.
set -euo pipefail
read -ra checkouts <<<"$BH_CHECKOUTS"
read -ra others <<<"$BH_SYNCED"

for words in "${checkouts[@]}"; do
	IFS='|' read -r location uri commit key <<<"$words"
	echo "$location: $commit of $uri"
	mkdir -p "$location"
	git=(git -C "$location" -c "safe.directory=$location" -c gc.auto=0)
	"${git[@]}" init --quiet
	# Not every server hands out a commit by its name alone.
	"${git[@]}" fetch --quiet --no-tags --depth=1 "$uri" "$commit" ||
		"${git[@]}" fetch --quiet --no-tags "$uri"
	verify=()
	[[ $key != /* ]] || verify=(gemato gpg-wrap -K "$key" --)
	[ -z "$key" ] || "${verify[@]}" "${git[@]}" verify-commit "$commit"
	"${git[@]}" reset --quiet --hard "$commit"
	"${git[@]}" clean --quiet --force -dx
done
for name in "${others[@]}"; do emaint sync --repo "$name"; done
