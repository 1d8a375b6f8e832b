#!/bin/bash
# Needs: standard input that ends when the step does, $1 the file to write.
# Leaves: in it, how many pages of memory the processes here had for themselves at a time, at most.
set -uo pipefail

most=0
while :; do
	now=0
	for each in /proc/[0-9]*/statm; do
		read -r _ resident shared _ 2>/dev/null <"$each" && ((now += resident - shared))
	done
	((now <= most)) || most=$now
	# There is no event to wait for: the peak that a cgroup knows has the cached files in it, which
	# the kernel gives up at need; and one of getrusage(2) is that of the largest process alone.
	read -r -t 0.2
	(($? > 128)) || break
done
echo "$most" >"$1"
