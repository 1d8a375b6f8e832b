"""The end of a run, cut after each of its acts."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bh_container.output.manifest import MANIFEST, is_complete
from bh_container.run import finish
from bh_container.run.binpkgs import BinpkgVolume
from bh_container.run.journal import Journal
from bh_container.run.workshop import UNIT_LABEL
from tests.config.tree import LINUX_CONFIG
from tests.fakes import FakeEngine
from tests.run.stage import BOX, Stage
from tests.run.test_target import ALL, from_step

PLACES: dict[str, tuple[object, str]] = {
    "manifest": (finish, "write_manifest"),
    "rename": (Path, "replace"),
    "stop": (FakeEngine, "stop_container"),
    "publish": (BinpkgVolume, "publish"),
    "commit": (FakeEngine, "commit"),
    "journal": (Journal, "run_completed"),
    "container": (FakeEngine, "remove_container"),
}


class Crash(BaseException):
    """The machine stops."""


def crash_after(monkeypatch: pytest.MonkeyPatch, act: str) -> None:
    """Let the act happen once, and nothing after it."""
    where, name = PLACES[act]
    original: Callable[..., object] = getattr(where, name)

    def crashing(*words: object, **named: object) -> object:
        result = original(*words, **named)
        if act == "rename" and not str(words[0]).rpartition("/")[2].startswith(".partial."):
            return result
        monkeypatch.setattr(where, name, original)
        raise Crash

    monkeypatch.setattr(where, name, crashing)


def files_of(build: Path) -> set[str]:
    return {path.name for path in build.iterdir()}


RESULT_FILES = {"kernel", "initramfs", "base", "net", MANIFEST}


@pytest.mark.parametrize("act", PLACES)
def test_a_cut_end_is_gone_on_with(stage: Stage, monkeypatch: pytest.MonkeyPatch, act: str) -> None:
    host = stage.image("host")
    crash_after(monkeypatch, act)
    with pytest.raises(Crash):
        stage.build(host)
    ran = stage.crew.revive()
    assert len(ran) == len(ALL)
    result = stage.build(host)
    assert stage.crew.ran == []
    assert [result] == list(stage.project.builds.iterdir())
    assert files_of(result) == RESULT_FILES
    assert set(json.loads((result / MANIFEST).read_text())["files"]) == RESULT_FILES - {MANIFEST}
    assert (stage.project.binpkgs(BOX) / "Packages").exists()
    state = stage.shop.journal(BOX).read()
    assert (state.open, state.result) == (None, result.name)
    assert state.image is not None
    assert len(stage.trace(state.image)) == len(ALL)
    assert stage.engine.containers(UNIT_LABEL) == ()
    assert stage.build(host) == result
    assert stage.crew.ran == []


@pytest.mark.parametrize("act", PLACES)
def test_a_cut_end_and_then_a_change(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    """What was finished before the change is never taken for what comes after it."""
    host = stage.image("host")
    crash_after(monkeypatch, act)
    with pytest.raises(Crash):
        stage.build(host)
    stage.crew.revive()
    stage.events.clear()
    (stage.project.configs / BOX / "linux.config").write_text(f"{LINUX_CONFIG}CONFIG_NEW=y\n")
    keys = {step.name: step.key for step in stage.steps() if not step.recipe.every_run}
    result = stage.build(host)
    assert stage.started == from_step("kernel")
    assert is_complete(result)
    assert files_of(result) == RESULT_FILES
    assert json.loads((result / MANIFEST).read_text())["steps"] == keys
    assert all(is_complete(build) for build in stage.project.builds.iterdir())
    assert stage.engine.containers(UNIT_LABEL) == ()
    assert stage.build(host) == result


def test_the_order_of_the_acts(stage: Stage) -> None:
    stage.build(stage.image("host"))
    acts = [call[0] for call in stage.engine.calls if call[0] != "mount"]
    assert acts[-4:] == ["stop_container", "commit", "remove_container", "remove_container"]
