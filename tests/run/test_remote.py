"""What is newest: asked of a real git repository, and of a real server."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bh_container.errors import BhError, MissingProgram
from bh_container.run.remote import head_of, newest_snapshot
from tests.git import commit_all, new_repository

TODAY = date(2026, 3, 2)


@contextmanager
def mirror(day: str) -> Iterator[str]:
    """A server that has the snapshot of one day."""

    class Mirror(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            found = self.path == f"/gentoo/snapshots/gentoo-{day}.tar.xz"
            self.send_response(200 if found else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Mirror) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/gentoo/"
        server.shutdown()


def test_the_newest_commit(tmp_path: Path) -> None:
    tree = new_repository(tmp_path / "tree")
    first = commit_all(tree)
    assert head_of(str(tree)) == first
    (tree / "file").write_text("new")
    second = commit_all(tree)
    assert second != first
    assert head_of(f"file://{tree}") == second
    assert head_of(f"{tree}#main") == second


@pytest.mark.parametrize("source", ["{}#other", "{}/nowhere"])
def test_what_git_cannot_read(tmp_path: Path, source: str) -> None:
    tree = new_repository(tmp_path / "tree")
    commit_all(tree)
    with pytest.raises(BhError, match="git cannot read this repository") as caught:
        head_of(source.format(tree))
    assert caught.value.remedy is not None


def test_a_machine_without_git(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingProgram, match="git"):
        head_of("https://example.org/gentoo.git")


def test_the_newest_snapshot_is_some_days_old() -> None:
    with mirror("20260227") as url:
        assert newest_snapshot((url,), TODAY) == "20260227"


def test_a_mirror_that_is_behind_and_one_that_is_gone() -> None:
    with mirror("20250101") as old, mirror("20260301") as good:
        gone = "http://127.0.0.1:1"
        assert newest_snapshot((old, gone, good), TODAY) == "20260301"
        with pytest.raises(BhError) as caught:
            newest_snapshot((old, gone), TODAY)
    assert "no snapshot of the last 30 days" in str(caught.value)
    assert f"{gone}: " in str(caught.value)
    assert "gentoo_mirrors" in str(caught.value)
