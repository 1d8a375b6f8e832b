"""Starting over, giving up, and being asked which."""

from dataclasses import replace

import pytest

from bh_container.errors import BhError
from bh_container.run.choice import Choice
from bh_container.run.recover import NothingOpen, give_up, open_run, start_over
from bh_container.run.rooms import rooms_of
from bh_container.run.shell import host_shell, target_shell
from bh_container.run.step import StepFailed
from bh_container.run.target import TargetBuild, build_target
from tests.config.tree import LINUX_CONFIG
from tests.fakes import Execution
from tests.run.stage import BOX, Stage, write_output
from tests.run.test_target import ALL, from_step, only_build


@pytest.fixture
def host(stage: Stage) -> str:
    return stage.image("host")


def fail_in(stage: Stage, host: str, step: str) -> None:
    """A build whose step fails; from there on everything goes well."""
    stage.crew.instead[step] = write_output(b"no\n", status=1)
    with pytest.raises(StepFailed):
        stage.build(host)
    stage.crew.revive()
    stage.events.clear()


def published(stage: Stage) -> list[str]:
    store = stage.project.binpkgs(BOX)
    return sorted(path.name for path in store.rglob("*") if path.is_file())


def test_after_starting_over_every_step_runs(stage: Stage, host: str) -> None:
    fail_in(stage, host, "modules")
    first = open_run(stage.shop, stage.target())
    start_over(stage.shop, stage.target())
    second = open_run(stage.shop, stage.target())
    assert second.id != first.id
    assert second.base == first.base
    assert stage.engine.container(rooms_of(stage.shop, stage.target(), first.id).container) is None
    assert published(stage) == ["Packages", "busybox-1-1.gpkg.tar"]
    stage.build(host)
    assert stage.started == ALL
    only_build(stage)


def test_starting_over_undoes_what_the_run_did_to_a_complete_sysroot(
    stage: Stage, host: str
) -> None:
    stage.build(host)
    stage.crew.revive()
    (stage.project.configs / BOX / "linux.config").write_text(f"{LINUX_CONFIG}CONFIG_NEW=y\n")
    fail_in(stage, host, "world")
    start_over(stage.shop, stage.target())
    stage.build(host)
    assert stage.started == ALL
    image = stage.shop.journal(BOX).read().image
    assert image is not None
    assert stage.trace(image).count("kernel") == 2, "the failed run's kernel is not in it"


def test_a_run_that_is_given_up_leaves_binary_packages_and_containers(
    stage: Stage, host: str
) -> None:
    fail_in(stage, host, "modules")
    run = open_run(stage.shop, stage.target())
    give_up(stage.shop, stage.target())
    assert published(stage) == ["Packages", "busybox-1-1.gpkg.tar"]
    container = stage.engine.container(rooms_of(stage.shop, stage.target(), run.id).container)
    assert container is not None
    assert not container.running
    assert list(stage.project.builds.iterdir()) == []
    with pytest.raises(NothingOpen):
        open_run(stage.shop, stage.target())


def test_the_build_after_that_starts_from_the_last_complete_run(stage: Stage, host: str) -> None:
    result = stage.build(host)
    stage.crew.revive()
    config = stage.project.configs / BOX / "linux.config"
    before = config.read_text()
    config.write_text(f"{LINUX_CONFIG}CONFIG_NEW=y\n")
    fail_in(stage, host, "world")
    give_up(stage.shop, stage.target())
    config.write_text(before)
    assert stage.build(host) == result
    assert stage.started == []


@pytest.mark.parametrize("act", [start_over, give_up])
def test_there_has_to_be_a_run_to_recover(stage: Stage, host: str, act: object) -> None:
    stage.build(host)
    with pytest.raises(NothingOpen, match="box: no run has failed"):
        act(stage.shop, stage.target())  # type: ignore[operator]


@pytest.mark.parametrize(
    ("choice", "after"),
    [(Choice.RESUME, from_step("world")), (Choice.RETRY, ALL)],
)
def test_the_answer_to_a_failed_step(
    stage: Stage, host: str, choice: Choice, after: list[str]
) -> None:
    asked: list[str] = []

    def ask(failure: StepFailed) -> Choice:
        asked.append(failure.step)
        stage.crew.revive()
        stage.events.clear()
        return choice

    stage.crew.instead["world"] = write_output(b"no\n", status=1)
    job = TargetBuild(target=stage.target(), steps=stage.steps(), host_image=host, seed="a seed")
    result = build_target(replace(stage.shop, ask=ask), job)
    assert asked == ["world"]
    assert stage.started == after
    assert result == only_build(stage)


def test_a_shell_has_the_failed_steps_environment(stage: Stage, host: str) -> None:
    def fail(execution: Execution) -> int:
        record = execution.path(f"{execution.command[-1]}.env")
        record.write_text("# /bh/steps/target/world.sh\ndeclare -x BH_NAME=box\n")
        return 1

    stage.crew.instead["world"] = fail
    with pytest.raises(StepFailed):
        stage.build(host)
    run = open_run(stage.shop, stage.target())
    container = rooms_of(stage.shop, stage.target(), run.id).container
    stage.engine.stop_container(container)
    shell = target_shell(stage.shop, stage.target())
    assert shell.script == "/bh/steps/target/world.sh"
    number = ALL.index("world") + 1
    environment = f"/bh/log/{number:02}-world.env"
    assert shell.words == ("echo", container, "bash", "--rcfile", environment, "-i")
    found = stage.engine.container(container)
    assert found is not None
    assert found.running


def test_a_shell_wants_a_run_that_has_failed(stage: Stage, host: str) -> None:
    stage.build(host)
    with pytest.raises(NothingOpen):
        target_shell(stage.shop, stage.target())
    with pytest.raises(BhError, match="host: no run has failed"):
        host_shell(stage.shop)
