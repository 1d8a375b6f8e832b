#!/bin/bash
# Needs: $1 the path of a record (see run.sh).
# Leaves: no process of that step: it is asked to end, and after a second made to.
set -uo pipefail
record=$1

runner=$(cat "$record.pid" 2>/dev/null) || exit 0
grep --quiet --fixed-strings run.sh "/proc/$runner/cmdline" 2>/dev/null || exit 0
touch "$record.stop"
namespace=$(pgrep --parent "$runner" --exact unshare) || exit 0
first=$(pgrep --parent "$namespace")
pkill -TERM --ns "$first" --nslist pid
timeout 1 tail --follow --sleep-interval=0.05 --pid="$runner" /dev/null
kill -KILL "$namespace" 2>/dev/null
timeout 1 tail --follow --sleep-interval=0.05 --pid="$runner" /dev/null
exit 0
