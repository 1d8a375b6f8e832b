"""Why a package was compiled, from indexes as Portage writes them."""

from pathlib import Path

import pytest

from bh_container.config.project import Project
from bh_container.run.why import Cause, NeverCompiled, all_units, cause_of, read_index, why_compiled

HEAD = "ARCH: amd64\nPACKAGES: 2\nVERSION: 0\n"
TARGET = "aarch64-unknown-linux-musl.box"


def entry(cpv: str, time: int, **fields: str) -> str:
    """A block of an index."""
    said = {"BUILD_TIME": str(time), "CPV": cpv, "IUSE": "+nls ssl", "KEYWORDS": "amd64", **fields}
    return "".join(f"{key}: {value}\n" for key, value in said.items())


def index(*entries: str) -> str:
    return "\n".join([HEAD, *entries])


@pytest.mark.parametrize(
    ("before", "cause", "detail"),
    [
        ([], Cause.MISSING, "there was no binary package of it"),
        ([entry("a/b-1", 1), entry("a/b-1.5-r1", 2)], Cause.VERSION, "there was only 1, 1.5-r1"),
        ([entry("a/b-2", 1, SLOT="1")], Cause.SLOT, "it was in slot 1, now "),
        ([entry("a/b-2", 1, USE="amd64 nls")], Cause.USE, "-nls ssl"),
        ([entry("a/b-2", 1, USE="nls ssl"), entry("a/b-2", 2, USE="")], Cause.USE, "ssl"),
        (
            [entry("a/b-2", 1, KEYWORDS="~amd64", USE="ssl")],
            Cause.KEYWORD,
            "it was ~amd64, now amd64",
        ),
        (
            [entry("a/b-2", 1, USE="ssl", RDEPEND="a/c")],
            Cause.DEPENDENCIES,
            "RDEPEND is another one",
        ),
        ([entry("a/b-2", 1, USE="ssl x86")], Cause.TOLD, "there was the same one;"),
    ],
)
def test_the_cause(before: list[str], cause: Cause, detail: str) -> None:
    *old, new = read_index(index(*before, entry("a/b-2", 9, USE="ssl arm64")))
    found, said = cause_of(new, old)
    assert (found, said[: len(detail)]) == (cause, detail)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A host that compiled gcc twice, and a target that compiled something else."""
    project = Project(tmp_path)
    (project.configs / TARGET).mkdir(parents=True)
    for unit, text in {
        "host": index(
            entry("sys-devel/gcc-14.2", 2, USE="nls"), entry("sys-devel/gcc-14.2", 1, USE="")
        ),
        TARGET: index(entry("sys-devel/gcc-config-2.12", 3)),
    }.items():
        project.binpkgs(unit).mkdir(parents=True)
        (project.binpkgs(unit) / "Packages").write_text(text)
    for run, text in {
        "1": ">>> Emerging (1 of 1) sys-devel/gcc-14.2::gentoo\n",
        "2": ">>> Emerging binary (1 of 1) sys-devel/gcc-14.2::gentoo\n",
    }.items():
        log = project.logs("host") / run / "06-world.log"
        log.parent.mkdir(parents=True)
        log.write_text(text)
    return project


@pytest.mark.parametrize("word", ["gcc", "sys-devel/gcc"])
def test_the_newest_compilation_and_its_log(project: Project, word: str) -> None:
    (one,) = why_compiled(project, all_units(project), word)
    assert (one.unit, one.built.version, one.cause, one.detail) == (
        "host",
        "14.2",
        Cause.USE,
        "nls",
    )
    assert one.log == project.logs("host") / "1" / "06-world.log"


def test_a_log_that_is_gone(project: Project) -> None:
    (one,) = why_compiled(project, all_units(project), "gcc-config")
    assert (one.unit, one.cause, one.log) == (TARGET, Cause.MISSING, None)


def test_what_nobody_compiled(project: Project) -> None:
    with pytest.raises(NeverCompiled, match="gc: neither the host nor a target"):
        why_compiled(project, all_units(project), "gc")
