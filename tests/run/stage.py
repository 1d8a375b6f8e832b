"""A workshop on a fake engine, whose containers run steps as `bh_container/steps/run.sh` does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from bh_container import steps
from bh_container.config.project import Project
from bh_container.config.settings import Settings, resolve
from bh_container.config.target import Target, load_target
from bh_container.events import Event, StepBroke, StepFinished, StepOutput, StepStarted
from bh_container.plan import places
from bh_container.plan.step import Step
from bh_container.plan.target import plan_target
from bh_container.run.budget import Budget
from bh_container.run.target import TargetBuild, build_target
from bh_container.run.workshop import Workshop, tuning
from tests.config.tree import TARGET, TUPLE, write_tree
from tests.fakes import Execution, FakeEngine

BOX_TREE: Mapping[str, str | None] = {
    **TARGET,
    "split.base": "",
    "split.extra": "",
    "split.initramfs": "",
    "worlds/net": "net-misc/dropbear\n",
}
BOX = f"{TUPLE}.box"
TRACE = f"{places.WORK}/trace"
BINPKGS = f"/usr/{BOX}/packages"

PAGES = 2560
"""The memory of each step."""

Behaviour = Callable[[Execution], int]


class Killed(BaseException):
    """Our process is gone: nothing after this is done by it any more."""


class Crew:
    """Answers a container's commands; `ran` has the name of each step that was started.

    `instead` says what a step does, by its name in a record; 0 or another status is what the
    status file gets. A step that is not named there leaves what a later one needs.
    """

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.stopped: list[str] = []
        self.attached: list[str] = []
        self.instead: dict[str, Behaviour] = {}
        self.on_attach: Behaviour = lambda _: 3
        self.on_stop: Behaviour = lambda _: 0
        self.dead = False

    def __call__(self, execution: Execution) -> int:
        if self.dead:
            raise Killed
        _, script, *words = execution.command
        match PurePosixPath(script).name:
            case "run.sh":
                return self._run(execution, words[0], words[1])
            case "attach.sh":
                self.attached.append(words[0])
                return self.on_attach(execution)
            case "stop.sh":
                self.stopped.append(words[0])
                return self.on_stop(execution)
            case other:
                raise AssertionError(f"nobody runs {other}")

    def _run(self, execution: Execution, script: str, record: str) -> int:
        name = PurePosixPath(record).name.partition("-")[2]
        self.ran.append(name)
        status = self.instead.get(name, default_behaviour(script))(execution)
        execution.path(f"{record}.memory").write_text(f"{PAGES}\n")
        leave_status(execution, status)
        return status

    def fail_at(self, step: str) -> None:
        """Have the step end with status 1."""
        self.instead[step.replace(":", "-")] = write_output(b"", status=1)

    def kill_at(self, step: str) -> None:
        """Have our process killed while the step runs; `revive` starts the next one."""

        def killed(_: Execution) -> int:
            self.dead = True
            raise Killed

        self.instead[step] = killed

    def revive(self) -> list[str]:
        """The steps that ran so far; from here on everything goes well."""
        ran = self.ran
        self.ran, self.stopped, self.attached = [], [], []
        self.instead, self.dead = {}, False
        return ran


def leave_status(execution: Execution, status: int) -> None:
    """What run.sh does last."""
    execution.path(f"{execution.command[-1]}.status").write_text(f"{status}\n")


def write_output(*pieces: bytes, status: int = 0) -> Behaviour:
    def behave(execution: Execution) -> int:
        for piece in pieces:
            execution.write(piece)
        return status

    return behave


def default_behaviour(script: str) -> Behaviour:
    """What the scripts leave behind, as far as the runner looks at it."""
    match PurePosixPath(script).stem:
        case "inventory":
            return _inventory
        case "results":
            return _results
        case "layout-plain" | "layout-raspberrypi":
            return _layout
        case "world" if script.startswith("target/"):
            return _world
        case _:
            return _trace


def _trace(execution: Execution) -> int:
    """Every step of a target leaves its name in the sysroot volume."""
    trace = execution.path(TRACE)
    if trace.parent.is_dir():
        with trace.open("a") as file:
            file.write(f"{PurePosixPath(execution.command[-1]).name.partition('-')[2]}\n")
    return 0


def _world(execution: Execution) -> int:
    packages = execution.path(BINPKGS)
    (packages / "sys-apps/busybox").mkdir(parents=True, exist_ok=True)
    (packages / "sys-apps/busybox/busybox-1-1.gpkg.tar").write_text("binary")
    (packages / "Packages").write_text("PACKAGES: 1\n")
    return _trace(execution)


def _results(execution: Execution) -> int:
    out = execution.path(places.OUT)
    for file in execution.environment["BH_FILES"].split():
        (out / PurePosixPath(file).name).write_text(f"{file}\n")
    return _trace(execution)


def _layout(execution: Execution) -> int:
    (execution.path(places.OUT) / execution.environment["BH_KERNEL_IMAGE"]).write_text("kernel\n")
    return _trace(execution)


def _inventory(execution: Execution) -> int:
    table = execution.path(f"{places.LOG}/packages.tsv")
    table.write_text("base\tsys-apps/busybox-1\tstatic -pam \nnet\tnet-misc/dropbear-2\t\n")
    return _trace(execution)


@dataclass(slots=True, kw_only=True)
class Stage:
    """Everything that a unit's run needs, on one temporary directory."""

    engine: FakeEngine
    project: Project
    settings: Settings
    crew: Crew = field(default_factory=Crew)
    events: list[Event] = field(default_factory=list)

    @property
    def shop(self) -> Workshop:
        return Workshop(
            engine=self.engine,
            project=self.project,
            settings=self.settings,
            tell=self.events.append,
            budget=Budget(total=self.settings.jobs, parties=1),
        )

    @property
    def started(self) -> list[str]:
        """The steps that were started, as the events say."""
        return [event.step for event in self.events if isinstance(event, StepStarted)]

    @property
    def finished(self) -> list[str]:
        return [event.step for event in self.events if isinstance(event, StepFinished)]

    @property
    def broke(self) -> list[tuple[str, int | None]]:
        return [(e.step, e.status) for e in self.events if isinstance(e, StepBroke)]

    @property
    def lines(self) -> list[str]:
        return [event.line for event in self.events if isinstance(event, StepOutput)]

    def why(self, step: str) -> str:
        """The reason that was given last for a step."""
        return [e.why for e in self.events if isinstance(e, StepStarted) and e.step == step][-1]

    def calls(self, name: str) -> list[list[str]]:
        """What followed this method's name in the engine's calls."""
        return [words for call, *words in self.engine.calls if call == name]

    def image(self, name: str) -> str:
        """The id of an image with nothing in it."""
        archive = self.project.root / "nothing.tar"
        archive.write_bytes(b"")
        return self.engine.import_image(archive, f"localhost/{name}:1", labels={})

    def target(self) -> Target:
        return load_target(self.project.configs / BOX)

    def steps(self, toolchain: str = "toolchain") -> tuple[Step, ...]:
        return plan_target(
            self.target(),
            toolchain=toolchain,
            tuning=tuning(self.settings),
            scripts=steps.load_scripts(),
        )

    def build(self, host_image: str, toolchain: str = "toolchain") -> Path:
        job = TargetBuild(
            target=self.target(),
            steps=self.steps(toolchain),
            host_image=host_image,
            seed="a seed",
        )
        return build_target(self.shop, job)

    def trace(self, image: str) -> list[str]:
        """The steps that left their name in a sysroot image, in their order."""
        return (self.engine.directory / image / "work/trace").read_text().split()


def open_stage(directory: Path) -> Stage:
    """A project with one target and an engine whose containers know our steps."""
    write_tree(directory / "project/configs" / BOX, BOX_TREE)
    stage = Stage(
        engine=FakeEngine(directory / "engine"),
        project=Project(directory / "project"),
        settings=resolve({"jobs": 2}, {}, None),
    )
    stage.engine.answer = stage.crew
    return stage


def _box_steps() -> tuple[Step, ...]:
    with TemporaryDirectory() as directory:
        return open_stage(Path(directory)).steps()


BOX_STEPS = _box_steps()
"""The plan of the one target, of which `tests/plan` says whether it is right."""
