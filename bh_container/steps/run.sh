#!/bin/bash
# Needs: $1 a script below /bh/steps, $2 the path of its record without an ending.
# Leaves: $2.log (appended), $2.env, $2.pid while it runs, $2.memory, $2.status with the exit status, written last.
set -uo pipefail
script=/bh/steps/$1 record=$2

rm -f "$record.status" "$record.stop" "$record.memory"
# Its room is taken now: a disk that the step fills must not keep its status from being written.
printf '%-4s\n' '' >"$record.status.new" && echo $$ >"$record.pid" || exit
{ echo "# $script"; export -p; } >"$record.env"
exec 3> >(exec tee -p -a "$record.log" 2>/dev/null)
tee=$!
exec 4> >(exec 3>&- bash /bh/steps/memory.sh "$record.memory")
memory=$!
# A PID namespace of its own: when its first process ends, nothing of the step is left behind. The
# script is read at once, since an update may change the file meanwhile; and bash stays that first
# process, which has to hear a SIGTERM, instead of becoming the last command.
unshare --fork --pid --mount-proc --kill-child \
	bash -c "$(<"$script")"$'\nexit $?' "$script" </dev/null >&3 2>&1 4>&-
status=$?
exec 4>&-
wait "$memory"
exec 3>&-
wait "$tee"
# A step that was told to stop has not succeeded, whatever its last command made of that.
if [ -e "$record.stop" ]; then status=143; fi

printf '%-4s\n' "$status" 1<>"$record.status.new"
sync "$record.log" "$record.status.new"
mv "$record.status.new" "$record.status"
rm -f "$record.pid"
exit "$status"
