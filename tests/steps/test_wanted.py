"""`wanted.sh`, `early.sh` and `bootstrap.sh`, with what emerge writes for `--pretend --quiet`."""

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
[binary  N    ] sys-libs/e2fsprogs-libs-1-r3-2 to /usr/a-b-c-d/
[nomerge      ] app-misc/hello-1.0::gentoo to /usr/a-b-c-d/
[ebuild  N     ]  sys-libs/pam-1.5.2:0/0::gentoo to /usr/a-b-c-d/ USE="elogind" 0 KiB
[blocks B     ] <sys-libs/zlib-1.3 ("<sys-libs/zlib-1.3" is soft blocking sys-libs/zlib-ng-2)
"""


@pytest.fixture
def sandbox(tmp_path: Path) -> Path:
    """A directory of programs: an emerge of a tuple, and the scripts where they look for others."""
    emerge = tmp_path / "a-b-c-d-emerge"
    emerge.write_text(
        '#!/bin/bash\necho "$*" >>"$0.calls"\n[[ $* == *--pretend* ]] || exit 0\n'
        'cat "$0.said"; exit "$(cat "$0.status" 2>/dev/null || echo 0)"\n'
    )
    emerge.chmod(0o755)
    (tmp_path / "a-b-c-d-emerge.said").write_text(SAID)
    (tmp_path / "etc/portage").mkdir(parents=True)
    for name in ("wanted.sh", "early.sh", "bootstrap.sh"):
        text = (steps.DIRECTORY / "target" / name).read_text()
        script = tmp_path / name
        text = text.replace("/bh/steps/target", str(tmp_path))
        script.write_text(text.replace("/bh/steps", str(steps.DIRECTORY)))
        script.chmod(0o755)
    return tmp_path


def run(sandbox: Path, script: str, *words: str, **variables: str) -> str:
    command = [str(sandbox / script), *words]
    path = f"{sandbox}:{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, "BH_TUPLE": "a-b-c-d", "BH_PACKAGES": "2", **variables}
    env["BH_SYSROOT"] = str(sandbox)
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
        "binary sys-libs/e2fsprogs-libs",
        "ebuild sys-libs/pam",
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


@pytest.mark.parametrize(
    ("file", "text", "built"),
    [
        ("said", SAID, ["--buildpkg-exclude=sys-libs/pam", "sys-libs/pam"]),
        ("said", "", []),
        ("said", SAID.replace("ebuild", "binary"), []),
        ("status", "1", ["--buildpkg-exclude=sys-libs/pam", "sys-libs/pam"]),
    ],
)
def test_a_package_is_built_first_where_it_would_have_to_be_compiled(
    sandbox: Path, file: str, text: str, built: list[str]
) -> None:
    """Or where emerge cannot tell."""
    (sandbox / f"a-b-c-d-emerge.{file}").write_text(text)
    said = bootstrap(sandbox, "sys-libs/pam|sys-libs/pam|-elogind,-systemd")
    first = "sys-libs/pam: built first, for now with USE='-elogind -systemd'\n"
    assert (said == first) == bool(built)
    words = [call.split() for call in calls(sandbox)]
    assert words[0][0] == "--pretend"
    assert [word for call in words[1:] for word in call if "sys-libs/pam" in word] == built


def test_what_is_installed_breaks_the_circle_as_it_is(sandbox: Path) -> None:
    (sandbox / "var/db/pkg/sys-libs/pam-1.5.2").mkdir(parents=True)
    assert bootstrap(sandbox, "sys-libs/pam|sys-libs/pam|-elogind") == ""
    assert not (sandbox / "a-b-c-d-emerge.calls").exists()


def bootstrap(sandbox: Path, words: str) -> str:
    return run(sandbox, "bootstrap.sh", BH_BOOTSTRAP=words, BH_ATOMS="a/b", BH_SETS="@system")
