"""Running the checks in a pytest of their own, and what is made of its report."""

from pathlib import Path

import pytest

from bh_container.config.problems import ConfigInvalid
from bh_container.errors import BhError
from bh_container.output.build import read_build
from bh_container.output.check import ChecksBroken, NotStarted, Outcome, lay_out, run_checks
from bh_container.output.checks.root import Root
from tests.output.tree import make_build

OWN = """
import pytest

def test_motd(root):
    assert root.lines("/etc/motd") == ["net"]

@pytest.mark.parametrize("word", ["a"])
def test_that_fails(root, word):
    assert root.lines("/etc/motd") == ["elsewhere"], "the motd is wrong"

@pytest.mark.parametrize("word", ["a-b"])
def test_inside(host, word):
    assert host.file("/etc/motd").exists
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A target's own checks, one of which cannot be read."""
    own = tmp_path / "tests"
    own.mkdir()
    (own / "test_own.py").write_text(OWN)
    (own / "test_broken.py").write_text("import no_such_module\n")
    (own / "setuid").write_text("/usr/bin/x  # because\n")
    return own


@pytest.fixture
def root(tmp_path: Path, own: Path) -> Root:
    trees = {"base": {"etc/motd": "base", "etc/x": "x"}, "net": {"etc/motd": "net"}}
    build = read_build(make_build(tmp_path / "build", trees))
    return lay_out(build, ("net",), own, tmp_path / "root")


def test_the_images_are_stacked(root: Root) -> None:
    assert root.lines("/etc/motd") == ["net"]
    assert root.lines("/etc/x") == ["x"]
    assert (root.machine, root.setuid, root.accounts) == (183, ("/usr/bin/x",), ())


def test_verdicts(root: Root, own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_ADDOPTS", "--no-such-option")
    before = sorted(own.rglob("*"))
    verdicts = run_checks(root, own, BhError("no Podman", remedy="install it"), tmp_path)
    found = {verdict.check: verdict for verdict in verdicts}
    assert found["init_is_there"].outcome is Outcome.FAILED
    assert found["init_is_there"].message.startswith("/sbin/init: there is none")
    assert found["accounts_are_locked"].outcome is Outcome.PASSED
    assert found["the_shell_answers"].outcome is Outcome.NOT_RUN
    assert found["the_shell_answers"].message == "no Podman; install it"
    mine = {
        verdict.check: (verdict.outcome, verdict.message) for verdict in verdicts if verdict.own
    }
    assert mine["motd"] == (Outcome.PASSED, "")
    assert mine["that_fails[a]"][0] is Outcome.FAILED
    assert "the motd is wrong" in mine["that_fails[a]"][1]
    assert mine["inside[a-b]"][0] is Outcome.NOT_RUN
    (broken,) = (name for name in mine if name.endswith("test_broken.py"))
    assert "no_such_module" in mine[broken][1]
    assert sorted(own.rglob("*")) == before


def test_a_system_that_does_not_start_is_a_failure(root: Root, tmp_path: Path) -> None:
    verdicts = run_checks(root, tmp_path / "none", NotStarted("no shell"), tmp_path)
    assert (verdicts[0].check, verdicts[0].message) == ("it_starts", "no shell")
    assert verdicts[0].outcome is Outcome.FAILED


def test_checks_that_come_to_no_end(
    root: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(ChecksBroken, match="pytest ended with status 1"):
        run_checks(root, tmp_path / "none", BhError(""), tmp_path)


def test_a_list_that_cannot_be_read(tmp_path: Path) -> None:
    build = read_build(make_build(tmp_path / "build", {"base": {"etc/motd": ""}}))
    (tmp_path / "own/setuid").mkdir(parents=True)
    with pytest.raises(ConfigInvalid, match="own/setuid: is a directory"):
        lay_out(build, (), tmp_path / "own", tmp_path / "root")
