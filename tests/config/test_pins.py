"""The lock: what is written is what is read, and what was changed by hand is told."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bh_container.config.pins import NO_PINS, Pins, SeedPin, differences, read_pins, write_pins
from bh_container.config.problems import ConfigInvalid

A, B = "a" * 40, "b" * 40
PINS = Pins(
    seed=SeedPin(source="lab", identity="lab-1"),
    snapshot="20261128",
    synced="2026-11-29T10:00:00Z",
    repositories={"https://example.org/gentoo.git": A, "https://example.org/guru.git#dev": B},
)
words = st.text(st.characters(categories=["L", "N", "P"], exclude_characters="|"), min_size=1)


@settings(max_examples=20)
@given(
    seed=st.builds(SeedPin, source=words, identity=words, build=st.none() | words),
    repositories=st.dictionaries(words, st.text("0123456789abcdef", min_size=40, max_size=40)),
)
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, seed: SeedPin, repositories: dict[str, str]
) -> None:
    file = tmp_path_factory.mktemp("lock") / "bh-container.lock"
    pins = Pins(seed=seed, snapshot="20260101", synced="1", repositories=repositories)
    write_pins(file, pins)
    assert read_pins(file) == pins


def test_a_file_that_is_not_there_pins_nothing(tmp_path: Path) -> None:
    assert read_pins(tmp_path / "bh-container.lock") == NO_PINS


def test_the_file_is_for_reading(tmp_path: Path) -> None:
    file = tmp_path / "bh-container.lock"
    write_pins(file, PINS)
    assert file.read_text().splitlines() == [
        "# What builds are made from: made by `bh-container build`, moved forward by "
        "`bh-container update`.",
        "# Keep it in version control.",
        "version: 1",
        "seed:",
        "  source: lab",
        "  identity: lab-1",
        "snapshot: '20261128'",
        "synced: '2026-11-29T10:00:00Z'",
        "repositories:",
        f"  https://example.org/gentoo.git: {A}",
        f"  https://example.org/guru.git#dev: {B}",
    ]
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("seed: x\n", ": has a format that this version does not know (it knows 1); use a newer"),
        ("version: 2\n", ":1: has a format that this version does not know"),
        ("version: 1\nthing: x\n", ":2: 'thing' is nothing that a lock holds; restore"),
        ("version: 1\nrepositories:\n  a: HEAD\n", ":2: repositories is not what a lock holds"),
        (f"version: 1\nrepositories:\n  a b: {A}\n", ":2: repositories is not what"),
        (f"version: 1\nrepositories:\n  a|b: {A}\n", ":2: repositories is not what"),
        ("version: 1\nsnapshot: today\n", ":2: snapshot is not what a lock holds there"),
        ("version: 1\nseed:\n  source: lab\n", ":2: seed is not what a lock holds there"),
        ("version: 1\nseed:\n  source: a\n  identity: b\n  x: c\n", ":2: seed is not what"),
        ("<<<<<<< HEAD\nversion: 1\n", ":2:8: is no YAML"),
    ],
)
def test_what_is_wrong_has_its_line(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "bh-container.lock"
    file.write_text(text)
    with pytest.raises(ConfigInvalid) as caught:
        read_pins(file)
    assert str(caught.value).startswith(f"{file}{said}")


def test_differences_are_told_by_name() -> None:
    new = Pins(
        seed=SeedPin(source="stage3", identity="0123456789abcdef01234567", build="20261101T1"),
        synced="later",
        repositories={"https://example.org/gentoo.git": B},
    )
    assert differences(PINS, new) == (
        "seed: lab lab-1 -> stage3 20261101T1 0123456789abcdef0123",
        "snapshot: 20261128 -> gone",
        f"https://example.org/gentoo.git: {A[:12]} -> {B[:12]}",
        f"https://example.org/guru.git#dev: {B[:12]} -> gone",
    )
    assert differences(PINS, PINS) == ()
