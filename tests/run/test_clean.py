"""Removing what nothing needs, after runs of every kind, on a fake engine."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from bh_container.engine.protocol import ContainerSpec
from bh_container.history.identity import seed_reference
from bh_container.history.keep import Rules
from bh_container.history.shelf import Shelf
from bh_container.run.clean import cleaning, remove, survey
from bh_container.run.lock import STORE, exclusive, shared
from bh_container.run.recover import give_up
from bh_container.run.seeds import hold_seed
from bh_container.run.snapshot import save_snapshot
from bh_container.run.step import StepFailed
from bh_container.seed.seed import REPOSITORY, Seed
from tests.fakes import FakeEngine
from tests.run.stage import BOX, Killed, Stage, write_output

NOW = 4e9


@pytest.fixture
def host(stage: Stage) -> str:
    return stage.image("host")


def sweep(stage: Stage, rules: Rules = Rules()) -> list[str]:  # noqa: B008 (frozen)
    """What was removed, by name."""
    with cleaning(stage.shop, rules, NOW) as found:
        for removal in found.removals:
            remove(stage.shop, removal)
    return [removal.name for removal in found.removals]


def build(stage: Stage, host: str) -> Path:
    """Build, and take a snapshot as `bh-container build` does."""
    result = stage.build(host)
    save_snapshot(stage.shop, host)
    return result


def change(stage: Stage) -> None:
    """Have the next build run every step from the configuration on."""
    config = stage.project.configs / BOX / "linux.config"
    config.write_text(config.read_text() + "CONFIG_MORE=y\n")
    stage.crew.revive()


def fail(stage: Stage, host: str) -> None:
    change(stage)
    stage.crew.instead["modules"] = write_output(b"no\n", status=1)
    with pytest.raises(StepFailed):
        stage.build(host)
    stage.crew.revive()


def leftovers(stage: Stage) -> list[str]:
    """What is neither a build, nor a journal, nor a log, nor a binary package."""
    names = [path.name for path in stage.project.builds.glob(".*")]
    names += [path.name for path in stage.project.log.rglob(".*")]
    names += [path.name for path in stage.project.seeds.glob("*")]
    return [*names, *(container.name for container in stage.engine.containers())]


def test_after_a_build_there_is_nothing_to_remove(stage: Stage, host: str) -> None:
    build(stage, host)
    before = list(stage.engine.calls)
    assert sweep(stage) == []
    assert stage.engine.calls == before


def test_after_nothing_at_all(stage: Stage) -> None:
    assert survey(stage.shop, Rules(), NOW).removals == ()
    assert not stage.project.volumes.exists()


def test_a_run_that_was_given_up_goes_but_for_its_logs(stage: Stage, host: str) -> None:
    build(stage, host)
    fail(stage, host)
    run = stage.shop.journal(BOX).past()[-1].run.id
    give_up(stage.shop, stage.target())
    assert set(sweep(stage)) == {f"bh-box-{run}-sysroot", f"bh-box-{run}"}
    assert leftovers(stage) == []
    assert stage.shop.logs(BOX, run).is_dir(), "the newest run's logs can be read"
    change(stage)
    build(stage, host)
    assert sweep(stage) == [run]
    assert not stage.shop.logs(BOX, run).exists()


def test_what_can_be_resumed_stays(stage: Stage, host: str) -> None:
    build(stage, host)
    fail(stage, host)
    assert sweep(stage, Rules(last=1)) == []
    assert len(stage.engine.containers()) == 2
    build(stage, host)


def test_old_builds_go_with_their_sysroots_and_logs(stage: Stage, host: str) -> None:
    results = [build(stage, host)]
    for _ in range(3):
        change(stage)
        results.append(build(stage, host))
    pasts = stage.shop.journal(BOX).past()
    assert sweep(stage) == []
    sweep(stage, Rules(last=2))
    assert [path.exists() for path in results] == [False, False, True, True]
    images = [stage.engine.image(past.image or "") is not None for past in pasts]
    assert images == [False, False, True, True]
    logs = [stage.shop.logs(BOX, past.run.id).exists() for past in pasts]
    assert logs == [False, False, True, True]
    assert len(list(stage.project.history.iterdir())) == 2
    assert stage.engine.image(host), "nobody has proven that it is of this project"
    stage.crew.revive()
    assert build(stage, host) == results[-1]
    assert stage.crew.ran == []


def test_a_tag_keeps_a_snapshot_and_its_build(stage: Stage, host: str) -> None:
    first = build(stage, host)
    shelf = Shelf(stage.project.history)
    shelf.tag(shelf.find("newest"), "good")
    for _ in range(2):
        change(stage)
        build(stage, host)
    sweep(stage, Rules(last=1))
    assert [one.tags for one in shelf.all()] == [("good",), ()]
    for snapshot in shelf.all():
        assert stage.engine.image(snapshot.images[BOX])
    assert first.exists()
    assert len(list(stage.project.builds.iterdir())) == 2


def test_what_is_worked_on_is_left_alone(stage: Stage, host: str) -> None:
    build(stage, host)
    change(stage)
    build(stage, host)
    fail(stage, host)
    give_up(stage.shop, stage.target())
    with exclusive(BOX, stage.shop.lock(BOX)):
        assert survey(stage.shop, Rules(last=1), NOW).busy == (BOX,)
        with cleaning(stage.shop, Rules(last=1), NOW) as found:
            assert (found.removals, found.busy) == ((), (BOX,))
    with shared(stage.shop.lock(STORE)), cleaning(stage.shop, Rules(last=1), NOW) as found:
        assert "image" not in {removal.kind for removal in found.removals}
        assert found.busy == (STORE,)


def test_the_same_is_surveyed_as_is_removed(stage: Stage, host: str) -> None:
    build(stage, host)
    change(stage)
    build(stage, host)
    found = survey(stage.shop, Rules(last=1), NOW)
    assert [str(one.kind) for one in found.removals] == ["snapshot", "image", "build", "logs"]
    assert len(found.sizes) == 4
    assert sweep(stage, Rules(last=1)) == [removal.name for removal in found.removals]
    assert survey(stage.shop, Rules(last=1), NOW).removals == ()


def test_files_that_killed_processes_left(stage: Stage) -> None:
    for name in ("lab-root-1.tar", "stage3.tar.xz.partial", "list.new"):
        stage.project.seeds.mkdir(parents=True, exist_ok=True)
        (stage.project.seeds / name).write_bytes(b"x" * 10)
    (stage.project.seeds / "stage3.tar.xz").write_bytes(b"")
    (stage.project.builds / f".partial.{BOX}/boot").mkdir(parents=True)
    (stage.project.builds / ".removed.old/boot").mkdir(parents=True)
    assert len(sweep(stage)) == 5
    assert [path.name for path in stage.project.seeds.iterdir()] == ["stage3.tar.xz"]
    assert list(stage.project.builds.iterdir()) == []


def test_a_sweep_that_is_killed_again_and_again_is_finished_by_the_next(
    stage: Stage, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after ever more of the acts that change something, and between their halves."""
    for _ in range(2):
        build(stage, host)
        change(stage)
    build(stage, host)
    fail(stage, host)
    give_up(stage.shop, stage.target())
    kills = 0
    for acts in (0, 1, 2, 1, 3, 2, 1, 4, 1, 2, 3):
        left = iter(range(acts))
        with monkeypatch.context() as patch:
            for owner, name in ACTS:
                patch.setattr(owner, name, mortal(getattr(owner, name), left))
            with suppress(Killed):
                sweep(stage, Rules(last=1))
                continue
            kills += 1
    assert kills > 5
    sweep(stage, Rules(last=1))
    assert leftovers(stage) == []
    assert len(list(stage.project.builds.iterdir())) == 1
    assert len(list(stage.project.history.iterdir())) == 1
    assert len([one for one in stage.engine.images() if one.labels]) == 1
    assert survey(stage.shop, Rules(last=1), NOW).removals == ()
    stage.crew.revive()
    build(stage, host)


