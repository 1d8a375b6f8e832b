#!/usr/bin/env bash
# Needs: root; a mount and a PID namespace of its own; $1 a directory, $2 Python's prefix, $3 its packages, $4 the
# checkout; then a command. Runs the command as the user `ann`, who has subordinate ids, with $1/home as her home.
set -euo pipefail

work=$1 python=$2 packages=$3 checkout=$4
shift 4
for name in passwd group; do cp "/etc/$name" "$work/$name"; done
echo "ann:x:4321:4321::$work/home:/bin/sh" >>"$work/passwd"
echo "ann:x:4321:" >>"$work/group"
echo "ann:1000000:65536" >"$work/subid"
touch /etc/subuid /etc/subgid
mount --bind "$work/passwd" /etc/passwd
mount --bind "$work/group" /etc/group
mount --bind "$work/subid" /etc/subuid
mount --bind "$work/subid" /etc/subgid
# Where the tests run may be open to root alone.
mount -t tmpfs -o mode=755 tmpfs /mnt
mkdir /mnt/python /mnt/packages /mnt/checkout
mount --bind "$python" /mnt/python
mount --bind "$packages" /mnt/packages
mount --bind "$checkout" /mnt/checkout
mount -t tmpfs -o mode=755 tmpfs /run
mount -t tmpfs -o mode=1777 tmpfs /dev/shm
install --directory --owner=4321 --group=4321 --mode=700 /run/user/4321
chown -R 4321:4321 "$work/home"
cd "$work/home"
exec setpriv --reuid=4321 --regid=4321 --clear-groups env --ignore-environment \
	HOME="$work/home" USER=ann PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin XDG_RUNTIME_DIR=/run/user/4321 \
	PYTHONPATH=/mnt/checkout:/mnt/packages PYTHONDONTWRITEBYTECODE=1 TMPDIR="$work/home" "$@"
