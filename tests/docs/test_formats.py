"""The page about formats names what is written, and nothing else."""

import json
import re
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

import pytest

from bh_container.cli.exits import MEANINGS
from bh_container.config.problems import Problem
from bh_container.events import Event
from bh_container.history.diff import Difference
from bh_container.history.snapshot import Archive, Part, Snapshot, encode
from bh_container.history.sweep import Removal
from bh_container.history.usage import Usage
from bh_container.output.check import Verdict
from bh_container.output.manifest import BootFiles, Provenance, write_manifest
from bh_container.output.shadow import Shadow
from bh_container.plan.step import Done
from bh_container.run.journal import Begun, Journal, Run
from bh_container.run.left import Left
from bh_container.run.outlook import Expected, Outlook
from bh_container.run.parcels import Parcel, encode_parcels
from bh_container.run.status import Status
from tests.docs.pages import PROJECT

CODE = re.compile(r"`([^`]+)`")
COMMON = {"v", "at", "event"}


def sections(page: str) -> dict[str, str]:
    """The text below each heading of a page, up to the next one."""
    text = (PROJECT / "docs" / page).read_text(encoding="utf-8")
    parts = re.split(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


FORMATS = sections("formats.md")


def tables(section: str) -> list[dict[str, set[str]]]:
    """The tables of a section: by what is between backticks in the first cell, that in the others.

    A cell may have several names; each has a row of its own here.
    """
    found: list[dict[str, set[str]]] = []
    for block in re.findall(r"(?:^\|.*\n)+", FORMATS[section], flags=re.MULTILINE):
        rows = [line.strip("|\n").split("|") for line in block.splitlines()[2:]]
        found.append({name: _code(row[1:]) for row in rows for name in _code(row[:1])})
    return found


def _code(cells: Iterable[str]) -> set[str]:
    return {name for cell in cells for name in CODE.findall(cell)}


def names(kind: Any) -> set[str]:
    return {one.name for one in fields(kind)}


def test_a_builds_manifest(tmp_path: Path) -> None:
    boot = BootFiles(target_tuple="t", kernel="k", initramfs="i", images=("base",))
    provenance = Provenance(
        target="t.n", date="d", seed="s", host_image="h", steps={"a": "key"}, boot=boot
    )
    (tmp_path / "base").write_text("")
    inventory = tmp_path.with_name("packages.tsv")
    inventory.write_text("base\tsys-libs/musl-1\ta b\n")
    write_manifest(tmp_path, provenance, inventory)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    whole, below = tables("A build: `manifest.json`")
    assert whole.keys() == manifest.keys()
    assert below.keys() == manifest["boot"].keys()
    assert manifest["packages"]["base"][0].keys() == whole["packages"]
    assert manifest["files"]["base"].keys() == whole["files"]


def test_a_journal(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "unit.jsonl")
    journal.run_opened(Run(id="1", base="image"))
    journal.step_begun(Begun(step="a", key="k", record="01-a"))
    journal.step_broke("a", 1)
    journal.step_done("a", Done(key="k", fingerprint={}, seconds=1.0))
    journal.run_completed("result", "image")
    journal.run_dropped()
    records = [json.loads(line) for line in (tmp_path / "unit.jsonl").read_text().splitlines()]
    (table,) = tables("A journal: `volumes/journal/<unit>.jsonl`")
    assert table == {one["event"]: one.keys() - COMMON for one in records}


def test_a_snapshots_manifest() -> None:
    snapshot = json.loads(encode(Snapshot(id="1", project="p", parent=None, parts={})))
    whole, part = tables("A snapshot: `history/<date>/manifest.json`")
    assert whole.keys() == snapshot.keys()
    assert part.keys() == names(Part)
    assert names(Archive) <= whole["archives"]
    assert part["steps"] == names(Done)


def test_the_binary_packages_of_a_registry() -> None:
    whole, parcel = tables("Binary packages in a registry: `packages.json`")
    assert whole.keys() == json.loads(encode_parcels({})).keys()
    assert parcel.keys() == names(Parcel)


def test_events() -> None:
    (table,) = tables("What a build says: `--json`")
    assert table == {kind.__name__: names(kind) - {"unit"} for kind in get_args(Event)}


def test_a_plan() -> None:
    (table,) = tables("`plan`")
    assert table.keys() == names(Outlook) | {"seconds", "is_known", "memory", "bytes"}
    assert table["left"] == names(Left)
    assert table["steps"] == names(Expected)


def test_a_status() -> None:
    (table,) = tables("`status`")
    assert table.keys() == names(Status)


def test_differences() -> None:
    (table,) = tables("`diff` and `history diff`")
    kinds = {kind.__name__.removesuffix("Change").lower(): kind for kind in get_args(Difference)}
    assert table.keys() == kinds.keys()
    for about, kind in kinds.items():
        assert names(kind) <= table[about]


@pytest.mark.parametrize(
    ("section", "kinds"),
    [
        ("`lint`", (Problem,)),
        ("`check`", (Verdict,)),
        ("`du` and `gc`", (Usage, Removal)),
        ("`pack-config`", (Shadow,)),
    ],
)
def test_other_objects(section: str, kinds: tuple[Any, ...]) -> None:
    assert {name for kind in kinds for name in names(kind)} <= _code([FORMATS[section]])


def test_exit_statuses() -> None:
    told = sections("exit-statuses.md")["Exit statuses"]
    for status, meaning in MEANINGS.items():
        assert f"| {status} | {meaning} |\n" in told
