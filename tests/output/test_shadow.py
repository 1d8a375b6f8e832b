"""What a configuration image hides, by overlayfs's rules."""

import pytest

from bh_container.output.shadow import shadows
from bh_container.output.squashfs import Entry, Kind

DIR, FILE, LINK, NODE = Kind.DIRECTORY, Kind.FILE, Kind.LINK, Kind.NODE


def layer(*entries: tuple[str, Kind, int, str]) -> dict[str, Entry]:
    return {
        path: Entry(path=path, kind=kind, mode=mode, rest=rest)
        for path, kind, mode, rest in entries
    }


BASE = layer(
    ("etc", DIR, 0o755, ""),
    ("etc/motd", FILE, 0o644, ""),
    ("etc/inittab", FILE, 0o644, ""),
    ("lib", LINK, 0o777, "usr/lib"),
    ("usr", DIR, 0o755, ""),
    ("usr/lib", DIR, 0o755, ""),
    ("usr/lib/a", FILE, 0o755, ""),
)
NET = layer(("etc", DIR, 0o755, ""), ("etc/motd", FILE, 0o644, ""), ("usr/lib/b", FILE, 0o755, ""))


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (("etc/hosts", FILE, 0o644, ""), "new       /etc/hosts"),
        (("etc/motd", FILE, 0o644, ""), "replaces  /etc/motd  net"),
        (("etc/inittab", FILE, 0o644, ""), "replaces  /etc/inittab  base"),
        (("etc/inittab", LINK, 0o777, "x"), "replaces  /etc/inittab  base"),
        (("etc", DIR, 0o755, ""), None),
        (("opt", DIR, 0o755, ""), None),
        (("etc", DIR, 0o700, ""), "changes   /etc  net: 0755 0:0 becomes 0700 0:0"),
        (("lib", DIR, 0o755, ""), "hides     /lib  base: link to usr/lib gives way to directory"),
        (
            ("usr/lib", FILE, 0o755, ""),
            "hides     /usr/lib  base: directory of 2 gives way to file",
        ),
        (("etc/motd", NODE, 0, "c 0 0"), "removes   /etc/motd  net"),
        (("etc/gone", NODE, 0, "c 0 0"), None),
        (("etc/null", NODE, 0, "c 1 3"), "new       /etc/null"),
    ],
)
def test_one_path(entry: tuple[str, Kind, int, str], said: str | None) -> None:
    found = list(shadows(layer(entry), [("net", NET), ("base", BASE)]))
    assert [str(shadow) for shadow in found] == ([] if said is None else [said])


def test_without_layers_everything_is_new() -> None:
    found = list(shadows(BASE, []))
    assert [shadow.path for shadow in found] == ["etc/inittab", "etc/motd", "lib", "usr/lib/a"]
