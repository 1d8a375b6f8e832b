"""Building a target: what runs, what is kept, and how a cut run goes on."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bh_container.engine.protocol import Bind, EngineError, Overlay
from bh_container.events import UnitFinished, UnitStarted
from bh_container.history.identity import PROJECT_LABEL
from bh_container.output.manifest import MANIFEST, is_complete
from bh_container.plan import places
from bh_container.run.step import StepFailed
from bh_container.run.workshop import UNIT_LABEL
from tests.config.tree import LINUX_CONFIG
from tests.fakes import Execution, FakeEngine
from tests.run.stage import BINPKGS, BOX, BOX_STEPS, Killed, Stage, leave_status, write_output

ALL = [step.name for step in BOX_STEPS]
CHECKPOINTS = [step.name for step in BOX_STEPS if not step.recipe.every_run]
EVERY_RUN = [step.name for step in BOX_STEPS if step.recipe.every_run]


def from_step(first: str) -> list[str]:
    """What has to run when this checkpoint has to."""
    index = ALL.index(first)
    return [*(name for name in EVERY_RUN if ALL.index(name) < index), *ALL[index:]]


@pytest.fixture
def host(stage: Stage) -> str:
    return stage.image("host")


def only_build(stage: Stage) -> Path:
    """The one directory in builds/, with nothing unfinished beside it."""
    (result,) = stage.project.builds.iterdir()
    assert is_complete(result)
    return result


def saved_image(stage: Stage) -> str:
    image = stage.shop.journal(BOX).read().image
    assert image is not None
    return image


def test_a_full_run(stage: Stage, host: str) -> None:
    result = stage.build(host)
    assert result == only_build(stage)
    assert result.name == f"{BOX}.20240229T000001Z"
    assert stage.started == stage.finished == ALL
    assert stage.events[0] == UnitStarted(unit="box", total=len(ALL), pending=len(ALL))
    last = stage.events[-1]
    assert isinstance(last, UnitFinished)
    assert (last.ran, last.result) == (len(ALL), result)
    manifest = json.loads((result / MANIFEST).read_text())
    assert set(manifest["files"]) == {"kernel", "initramfs", "base", "net"}
    assert set(manifest["steps"]) == set(CHECKPOINTS)
    assert manifest["packages"]["net"] == [{"package": "net-misc/dropbear-2", "use": []}]
    assert manifest["boot"]["images"] == ["base", "net"]


def test_what_a_full_run_leaves_in_the_engine(stage: Stage, host: str) -> None:
    stage.build(host)
    assert stage.engine.containers(UNIT_LABEL) == ()
    image = stage.engine.image(saved_image(stage))
    assert image is not None
    project = stage.shop.identity
    reference = f"localhost/bh-container/sysroot/{project}/{BOX}:20240229T000001Z-beef"
    assert image.references == (reference,)
    assert image.labels[UNIT_LABEL] == BOX
    assert image.labels[PROJECT_LABEL] == project
    assert stage.trace(image.id) == [name.replace(":", "-") for name in ALL]


def test_a_full_run_publishes_its_binary_packages(stage: Stage, host: str) -> None:
    stage.build(host)
    store = stage.project.binpkgs(BOX)
    assert (store / "sys-apps/busybox/busybox-1-1.gpkg.tar").read_text() == "binary"
    assert (store / "Packages").exists()
    assert not stage.project.overlay_upper(BOX).exists()


def test_what_the_container_sees(stage: Stage, host: str) -> None:
    stage.build(host)
    execution = stage.engine.executions[0]
    mounts = {mount.destination: mount for mount in execution.spec.mounts}
    config = mounts[places.TARGET_CONFIG]
    assert config == Bind(
        source=stage.project.configs / BOX, destination=places.TARGET_CONFIG, read_only=True
    )
    scripts = mounts[places.STEPS]
    assert isinstance(scripts, Bind)
    assert scripts.read_only
    assert isinstance(mounts[BINPKGS], Overlay)
    assert {f"/usr/{BOX}", places.WORK, places.OUT, places.LOG} <= mounts.keys()
    assert execution.environment["BH_JOBS"] == "2"
    assert execution.spec.environment["SOURCE_DATE_EPOCH"] == "315532800"


def test_a_second_run_does_nothing(stage: Stage, host: str) -> None:
    result = stage.build(host)
    stage.crew.revive()
    stage.engine.calls.clear()
    assert stage.build(host) == result
    assert stage.crew.ran == []
    assert {name for name, *_ in stage.engine.calls} <= {"image", "remove_container"}
    assert UnitStarted(unit="box", total=len(ALL), pending=0) in stage.events
    only_build(stage)


def test_another_host_image_alone_builds_nothing(stage: Stage, host: str) -> None:
    """What counts is how the toolchain was made, and not which image holds it."""
    stage.build(host)
    stage.crew.revive()
    stage.build(stage.image("other"))
    assert stage.crew.ran == []


@pytest.mark.parametrize(
    "step", ["skeleton", "kernel", "world", "final:net", "layout", "inventory", "mrproper"]
)
def test_a_failed_step_runs_again_in_the_same_container(stage: Stage, host: str, step: str) -> None:
    stage.crew.instead[step.replace(":", "-")] = write_output(b"oops\n", status=1)
    with pytest.raises(StepFailed, match=step):
        stage.build(host)
    assert stage.broke == [(step, 1)]
    containers = {box.name for box in stage.engine.containers(UNIT_LABEL)}
    assert containers == {
        "bh-box-20240229T000001Z-beef",
        "bh-box-20240229T000001Z-beef-sysroot",
    }
    created = stage.calls("create_container")
    stage.crew.revive()
    stage.events.clear()
    result = stage.build(host)
    assert stage.started == from_step(step)
    assert stage.calls("create_container") == created
    assert result == only_build(stage)
    assert stage.engine.containers(UNIT_LABEL) == ()


@pytest.mark.parametrize("step", ["skeleton", "world", "layout", "mrproper"])
def test_a_killed_run_goes_on(stage: Stage, host: str, step: str) -> None:
    stage.crew.kill_at(step)
    with pytest.raises(Killed):
        stage.build(host)
    stage.crew.revive()
    stage.events.clear()
    stage.build(host)
    assert set(stage.started) == set(from_step(step))
    only_build(stage)


@pytest.mark.parametrize("killed_at", [None, "results", "layout"])
def test_a_run_lays_out_its_own_result_whatever_was_changed_back(
    stage: Stage, host: str, monkeypatch: pytest.MonkeyPatch, killed_at: str | None
) -> None:
    """It was cut before it had done anything, and then nothing was left that had changed."""
    first = stage.build(host)
    world = stage.project.configs / BOX / "worlds/net"
    before = world.read_text()
    world.write_text(f"{before}app-misc/jq\n")
    with monkeypatch.context() as patch:
        patch.setattr(FakeEngine, "start_container", unreachable)
        with pytest.raises(EngineError):
            stage.build(host)
    world.write_text(before)
    if killed_at:
        stage.crew.kill_at(killed_at)
        with pytest.raises(Killed):
            stage.build(host)
        stage.crew.revive()
    stage.events.clear()
    second = stage.build(host)
    assert set(stage.started) == set(from_step(killed_at or "results"))
    assert second != first
    files = json.loads((first / MANIFEST).read_text())["files"]
    assert json.loads((second / MANIFEST).read_text())["files"] == files


def unreachable(*_: object) -> str:
    raise EngineError("the connection broke")


@pytest.mark.parametrize("step", ["kernel", "world", "final:net"])
def test_a_step_that_a_killed_run_left_running_is_joined(
    stage: Stage, host: str, step: str
) -> None:
    """Steps that run every time come before it in the plan, and must not end it."""
    stage.crew.kill_at(step.replace(":", "-"))
    with pytest.raises(Killed):
        stage.build(host)
    stage.crew.revive()
    stage.events.clear()

    def attach(execution: Execution) -> int:
        leave_status(execution, 0)
        return 0

    stage.crew.on_attach = attach
    stage.build(host)
    assert stage.crew.stopped == []
    assert stage.started[0] == step
    assert step.replace(":", "-") not in stage.crew.ran
    assert sorted(stage.started) == sorted(from_step(step))
    only_build(stage)


def test_a_step_that_was_left_running_is_stopped_when_it_has_changed(
    stage: Stage, host: str
) -> None:
    stage.crew.kill_at("kernel")
    with pytest.raises(Killed):
        stage.build(host)
    stage.crew.revive()
    (stage.project.configs / BOX / "linux.config").write_text(f"{LINUX_CONFIG}CONFIG_NEW=y\n")
    stage.crew.on_attach = lambda _: pytest.fail("it must not be joined")
    stage.build(host)
    (stopped,) = stage.crew.stopped
    assert stopped.startswith(f"{places.LOG}/")
    assert stopped.endswith("-kernel")
    assert "kernel" in stage.crew.ran


def test_a_container_of_another_making_is_replaced(stage: Stage, host: str) -> None:
    stage.crew.fail_at("world")
    with pytest.raises(StepFailed):
        stage.build(host)
    stage.crew.revive()
    stage.events.clear()
    name = "bh-box-20240229T000001Z-beef"
    other = stage.image("other")
    stage.build(other)
    made = [call for call in stage.calls("create_container") if call[0] == name]
    assert [call[1] for call in made] == [host, other]
    assert stage.started == from_step("world")
    only_build(stage)


def test_a_change_runs_the_rest_on_what_the_last_run_saved(stage: Stage, host: str) -> None:
    stage.build(host)
    first, before = only_build(stage), saved_image(stage)
    (stage.project.configs / BOX / "worlds/net").write_text("net-misc/curl\n")
    stage.crew.revive()
    stage.events.clear()
    second = stage.build(host)
    assert stage.started == from_step("world")
    assert stage.why("world") == "changed: $BH_ATOMS"
    assert stage.why("clean") == "what it stands on has changed"
    assert stage.why("configuration") == "on every run"
    assert second != first
    assert is_complete(first)
    assert is_complete(second)
    assert stage.trace(saved_image(stage))[: len(ALL)] == stage.trace(before)


def test_a_missing_result_is_laid_out_again(stage: Stage, host: str) -> None:
    result = stage.build(host)
    (result / MANIFEST).unlink()
    result.rename(result.with_name("elsewhere"))
    stage.crew.revive()
    stage.events.clear()
    again = stage.build(host)
    assert stage.started == from_step("results")
    assert is_complete(again)


def test_a_new_run_lays_out_the_whole_result(stage: Stage, host: str) -> None:
    """Be it for a step that comes after that, as it is when skip.mrproper goes away."""
    skip = stage.project.configs / BOX / "skip.mrproper"
    skip.touch()
    before = {path.name for path in stage.build(host).iterdir()}
    skip.unlink()
    stage.crew.revive()
    stage.events.clear()
    assert {path.name for path in stage.build(host).iterdir()} == before
    assert stage.started == from_step("results")


def test_a_result_without_a_manifest_is_laid_out_again(stage: Stage, host: str) -> None:
    result = stage.build(host)
    (result / MANIFEST).unlink()
    stage.crew.revive()
    stage.events.clear()
    assert is_complete(stage.build(host))
    assert stage.started == from_step("results")


def test_without_its_sysroot_image_everything_runs(stage: Stage, host: str) -> None:
    stage.build(host)
    stage.engine.remove_image(saved_image(stage))
    stage.crew.revive()
    stage.events.clear()
    result = stage.build(host)
    assert stage.started == ALL
    assert is_complete(result)
    assert stage.trace(saved_image(stage)) == [name.replace(":", "-") for name in ALL]


def test_without_its_journal_a_target_starts_over_and_loses_nothing_else(
    stage: Stage, host: str
) -> None:
    first = stage.build(host)
    packages = stage.project.binpkgs(BOX) / "sys-apps/busybox/busybox-1-1.gpkg.tar"
    seen: list[str] = []

    def world(execution: Execution) -> int:
        below = next(m for m in execution.spec.mounts if isinstance(m, Overlay)).lower
        seen.append((below / packages.relative_to(stage.project.binpkgs(BOX))).read_text())
        return 0

    stage.shop.project.journal_file(BOX).unlink()
    stage.crew.revive()
    stage.crew.instead["world"] = world
    stage.events.clear()
    second = stage.build(host)
    assert stage.started == ALL
    assert seen == ["binary"]
    assert is_complete(first)
    assert is_complete(second)
    assert second != first


def build_without_containers(stage: Stage, host: str) -> None:
    """Somebody removed them all."""
    for box in stage.engine.containers(UNIT_LABEL):
        stage.engine.remove_container(box.name)
    stage.crew.revive()
    stage.events.clear()
    stage.build(host)


def test_without_its_sysroot_container_an_open_run_starts_over(stage: Stage, host: str) -> None:
    """The steps that the journal has as done are gone."""
    stage.crew.fail_at("world")
    with pytest.raises(StepFailed):
        stage.build(host)
    build_without_containers(stage, host)
    assert stage.started == ALL
    assert stage.trace(saved_image(stage)) == [name.replace(":", "-") for name in ALL]


def test_a_run_that_lost_its_container_goes_back_to_the_last_image(stage: Stage, host: str) -> None:
    stage.build(host)
    (stage.project.configs / BOX / "linux.config").write_text(f"{LINUX_CONFIG}CONFIG_NEW=y\n")
    stage.crew.revive()
    stage.crew.fail_at("final-base")
    with pytest.raises(StepFailed):
        stage.build(host)
    build_without_containers(stage, host)
    assert stage.started == from_step("kernel")


def test_a_failed_run_touches_nothing_that_was_complete(stage: Stage, host: str) -> None:
    result, image = stage.build(host), saved_image(stage)
    before = {path.name: path.read_bytes() for path in result.iterdir()}
    (stage.project.configs / BOX / "linux.config").write_text(f"{LINUX_CONFIG}CONFIG_NEW=y\n")
    stage.crew.revive()
    stage.crew.fail_at("layout")
    with pytest.raises(StepFailed):
        stage.build(host)
    assert {path.name: path.read_bytes() for path in result.iterdir()} == before
    assert stage.engine.image(image) is not None
    assert is_complete(result)


def test_packages_of_a_failed_run_are_there_for_the_next(stage: Stage, host: str) -> None:
    stage.crew.fail_at("clean")
    with pytest.raises(StepFailed):
        stage.build(host)
    built = stage.project.overlay_upper(BOX) / "sys-apps/busybox/busybox-1-1.gpkg.tar"
    assert built.exists()
    stage.crew.revive()
    stage.build(host)
    assert (stage.project.binpkgs(BOX) / "sys-apps/busybox/busybox-1-1.gpkg.tar").exists()


def test_in_memory_where_the_settings_say_so(stage: Stage, host: str) -> None:
    settings = replace(stage.settings, tmp_type=type(stage.settings.tmp_type)("tmpfs"))
    stage.settings = settings
    stage.build(host)
    destinations = [m.destination for m in stage.engine.executions[0].spec.mounts]
    assert places.PORTAGE_TMP in destinations
