"""Every step's script keeps the rules of the house, and gets the variables that it reads."""

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from bh_container import steps
from bh_container.config.pins import Pins
from bh_container.config.settings import resolve
from bh_container.plan.host import Ground
from bh_container.plan.step import Step
from bh_container.run.workshop import ENVIRONMENT, tuning
from tests.config.tree import write_tree
from tests.shipped import TUPLE, Shipped, copy_shipped

PROTOCOL = ("run.sh", "memory.sh", "attach.sh", "stop.sh")
"""These go on where a command fails: what they do is to look after another script."""

CALLED = ("host/select.sh", "target/provided.sh", "target/wanted.sh")
"""Steps call these; they are no steps."""

SCRIPTS = {n: text for n, text in steps.load_scripts().items() if n.endswith(".sh")}
PROGRAMS = sorted(steps.load_scripts().keys() - SCRIPTS.keys())
STEP_SCRIPTS = sorted(SCRIPTS.keys() - set(PROTOCOL) - set(CALLED))
RICH = {
    "bootstrap": "media-libs/freetype -harfbuzz\n",
    "cpuflags": "",
    "target-portage/profile/make.defaults": 'ELIBC="glibc"\n',
    "target-portage/env/dev-lang/rust": f'RUST_CROSS_TARGETS=( "AArch64:{TUPLE}:{TUPLE}" )\n',
}
OUTSIDE = frozenset({"HOME", "PATH", *ENVIRONMENT})
READ = re.compile(r"\$\{?([A-Z][A-Z0-9_]*)")
SET = re.compile(r"(?:^|\s|;)(?:export )?([A-Z][A-Z0-9_]*)=", re.MULTILINE)


def read_by(text: str) -> frozenset[str]:
    """The variables that a script reads and does not set; comments do not count."""
    code = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    return frozenset(READ.findall(code)) - frozenset(SET.findall(code))


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Shipped:
    return copy_shipped(tmp_path_factory.mktemp("shipped"))


@pytest.fixture(scope="module")
def planned(shipped: Shipped, tmp_path_factory: pytest.TempPathFactory) -> tuple[Step, ...]:
    """The shipped target on a host that has everything, with other kernels, complete, native."""
    speed = tuning(resolve({"jobs": 2}, {}, None))
    host = shipped.configs / "host"
    write_tree(host, RICH)
    with (host / "worlds/base").open("a") as world:
        world.write("dev-lang/rust\n")
    ground = Ground(seed="a seed", pins=Pins(snapshot="20260101"), syncs=True)
    plans = shipped.plans(tuning=speed, ground=ground)
    other = copy_shipped(tmp_path_factory.mktemp("other"))
    found = [*plans.host.steps, *plans.target]
    for package in ("gentoo-sources", "gentoo-kernel", "raspberrypi-image"):
        (other.directory / "worlds/kernel").write_text(f"sys-kernel/{package}\n")
        found += other.plans(tuning=speed).target
    (other.directory / "worlds/kernel").write_text("sys-kernel/gentoo-sources\n")
    (other.directory / "split.initramfs").unlink()
    (other.directory / "base.patch").touch()
    write_tree(other.directory, {"target-portage/env/sys-devel/gcc": '#INSTALL_MASK="*.a"\n'})
    (other.directory / "bootstrap").write_text("media-libs/freetype -harfbuzz\n")
    found += other.plans(tuning=speed).target
    (other.directory / "worlds/kernel").write_text("sys-kernel/gentoo-kernel\n")
    found += other.plans(tuning=speed).target
    (other.directory / "worlds/base").write_text("@system\n")
    (other.directory / "target-portage/profile/make.defaults").write_text('ELIBC="glibc"\n')
    found += other.plans(tuning=speed).target
    return (*found, *other.renamed(f"{TUPLE}.native").plans(tuning=speed).target)


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_first_lines(name: str) -> None:
    shebang, needs, *rest = SCRIPTS[name].splitlines()
    assert shebang == "#!/bin/bash"
    assert needs.startswith("# Needs: ")
    assert rest[0].startswith("# Leaves: ")
    assert not rest[1].startswith("#"), "the head comment has two lines"


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_length(name: str) -> None:
    lines = SCRIPTS[name].splitlines()
    assert len(lines) < 40


