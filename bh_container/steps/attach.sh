#!/bin/bash
# Needs: $1 the path of a record (see run.sh) whose step may be running still.
# Leaves: nothing; writes what the step writes until its status is there. Status 3 when it does not run.
set -uo pipefail
record=$1

runner=$(cat "$record.pid" 2>/dev/null) || exit 3
grep --quiet --fixed-strings run.sh "/proc/$runner/cmdline" 2>/dev/null || exit 3
exec tail --lines=0 --follow --sleep-interval=0.2 --pid="$runner" "$record.log"
