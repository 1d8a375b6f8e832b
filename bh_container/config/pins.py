"""`bh-container.lock`: exactly what builds are made from.

The format is YAML with a version. The first build writes the file, `bh-container update` moves it
forward, and everybody else only reads it.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

import yaml

from bh_container.config.document import Entry, read_document
from bh_container.config.problems import Report
from bh_container.config.source import is_present
from bh_container.durable import write_durably

VERSION = "1"
HEAD = """\
# What builds are made from: made by `bh-container build`, moved forward by `bh-container update`.
# Keep it in version control.
"""
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_DAY = re.compile(r"[0-9]{8}")
_WORD = re.compile(r"[^\s|]+")
_KEYS = ("version", "seed", "snapshot", "synced", "repositories")


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedPin:
    """What the host starts from: a word for where it came from, and its content's identity.

    The rest is there for a stage3 of a mirror: its build id, and where it lies.
    """

    source: str
    identity: str
    build: str | None = None
    directory: str | None = None
    file: str | None = None
    size: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pins:
    """What the lock says; None is what it does not.

    `snapshot` is the day (YYYYMMDD) of the repository snapshot that the host began with.
    `repositories` has the commit of each git repository, by its URI with `#branch` where it is
    not the default one. `synced` is when the lock last moved.
    """

    seed: SeedPin | None = None
    snapshot: str | None = None
    synced: str | None = None
    repositories: Mapping[str, str] = field(default_factory=dict)


NO_PINS = Pins()


def read_pins(file: Path) -> Pins:
    """What the file says, nothing where it is not there. Raises ConfigInvalid."""
    if not is_present(file):
        return NO_PINS
    report = Report()
    entries = read_document(file, report)
    report.raise_if_any()
    _check(file, entries, report)
    report.raise_if_any()
    values = {key: entry.value for key, entry in entries.items()}
    seed, repositories = values.get("seed"), values.get("repositories", {})
    assert isinstance(repositories, dict)  # noqa: S101 - `_check` has said so
    return Pins(
        seed=SeedPin(**{str(k): str(v) for k, v in seed.items()})
        if isinstance(seed, dict)
        else None,
        snapshot=str(values["snapshot"]) if "snapshot" in values else None,
        synced=str(values["synced"]) if "synced" in values else None,
        repositories={uri: str(commit) for uri, commit in repositories.items()},
    )


def write_pins(file: Path, pins: Pins) -> None:
    """Write the file; it is there as a whole or not at all."""
    seed = pins.seed and {k: v for k, v in asdict(pins.seed).items() if v is not None}
    said = {
        "version": int(VERSION),
        "seed": seed,
        "snapshot": pins.snapshot,
        "synced": pins.synced,
        "repositories": dict(sorted(pins.repositories.items())),
    }
    known = {key: value for key, value in said.items() if value}
    text = yaml.safe_dump(known, sort_keys=False, allow_unicode=True, width=1000)
    write_durably(file, HEAD + text)


def differences(old: Pins, new: Pins) -> tuple[str, ...]:
    """What is not the same in two locks, a line each; when they moved does not count."""
    before, after = _lines(old), _lines(new)
    names = [*before, *(name for name in after if name not in before)]
    return tuple(
        f"{name}: {before.get(name, 'not there')} -> {after.get(name, 'gone')}"
        for name in names
        if before.get(name) != after.get(name)
    )


def _lines(pins: Pins) -> dict[str, str]:
    seed = pins.seed
    said = {
        "seed": seed and " ".join(filter(None, (seed.source, seed.build, seed.identity[:20]))),
        "snapshot": pins.snapshot,
        **{uri: commit[:12] for uri, commit in pins.repositories.items()},
    }
    return {name: value for name, value in said.items() if value}


def _check(file: Path, entries: Mapping[str, Entry], report: Report) -> None:
    remedy = "restore the file from version control, or remove it to pin what is newest"
    version = entries.get("version")
    if version is None or version.value != VERSION:
        what = f"has a format that this version does not know (it knows {VERSION})"
        report.add(file, version.line if version else None, what, "use a newer bh-container")
        return
    for key, entry in entries.items():
        if key not in _KEYS:
            report.add(file, entry.line, f"'{key}' is nothing that a lock holds", remedy)
        elif not _is_right(key, entry):
            report.add(file, entry.line, f"{key} is not what a lock holds there", remedy)


def _is_right(key: str, entry: Entry) -> bool:
    value = entry.value
    match key, value:
        case "seed", dict():
            texts = all(isinstance(text, str) for text in value.values())
            known = {each.name for each in fields(SeedPin)}
            return texts and {"source", "identity"} <= value.keys() <= known
        case "repositories", dict():
            return all(
                _WORD.fullmatch(uri) and isinstance(commit, str) and _COMMIT.fullmatch(commit)
                for uri, commit in value.items()
            )
        case "snapshot", str():
            return bool(_DAY.fullmatch(value))
        case _:
            return isinstance(value, str) and key in ("version", "synced")
