"""What has been done, one file per unit, one JSON object per line, appended and synced.

The journal says what was begun and what is known to be finished; whether a step that was begun
and not finished has ended, and how, only its status file says (`bh_container.run.record`).
A line that a crash cut short is the last one, and counts as never written.
"""

import json
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from bh_container.errors import BhError
from bh_container.history.inventory import Ending
from bh_container.plan.step import Done, done_in
from bh_container.run.left import Left

VERSION = 1


class JournalUnknown(BhError):
    """A newer version wrote this journal: what its records mean is not known here."""

    def __init__(self, file: Path, version: int) -> None:
        super().__init__(
            f"{file}: is of format {version}; this version knows formats up to {VERSION}",
            remedy="use a newer bh-container, or move the file away: the next build starts over",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A step that may be running: its key, and the name of its record."""

    step: str
    key: str
    record: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Broke:
    """A step that ended badly: with `status`, or interrupted (None); `record` is its record's name.

    `record` is None where the step was interrupted before it had begun.
    """

    step: str
    status: int | None
    record: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One pass over the steps. `base` is the image it started from, `seed` the setting's value.

    `broke` is how the newest step ended, where that was not well. `own` names the steps that are
    done since it was opened (`done` has those of earlier runs too), `at` is the time of the run's
    newest record, in seconds since the epoch: they are no part of what makes two runs equal.
    """

    id: str
    base: str
    seed: str | None = None
    done: Mapping[str, Done] = field(default_factory=dict)
    own: frozenset[str] = field(default=frozenset(), compare=False)
    begun: Begun | None = None
    broke: Broke | None = None
    at: float | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """`last` is the newest complete run, `result` its build, `image` what it saved, `left` what all
    of that takes, where it was measured.

    At most one run is open. Its `done` starts as that of the run before it.
    """

    last: Run | None = None
    result: str | None = None
    image: str | None = None
    left: Left | None = None
    open: Run | None = None

    @property
    def done(self) -> Mapping[str, Done]:
        """The steps that are finished in the sysroot that the next step will work on."""
        run = self.open or self.last
        return run.done if run else {}

    @property
    def at(self) -> float | None:
        """When the open run, else the last one, had its newest record; seconds since the epoch."""
        run = self.open or self.last
        return run.at if run else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A run that was opened at some time. `result` and `image` are those of a complete one."""

    run: Run
    ending: Ending
    result: str | None = None
    image: str | None = None


class Journal:
    """Appends records, each one on the disk before the call returns."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._size: int | None = None  # that of the file with the last record from here

    def read(self) -> State:
        """The state that all complete lines add up to; raises `JournalUnknown`."""
        if not self._file.exists():
            return State()
        state, _ = self._fold(self._file.read_bytes())
        return state

    def past(self) -> tuple[Past, ...]:
        """Every run that was ever opened, oldest first; the last one may be open."""
        if not self._file.exists():
            return ()
        states = [state for state, _ in self._states(self._file.read_bytes())]
        ended = [
            _ended(before.open, after)
            for before, after in pairwise(states)
            if before.open and not (after.open and after.open.id == before.open.id)
        ]
        running = states[-1].open if states else None
        return (*ended, Past(run=running, ending=Ending.OPEN)) if running else tuple(ended)

    def run_opened(self, run: Run, *, done: Mapping[str, Done] | None = None) -> None:
        """A run starts on its base image, in which these steps are done; by default, those of
        the run before it."""
        known = None if done is None else {name: asdict(one) for name, one in done.items()}
        self._append("run", run=run.id, base=run.base, seed=run.seed, done=known)

    def step_begun(self, begun: Begun) -> None:
        """A step is about to start."""
        self._append("begun", step=begun.step, key=begun.key, record=begun.record)

    def step_done(self, step: str, done: Done) -> None:
        """A step ended with status 0."""
        self._append(
            "done",
            step=step,
            key=done.key,
            fingerprint=dict(done.fingerprint),
            seconds=round(done.seconds, 3),
            memory=done.memory,
        )

    def step_broke(self, step: str, status: int | None) -> None:
        """A step ended otherwise."""
        self._append("broke", step=step, status=status)

    def run_completed(self, result: str, image: str, left: Left | None = None) -> None:
        """The open run is complete: its build directory's name, and its sysroot image."""
        sizes = asdict(left) if left else None
        self._append("complete", result=result, image=image, left=sizes)

    def run_dropped(self) -> None:
        """What the open run did in its sysroot is gone."""
        self._append("dropped")

    def _append(self, event: str, **fields: Any) -> None:
        record = {"v": VERSION, "at": round(time.time(), 3), "event": event, **fields}
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.open("ab+") as file:
            if os.fstat(file.fileno()).st_size != self._size:
                self._end_cut_line(file.fileno())
            file.write(json.dumps(record, sort_keys=True).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
            self._size = file.tell()

    def _end_cut_line(self, descriptor: int) -> None:
        """Take away what a crash left behind the last record, so that the next one is read."""
        content = self._file.read_bytes()
        _, whole = self._fold(content)
        if whole != len(content):
            os.ftruncate(descriptor, whole)

    def _fold(self, content: bytes) -> tuple[State, int]:
        """The state that the records add up to, and where the last one ends.

        What is no whole record ends the file: the filesystem's words after a power cut.
        """
        state, end = State(), 0
        for state, end in self._states(content):  # noqa: B007 (the last ones are the answer)
            pass
        return state, end

    def _states(self, content: bytes) -> Iterator[tuple[State, int]]:
        """The state after each record, and where the record ends."""
        state, end = State(), 0
        while newline := content.find(b"\n", end) + 1:
            try:
                record = json.loads(content[end:newline])
                if (version := int(record["v"])) > VERSION:
                    raise JournalUnknown(self._file, version)
                state = _apply(state, record)
            except (ValueError, TypeError, KeyError):
                break
            end = newline
            yield state, end


def _ended(run: Run, after: State) -> Past:
    if after.open is None and after.last and after.last.id == run.id:
        return Past(run=after.last, ending=Ending.COMPLETE, result=after.result, image=after.image)
    return Past(run=run, ending=Ending.DROPPED)


def _apply(state: State, record: Mapping[str, Any]) -> State:
    at = float(record["at"])
    match record["event"]:
        case "run":
            known = record.get("done")
            done = state.done if known is None else {name: done_in(known[name]) for name in known}
            run = Run(
                id=record["run"], base=record["base"], seed=record.get("seed"), done=done, at=at
            )
            return replace(state, open=run)
        case "complete":
            last = replace(state.open, at=at) if state.open else None
            sizes = record.get("left")
            left = Left(**sizes) if sizes else None
            return State(last=last, result=record["result"], image=record["image"], left=left)
        case "dropped":
            return replace(state, open=None)
        case _:
            opened = state.open and _apply_to_run(state.open, record, at)
            return replace(state, open=opened)


def _apply_to_run(run: Run, record: Mapping[str, Any], at: float) -> Run:
    done, own, begun, broke = dict(run.done), run.own, run.begun, run.broke
    match record["event"]:
        case "begun":
            # A step that starts again is not done any more, whatever it leaves behind.
            done.pop(record["step"], None)
            own -= {record["step"]}
            begun = Begun(step=record["step"], key=record["key"], record=record["record"])
            broke = None
        case "done":
            done[record["step"]] = done_in(record)
            own |= {record["step"]}
            begun = broke = None
        case "broke":
            step = record["step"]
            name = begun.record if begun and begun.step == step else None
            broke = Broke(step=step, status=record["status"], record=name)
            begun = None
    return replace(run, done=done, own=own, begun=begun, broke=broke, at=at)
