"""`bh-container why-compiled`."""

import json
from pathlib import Path

from tests.cli.conftest import Run


def test_what_is_said(project: Path, run: Run) -> None:
    store = project / "volumes/binpkgs/host"
    store.mkdir(parents=True)
    (store / "Packages").write_text("VERSION: 0\n\nCPV: a/b-1\nBUILD_TIME: 86400\n")
    result = run("why-compiled", "b")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("host: a/b-1, 1970-01-0")
    assert result.stdout.endswith(": missing: there was no binary package of it\n")
    assert json.loads(run("why-compiled", "b", "--json").stdout) == {
        "unit": "host",
        "name": "a/b",
        "version": "1",
        "time": 86400,
        "cause": "missing",
        "detail": "there was no binary package of it",
        "log": None,
    }


def test_a_package_that_nobody_knows(project: Path, run: Run) -> None:
    result = run("why-compiled", "b")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "b: neither the host nor a target has compiled this package" in result.stderr
