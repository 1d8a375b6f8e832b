"""`bh-container settings`."""

import json
import re
from pathlib import Path

import pytest

from bh_container.config.settings import table
from tests.cli.conftest import Run
from tests.config.test_schema import PLAIN, samples

DOCS = Path(__file__).parents[2] / "docs"


def shown(output: str) -> dict[str, tuple[str, str]]:
    rows = [re.split(r"  +", line) for line in output.splitlines()[1:]]
    return {name: (value, origin) for name, value, origin in rows}


def test_every_setting_and_where_it_came_from(
    project: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAKEOPTS", "-j9")
    result = run("settings", "show", "--tmp-size", "2G", "--ccache")
    assert (result.exit_code, result.stderr) == (0, "")
    found = shown(result.stdout)
    assert list(found) == [row.name for row in table()]
    assert found["tmp_size"] == ("2G", "option --tmp-size")
    assert found["ccache"] == ("yes", "option --ccache")
    assert found["makeopts"] == ("-j9", "environment MAKEOPTS")
    assert found["seed"] == ("./stage3.tar", "bh-container.yaml:1")
    assert found["tmp_type"] == ("none", "default")


def test_an_option_comes_before_a_variable_before_the_file_before_the_default(
    project: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of every setting at once; the directory is the one that is worked in."""
    rows = [row for row in PLAIN if row.name != "directory"]
    options = [f"{row.option}={samples(row)[0]}" for row in rows]
    file = project / "bh-container.yaml"
    file.write_text("".join(f"{row.name}: {samples(row)[2]}\n" for row in rows))
    for row in rows:
        for variable in row.variables:
            monkeypatch.setenv(variable, samples(row)[1])
    for number, source in enumerate(("option", "environment", "file", "default")):
        result = run("settings", "show", "--json", *(options if source == "option" else ()))
        assert result.exit_code == 0, result.stderr
        found = {one["setting"]: one for one in map(json.loads, result.stdout.splitlines())}
        for row in rows:
            assert found[row.name]["source"] == source, row.name
            if source != "default":
                value = row.parse(samples(row)[number])
                assert found[row.name]["value"] == json.loads(json.dumps(value, default=str))
        if source == "environment":
            for variable in (name for row in rows for name in row.variables):
                monkeypatch.delenv(variable)
        if source == "file":
            file.write_text("")


def test_json(project: Path, run: Run) -> None:
    (project / "bh-container.yaml").write_text("\nsets:\n  boards: [a, b]\n")
    found = [json.loads(line) for line in run("settings", "show", "--json").stdout.splitlines()]
    by_name = {one["setting"]: one for one in found}
    assert by_name["sets"]["value"] == {"boards": ["a", "b"]}
    assert (by_name["sets"]["source"], by_name["sets"]["detail"]) == ("file", "bh-container.yaml:2")
    assert by_name["podman_url"]["value"] is None


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--jbos", "3"), "there is no option --jbos\n  did you mean --jobs?"),
        (("word",), "there is no option word"),
        (("--jobs", "many"), "command line: --jobs is 'many'"),
        (("--jobs",), "command line: --jobs is ''"),
    ],
)
def test_options_that_are_none(project: Path, run: Run, words: tuple[str, ...], said: str) -> None:
    result = run("settings", "show", *words)
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_mistake_in_the_file(project: Path, run: Run) -> None:
    (project / "bh-container.yaml").write_text("seed: lab\ncache: yes\n")
    result = run("settings", "show")
    assert result.exit_code == 2
    assert "bh-container.yaml:2:1: there is no setting 'cache'; did you mean 'ccache'?" in (
        result.stderr
    )


def test_the_schema(run: Run) -> None:
    made = json.loads(run("settings", "schema").stdout)
    assert set(made["properties"]) == {"format", *(row.name for row in table())}


def test_the_page_in_the_documentation_is_that_of_the_table(run: Run) -> None:
    page = run("settings", "reference").stdout
    told = "write it anew: bh-container settings reference > docs/settings.md"
    assert (DOCS / "settings.md").read_text() == page, told
