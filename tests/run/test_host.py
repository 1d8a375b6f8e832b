"""The host image: what it starts from, what runs, what is committed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from bh_container import steps
from bh_container.config.host import Host, load_host
from bh_container.config.target import Target, load_target
from bh_container.engine.protocol import Bind, Image
from bh_container.events import UnitFinished, UnitStarted
from bh_container.plan import places
from bh_container.plan.host import Ground, HostPlan, plan_host
from bh_container.run.host import STEPS_LABEL, UNIT, HostBuild, build_host
from bh_container.run.step import StepFailed
from bh_container.run.workshop import UNIT_LABEL
from bh_container.seed.seed import SEED_LABEL, Seed
from tests.config.tree import HOST, TARGET, TUPLE, write_tree
from tests.fakes import Execution
from tests.run.stage import Killed, Stage, leave_status

COMMON = ["repositories", "portage", "toolchain", "perl", "world"]
CHECKPOINTS = [*COMMON, f"crossdev:{TUPLE}"]
OTHER = "riscv64-unknown-linux-musl"
HOST_TREE = {
    **HOST,
    "repos/ours/profiles/repo_name": "ours\n",
    "target-portage/repos.conf": "[ours]\nlocation = /var/db/repos/ours\n",
}


def with_configuration(names: list[str]) -> list[str]:
    """Each step's container is configured before it."""
    return [name for step in names for name in ("configuration", step.replace(":", "-"))]


@dataclass(slots=True, kw_only=True)
class Yard:
    """A stage with a host configuration and a seed."""

    stage: Stage
    seed: Seed
    targets: list[Target] = field(default_factory=list)

    @property
    def directory(self) -> Path:
        return self.stage.project.configs / "host-here"

    @property
    def host(self) -> Host:
        return load_host(self.directory)

    def plan(self) -> HostPlan:
        return plan_host(
            self.host,
            self.targets,
            ground=Ground(seed=self.seed.identity),
            tuning={"BH_JOBS": "2"},
            scripts=steps.load_scripts(),
        )

    def build(self) -> str:
        build = HostBuild(host=self.host, plan=self.plan(), seed=self.seed)
        return build_host(self.stage.shop, build)

    def image(self, identity: str) -> Image:
        image = self.stage.engine.image(identity)
        assert image is not None
        return image

    def again(self) -> list[str]:
        """Build once more, with everything going well; the steps that ran for it."""
        self.stage.crew.revive()
        self.stage.events.clear()
        self.build()
        return self.stage.crew.ran

    def add(self, tuple_: str) -> None:
        tree = {
            **TARGET,
            "build-arch": "riscv\n",
            "target-portage/make.conf": f"CHOST={tuple_}\nROOT=/usr/${{CHOST}}/\n",
        }
        directory = self.stage.project.configs / f"{tuple_}.other"
        self.targets.append(load_target(write_tree(directory, tree)))


@pytest.fixture
def yard(stage: Stage) -> Yard:
    write_tree(stage.project.configs / "host-here", HOST_TREE)
    seed = Seed(identity="seed-1", image=stage.image("seed"))
    return Yard(stage=stage, seed=seed, targets=[stage.target()])


def test_a_first_run_runs_everything(yard: Yard) -> None:
    yard.build()
    assert yard.stage.crew.ran == with_configuration(CHECKPOINTS)
    assert yard.stage.events[0] == UnitStarted(unit=UNIT, total=7, pending=7)
    last = yard.stage.events[-1]
    assert isinstance(last, UnitFinished)
    assert (last.ran, last.result) == (7, None)
    assert yard.stage.engine.containers(UNIT_LABEL) == ()


def test_each_step_is_one_commit(yard: Yard) -> None:
    final = yard.build()
    keys = {step.name: step.key for step in yard.plan().steps}
    images = list(reversed(yard.stage.engine.images(f"{SEED_LABEL}=seed-1")))
    assert [set(json.loads(image.labels[STEPS_LABEL])) for image in images] == [
        set(CHECKPOINTS[:count]) for count in range(1, len(CHECKPOINTS) + 1)
    ]
    assert images[-1].id == final
    assert json.loads(images[-1].labels[STEPS_LABEL]) == {name: keys[name] for name in CHECKPOINTS}
    assert images[-1].labels[UNIT_LABEL] == UNIT
    assert len({image.references for image in images}) == len(images)


