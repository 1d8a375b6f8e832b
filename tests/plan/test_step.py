"""Keys: what enters them, and how far a change goes."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePosixPath

import pytest

from bh_container.config.files import ConfigFile, FileSet
from bh_container.plan.step import AFTER, Done, Recipe, Step, chain, contents, done_in, reason

SCRIPTS = {"a.sh": "echo a", "b.sh": "echo b", "c.sh": "echo c"}
RECIPES = (
    Recipe(name="a", script="a.sh", environment={"X": "1"}, tuning={"JOBS": "1"}),
    Recipe(name="b", script="b.sh", reads={"file": "digest"}),
    Recipe(name="c", script="c.sh", environment={"Y": ""}),
)


def keys(
    recipes: tuple[Recipe, ...] = RECIPES,
    after: str = "seed",
    scripts: Mapping[str, str] = SCRIPTS,
) -> list[str]:
    return [step.key for step in chain(recipes, after=after, scripts=scripts)]


def test_a_plan_made_twice_has_the_same_keys() -> None:
    assert keys() == keys()
    assert len(set(keys())) == 3


def first_changed(changed: list[str]) -> int:
    """The index of the first key that differs; all after it must differ, too."""
    pairs = list(zip(keys(), changed, strict=True))
    first = next((n for n, (old, new) in enumerate(pairs) if old != new), len(pairs))
    assert all(old != new for old, new in pairs[first:])
    return first


@pytest.mark.parametrize(
    ("index", "change"),
    [
        (0, {"environment": {"X": "2"}}),
        (0, {"environment": {"X": "1", "Z": ""}}),
        (0, {"environment": {}}),
        (1, {"reads": {"file": "other"}}),
        (1, {"reads": {}}),
        (1, {"reads": {"file": "digest", "more": "digest"}}),
        (1, {"environment": {"X": "1"}}),
        (2, {"script": "a.sh"}),
        (2, {"environment": {"Y": "", "file": ""}}),
    ],
)
def test_a_changed_input_changes_this_key_and_the_later_ones(
    index: int, change: dict[str, object]
) -> None:
    recipes = list(RECIPES)
    recipes[index] = replace(recipes[index], **change)  # type: ignore[arg-type]
    assert first_changed(keys(tuple(recipes))) == index


@pytest.mark.parametrize("index", range(3))
def test_a_changed_script_changes_the_key_of_its_step_and_the_later_ones(index: int) -> None:
    script = RECIPES[index].script
    assert first_changed(keys(scripts={**SCRIPTS, script: "echo other"})) == index


def test_what_a_chain_stands_behind_changes_all_its_keys() -> None:
    assert first_changed(keys(after="other seed")) == 0


def test_a_variable_is_not_taken_for_a_file_of_the_same_name() -> None:
    as_variable = (Recipe(name="a", script="a.sh", environment={"X": "1"}),)
    as_file = (Recipe(name="a", script="a.sh", reads={"X": "1"}),)
    assert keys(as_variable) != keys(as_file)


def test_tuning_enters_no_key_and_reaches_the_script() -> None:
    tuned = replace(RECIPES[0], tuning={"JOBS": "64", "GENTOO_MIRRORS": "https://mirror"})
    assert keys((tuned, *RECIPES[1:])) == keys()
    (step, *_) = chain((tuned,), after="seed", scripts=SCRIPTS)
    assert step.variables == {"JOBS": "64", "GENTOO_MIRRORS": "https://mirror", "X": "1"}


def test_what_decides_the_outcome_wins_over_tuning() -> None:
    recipe = Recipe(name="a", script="a.sh", environment={"X": "1"}, tuning={"X": "2"})
    (step,) = chain((recipe,), after="seed", scripts=SCRIPTS)
    assert step.variables == {"X": "1"}


def test_a_step_of_every_run_is_no_link_of_the_chain() -> None:
    every = Recipe(name="every", script="c.sh", every_run=True)
    first, _, *rest = keys((RECIPES[0], every, *RECIPES[1:]))
    assert [first, *rest] == keys()


def link(path: str, digest: str) -> ConfigFile:
    return ConfigFile(path=PurePosixPath(path), digest=digest, link="somewhere")


def test_files_are_read_with_their_kind() -> None:
    files = FileSet(
        (
            ConfigFile(path=PurePosixPath("a"), digest="1"),
            ConfigFile(path=PurePosixPath("b"), digest="1", executable=True),
            link("c", "1"),
        )
    )
    assert contents(files) == {"a": "file 1", "b": "program 1", "c": "link 1"}


def step_of(**fingerprint: str) -> Step:
    return Step(recipe=RECIPES[0], fingerprint={AFTER: "seed", **fingerprint})


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (None, "never ran"),
        ({AFTER: "seed", "a": "1", "b": "1"}, "a step before it ran"),
        ({AFTER: "other", "a": "1", "b": "1"}, "what it stands on has changed"),
        ({AFTER: "seed", "a": "1", "b": "2"}, "changed: b"),
        ({AFTER: "other", "a": "1", "b": "2"}, "changed: b"),
        ({AFTER: "seed", "a": "1"}, "changed: b"),
        ({AFTER: "seed", "a": "1", "b": "1", "c": "1"}, "changed: c"),
        ({AFTER: "seed"}, "changed: a, b"),
        ({AFTER: "seed", "d": "", "c": ""}, "changed: a, b, c and 1 more"),
        (
            {AFTER: "seed", "a": "2", "b": "2", "c": "", "d": "", "e": ""},
            "changed: a, b, c and 2 more",
        ),
    ],
)
def test_why_a_step_runs(last: dict[str, str] | None, expected: str) -> None:
    assert reason(step_of(a="1", b="1"), last) == expected


@pytest.mark.parametrize(
    ("others", "memory"), [({}, None), ({"memory": 7}, 7), ({"memory": None, "later": 1}, None)]
)
def test_what_earlier_and_later_versions_wrote_of_a_step(
    others: dict[str, int], memory: int | None
) -> None:
    done = Done(key="k", fingerprint={AFTER: "x"}, seconds=1.5, memory=memory)
    assert done_in({"key": "k", "fingerprint": {AFTER: "x"}, "seconds": 1.5, **others}) == done


def test_the_first_step_says_that_the_seed_changed() -> None:
    (old, *_) = chain(RECIPES, after="seed", scripts=SCRIPTS)
    (new, *_) = chain(RECIPES, after="other seed", scripts=SCRIPTS)
    assert reason(new, old.fingerprint) == "what it stands on has changed"
