#!/usr/bin/env bash
# Needs: apt set up for a Debian release on this machine; $1 Types ("deb", "deb deb-src"), $2 components to add or "".
# Leaves: on stdout the machine's own Debian entries for the lab's release, as deb822 stanzas.
set -euo pipefail

types=$1
extra=$2
release=bookworm
# shellcheck source=/dev/null
here=$(. /etc/os-release && echo "${VERSION_CODENAME:-$release}")

# A stanza is kept when one of its suites is a suite of the machine's release; comments are dropped.
keep_release() {
    sed '/^#/d' | awk -v RS= -v here="$here" -v release="$release" -v types="$types" -v extra="$extra" '
        {
            kept = ""; wanted = 0
            n = split($0, line, "\n")
            for (i = 1; i <= n; i++) {
                if (line[i] ~ /^Types:/) continue
                if (line[i] ~ /^Enabled: *no/) next
                if (line[i] ~ /^Suites:/ && line[i] ~ "[: ]" here "(-[a-z]+)?( |$)") wanted = 1
                if (line[i] ~ /^Suites:/) gsub(here, release, line[i])
                if (line[i] ~ /^Components:/ && extra && line[i] !~ extra) line[i] = line[i] " " extra
                kept = kept line[i] "\n"
            }
            if (wanted && !seen[kept]++) printf "Types: %s\n%s\n", types, kept
        }'
}

# deb [options] URI SUITE COMPONENTS...  ->  a stanza. A line without a key is Debian's when its URI says so.
one_line() {
    sed -nE 's/^deb +(\[([^]]*)\] +)?([^ ]+) +([^ ]+) +(.*)$/\2|\3|\4|\5/p' "$@" |
        while IFS='|' read -r options uri suite components; do
            key=$(sed -nE 's/.*signed-by=([^ ]+).*/\1/p' <<<"$options")
            [[ -n $key || $uri == *debian* ]] || continue
            printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: %s\n' "$uri" "$suite" "${components%%#*}"
            echo "Signed-By: ${key:-/usr/share/keyrings/debian-archive-keyring.gpg}"
            echo
        done
}

shopt -s nullglob
modern=(/etc/apt/sources.list.d/*.sources)
classic=(/etc/apt/sources.list /etc/apt/sources.list.d/*.list)
found=$({
    for file in "${modern[@]}"; do cat "$file" && echo; done
    for file in "${classic[@]}"; do [[ ! -f $file ]] || one_line "$file"; done
} | keep_release)
# Third parties name their suites after the release too: only those that Debian's own key signs are Debian.
found=$(awk -v RS= -v ORS='\n\n' '/debian-archive/ || !/Signed-By/' <<<"$found")
[[ -n $found ]] || { echo "sources.sh: no entry of Debian $here in /etc/apt" >&2; exit 1; }
echo "$found"
