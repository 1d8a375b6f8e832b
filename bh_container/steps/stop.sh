#!/bin/bash
# Needs: $1 the path of a record (see run.sh).
# Leaves: no process of that step: it is asked to end, and after a second made to.
set -uo pipefail
record=$1

pid=$(cat "$record.pid" 2>/dev/null) || exit 0
[ "$(cat "/proc/$pid/comm" 2>/dev/null)" = unshare ] || exit 0
touch "$record.stop"
first=$(pgrep --parent "$pid")
wrapper=$(awk '/^PPid:/ { print $2 }' "/proc/$pid/status")
pkill -TERM --ns "$first" --nslist pid
timeout 1 tail --follow --sleep-interval=0.05 --pid="$wrapper" /dev/null
kill -KILL "$pid" 2>/dev/null
timeout 1 tail --follow --sleep-interval=0.05 --pid="$wrapper" /dev/null
exit 0
