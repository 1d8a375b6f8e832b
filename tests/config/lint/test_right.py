"""What is unusual and right: nothing is said of it."""

import shutil
from pathlib import Path

from bh_container.config.lint.project import lint_target
from tests.config.lint.broken import PI, Edit, add, put, swap

CONFIGS = Path(__file__).parents[3] / "configs"
MAKE = "target-portage/make.conf"
USE = "target-portage/package.use"


RIGHT: tuple[tuple[str, Edit], ...] = (
    (MAKE, swap("buildpkg ", "")),
    (MAKE, add('USE="${USE} X"\n')),
    (MAKE, add("export LDFLAGS='-Wl,-O1'\n")),
    (MAKE, add('LINGUAS="de\n  fr"\n')),
    (MAKE, add("source /etc/portage/more.conf\n")),
    (MAKE, add('MY_OWN_TUNING="1"\n')),
    (f"{USE}/x", put("*/* VIDEO_CARDS: -* vc4\n>=dev-libs/*-1 -X\nsys-apps/x:0 y # why\n")),
    ("target-portage/package.license/z", put("*/* -* @FREE\n")),
    ("target-portage/package.accept_keywords/y", put("a-b/c\n=a-b/d-9999 **\n*/*::mine ~*\n")),
    ("target-portage/package.mask", put(">a-b/c-2.1\n-a-b/d\n")),
    ("target-portage/env/a-b/c", put('X="$(echo "a b")"\nY=(a "b c")\nf() { local z="1"; }\n')),
    ("bootstrap", put("# in a circle\n>=a-b/c-1.2 -d e\na-b/d\n")),
    ("worlds/net", add("@own\n=a-b/c-1.2_rc3-r1:0/1::mine[static,-pam]\n")),
    ("tests/test_own.py", put("")),
    ("target-portage/package.use/box~", put("!\n")),
)


def test_nothing_is_said_of_it(tmp_path: Path) -> None:
    directory = tmp_path / PI
    shutil.copytree(CONFIGS / PI, directory, symlinks=True)
    swap("--jobs=3", "--jobs=3 --buildpkg")(directory / MAKE)
    put("a-b/e\n")(directory / "target-portage/sets/own")
    for file, edit in RIGHT:
        edit(directory / file)
    assert lint_target(directory)[1] == ()
