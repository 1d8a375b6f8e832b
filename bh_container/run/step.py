"""Running one step in a container, and knowing how it ended."""

import codecs
import io
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from bh_container.engine.protocol import Engine, EngineError, EngineLost
from bh_container.errors import BhError
from bh_container.events import Listener, StepBroke, StepFinished, StepOutput, StepStarted
from bh_container.plan import places
from bh_container.plan.step import Done, Fingerprint, Step, reason
from bh_container.run.budget import Budget
from bh_container.run.disk import SpaceWatch
from bh_container.run.interrupt import Interrupt, Work
from bh_container.run.journal import Begun, Journal
from bh_container.run.record import Record

NOT_RUNNING = 3
"""The status of `attach.sh` when there is no step to attach to."""

NO_VARIABLES: Mapping[str, str] = MappingProxyType({})

KEPT = (
    "everything is kept: mend the cause and run the same command again; it goes on from this step"
)
FULL = "a disk has no space left (df says which): make room first"


class StepFailed(BhError):
    """A step ended with another status than 0, or was ended (`status` is None).

    `advice` is what to do about it beside running the same command again, a line each.
    """

    exit_status = 3

    def __init__(
        self, unit: str, step: str, status: int | None, log: Path, advice: Sequence[str] = ()
    ) -> None:
        how = "was interrupted" if status is None else f"failed with status {status}"
        super().__init__(
            f"{unit}: step '{step}' {how}; its output is in {log}",
            remedy="\n  ".join([KEPT, *advice]),
        )
        self.unit = unit
        self.step = step
        self.status = status
        self.log = log


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Where the steps of one unit run: a running container, and where its records go.

    `commands` are what a user may do about a failed step.
    """

    unit: str
    container: str
    logs: Path
    total: int
    engine: Engine
    journal: Journal
    tell: Listener
    interrupt: Interrupt
    budget: Budget
    commands: tuple[str, ...] = ()


def run_step(bench: Bench, step: Step, number: int, *, last: Fingerprint | None) -> None:
    """Run a step to its end and write both into the journal; raise `StepFailed`.

    A step that an earlier process left running is joined, not started twice. `last` is the
    fingerprint with which the step was done before. `Interrupted` is raised when the bench's
    interrupt has ended the step, and all that the step started.
    """
    record = Record.of_step(bench.logs, number, step.name)
    bench.tell(
        StepStarted(
            unit=bench.unit,
            step=step.name,
            number=number,
            total=bench.total,
            why="on every run" if step.recipe.every_run else reason(step, last),
            log=record.log,
        )
    )
    started = time.monotonic()
    space = SpaceWatch(bench.tell)
    bench = replace(bench, tell=space)
    try:
        with bench.interrupt.stopping(_work(bench, record)):
            status = _follow(bench, step, record)
    except BaseException:
        # A step that cannot be stopped may run on, so the journal still has it as begun.
        with suppress(EngineError, OSError):
            _stop(bench, record)
            bench.journal.step_broke(step.name, None)
        bench.tell(StepBroke(unit=bench.unit, step=step.name, status=None, log=record.log))
        raise
    seconds = time.monotonic() - started
    if status != 0:
        _note_failure(bench, step, record, status)
        bench.tell(StepBroke(unit=bench.unit, step=step.name, status=status, log=record.log))
        commands = [f"bh-container {command} {bench.unit}" for command in bench.commands]
        advice = [FULL, *commands] if space.full else commands
        raise StepFailed(bench.unit, step.name, status, record.log, advice)
    bench.journal.step_done(
        step.name,
        Done(key=step.key, fingerprint=step.fingerprint, seconds=seconds, memory=record.memory()),
    )
    bench.tell(StepFinished(unit=bench.unit, step=step.name, seconds=seconds))


def _note_failure(bench: Bench, step: Step, record: Record, status: int | None) -> None:
    try:
        bench.journal.step_broke(step.name, status)
    except OSError:
        # The journal still has the step as begun: without its status, it is one that was cut.
        record.status_file.unlink(missing_ok=True)
        raise


def left_first(steps: Sequence[Step], begun: Begun | None) -> list[Step]:
    """Steps in an order that does not end the one that an earlier process left running.

    Its key says that it is the same, so what runs every time before it has run for it already.
    """
    for index, step in enumerate(steps):
        if begun and (begun.step, begun.key) == (step.name, step.key):
            return [step, *steps[:index], *steps[index + 1 :]]
        if not step.recipe.every_run:
            break
    return list(steps)


def _work(bench: Bench, record: Record) -> Work:
    return Work(
        stop=lambda: _stop(bench, record),
        kill=lambda: bench.engine.stop_container(bench.container),
    )


def _follow(bench: Bench, step: Step, record: Record) -> int | None:
    """Join the step where it runs, else start it; return what its status file says at the end."""
    begun = Begun(step=step.name, key=step.key, record=record.name)
    if not _join(bench, step, begun, record):
        record.clear()
        bench.journal.step_begun(begun)
        command = ["bash", f"{places.STEPS}/run.sh", step.recipe.script, record.inside]
        with bench.budget.share() as share:
            _execute(bench, step, command, bench.budget.environment(share))
    # The stream may end before the step does: when the Podman service went away.
    while record.status() is None and _attach(bench, step, record):
        pass
    return record.status()


def _join(bench: Bench, step: Step, wanted: Begun, record: Record) -> bool:
    """Follow what an earlier process left running, if it is this step; end it, if it is another."""
    run = bench.journal.read().open
    if run is None or run.begun is None:
        return False
    if run.begun == wanted:
        return _attach(bench, step, record) or record.status() is not None
    _stop(bench, replace(record, name=run.begun.record))
    return False


def _attach(bench: Bench, step: Step, record: Record) -> bool:
    """Follow a step that runs in the container; False when it does not run."""
    container = bench.engine.container(bench.container)
    if container is None or not container.running:
        # Somebody has killed it, and the step with it.
        return False
    command = ["bash", f"{places.STEPS}/attach.sh", record.inside]
    return _execute(bench, step, command) != NOT_RUNNING


def _execute(
    bench: Bench, step: Step, command: list[str], budget: Mapping[str, str] = NO_VARIABLES
) -> int | None:
    def tell(line: str) -> None:
        bench.tell(StepOutput(unit=bench.unit, step=step.name, line=line))

    lines = _Lines(tell)
    try:
        return bench.engine.execute(
            bench.container, command, environment={**step.variables, **budget}, output=lines.feed
        )
    except EngineLost:
        return None
    finally:
        lines.end()


def _stop(bench: Bench, record: Record) -> None:
    bench.engine.execute(bench.container, ["bash", f"{places.STEPS}/stop.sh", record.inside])


class _Lines:
    """Cuts output into lines; a carriage return ends one as well, as progress bars use it.

    "\\r\\n" is one end, and neither it nor a character need come in one piece.
    """

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        utf8 = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._decoder = io.IncrementalNewlineDecoder(utf8, translate=True)
        self._rest = ""

    def feed(self, piece: bytes) -> None:
        self._cut(self._decoder.decode(piece))

    def end(self) -> None:
        self._cut(self._decoder.decode(b"", final=True))
        if self._rest:
            self._tell(self._rest)
        self._rest = ""

    def _cut(self, text: str) -> None:
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            self._tell(line)
