"""A step: one checkpointed action in a container, and the key that says when it is done.

A step's key is the hash of everything that decides its outcome: the key of the step before it,
the text of its script and of the programs that it calls, its environment, and the parts of the
configuration that it reads. A step whose key is on record has nothing left to do; one whose key
is not runs, and so does every step after it.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bh_container.config.files import FileSet, portage_lines
from bh_container.plan.places import STEPS

AFTER = "after"
Fingerprint = Mapping[str, str]
PACKAGE_FILES = (
    "package.accept_keywords",
    "package.env",
    "package.license",
    "package.mask",
    "package.unmask",
    "package.use",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What a step does, before its place in a chain gives it a key.

    `environment` decides the outcome and enters the key; `tuning` (job counts, mirrors) does not.
    `reads` maps each file of the configuration that the script reads to its digest.
    With `every_run` the step is no checkpoint: it runs whenever a later one of its chain does.
    """

    name: str
    script: str
    environment: Mapping[str, str] = field(default_factory=dict)
    tuning: Mapping[str, str] = field(default_factory=dict)
    reads: Mapping[str, str] = field(default_factory=dict)
    every_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A recipe with its fingerprint: by name, everything that its key is the hash of."""

    recipe: Recipe
    fingerprint: Fingerprint

    @property
    def name(self) -> str:
        """The step's name, unique among the steps of its unit."""
        return self.recipe.name

    @property
    def key(self) -> str:
        """The hash of the fingerprint, in 64 hexadecimal digits."""
        return _digest(json.dumps(self.fingerprint, sort_keys=True))

    @property
    def variables(self) -> dict[str, str]:
        """The whole environment that the script is run with."""
        return {**self.recipe.tuning, **self.recipe.environment}


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A step that is finished: its key, and what the key is the hash of.

    `memory` is what its processes had for themselves at most, in bytes, where it was measured.
    """

    key: str
    fingerprint: Fingerprint
    seconds: float
    memory: int | None = None


def done_in(record: Mapping[str, Any]) -> Done:
    """A finished step as a file has it, with keys that may be of a later version; or KeyError."""
    return Done(
        key=record["key"],
        fingerprint=record["fingerprint"],
        seconds=record["seconds"],
        memory=record.get("memory"),
    )


def chain(recipes: Iterable[Recipe], *, after: str, scripts: Mapping[str, str]) -> tuple[Step, ...]:
    """Give each recipe its place behind the one before it; the first one stands behind `after`."""
    steps: list[Step] = []
    for recipe in recipes:
        step = Step(recipe=recipe, fingerprint=_fingerprint(recipe, after, scripts))
        steps.append(step)
        if not recipe.every_run:
            after = step.key
    return tuple(steps)


def contents(files: FileSet) -> dict[str, str]:
    """Files as a step reads them: path to digest, apart by kind where the content is the same."""
    kinds = {f.path: "link" if f.link else "program" if f.executable else "file" for f in files}
    return {str(f.path): f"{kinds[f.path]} {f.digest}" for f in files}


def package_lines(files: FileSet, packages: Sequence[str]) -> dict[str, str]:
    """The lines of `package.*` that speak of these packages (`category/name`), and of no other.

    Each has its number for a value: of two that differ, Portage obeys the later one.
    """
    return {
        f"target-portage/{kind}: {line}": str(number)
        for kind in PACKAGE_FILES
        for number, line in enumerate(portage_lines(files, kind, packages), start=1)
    }


def reason(step: Step, last: Fingerprint | None) -> str:
    """Why a step runs, given the fingerprint with which it ran last (None: it never did)."""
    if last is None:
        return "never ran"
    changed = [
        name
        for name in sorted(step.fingerprint.keys() | last.keys())
        if step.fingerprint.get(name) != last.get(name) and name != AFTER
    ]
    if not changed and step.fingerprint.get(AFTER) != last.get(AFTER):
        return "what it stands on has changed"
    if not changed:
        return "a step before it ran"
    shown = ", ".join(changed[:3])
    return f"changed: {shown}" + (f" and {len(changed) - 3} more" if len(changed) > 3 else "")


def _fingerprint(recipe: Recipe, after: str, scripts: Mapping[str, str]) -> dict[str, str]:
    return {
        AFTER: after,
        **{name: _digest(scripts[name]) for name in _called(recipe.script, scripts)},
        **{f"${name}": value for name, value in recipe.environment.items()},
        **recipe.reads,
    }


def _called(script: str, scripts: Mapping[str, str]) -> list[str]:
    """The script, what it calls, and what that calls."""
    found = [script]
    for caller in found:
        text = scripts[caller]
        if f"{STEPS}/" in text:
            found += [n for n in scripts if f"{STEPS}/{n}" in text and n not in found]
    return found


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
