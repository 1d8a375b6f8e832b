"""`emerge.py`, with what Portage writes about circular dependencies and a stand-in for emerge."""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from bh_container import steps
from bh_container.steps.inside.emerge import Change, name_of, suggested

FREETYPE = Change("media-libs/freetype-2.13.2", ("-harfbuzz",))
HARFBUZZ = Change("media-libs/harfbuzz-8.3.0-r1", ("-truetype",))
CIRCLE = """\
 * Error: circular dependencies:

(media-libs/harfbuzz-8.3.0-r1:0/0::gentoo, ebuild scheduled for merge to '/usr/a-b-c-d/') depends on
 (media-libs/freetype-2.13.2:2/2::gentoo, ebuild scheduled for merge to '/usr/a-b-c-d/') (buildtime)
  (media-libs/harfbuzz-8.3.0-r1:0/0::gentoo, ebuild scheduled for merge to '/usr/a-b-c-d/')

It might be possible to break this cycle
"""
ONE = f"""{CIRCLE}by applying the following change:
- media-libs/freetype-2.13.2 (Change USE: -harfbuzz)

Note that this change can be reverted, once the package has been installed.
"""
NOTED = f"""{CIRCLE}by applying \x1b[01many of\x1b[39;49;00m the following changes:
- media-libs/freetype-2.13.2 (Change USE: \x1b[34;01m-harfbuzz\x1b[39;49;00m)
 (This change might require USE changes on parent packages.)- media-libs/harfbuzz-8.3.0-r1 \
(Change USE: -truetype)

Note that this change can be reverted, once the package has been installed.
"""
ADDED = f"""{CIRCLE}by applying any of the following changes:
- media-libs/freetype-2.13.2 (Change USE: -png +brotli)
- media-libs/harfbuzz-8.3.0-r1 (Change USE: -truetype)
"""
OF_THE_HOST = f"""{CIRCLE}by applying any of the following changes:
- dev-build/meson-1.3 (Change USE: -docs)
- media-libs/freetype-2.13.2 (Change USE: -harfbuzz)
"""
NOTHING = """\
 * Error: circular dependencies:

 * Note that circular dependencies can often be avoided by temporarily
 * disabling USE flags that trigger optional dependencies.
"""
STAND_IN = """\
#!/bin/bash
cd "${0%/*}"
{ echo "$*"; sed 's,^,| ,' use/* 2>/dev/null; } >>calls
asked=$(( $(cat asked 2>/dev/null || echo 0) + 1 )); echo "$asked" >asked
if [ -e "said.$asked" ]; then cat "said.$asked" >&2; exit 1; fi
echo "merged"
"""
WORDS = ("--update", "--deep", "--newuse", "--with-bdeps=y", "--jobs=2", "--quiet", "--usepkg")
ONCE = "--with-bdeps=y --jobs=2 --quiet --usepkg --oneshot"


@dataclass(frozen=True, slots=True)
class StandIn:
    """An emerge that says one thing after the other, and what it was called with."""

    directory: Path

    def run(
        self, said: Sequence[str | None], *words: str, name: str = "a-b-c-d-emerge"
    ) -> "subprocess.CompletedProcess[str]":
        """Call the program; where emerge says None, it succeeds, and so it does in the end."""
        program = self.directory / name
        program.write_text(STAND_IN)
        program.chmod(0o755)
        for number, text in enumerate(said, start=1):
            if text is not None:
                (self.directory / f"said.{number}").write_text(text)
        first = [words[0], words[1]] if words and words[0] == "--use" else []
        command = [sys.executable, str(steps.DIRECTORY / "inside/emerge.py"), *first]
        return subprocess.run(
            [*command, str(self.use), name, *WORDS, *words[len(first) :]],
            env={**os.environ, "PATH": f"{self.directory}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def use(self) -> Path:
        return self.directory / "use"

    def calls(self) -> list[str]:
        """Every call, each followed by the lines that package.use had then."""
        assert not (self.use / "zz-bh-container").exists(), "the line is still there"
        return (self.directory / "calls").read_text().splitlines()


@pytest.fixture
def emerge(tmp_path: Path) -> StandIn:
    return StandIn(tmp_path)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (ONE, [FREETYPE]),
        (NOTED, [HARFBUZZ, FREETYPE]),
        (ADDED, [HARFBUZZ, Change(FREETYPE.cpv, ("brotli", "-png"))]),
        (OF_THE_HOST, [FREETYPE]),
        (NOTHING, []),
        ("", []),
    ],
)
def test_what_emerge_suggests(said: str, expected: list[Change]) -> None:
    assert suggested(said, cross=True) == expected


