"""`wanted.sh` and `early.sh`, with what emerge writes for `--pretend --quiet`."""

import os
import subprocess
from pathlib import Path

import pytest

from bh_container import steps

SAID = """\
[ebuild  N    ] dev-build/ninja-1.11.1-r5
[ebuild  N    ] sys-libs/ncurses-6.4 to /usr/a-b-c-d/
[ebuild     U ] x11-apps/xset-1.2.5-r1 [1.2.4] to /usr/a-b-c-d/
[binary   R   ] media-fonts/font-adobe-100dpi-1.0.4_p1 to /usr/a-b-c-d/ USE="nls*"
[ebuild  N    ] sys-libs/binutils-libs-2.40
[blocks B     ] <sys-libs/zlib-1.3 ("<sys-libs/zlib-1.3" is soft blocking sys-libs/zlib-ng-2)
"""


@pytest.fixture
def sandbox(tmp_path: Path) -> Path:
    """A directory of programs: an emerge of a tuple, and the scripts where they look for others."""
    emerge = tmp_path / "a-b-c-d-emerge"
    emerge.write_text(
        '#!/bin/bash\necho "$*" >>"$0.calls"\n[[ $* != *--pretend* ]] || cat "$0.said"\n'
        'exit "$(cat "$0.status" 2>/dev/null || echo 0)"\n'
    )
    emerge.chmod(0o755)
    (tmp_path / "a-b-c-d-emerge.said").write_text(SAID)
    for name in ("wanted.sh", "early.sh"):
        text = (steps.DIRECTORY / "target" / name).read_text()
        script = tmp_path / name
        script.write_text(text.replace("/bh/steps/target", str(tmp_path)))
        script.chmod(0o755)
    return tmp_path


def run(sandbox: Path, script: str, *words: str, **variables: str) -> str:
    command = [str(sandbox / script), *words]
    path = f"{sandbox}:{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, "BH_TUPLE": "a-b-c-d", "BH_PACKAGES": "2", **variables}
    return subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout


def calls(sandbox: Path) -> list[str]:
    return (sandbox / "a-b-c-d-emerge.calls").read_text().splitlines()


def early(sandbox: Path) -> None:
    libraries = "sys-libs/ncurses sys-libs/binutils-libs"
    run(sandbox, "early.sh", BH_EARLY=libraries, BH_ATOMS="a/b c/d", BH_SETS="@system")


def test_what_goes_to_the_target(sandbox: Path) -> None:
    assert run(sandbox, "wanted.sh", "a/b").splitlines() == [
        "ebuild sys-libs/ncurses",
        "ebuild x11-apps/xset",
        "binary media-fonts/font-adobe-100dpi",
    ]


def test_libraries_come_early_where_the_target_itself_wants_them(sandbox: Path) -> None:
    early(sandbox)
    asked, built = calls(sandbox)
    assert asked.endswith(" --quiet a/b c/d @system")
    assert built.startswith("--oneshot --update ")
    assert built.endswith(" --quiet sys-libs/ncurses")


@pytest.mark.parametrize(("file", "text"), [("said", ""), ("status", "1")])
def test_nothing_is_built_that_is_not_wanted(sandbox: Path, file: str, text: str) -> None:
    """Nor is anything where emerge cannot tell: the world will say why."""
    (sandbox / f"a-b-c-d-emerge.{file}").write_text(text)
    early(sandbox)
    assert [call.split()[0] for call in calls(sandbox)] == ["--pretend"]