ACTS = (
    (shutil, "rmtree"),
    (Path, "replace"),
    (Path, "unlink"),
    (FakeEngine, "remove_container"),
    (FakeEngine, "remove_image"),
)


def mortal(act: Callable[..., object], left: Iterator[int]) -> Callable[..., object]:
    """The act, as long as there are numbers left; the process is killed instead of the next one."""

    def acting(*words: object, **more: object) -> object:
        if next(left, None) is None:
            raise Killed
        return act(*words, **more)

    return acting


def test_what_is_gone_already_is_no_error(stage: Stage, host: str) -> None:
    build(stage, host)
    change(stage)
    build(stage, host)
    found = survey(stage.shop, Rules(last=1), NOW).removals
    assert len(found) == 4
    for removal in (*found, *found):
        remove(stage.shop, removal)


def test_a_seed_goes_when_no_image_stands_on_it_and_no_other_project_holds_it(stage: Stage) -> None:
    archive = stage.project.root / "seed.tar"
    archive.write_bytes(b"")
    engine, names = stage.engine, [f"{REPOSITORY}:{name}" for name in ("a", "b", "c", "d")]
    held, based, shared_, strange = (engine.import_image(archive, n, labels={}) for n in names)
    for image in (held, based, shared_):
        hold_seed(stage.shop, Seed(identity="x", image=image))
        hold_seed(stage.shop, Seed(identity="x", image=image))
    engine.tag_image(shared_, seed_reference("another", shared_))
    engine.create_container(ContainerSpec(name="host", image=based))
    engine.commit("host", "localhost/somebody:1", labels={})
    engine.remove_container("host")
    assert sweep(stage) == [names[0]]
    assert [engine.image(image) is not None for image in (held, based, shared_, strange)] == [
        False,
        True,
        True,
        True,
    ]


def test_an_image_of_the_users_gets_no_name_for_being_a_seed(stage: Stage, host: str) -> None:
    hold_seed(stage.shop, Seed(identity="x", image=host))
    image = stage.engine.image(host)
    assert image is not None
    assert image.references == ("localhost/host:1",)


@pytest.mark.parametrize("name", ["bh-lab-0123456789abcdef", "bh-diff-0a1b-project-snapshot-host"])
def test_what_was_made_for_a_moment_goes_unless_it_may_be_that_moment(
    stage: Stage, host: str, name: str
) -> None:
    labels = stage.shop.labels("host")
    stage.engine.create_container(ContainerSpec(name=name, image=host, labels=labels))
    stage.engine.create_container(ContainerSpec(name="my-own", image=host, labels=labels))
    with shared(stage.shop.lock(STORE)):
        assert sweep(stage) == []
    assert sweep(stage) == [name]
    assert stage.engine.container("my-own")
