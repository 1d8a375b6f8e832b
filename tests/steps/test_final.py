"""How a final directory is filled, with stand-ins that write down how they are called."""

from pathlib import Path

from tests.steps.programs import RSYNC, run_script, stand_in

EMERGE = """\
echo "emerge $*; FEATURES=$FEATURES; INSTALL_MASK=$INSTALL_MASK" >>"$LOG"
for word; do case $word in --root=*) root=${word#*=} ;; esac; done
mkdir -p "$root/usr/tuple.box/usr/lib" "$root/usr/tuple/bin"
echo stray >"$root/usr/tuple.box/usr/lib/stray"
"""


def test_from_binary_packages_alone_whose_index_is_new(tmp_path: Path) -> None:
    programs, root = tmp_path / "programs", tmp_path / "bh/work/final/base"
    stand_in(programs, "rsync", RSYNC)
    stand_in(programs, "emaint", 'echo "emaint $*" >>"$LOG"')
    stand_in(programs, "tuple-emerge", EMERGE)
    (root / "var/lib/portage").mkdir(parents=True)
    words = {
        "BH_TUPLE": "tuple",
        "BH_NAME": "box",
        "BH_SYSROOT": str(tmp_path / "sysroot"),
        "BH_JOBS": "1",
        "BH_LIST": "base",
        "BH_ATOMS": "app-misc/one app-misc/two",
        "BH_WORLD": "app-misc/one app-misc/two",
        "BH_SETS": "",
        "INSTALL_MASK": "/usr/include",
        "LOG": str(tmp_path / "log"),
    }
    said = run_script("target/final.sh", programs, words)
    index, fill, clean = (tmp_path / "log").read_text().splitlines()
    assert index == "emaint --fix binhost"
    for call in (fill, clean):
        assert "--usepkgonly" in call.split()
        assert "FEATURES=-collision-protect -protect-owned" in call
        assert call.endswith("INSTALL_MASK=/usr/include")
    assert "--oneshot --update --deep --newuse app-misc/one app-misc/two;" in fill
    assert "--depclean;" in clean
    assert (root / "usr/lib/stray").read_text() == "stray\n"
    assert not (root / "usr/tuple.box").exists()
    assert (root / "usr/tuple/bin").is_dir(), "that one is a compiler's own"
    assert "warning: packages installed files below" in said


def test_what_a_killed_emerge_left_goes(tmp_path: Path) -> None:
    root = tmp_path / "bh/work/final/base"
    contents = root / "var/db/pkg/app-misc/one-1/CONTENTS"
    kept = [root / "usr/share/c#new", root / "usr/share/#newer", root / "etc/.lock"]
    gone = [
        root / "var/db/.pkg-ebuild.portage_lockfile",
        root / "var/lib/portage/.world.portage_lockfile",
        root / "var/db/pkg/app-misc/-MERGING-two-2/CONTENTS",
        root / "usr/bin/two words#new",
    ]
    for file in (contents, *kept, *gone):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    contents.write_text("obj /usr/share/c#new d41d8cd98f00b204e9800998ecf8427e 0\n")
    (tmp_path / "bh/work/final/base.mask").touch()
    run_script("target/remnants.sh", tmp_path / "programs", {})
    assert [file for file in (contents, *kept) if not file.exists()] == []
    assert [file for file in gone if file.exists()] == []
    assert not gone[2].parent.exists()
