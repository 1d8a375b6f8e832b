"""Which snapshots and builds stay."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bh_container.errors import BhError
from bh_container.history.inventory import Ending, Inventory, PastRun, PastSnapshot, Unit
from bh_container.history.keep import Rules, age_of, kept_runs, kept_snapshots

NOW = 1_000_000.0
DAY = 86400
NOTHING = frozenset[str]()


def snapshots(*words: str) -> list[PastSnapshot]:
    """From words: an id, `!` for a tag, its age in days, and its targets, each with a run:
    `a!@3=box1,net2`. Its images have the same names.
    """
    made = []
    for word in words:
        name, _, rest = word.partition("@")
        days, _, targets = rest.partition("=")
        images = frozenset(filter(None, targets.split(",")))
        made.append(
            PastSnapshot(
                id=name.rstrip("!"),
                at=NOW - int(days or 0) * DAY,
                images=images,
                runs=frozenset((image[:-1], image[-1]) for image in images),
                pinned=name.endswith("!"),
            )
        )
    return made


@pytest.mark.parametrize(
    ("words", "rules", "expected"),
    [
        ("", Rules(last=1), ""),
        ("a@9 b@5 c@1", Rules(), "abc"),
        ("a@9 b@5 c@1", Rules(last=1), "c"),
        ("a@9 b@5 c@1", Rules(last=2), "bc"),
        ("a@9 b@5 c@1", Rules(last=9), "abc"),
        ("a@9 b@5 c@1", Rules(within=6 * DAY), "bc"),
        ("a@9 b@5 c@4", Rules(within=DAY), "c"),
        ("a@9 b@5 c@1", Rules(last=1, within=5 * DAY), "bc"),
        ("a!@9 b@5 c@1", Rules(last=1), "ac"),
        ("a@9=box1 b@5=box1,net1 c@1=box2,net1", Rules(last=1), "c"),
        ("a@9=net1 b@5=box1 c@1=box2", Rules(last=1), "ac"),
    ],
)
def test_which_snapshots_stay(words: str, rules: Rules, expected: str) -> None:
    kept = kept_snapshots(snapshots(*words.split()), rules, NOW, NOTHING)
    assert "".join(sorted(kept)) == expected


@pytest.mark.parametrize(
    ("needed", "expected"), [("box2", "c"), ("box1", "bc"), ("box9", "c"), ("", "c")]
)
def test_the_newest_snapshot_with_an_image_that_is_needed_stays(needed: str, expected: str) -> None:
    words = "a@9=box1 b@5=box1 c@1=box2"
    kept = kept_snapshots(snapshots(*words.split()), Rules(last=1), NOW, [needed])
    assert "".join(sorted(kept)) == expected


def run(word: str) -> PastRun:
    """From an id with `?` for an open run, `x` for one that was dropped."""
    ending = {"?": Ending.OPEN, "x": Ending.DROPPED}.get(word[-1], Ending.COMPLETE)
    return PastRun(id=word[0], ending=ending, at=NOW)


@pytest.mark.parametrize(
    ("runs", "rules", "held", "expected"),
    [
        ("1 2 3", Rules(), "", "123"),
        ("1 2 3", Rules(last=1), "", "3"),
        ("1 2 3", Rules(last=2), "", "23"),
        ("1 2 3", Rules(last=1), "box1", "13"),
        ("1 2 3", Rules(last=1), "net1", "3"),
        ("1 2x", Rules(), "", "1"),
        ("1 2x 3?", Rules(last=1), "", "13"),
        ("1x", Rules(), "", ""),
        ("", Rules(last=1), "", ""),
    ],
)
def test_which_runs_stay(runs: str, rules: Rules, held: str, expected: str) -> None:
    unit = Unit(name="box", runs=tuple(map(run, runs.split())))
    kept = snapshots(f"a@0={held}", "b@0=box2")
    found = kept_runs(Inventory(units=(unit,), snapshots=tuple(kept)), frozenset({"a"}), rules, NOW)
    assert "".join(sorted(found["box"])) == expected


NAMES = st.lists(st.sampled_from(["box1", "box2", "net1", "net2"]), unique=True, max_size=3)


@settings(max_examples=40)
@given(
    st.lists(st.tuples(NAMES, st.floats(0, NOW), st.booleans()), max_size=6),
    st.builds(Rules, last=st.none() | st.integers(1, 4), within=st.none() | st.floats(0, NOW)),
    st.sets(st.sampled_from(["box1", "box2", "net1", "net2"])),
)
def test_nothing_that_is_needed_is_lost(
    drawn: list[tuple[list[str], float, bool]], rules: Rules, needed: set[str]
) -> None:
    made = [
        PastSnapshot(
            id=str(number),
            at=at,
            images=frozenset(names),
            runs=frozenset((name[:-1], name[-1]) for name in names),
            pinned=pinned,
        )
        for number, (names, at, pinned) in enumerate(drawn)
    ]
    kept = [one for one in made if one.id in kept_snapshots(made, rules, NOW, needed)]
    assert made[-1:] == kept[-1:]
    assert all(one in kept for one in made if one.pinned)
    lost = needed - {image for one in kept for image in one.images}
    assert not lost & {image for one in made for image in one.images}
    for target in ("box", "net"):
        having = [one for one in made if target in dict(one.runs)]
        assert not having or having[-1] in kept


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1h", 3600), ("30d", 30 * DAY), (" 2w ", 14 * DAY), ("6m", 180 * DAY), ("1y", 365 * DAY)],
)
def test_an_age(text: str, seconds: float) -> None:
    assert age_of(text) == seconds


@pytest.mark.parametrize("text", ["", "d", "3", "-1d", "1.5d", "3 d", "3s", "3days"])
def test_what_is_no_age(text: str) -> None:
    with pytest.raises(BhError, match="is no age"):
        age_of(text)
