#!/bin/bash
# Needs: $1 a script below /bh/steps, $2 the path of its record without an ending.
# Leaves: $2.log (appended), $2.pid while it runs, $2.status with the exit status, written last.
set -uo pipefail
script=/bh/steps/$1 record=$2

rm -f "$record.status" "$record.stop"
exec 3> >(exec tee -p -a "$record.log" 2>/dev/null)
tee=$!
# A PID namespace of its own: when its first process ends, nothing of the step is left behind.
# The script is read at once: bash reads a file as it goes, and an update may change it meanwhile.
unshare --fork --pid --mount-proc --kill-child bash -c "$(<"$script")" "$script" </dev/null >&3 2>&1 &
echo $! >"$record.pid"
exec 3>&-
wait "$(<"$record.pid")"
status=$?
wait "$tee"
# A step that was told to stop has not succeeded, whatever its last command made of that.
if [ -e "$record.stop" ]; then status=143; fi

echo "$status" >"$record.status.new"
sync "$record.log" "$record.status.new"
mv "$record.status.new" "$record.status"
rm -f "$record.pid"
exit "$status"