def test_each_step_starts_from_the_image_of_the_one_before(yard: Yard) -> None:
    yard.build()
    bases = [call[1] for call in yard.stage.calls("create_container")]
    images = [image.id for image in reversed(yard.stage.engine.images(SEED_LABEL))]
    assert bases == [yard.seed.image, *images[:-1]]


def test_where_nothing_changed_no_container_is_made(yard: Yard) -> None:
    image = yard.build()
    yard.stage.engine.calls.clear()
    assert yard.again() == []
    assert yard.stage.engine.calls == []
    assert yard.build() == image
    assert yard.stage.events[0] == UnitStarted(unit=UNIT, total=7, pending=0)


def test_a_second_tuple_runs_its_own_step_alone(yard: Yard) -> None:
    first = yard.build()
    yard.add(OTHER)
    assert yard.again() == with_configuration([f"crossdev:{OTHER}"])
    newest = yard.stage.engine.images(SEED_LABEL)[0]
    assert set(json.loads(newest.labels[STEPS_LABEL])) == {*CHECKPOINTS, f"crossdev:{OTHER}"}
    assert newest.id != first


def test_a_tuple_that_is_not_asked_for_does_no_harm(yard: Yard) -> None:
    yard.add(OTHER)
    image = yard.build()
    yard.targets.pop()
    assert yard.again() == []
    assert yard.build() == image


def test_with_nothing_to_do_the_store_is_not_listed(yard: Yard) -> None:
    image = yard.build()
    listings = yard.stage.engine.listings
    assert yard.build() == image
    assert yard.stage.engine.listings == listings


@pytest.mark.parametrize("step", ["repositories", "perl", "world", f"crossdev:{TUPLE}"])
def test_a_failure_costs_its_own_step_alone(yard: Yard, step: str) -> None:
    yard.stage.crew.fail_at(step)
    with pytest.raises(StepFailed, match=step):
        yard.build()
    (kept,) = yard.stage.engine.containers(UNIT_LABEL)
    made = len(yard.stage.calls("create_container"))
    rest = CHECKPOINTS[CHECKPOINTS.index(step) :]
    assert yard.again() == with_configuration(rest)
    assert len(yard.stage.calls("create_container")) == made + len(rest) - 1
    assert ("start_container", kept.name) in yard.stage.engine.calls
    assert yard.stage.engine.containers(UNIT_LABEL) == ()


def test_a_changed_world_is_an_update_of_the_newest_image(yard: Yard) -> None:
    newest = yard.build()
    (yard.directory / "worlds/base").write_text("dev-vcs/git\nsys-devel/crossdev\napp-misc/jq\n")
    assert yard.again() == with_configuration(["world", f"crossdev:{TUPLE}"])
    assert yard.stage.why("world") == "changed: $BH_WORLD"
    assert yard.stage.why(f"crossdev:{TUPLE}") == "what it stands on has changed"
    first = yard.stage.calls("create_container")[len(CHECKPOINTS)]
    assert first[1] == newest


def test_going_back_to_an_older_configuration_runs_nothing(yard: Yard) -> None:
    old = yard.build()
    world = yard.directory / "worlds/base"
    text = world.read_text()
    world.write_text(f"{text}app-misc/jq\n")
    assert yard.again() != []
    world.write_text(text)
    assert yard.again() == []
    assert yard.build() == old


def test_another_seed_starts_from_its_own_image(yard: Yard) -> None:
    yard.build()
    yard.seed = Seed(identity="seed-2", image=yard.stage.image("seed2"))
    assert yard.again() == with_configuration(CHECKPOINTS)
    assert yard.stage.why("repositories") == "what it stands on has changed"
    bases = [call[1] for call in yard.stage.calls("create_container")]
    assert yard.seed.image in bases


def test_the_same_seed_under_another_id_runs_nothing(yard: Yard) -> None:
    yard.build()
    yard.seed = replace(yard.seed, image=yard.stage.image("seed-again"))
    assert yard.again() == []


def test_an_image_that_was_removed_is_made_again(yard: Yard) -> None:
    yard.build()
    newest = yard.stage.engine.images(SEED_LABEL)[0]
    yard.stage.engine.remove_image(newest.id)
    assert yard.again() == with_configuration(CHECKPOINTS[-1:])