def test_what_it_suggests_on_the_host() -> None:
    said = ONE.replace(" to '/usr/a-b-c-d/'", "")
    assert suggested(said, cross=False) == [FREETYPE]
    assert suggested(said, cross=True) == []


@pytest.mark.parametrize(
    ("cpv", "name"),
    [
        ("media-libs/freetype-2.13.2", "media-libs/freetype"),
        ("media-fonts/font-adobe-100dpi-1.0.4_p1-r2", "media-fonts/font-adobe-100dpi"),
    ],
)
def test_the_name_of_a_version(cpv: str, name: str) -> None:
    assert name_of(cpv) == name


def test_the_package_is_built_first_and_once_more_at_the_end(emerge: StandIn) -> None:
    done = emerge.run([ONE], "@world")
    assert done.returncode == 0
    assert "circular dependencies" in done.stderr
    assert f">>> bh-container: {FREETYPE.cpv}: to break this circle, building it" in done.stderr
    main = " ".join((*WORDS, "@world"))
    assert emerge.calls() == [
        main,
        f"{ONCE} ={FREETYPE.cpv} --buildpkg-exclude=media-libs/freetype",
        f"| ={FREETYPE.cpv} -harfbuzz",
        main,
        f"{ONCE} ={FREETYPE.cpv} --newuse",
    ]


def test_a_circle_within_the_way_out_of_another(emerge: StandIn) -> None:
    other = ONE.replace("freetype", "cairo").replace("-harfbuzz", "-X")
    assert emerge.run([ONE, other]).returncode == 0
    calls, cairo = emerge.calls(), "=media-libs/cairo-2.13.2 --buildpkg-exclude=media-libs/cairo"
    neither = ONCE.replace("--oneshot", "--buildpkg-exclude=media-libs/freetype --oneshot")
    assert calls[2:6] == [
        f"| ={FREETYPE.cpv} -harfbuzz",
        f"{neither} {cairo}",
        f"| ={FREETYPE.cpv} -harfbuzz",
        "| =media-libs/cairo-2.13.2 -X",
    ]
    assert calls[6:8] == calls[1:3]
    assert [call.split()[-1] for call in calls[-2:]] == ["--newuse", "--newuse"]


def test_another_change_is_tried_where_one_does_not_help(emerge: StandIn) -> None:
    assert emerge.run([NOTED, "it does not compile", NOTED]).returncode == 0
    lines = [call for call in emerge.calls() if call.startswith("|")]
    assert lines == [f"| ={HARFBUZZ.cpv} -truetype", f"| ={FREETYPE.cpv} -harfbuzz"]


@pytest.mark.parametrize(
    ("said", "calls"), [([ONE, None, ONE], 3), ([NOTHING], 1), (["no such package\n"], 1)]
)
def test_without_a_way_out_emerge_has_the_last_word(
    emerge: StandIn, said: list[str | None], calls: int
) -> None:
    done = emerge.run(said, "@world")
    assert done.returncode == 1
    assert done.stderr.endswith(said[-1] or "")
    assert sum(not call.startswith("|") for call in emerge.calls()) == calls


def test_what_a_run_that_was_killed_has_left_does_not_count(emerge: StandIn) -> None:
    emerge.use.mkdir()
    (emerge.use / "zz-bh-container").write_text(f"={FREETYPE.cpv} -harfbuzz\n")
    (emerge.use / "own").write_text("a/b c\n")
    assert emerge.run([], "@world").returncode == 0
    assert emerge.calls() == [" ".join((*WORDS, "@world")), "| a/b c"]


def test_a_package_that_a_configuration_has_built_first(emerge: StandIn) -> None:
    assert emerge.run([], "--use", "sys-libs/pam -elogind", "sys-libs/pam").returncode == 0
    assert emerge.calls() == [" ".join((*WORDS, "sys-libs/pam")), "| sys-libs/pam -elogind"]


def test_a_question_builds_nothing(emerge: StandIn) -> None:
    done = emerge.run([ONE], "--pretend", "@world")
    assert (done.returncode, done.stdout, done.stderr) == (0, "merged\n", "")
    main = " ".join((*WORDS, "--pretend", "@world"))
    assert emerge.calls() == [main, main, f"| ={FREETYPE.cpv} -harfbuzz"]
