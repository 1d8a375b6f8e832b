"""What a killed tool leaves of its service goes when the next one comes."""

import fcntl
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from bh_container.engine.orphans import PREFIX, SOCKET, end_orphans, service_directory
from tests.conftest import cannot

LISTEN = """
import socket, sys, time
s = socket.socket(socket.AF_UNIX)
s.bind(sys.argv[1])
s.listen()
print("ready", flush=True)
s.accept()
time.sleep(60)
"""


def orphan(parent: Path) -> Path:
    """The directory of a service whose tool is gone."""
    directory = parent / f"{PREFIX}dead"
    directory.mkdir()
    (directory / "owner").touch()
    return directory


def test_a_service_without_an_owner_is_ended(tmp_path: Path) -> None:
    directory = orphan(tmp_path)
    command = [sys.executable, "-c", LISTEN, str(directory / SOCKET)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as service:
        assert service.stdout is not None
        service.stdout.readline()
        end_orphans(tmp_path)
        assert service.wait(10) == -15
    assert not directory.exists()


def test_one_in_another_pid_namespace_is_left_alone(tmp_path: Path) -> None:
    directory = orphan(tmp_path)
    program = "import pathlib, sys; from bh_container.engine.orphans import end_orphans; "
    program += "end_orphans(pathlib.Path(sys.argv[1]))"
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    unshare = ["unshare", *user, "--pid", "--fork"]
    if subprocess.run([*unshare, "true"], check=False, capture_output=True).returncode:
        cannot("there are no PID namespaces")
    with socket.socket(socket.AF_UNIX) as service:
        service.bind(str(directory / SOCKET))
        service.listen()
        # What it would end by mistake is its own process group.
        command = [*unshare, sys.executable, "-c", program, str(tmp_path)]
        subprocess.run(command, check=True, start_new_session=True)
    assert directory.exists()


def test_a_directory_whose_service_has_ended_goes(tmp_path: Path) -> None:
    directory = orphan(tmp_path)
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(directory / SOCKET))
    end_orphans(tmp_path)
    assert not directory.exists()


def test_what_somebody_owns_stays(tmp_path: Path) -> None:
    directory = orphan(tmp_path)
    with (directory / "owner").open() as owner:
        fcntl.flock(owner, fcntl.LOCK_EX)
        end_orphans(tmp_path)
    assert directory.exists()


def test_what_is_only_just_being_made_stays(tmp_path: Path) -> None:
    (tmp_path / f"{PREFIX}new").mkdir()
    end_orphans(tmp_path)
    assert (tmp_path / f"{PREFIX}new").exists()


def test_ours_is_safe_from_others_and_goes_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with service_directory() as directory:
        end_orphans(tmp_path)
        assert directory.is_dir()
    assert list(tmp_path.iterdir()) == []
