"""How far each unit is, and what a user can do next: read from the disk, without Podman."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bh_container.config.project import Project
from bh_container.output.manifest import is_complete
from bh_container.run.journal import Broke, Journal, Run, State
from bh_container.run.lock import holder
from bh_container.run.record import Record

HOST = "host"


class Standing(StrEnum):
    """How a unit stands."""

    NEVER = "never built"
    COMPLETE = "complete"
    RUNNING = "running"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the disk says about a unit, all of it at one moment.

    `word` is what a user calls the unit; `holder` holds its lock, since `held`. `ended` is what
    the status file of the step that was begun says, and `result` the build directory of the last
    complete run, None where it is not there.
    """

    unit: str
    word: str
    state: State
    logs: Path
    holder: int | None = None
    held: float | None = None
    ended: int | None = None
    result: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How a unit stands since when, in seconds since the epoch, and for how many `seconds`.

    `status` is that of the step that failed, `next` a command, None where there is none to give.
    """

    unit: str
    word: str
    standing: Standing
    step: str | None = None
    since: float | None = None
    seconds: float | None = None
    pid: int | None = None
    status: int | None = None
    log: Path | None = None
    result: Path | None = None
    next: str | None = None


def judge(facts: Facts, now: float) -> Status:
    """What the facts come to at the time `now`."""
    run, state = facts.state.open, facts.state
    if facts.holder is not None:
        return _running(facts, now)
    if run is not None:
        return _stopped(facts, run, now)
    if state.last is None:
        build = None if facts.unit == HOST else f"bh-container build {facts.word}"
        return _status(facts, Standing.NEVER, now, None, next=build)
    if facts.unit == HOST:
        return _status(facts, Standing.COMPLETE, now, state.at)
    command = "boot" if facts.result else "build"
    following = f"bh-container {command} {facts.word}"
    return _status(facts, Standing.COMPLETE, now, state.at, result=facts.result, next=following)


def _running(facts: Facts, now: float) -> Status:
    run = facts.state.open
    begun = run.begun if run else None
    return _status(
        facts,
        Standing.RUNNING,
        now,
        run.at if run and begun else facts.held,
        step=begun.step if begun else None,
        pid=facts.holder,
        log=_log(facts, run.id, begun.record) if run and begun else None,
        next=f"bh-container logs --follow {facts.word}",
    )


def _stopped(facts: Facts, run: Run, now: float) -> Status:
    """A run that is open, and nobody works on it."""
    broke = run.broke
    if run.begun is not None:
        # Nobody was there to write down how it ended. One that ended well is yet to be taken over.
        broke = Broke(step=run.begun.step, status=facts.ended or None, record=run.begun.record)
    failed = broke is not None and broke.status is not None
    return _status(
        facts,
        Standing.FAILED if failed else Standing.INTERRUPTED,
        now,
        run.at,
        step=broke.step if broke else None,
        status=broke.status if broke else None,
        log=_log(facts, run.id, broke.record) if broke and broke.record else None,
        next=f"bh-container build {'TARGET' if facts.unit == HOST else facts.word}",
    )


def _status(
    facts: Facts,
    standing: Standing,
    now: float,
    since: float | None,
    *,
    step: str | None = None,
    pid: int | None = None,
    status: int | None = None,
    log: Path | None = None,
    result: Path | None = None,
    next: str | None = None,
) -> Status:
    return Status()


def _log(facts: Facts, run: str, record: str) -> Path:
    return Record(directory=facts.logs / run, name=record).log
