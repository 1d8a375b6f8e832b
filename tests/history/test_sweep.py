"""What can go, from inventories that are only data."""

from dataclasses import replace
from pathlib import Path

import pytest

from bh_container.engine.protocol import Layer
from bh_container.history.inventory import (
    Ending,
    Inventory,
    PastRun,
    PastSnapshot,
    Place,
    StoredContainer,
    StoredImage,
    StoredPath,
    Unit,
)
from bh_container.history.keep import Rules
from bh_container.history.sweep import freed_bytes, plan_sweep

NOW = 100.0
OLD = PastRun(id="1", ending=Ending.COMPLETE, at=1, images=frozenset({"one", "host1"}))
NEW = PastRun(id="2", ending=Ending.COMPLETE, at=2, images=frozenset({"two", "host2"}))
GIVEN_UP = PastRun(id="3", ending=Ending.DROPPED, at=3)
OPEN = PastRun(id="4", ending=Ending.OPEN, at=4, images=frozenset({"base"}))


def box(*runs: PastRun, busy: bool = False) -> Unit:
    return Unit(name="box", runs=runs, busy=busy)


def image(name: str, layers: str, **more: object) -> StoredImage:
    """An image of ours, each letter a layer; the one with the most layers is the newest."""
    made = StoredImage(
        id=name,
        created=len(layers),
        layers=tuple(Layer(digest=letter, size=10) for letter in layers),
        ours=(f"ours:{name}",),
        made_here=True,
    )
    return replace(made, **more)  # type: ignore[arg-type]


def common(name: str, layers: str, **more: object) -> StoredImage:
    return image(name, layers, ours=(), common=(f"host:{name}",), **more)


def snapshot(name: str, *images: str) -> PastSnapshot:
    return PastSnapshot(id=name, at=1, images=frozenset(images))


def gone(inventory: Inventory, rules: Rules = Rules()) -> list[str]:  # noqa: B008 (frozen)
    return [removal.what for removal in plan_sweep(inventory, rules, NOW)]


@pytest.mark.parametrize(
    ("unit", "run", "expected"),
    [
        (box(GIVEN_UP), "3", ["c"]),
        (box(NEW), "2", ["c"]),
        (box(NEW), "nobody knows", ["c"]),
        (box(NEW), None, ["c"]),
        (box(OPEN), "4", []),
        (box(GIVEN_UP, OPEN), "3", ["c"]),
        (box(GIVEN_UP, busy=True), "3", []),
        (Unit(name="other"), "3", []),
    ],
)
def test_a_container_goes_with_its_run(unit: Unit, run: str | None, expected: list[str]) -> None:
    container = StoredContainer(id="c", name="bh-box", base="host", unit="box", run=run)
    assert gone(Inventory(units=(unit,), containers=(container,))) == expected


def test_a_container_of_somebody_else_stays() -> None:
    container = StoredContainer(id="c", name="bh-box", base="host")
    assert gone(Inventory(units=(box(GIVEN_UP),), containers=(container,))) == []


@pytest.mark.parametrize(
    ("units", "expected"),
    [
        ((box(OLD, NEW),), ["one"]),
        ((box(OLD),), ["two"]),
        ((box(OLD, GIVEN_UP),), ["two"]),
        ((box(OLD, NEW, replace(OPEN, images=frozenset({"one"}))),), []),
        ((box(OLD, NEW), Unit(name="net", runs=(OLD,))), []),
    ],
)
def test_of_a_units_runs_the_newest_and_the_open_one_need_images(
    units: tuple[Unit, ...], expected: list[str]
) -> None:
    images = (image("one", "a"), image("two", "xyz"))
    assert gone(Inventory(units=units, images=images)) == expected


