"""A root filesystem with everything that a copy may lose, and what there is to see of one."""

import hashlib
import os
import stat
from pathlib import Path

from bh_container.history.walk import walk

CAPABILITY = bytes.fromhex("0100000200200000000000000000000000000000")
"""`cap_net_raw=ep` as the kernel keeps it: struct vfs_cap_data, capabilities(7)."""

SECOND = 1_000_000_000


def make_tree(root: Path) -> Path:
    """Anyone can make this: names, links, times, attributes."""
    (root / "d/e").mkdir(parents=True)
    (root / "a").write_text("hello\n")
    for name in ("b", "d/c", "z"):
        (root / name).hardlink_to(root / "a")
    (root / "d/other").write_bytes(b"\0" * 200_000 + b"end")
    (root / "f").hardlink_to(root / "d/other")
    (root / "d/link").symlink_to("../a")
    os.mkfifo(root / "d/pipe")
    (root / 'odd \n"name\\').write_text("x")
    (root / "ü").write_text("")
    (Path(os.fsdecode(os.fsencode(root) + b"/bad\xff"))).write_text("x")
    (root / "/".join(["x" * 60] * 4)).relative_to(root)
    deep = root / "/".join(["x" * 60] * 4)
    deep.mkdir(parents=True)
    (deep / "file").write_text("deep")
    (root / "sparse").write_bytes(b"")
    os.truncate(root / "sparse", 1 << 20)
    os.setxattr(root / "a", "user.note", b"kept\0\n\xff")
    os.setxattr(root / "d", "user.note", b"of a directory")
    (root / "d/e").chmod(0o1777)
    set_times(root)
    return root


def make_root_tree(root: Path) -> Path:
    """Only root can make all of it: owners, capabilities, device nodes."""
    make_tree(root)
    os.mknod(root / "null", 0o640 | stat.S_IFCHR, os.makedev(1, 3))
    os.mknod(root / "disk", 0o660 | stat.S_IFBLK, os.makedev(7, 9))
    os.chown(root / "d", 250, 251)
    os.chown(root / "d/link", 7, 8, follow_symlinks=False)
    os.chown(root / "a", 5, 6)
    (root / "a").chmod(0o4711)
    os.setxattr(root / "a", "security.capability", CAPABILITY)
    root.chmod(0o750)
    os.chown(root, 3, 4)
    set_times(root)
    return root


def set_times(root: Path) -> None:
    """Give everything a time of its own, in whole seconds."""
    paths = [path for path, _ in walk(root)]
    for number, path in enumerate(reversed(["", *paths])):
        moment = (SECOND + number) * SECOND
        os.utime(root / path, ns=(moment, moment), follow_symlinks=False)


def seen(root: Path) -> dict[str, tuple[object, ...]]:
    """Everything that one can see of a tree, by path."""
    first: dict[tuple[int, int], str] = {}
    found: dict[str, tuple[object, ...]] = {}
    for path, status in [("", root.lstat()), *walk(root)]:
        place = root / path
        content: object = None
        if stat.S_ISREG(status.st_mode):
            content = hashlib.sha256(place.read_bytes()).hexdigest()
        elif stat.S_ISLNK(status.st_mode):
            content = str(place.readlink())
        elif stat.S_ISCHR(status.st_mode) or stat.S_ISBLK(status.st_mode):
            content = status.st_rdev
        names = os.listxattr(place, follow_symlinks=False)
        kept = [name for name in names if not name.startswith("security.selinux")]
        attributes = {name: os.getxattr(place, name, follow_symlinks=False) for name in kept}
        one = None
        if not stat.S_ISDIR(status.st_mode) and status.st_nlink > 1:
            one = first.setdefault((status.st_dev, status.st_ino), path)
        owner = (status.st_uid, status.st_gid)
        times = int(status.st_mtime)
        found[path] = (oct(status.st_mode), owner, times, content, attributes, one)
    return found
