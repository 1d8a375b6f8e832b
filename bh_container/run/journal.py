"""What has been done, one file per unit, one JSON object per line, appended and synced.

The journal says what was begun and what is known to be finished; whether a step that was begun
and not finished has ended, and how, only its status file says (`bh_container.run.record`).
A line that a crash cut short is the last one, and counts as never written.
"""

import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

VERSION = 1
Fingerprint = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A step that is finished: its key, and what the key is the hash of."""

    key: str
    fingerprint: Fingerprint
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A step that may be running: its key, and the name of its record."""

    step: str
    key: str
    record: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One pass over the steps. `base` is the image it started from."""

    id: str
    base: str
    done: Mapping[str, Done] = field(default_factory=dict)
    begun: Begun | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """`last` is the newest complete run, `result` its build, `image` what it saved.

    At most one run is open. Its `done` starts as that of the run before it.
    """

    last: Run | None = None
    result: str | None = None
    image: str | None = None
    open: Run | None = None

    @property
    def done(self) -> Mapping[str, Done]:
        """The steps that are finished in the sysroot that the next step will work on."""
        run = self.open or self.last
        return run.done if run else {}


class Journal:
    """Appends records, each one on the disk before the call returns."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def read(self) -> State:
        """The state that all complete lines add up to."""
        if not self._file.exists():
            return State()
        state, _ = _fold(self._file.read_bytes())
        return state

    def run_opened(self, run: str, base: str) -> None:
        """A run starts on the sysroot image `base`."""
        self._append("run", run=run, base=base)

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
        )

    def step_broke(self, step: str, status: int | None) -> None:
        """A step ended otherwise."""
        self._append("broke", step=step, status=status)

    def run_completed(self, result: str, image: str) -> None:
        """The open run is complete: its build directory's name, and its sysroot image."""
        self._append("complete", result=result, image=image)

    def run_dropped(self) -> None:
        """What the open run did in its sysroot is gone."""
        self._append("dropped")

    def _append(self, event: str, **fields: Any) -> None:
        record = {"v": VERSION, "at": round(time.time(), 3), "event": event, **fields}
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.open("ab+") as file:
            self._end_cut_line(file.fileno())
            file.write(json.dumps(record, sort_keys=True).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def _end_cut_line(self, descriptor: int) -> None:
        """Take away what a crash left behind the last record, so that the next one is read."""
        content = self._file.read_bytes()
        _, whole = _fold(content)
        if whole != len(content):
            os.ftruncate(descriptor, whole)


def _fold(content: bytes) -> tuple[State, int]:
    """The state that the records add up to, and where the last one ends.

    What is no whole record ends the file: the filesystem's words after a power cut.
    """
    state, end = State(), 0
    while newline := content.find(b"\n", end) + 1:
        try:
            state = _apply(state, json.loads(content[end:newline]))
        except (ValueError, TypeError, KeyError):
            break
        end = newline
    return state, end


def _apply(state: State, record: Mapping[str, Any]) -> State:
    match record["event"]:
        case "run":
            run = Run(id=record["run"], base=record["base"], done=state.done)
            return State(last=state.last, result=state.result, image=state.image, open=run)
        case "complete":
            return State(last=state.open, result=record["result"], image=record["image"])
        case "dropped":
            return State(last=state.last, result=state.result, image=state.image)
        case _:
            return _apply_to_open(state, record)


def _apply_to_open(state: State, record: Mapping[str, Any]) -> State:
    run = state.open
    if run is None:
        return state
    done, begun = dict(run.done), run.begun
    match record["event"]:
        case "begun":
            # A step that starts again is not done any more, whatever it leaves behind.
            done.pop(record["step"], None)
            begun = Begun(step=record["step"], key=record["key"], record=record["record"])
        case "done":
            done[record["step"]] = Done(
                key=record["key"], fingerprint=record["fingerprint"], seconds=record["seconds"]
            )
            begun = None
        case "broke":
            begun = None
    opened = Run(id=run.id, base=run.base, done=done, begun=begun)
    return State(last=state.last, result=state.result, image=state.image, open=opened)