@pytest.mark.parametrize("name", SCRIPTS)
def test_it_can_be_run_by_hand(name: str) -> None:
    assert (steps.DIRECTORY / name).stat().st_mode & 0o111 == 0o111


@pytest.mark.parametrize("name", SCRIPTS)
def test_how_it_takes_errors(name: str) -> None:
    code = [line for line in SCRIPTS[name].splitlines() if line and not line.startswith("#")]
    assert code[0] == ("set -uo pipefail" if name in PROTOCOL else "set -euo pipefail")


def test_every_script_is_a_step_of_some_plan(planned: tuple[Step, ...]) -> None:
    assert {step.recipe.script for step in planned} == set(STEP_SCRIPTS)


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_program_is_called_and_stands_alone(name: str) -> None:
    assert [script for script in STEP_SCRIPTS if f"/bh/steps/{name}" in SCRIPTS[script]]
    text = steps.load_scripts()[name]
    imported = re.findall(r"^(?:from|import) (\w+)", text, re.MULTILINE)
    assert set(imported) <= sys.stdlib_module_names
    usage = text.partition(" ")[0]
    assert usage == f'"""{Path(name).name}'


def uses(planned: tuple[Step, ...], name: str) -> Iterator[Step]:
    return (step for step in planned if step.recipe.script == name)


@pytest.mark.parametrize("name", STEP_SCRIPTS)
def test_a_script_gets_all_that_it_reads(planned: tuple[Step, ...], name: str) -> None:
    for step in uses(planned, name):
        assert read_by(SCRIPTS[name]) <= step.variables.keys() | OUTSIDE, step.name


@pytest.mark.parametrize("name", STEP_SCRIPTS)
def test_what_enters_a_key_is_read(planned: tuple[Step, ...], name: str) -> None:
    """A variable that nothing reads would run a step again for nothing."""
    for step in uses(planned, name):
        ours = {variable for variable in step.recipe.environment if variable.startswith("BH_")}
        assert ours <= read_by(SCRIPTS[name]), step.name


@pytest.mark.parametrize("name", STEP_SCRIPTS)
def test_the_head_comment_names_what_the_step_gives(planned: tuple[Step, ...], name: str) -> None:
    head = " ".join(SCRIPTS[name].splitlines()[1:3])
    for step in uses(planned, name):
        for variable in step.recipe.environment:
            assert variable in head, f"{step.name}: {variable}"


@pytest.mark.parametrize("name", STEP_SCRIPTS)
def test_a_script_reads_only_below_its_own_places(name: str) -> None:
    """What it reads of the configuration is in the key; nothing else of the machine may be."""
    roots = {found.split("/")[2] for found in re.findall(r"/bh/[a-z]+", SCRIPTS[name])}
    assert roots <= {"config", "log", "out", "work", "steps"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("echo $BH_A ${BH_B} \"${BH_C:+x}\" '$x'", {"BH_A", "BH_B", "BH_C"}),
        ("# $BH_A\n\t# $BH_B\necho", set()),
        ("A=1\nexport B=2 C=3\necho $A $B $C", set()),
        ("FEATURES=x emerge $FEATURES $D", {"D"}),
    ],
)
def test_how_a_script_is_read(text: str, expected: set[str]) -> None:
    assert read_by(text) == expected


def test_scripts_are_named_as_they_lie(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "target").mkdir()
    (tmp_path / "target/a.sh").write_text("ü")
    (tmp_path / "target/a.txt").write_text("")
    monkeypatch.setattr(steps, "DIRECTORY", tmp_path)
    scripts: Mapping[str, str] = steps.load_scripts()
    assert scripts == {"target/a.sh": "ü"}
