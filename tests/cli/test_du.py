"""`bh-container du`."""

import json
import re
from pathlib import Path

from tests.cli.conftest import Run
from tests.run.stage import BOX, Crew, write_output


def test_a_project_without_anything(project: Path, crew: Crew, run: Run) -> None:
    result = run("du")
    assert (result.exit_code, result.stderr) == (0, "")
    head, total = result.stdout.splitlines()
    assert head.split() == ["WHAT", "NAME", "SIZE", "OWN", "NOTE"]
    assert total.split() == ["total", "0.0", "MiB"]
    assert not (project / "volumes").exists()


def test_after_a_build_and_a_failure(project: Path, crew: Crew, run: Run, tmp_path: Path) -> None:
    elsewhere = tmp_path / "sources"
    elsewhere.mkdir()
    (elsewhere / "a.tar.xz").write_bytes(bytes(3_000_000))
    (project / "bh-container.yaml").write_text(f"seed: ./stage3.tar\ndistfiles: {elsewhere}\n")
    crew.instead["kernel"] = write_output(b"no\n", status=1)
    assert run("build", "--unsigned-seed", "second").exit_code == 3
    crew.revive()
    assert run("build", "--unsigned-seed", "box").exit_code == 0
    (snapshot,) = (project / "history").glob("2*")
    (snapshot / "host.sqfs").write_bytes(bytes(2_000_000))
    found = [json.loads(line) for line in run("du", "--json").stdout.splitlines()]
    (export,) = [one for one in found if one["thing"] == "export"]
    assert export["name"] == snapshot.name
    assert 2_000_000 <= export["own"] < 2_100_000
    things = {(one["thing"], re.sub(r"\d{8}T.*", "", one.get("name", ""))) for one in found}
    assert {("snapshot", ""), ("build", f"{BOX}."), ("cache", "distfiles"), ("total", "")} <= things
    assert {("container", "bh-second-"), ("volume", "journal"), ("volume", f"log/{BOX}")} <= things
    (sources,) = [one for one in found if one.get("name") == "distfiles"]
    assert sources["size"] >= 3_000_000
    assert found[-1]["size"] >= sum(one["own"] for one in found[:-1])
    line = next(line for line in run("du").stdout.splitlines() if "distfiles" in line)
    assert re.match(r"cache +distfiles +2\.9 MiB +2\.9 MiB", line)
