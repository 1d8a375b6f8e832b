"""How far each unit is, and what a user can do next: read from the disk, without Podman."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from bh_container.config.project import Project
from bh_container.output.manifest import is_complete
from bh_container.run.journal import Broke, Journal, Run, State
from bh_container.run.lock import holder
from bh_container.run.record import Record
from bh_container.run.target import RECOVERY

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
    """How a unit stands, since when (seconds since the epoch), and for how many `seconds`.

    `status` is that of the step that failed; `next` is the command to go on with, None for the
    host where any target's build does it. `others` are more subcommands that take this unit.
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
    others: tuple[str, ...] = ()


def judge(facts: Facts, now: float) -> Status:
    """What the facts come to at the time `now`."""
    if facts.holder is not None:
        status = _running(facts)
    elif facts.state.open is not None:
        status = _stopped(facts, facts.state.open)
    else:
        status = _settled(facts)
    if status.since is None:
        return status
    return replace(status, seconds=max(0.0, now - status.since))


def look(project: Project, unit: str, word: str) -> Facts:
    """What the disk says about a unit; changes nothing, and hinders nobody who works on it."""
    lock = project.lock_file(unit)
    while True:
        pid, state = holder(lock), Journal(project.journal_file(unit)).read()
        ended = _ended(project.logs(unit), state.open)
        # Where somebody took or released the lock in between, the two do not fit together.
        if holder(lock) == pid:
            break
    result = project.builds / state.result if state.result and unit != HOST else None
    return Facts(
        unit=unit,
        word=word,
        state=state,
        logs=project.logs(unit),
        holder=pid,
        held=lock.stat().st_mtime if pid is not None else None,
        ended=ended,
        result=result if result and is_complete(result) else None,
    )


def units_of(project: Project) -> Mapping[str, str]:
    """The host and every target, each with the shortest word that names it alone."""
    return {HOST: HOST, **project.target_words(HOST)}


def find_unit(project: Project, word: str) -> str:
    """The unit that a user calls so; raises `TargetUnknown`."""
    return HOST if word == HOST else project.find_target(word).name


def _settled(facts: Facts) -> Status:
    """No run is open."""
    host = facts.unit == HOST
    if facts.state.last is None:
        return Status(
            unit=facts.unit,
            word=facts.word,
            standing=Standing.NEVER,
            next=None if host else f"bh-container build {facts.word}",
        )
    command = "boot" if facts.result else "build"
    return Status(
        unit=facts.unit,
        word=facts.word,
        standing=Standing.COMPLETE,
        since=facts.state.at,
        result=facts.result,
        next=None if host else f"bh-container {command} {facts.word}",
    )


def _running(facts: Facts) -> Status:
    run = facts.state.open
    begun = run.begun if run else None
    return Status(
        unit=facts.unit,
        word=facts.word,
        standing=Standing.RUNNING,
        step=begun.step if begun else None,
        since=run.at if run and begun else facts.held,
        pid=facts.holder,
        log=_log(facts, run, begun.record) if run and begun else None,
        next=f"bh-container logs --follow {facts.word}",
    )


def _stopped(facts: Facts, run: Run) -> Status:
    """A run is open, and nobody works on it."""
    host, broke = facts.unit == HOST, run.broke
    if run.begun is not None:
        # Nobody was there to write down how it ended. What ended well is yet to be taken over.
        broke = Broke(step=run.begun.step, status=facts.ended or None, record=run.begun.record)
    status = broke.status if broke else None
    return Status(
        unit=facts.unit,
        word=facts.word,
        standing=Standing.INTERRUPTED if status is None else Standing.FAILED,
        step=broke.step if broke else None,
        since=run.at,
        status=status,
        log=_log(facts, run, broke.record) if broke and broke.record else None,
        next=f"bh-container build {'TARGET' if host else facts.word}",
        others=() if host else RECOVERY,
    )


def _log(facts: Facts, run: Run, record: str) -> Path:
    return Record(directory=facts.logs / run.id, name=record).log


def _ended(logs: Path, run: Run | None) -> int | None:
    """What the status file of the step that was begun says."""
    if run is None or run.begun is None:
        return None
    return Record(directory=logs / run.id, name=run.begun.record).status()
