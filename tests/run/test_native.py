"""Builds with `-march=native`, on one processor and then on another."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bh_container.config.settings import HistType
from bh_container.events import Note
from bh_container.history.shelf import Shelf
from bh_container.run import machine
from bh_container.run.build import build
from bh_container.run.export import export_snapshot
from bh_container.run.recover import give_up
from bh_container.run.restore import import_snapshot
from bh_container.run.step import StepFailed
from bh_container.run.travel import pull_snapshot, push_snapshot
from tests.config.tree import TARGET, write_tree
from tests.run.stage import BOX, Stage
from tests.run.test_build import project, wanted
from tests.run.test_export import other
from tests.run.test_target import ALL
from tests.run.test_travel import REGISTRY

__all__ = ["other", "project"]

Processor = Callable[[str], None]
EVERY_STEP = [name.replace(":", "-") for name in ALL]
MAKE_CONF = "target-portage/make.conf"
FOREIGN = "for another processor (-march=native)"


@pytest.fixture
def processor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Processor:
    """Has this machine's processor be another one."""
    cpuinfo = tmp_path / "cpuinfo"
    monkeypatch.setattr(machine, "CPUINFO", cpuinfo)

    def become(flags: str) -> None:
        cpuinfo.write_text(f"flags\t: {flags}\n")

    become("sse2 avx2")
    return become


@pytest.fixture
def native(project: Path, processor: Processor) -> Path:
    """The target's directory, whose make.conf says so."""
    make_conf = project / BOX / MAKE_CONF
    make_conf.write_text(f'{make_conf.read_text()}\nCFLAGS="-O2 -march=native"\n')
    return project / BOX


def built(stage: Stage, unit: Path) -> list[str]:
    """The steps of the target that a build runs."""
    stage.crew.revive()
    stage.events.clear()
    build(stage.shop, wanted(unit.parent, BOX))
    return [name for name in stage.crew.ran if name in EVERY_STEP]


def earlier(stage: Stage, unit: str = BOX) -> Path:
    """A package that an earlier run left."""
    file = stage.project.binpkgs(unit) / "a-b/earlier/earlier-1-1.gpkg.tar"
    file.parent.mkdir(parents=True)
    file.write_text("earlier")
    return file


def told(stage: Stage) -> list[str]:
    return [e.text for e in stage.events if isinstance(e, Note) and FOREIGN in e.text]


def test_on_another_processor_all_is_built_anew(
    stage: Stage, native: Path, processor: Processor
) -> None:
    built(stage, native)
    before, package = stage.shop.journal(BOX).read(), earlier(stage)
    assert built(stage, native) == []
    processor("sse2")
    assert built(stage, native) == EVERY_STEP
    after = stage.shop.journal(BOX).read()
    assert before.last and after.last and after.last.base != before.image
    assert not package.exists()
    assert len(told(stage)) == 2
    assert built(stage, native) == told(stage) == []


@pytest.mark.parametrize("line", ["CFLAGS=-march=znver2", "# CFLAGS=-march=native"])
def test_other_code_is_any_processors(
    stage: Stage, native: Path, processor: Processor, line: str
) -> None:
    make_conf = native / MAKE_CONF
    make_conf.write_text(f"{TARGET[MAKE_CONF]}\n{line}\n")
    built(stage, native)
    package = earlier(stage)
    processor("sse2")
    assert built(stage, native) == told(stage) == []
    assert package.exists()


def test_a_failed_run_is_not_gone_on_with_on_another_processor(
    stage: Stage, native: Path, processor: Processor
) -> None:
    stage.crew.fail_at("kernel")
    with pytest.raises(StepFailed):
        build(stage.shop, wanted(native.parent, BOX))
    processor("sse2")
    assert built(stage, native) == EVERY_STEP


def test_what_was_given_up_on_one_processor_is_not_used_on_the_other(
    stage: Stage, native: Path, processor: Processor
) -> None:
    built(stage, native)
    processor("sse2")
    stage.crew.fail_at("results")
    with pytest.raises(StepFailed):
        build(stage.shop, wanted(native.parent, BOX))
    give_up(stage.shop, stage.target())
    package = next(stage.project.binpkgs(BOX).rglob("*.tar"))
    package.write_text("of the other processor")
    processor("sse2 avx2")
    built(stage, native)
    assert not package.exists()


def test_a_snapshot_of_another_processor_is_no_beginning(
    stage: Stage, native: Path, processor: Processor
) -> None:
    built(stage, native)
    old = Shelf(stage.project.history).ids()[0]
    processor("sse2")
    built(stage, native)
    stage.settings = replace(stage.settings, build_hist=old)
    assert built(stage, native) == EVERY_STEP
    assert len(told(stage)) == 1


def by_registry(stage: Stage, other: Stage) -> None:
    other.engine.registry = stage.engine.registry
    push_snapshot(stage.shop, REGISTRY, "newest")
    pull_snapshot(other.shop, REGISTRY, "newest")


def by_export(stage: Stage, other: Stage) -> None:
    stage.settings = replace(stage.settings, hist_type=HistType.FILES)
    snapshot = export_snapshot(stage.shop, "newest")
    shutil.copytree(stage.project.history, other.project.root / "from", symlinks=True)
    import_snapshot(other.shop, other.project.root / "from" / snapshot.id)


@pytest.mark.parametrize("travel", [by_registry, by_export])
@pytest.mark.parametrize(("flags", "same"), [("sse2", False), ("sse2 avx2", True)])
def test_packages_do_not_go_to_another_processor(
    stage: Stage,
    native: Path,
    other: Stage,
    processor: Processor,
    travel: Callable[[Stage, Stage], None],
    flags: str,
    same: bool,
) -> None:
    write_tree(other.project.configs / BOX, {MAKE_CONF: (native / MAKE_CONF).read_text()})
    package = earlier(stage)
    built(stage, native)
    processor(flags)
    travel(stage, other)
    there = other.project.binpkgs(BOX) / package.relative_to(stage.project.binpkgs(BOX))
    assert there.exists() == same
    assert len(told(other)) == (0 if same else 1)
    assert (built(other, other.project.configs / BOX) == EVERY_STEP) != same


def test_the_hosts_packages_too(stage: Stage, project: Path, processor: Processor) -> None:
    make_conf = project / "host" / MAKE_CONF
    make_conf.write_text(f"{make_conf.read_text()}\nRUSTFLAGS=-Ctarget-cpu=native\n")
    built(stage, project / BOX)
    package = earlier(stage, "host")
    processor("sse2")
    built(stage, project / BOX)
    assert "toolchain" in stage.crew.ran
    assert not package.exists()
    package.parent.mkdir(parents=True)
    package.touch()
    built(stage, project / BOX)
    assert package.exists()
