# shellcheck shell=bash
# Messages as Gentoo's scripts print them; sourced by crossdev and others. Status: eend repeats its first argument.

einfo() { echo " * $*"; }
einfon() { printf ' * %s' "$*"; }
ewarn() { echo " * WARNING: $*" >&2; }
eerror() { echo " * ERROR: $*" >&2; return 1; }
ebegin() { echo " * $* ..."; }

eend() {
    local status=${1:-0}
    shift || true
    [ "$status" -eq 0 ] || eerror "${*:-failed}" || true
    return "$status"
}
