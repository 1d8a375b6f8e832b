"""`bh-container list` and `bh-container show`."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import SECOND, Run
from tests.config.tree import TUPLE
from tests.run.stage import BOX


def test_targets_and_sets(project: Path, run: Run) -> None:
    (project / "bh-container.yaml").write_text("sets:\n  both: [box, second]\n")
    (project / "configs" / SECOND / "worlds/base").write_text("nonsense\n")
    result = run("list")
    assert (result.exit_code, result.stderr) == (0, "")
    head, box, second, both = result.stdout.splitlines()
    assert head.split() == ["TARGET", "TUPLE", "FLAVOUR", "KERNEL", "LISTS"]
    assert box.split()[:3] == ["box", TUPLE, "busybox"]
    assert box.endswith("base net")
    assert "mistakes: 1" in second
    assert both == "@both: box second"
    found = [json.loads(line) for line in run("list", "--json").stdout.splitlines()]
    assert found[0]["lists"] == ["base", "net"]
    assert found[1] == {"target": "second", "name": SECOND, "mistakes": 1}
    assert found[2] == {"set": "both", "targets": ["box", "second"]}


def test_a_target(project: Path, run: Run) -> None:
    result = run("show", "box")
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[0].startswith(f"{BOX} (")
    start = lines.index("list net (on base):")
    assert lines[start + 1 :] == ["  net-misc/dropbear"]
    assert any(line.startswith("layout: plain, kernel at kernel") for line in lines)
    found = json.loads(run("show", BOX, "--json").stdout)
    assert [one["name"] for one in found["lists"]] == ["base", "net"]
    assert found["lists"][1]["on"] == "base"
    assert found["flavour"] == "busybox"


@pytest.mark.parametrize(
    ("word", "said"), [("bxo", "did you mean 'box'?"), ("second", "worlds/base:1")]
)
def test_what_cannot_be_shown(project: Path, run: Run, word: str, said: str) -> None:
    (project / "configs" / SECOND / "worlds/base").write_text("nonsense\n")
    result = run("show", word)
    assert result.exit_code == 2
    assert said in result.stderr
