"""What is made from the table of settings: precedence, schema, and the page in docs/."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from bh_container.config import values
from bh_container.config.problems import ConfigInvalid
from bh_container.config.schema import kind_of, reference, schema, written
from bh_container.config.setting import Setting
from bh_container.config.settings import Source, resolve, table

ORIGINAL = (
    *("TMUX_MODE", "TARBALL_MIRROR", "BUILD_HELPER_TREE", "MNT_TYPE", "MNT_OPTS", "TMP_TYPE"),
    *("TMP_SIZE", "BUILD_JOBS", "BUILD_HIST", "DISTFILES", "UMOUNT_ASK"),
    *("MOUNT_HIST", "GENTOO_MIRRORS", "VIDEO_CARDS_NATIVE", "MAKEOPTS"),
)
"""The environment variables of build-helper."""

SAMPLES: Mapping[object, tuple[str, ...]] = {
    values.text: ("-j1 -l2", "-j3", "x"),
    values.word: ("one", "two", "three"),
    values.words: ("a b", "c", "d e"),
    values.urls: ("https://a", "http://b/c https://d", "https://e"),
    values.fingerprints: ("A" * 40, "B" * 40, "C" * 64),
    values.path: ("/a", "/b/c", "/d"),
    values.positive: ("3", "5", "7"),
    values.size: ("1G", "2%", "3"),
    values.boolean: ("yes", "no", "yes"),
}
"""For each parser three values, each different from the one before it."""


def samples(row: Setting) -> tuple[str, ...]:
    if isinstance(row.parse, values.OneOf):
        choices = [str(member) for member in row.parse.kind] * 3
        return tuple(choices[:3])
    return SAMPLES[row.parse]


PLAIN = [row for row in table() if row.parse is not values.named_words]


@pytest.mark.parametrize("row", PLAIN, ids=lambda row: row.name)
def test_an_option_comes_before_a_variable_before_the_file_before_the_default(
    row: Setting, tmp_path: Path
) -> None:
    option, variable, key = samples(row)
    file = tmp_path / "bh-container.yaml"
    file.write_text(f"format: 1\n{row.name}: {key}\n")
    assert row.variables, "every setting but those that are tables has a variable"
    options, environment = {row.name: option}, {name: variable for name in row.variables}
    cases = [
        (options, environment, file, option, f"option {row.option}"),
        ({}, environment, file, variable, f"environment {row.variables[0]}"),
        ({}, {}, file, key, "bh-container.yaml:2"),
        ({}, {}, None, None, "default"),
    ]
    for given, surroundings, path, text, origin in cases:
        settings = resolve(given, surroundings, path)
        assert str(settings.origins[row.name]) == origin
        if text is not None:
            assert getattr(settings, row.name) == row.parse(text)
    assert settings.origins[row.name].source is Source.DEFAULT


def test_every_variable_of_build_helper_has_a_setting() -> None:
    ours = {variable for row in table() for variable in row.variables}
    assert set(ORIGINAL) - ours == set()


@pytest.mark.parametrize("row", table(), ids=lambda row: row.name)
def test_the_schema_has_every_setting(row: Setting) -> None:
    found = schema()["properties"][row.name]
    assert found["description"] == row.help
    assert found.keys() & {"type", "anyOf", "enum"}
    assert kind_of(row).words


def test_the_schema_allows_nothing_else_and_is_json() -> None:
    made = json.loads(json.dumps(schema()))
    assert made["additionalProperties"] is False
    assert set(made["properties"]) == {"format", *(row.name for row in table())}


def test_a_mistake_is_one_in_the_schema_too(tmp_path: Path) -> None:
    """The two do not contradict each other where a value has a few words to choose from."""
    for row in table():
        if isinstance(row.parse, values.OneOf):
            for word in schema()["properties"][row.name]["enum"]:
                assert row.parse(word) == word
            file = tmp_path / "bh-container.yaml"
            file.write_text(f"{row.name}: none-of-these\n")
            with pytest.raises(ConfigInvalid):
                resolve({}, {}, file)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "-"),
        (True, "yes"),
        ((), "-"),
        (("a", "b"), "a b"),
        ({"x": ("a", "b"), "y": ()}, "x: a b, y: -"),
        (Path("/a"), "/a"),
        (3, "3"),
    ],
)
def test_values_on_one_line(value: object, text: str) -> None:
    assert written(value) == text


def test_the_reference_says_only_what_a_default_is_everywhere() -> None:
    page = reference({"--jobs"})
    (line,) = [line for line in page.splitlines() if line.startswith("| `jobs`")]
    assert line.split(" | ")[2:5] == ["the processors of this machine", "`BUILD_JOBS`", "`--jobs`"]
    assert "--url" not in page
