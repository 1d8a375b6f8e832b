#!/bin/bash
# Needs: $1 the path of a record (see run.sh) whose step may be running still.
# Leaves: nothing; writes what the step writes until it ends. Status 3 when it does not run.
set -uo pipefail
record=$1

pid=$(cat "$record.pid" 2>/dev/null) || exit 3
[ "$(cat "/proc/$pid/comm" 2>/dev/null)" = unshare ] || exit 3
# Not the step's own process: the one around it, which writes the status after the step's end.
wrapper=$(awk '/^PPid:/ { print $2 }' "/proc/$pid/status")
exec tail --lines=0 --follow --sleep-interval=0.2 --pid="$wrapper" "$record.log"