@pytest.mark.parametrize(
    ("rules", "building", "expected"),
    [
        (Rules(), False, []),
        (Rules(last=2), False, []),
        (Rules(last=1), False, ["s1", "one"]),
        (Rules(last=1), True, []),
    ],
)
def test_a_snapshot_goes_with_its_images(rules: Rules, building: bool, expected: list[str]) -> None:
    inventory = Inventory(
        units=(box(NEW),),
        snapshots=(snapshot("s1", "one", "host1"), snapshot("s2", "two", "host1")),
        images=(image("one", "a"), image("two", "ab"), common("host1", "h")),
        building=building,
    )
    assert gone(inventory, rules) == expected


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (image("theirs", "abc", ours=(), others=("theirs",), made_here=False), []),
        (image("theirs", "ax", ours=(), others=("theirs",), made_here=False), ["ab"]),
        (image("theirs", "abc", ours=(), others=("theirs",)), []),
        (image("theirs", "abc", ours=(), made_here=False), []),
        (image("two", "abc"), []),
        (image("two", "x"), ["ab"]),
    ],
)
def test_what_is_common_stays_below_what_stays(wanted: StoredImage, expected: list[str]) -> None:
    assert gone(Inventory(units=(box(NEW),), images=(common("ab", "ab"), wanted))) == expected


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (image("i", "a"), ("ours:i",)),
        (image("i", "a", common=("host:i",)), ("ours:i", "host:i")),
        (image("i", "a", common=("host:i",), made_here=False), ("ours:i",)),
        (image("i", "a", common=("host:i",), others=("other",)), ("ours:i",)),
        (image("i", "a", ours=(), common=("host:i",), others=("other",)), None),
        (image("i", "a", ours=(), common=("host:i",), made_here=False), None),
        (image("i", "a", ours=(), made_here=False), None),
        (image("i", "a", ours=()), ()),
    ],
)
def test_by_which_names_an_image_goes(found: StoredImage, expected: tuple[str, ...] | None) -> None:
    removals = plan_sweep(Inventory(images=(found,)), Rules(), NOW)
    assert [removal.references for removal in removals] == ([] if expected is None else [expected])


@pytest.mark.parametrize(
    ("unit", "expected"), [(None, []), ("box", ["c", "ours"])], ids=["theirs", "ours"]
)
def test_what_a_container_that_stays_was_made_from_stays(
    unit: str | None, expected: list[str]
) -> None:
    container = StoredContainer(id="c", name="c", base="ours", unit=unit, run="3")
    inventory = Inventory(
        units=(box(GIVEN_UP),), containers=(container,), images=(image("ours", "a"),)
    )
    assert gone(inventory) == expected


def test_an_image_that_lost_its_name_goes_even_from_below_another() -> None:
    images = (image("below", "a", ours=()), image("two", "ab"))
    assert gone(Inventory(units=(box(NEW),), images=images)) == ["below"]


def test_the_newest_images_go_first() -> None:
    images = (image("a", "a"), image("abc", "abc"), image("ab", "ab"))
    assert gone(Inventory(images=images)) == ["abc", "ab", "a"]


def test_while_something_is_built_every_image_stays() -> None:
    images = (image("one", "a"), image("lost", "b", ours=()))
    assert gone(Inventory(images=images, building=True)) == []


@pytest.mark.parametrize(
    ("place", "run", "runs", "expected"),
    [
        (Place.BUILD, "1", (OLD, NEW), ["p"]),
        (Place.BUILD, "2", (OLD, NEW), []),
        (Place.BUILD, None, (OLD, NEW), []),
        (Place.LOGS, "1", (OLD, NEW), ["p"]),
        (Place.LOGS, "2", (OLD, NEW), []),
        (Place.LOGS, "3", (GIVEN_UP,), []),
        (Place.LOGS, "3", (GIVEN_UP, NEW), ["p"]),
        (Place.LOGS, "0", (NEW,), ["p"]),
        (Place.LOGS, "0", (), []),
        (Place.UNFINISHED, None, (NEW,), ["p"]),
        (Place.UNFINISHED, None, (NEW, OPEN), []),
        (Place.LEFTOVER, None, (OPEN,), ["p"]),
    ],
)
def test_directories_go_with_their_run(
    place: Place, run: str | None, runs: tuple[PastRun, ...], expected: list[str]
) -> None:
    path = StoredPath(path=Path("p"), place=place, unit="box", run=run)
    assert gone(Inventory(units=(box(*runs),), paths=(path,)), Rules(last=1)) == expected
    busy = Inventory(units=(box(*runs, busy=True),), paths=(path,))
    assert gone(busy, Rules(last=1)) == []


@pytest.mark.parametrize(
    ("place", "building", "expected"),
    [
        (Place.LEFTOVER, False, ["p"]),
        (Place.LEFTOVER, True, []),
        (Place.UNFINISHED, False, ["p"]),
        (Place.UNFINISHED, True, []),
        (Place.BUILD, False, []),
        (Place.LOGS, False, []),
    ],
)
def test_what_belongs_to_no_unit(place: Place, building: bool, expected: list[str]) -> None:
    path = StoredPath(path=Path("p"), place=place)
    assert gone(Inventory(paths=(path,), building=building)) == expected


def test_a_layer_counts_with_the_last_image_that_has_it() -> None:
    images = (image("a", "a"), image("ab", "ab"), image("abc", "abc"), image("x", "ax"))
    assert freed_bytes(["abc", "ab"], images) == {"abc": 10, "ab": 10}
    assert freed_bytes(["x", "abc", "ab", "a"], images) == {"x": 10, "abc": 10, "ab": 10, "a": 10}
    assert freed_bytes([], images) == {}