def test_the_first_world_is_built_anew_and_a_later_one_updated(yard: Yard) -> None:
    def world_options() -> str:
        executions = yard.stage.engine.executions
        worlds = [e for e in executions if e.command[2:3] == ("host/world.sh",)]
        return worlds[-1].environment["BH_WORLD_OPTIONS"]

    yard.build()
    assert world_options() == "--emptytree"
    write_tree(yard.directory, {"target-portage/package.use/jq": "app-misc/jq foo\n"})
    yard.again()
    assert world_options() == ""


def test_a_step_that_a_killed_run_left_running_is_joined(yard: Yard) -> None:
    crew = yard.stage.crew
    crew.kill_at("world")
    with pytest.raises(Killed):
        yard.build()
    crew.revive()

    def attach(execution: Execution) -> int:
        leave_status(execution, 0)
        return 0

    crew.on_attach = attach
    yard.build()
    assert crew.stopped == []
    assert "world" not in crew.ran
    assert crew.attached == [f"{places.LOG}/06-world"]


def test_a_step_that_a_killed_run_left_running_is_stopped_when_it_has_changed(yard: Yard) -> None:
    crew = yard.stage.crew
    crew.kill_at("world")
    with pytest.raises(Killed):
        yard.build()
    crew.revive()
    (yard.directory / "worlds/base").write_text("sys-devel/crossdev\n")
    yard.build()
    assert crew.stopped == [f"{places.LOG}/06-world"]
    assert "world" in crew.ran


def test_what_the_container_sees(yard: Yard) -> None:
    yard.build()
    mounts = {m.destination: m for m in yard.stage.engine.executions[0].spec.mounts}
    assert mounts[places.HOST_CONFIG] == Bind(
        source=yard.directory.resolve(), destination=places.HOST_CONFIG, read_only=True
    )
    assert mounts[places.HOST_BINPKGS] == Bind(
        source=yard.stage.project.binpkgs("host"), destination=places.HOST_BINPKGS
    )
    ours = mounts[f"{places.REPOSITORIES}/ours"]
    assert isinstance(ours, Bind)
    assert (ours.source.name, ours.read_only) == ("ours", True)


def environment_of(yard: Yard, script: str) -> list[Mapping[str, str]]:
    """What each execution of a script got."""
    found = yard.stage.engine.executions
    return [e.environment for e in found if e.command[2:3] == (f"host/{script}.sh",)]


def test_crossdev_itself_runs_for_a_new_tuple_alone(yard: Yard) -> None:
    yard.build()
    (yard.directory / "worlds/base").write_text("sys-devel/crossdev\n")
    yard.add(OTHER)
    yard.again()
    programs = [(e["BH_TUPLE"], e["BH_CROSSDEV"]) for e in environment_of(yard, "crossdev")]
    assert programs == [(TUPLE, "crossdev"), (TUPLE, "true"), (OTHER, "crossdev")]


RUST = {
    "target-portage/env/dev-lang/rust": f'RUST_CROSS_TARGETS=( "AArch64:{TUPLE}:{TUPLE}" )\n',
    "worlds/base": "dev-lang/rust\nsys-devel/crossdev\n",
}


def test_what_needs_cross_compilers_is_off_until_they_are_there(yard: Yard) -> None:
    write_tree(yard.directory, RUST)
    yard.build()
    off = [e["BH_OFF"] for e in environment_of(yard, "configuration")]
    # All but the last step, which is rust's own.
    assert off == [*["I_KNOW_WHAT_I_AM_DOING_CROSS"] * len(CHECKPOINTS), ""]
    (yard.directory / "worlds/base").write_text("dev-lang/rust\n")
    yard.stage.engine.executions.clear()
    yard.again()
    assert {e["BH_OFF"] for e in environment_of(yard, "configuration")} == {""}
    yard.add(OTHER)
    yard.stage.engine.executions.clear()
    yard.again()
    assert {e["BH_OFF"] for e in environment_of(yard, "configuration")} == {
        "I_KNOW_WHAT_I_AM_DOING_CROSS"
    }


def test_an_image_of_another_project_counts_as_far_as_it_is_the_same(yard: Yard) -> None:
    yard.build()
    project = yard.stage.project.identity_file
    project.write_text("another0\n")
    assert yard.again() == []
    (yard.directory / "worlds/base").write_text("sys-devel/crossdev\n")
    made = len(yard.stage.calls("create_container"))
    assert yard.again() == with_configuration(["world", f"crossdev:{TUPLE}"])
    base = yard.image(yard.stage.calls("create_container")[made][1])
    assert set(json.loads(base.labels[STEPS_LABEL])) == set(COMMON[:-1])
