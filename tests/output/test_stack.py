"""Images laid one above the other, as overlayfs does."""

from pathlib import Path

from bh_container.output.squashfs import pack
from bh_container.output.stack import stack_images


def test_the_upper_wins_and_directories_merge(tmp_path: Path) -> None:
    base, net = tmp_path / "base.tree", tmp_path / "net.tree"
    for name in ("etc", "usr/lib", "was-directory/x"):
        (base / name).mkdir(parents=True)
    for name in ("etc/motd", "etc/hosts", "usr/lib/a", "was-file"):
        (base / name).write_text("base")
    (base / "lib").symlink_to("usr/lib")
    for name in ("etc", "usr/lib", "was-file"):
        (net / name).mkdir(parents=True)
    for name in ("etc/motd", "usr/lib/b", "was-directory", "was-file/y"):
        (net / name).write_text("net")
    (net / "lib").symlink_to("usr/lib")
    (net / "etc").chmod(0o750)
    for tree in (base, net):
        pack(tree, tree.with_suffix(""))
    root = tmp_path / "root"
    stack_images([tmp_path / "base", tmp_path / "net"], root)
    found = {str(path.relative_to(root)) for path in root.rglob("*")}
    assert found == {
        *("etc", "etc/motd", "etc/hosts", "lib", "usr", "usr/lib", "usr/lib/a", "usr/lib/b"),
        *("was-directory", "was-file", "was-file/y"),
    }
    assert (root / "etc/motd").read_text() == "net"
    assert (root / "etc/hosts").read_text() == "base"
    assert (root / "etc").stat().st_mode & 0o7777 == 0o750
    assert not list(tmp_path.glob("root.*"))
