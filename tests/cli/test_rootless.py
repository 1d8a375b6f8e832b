"""A user who is not root: what she is told, and that containers work for her."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import cannot

pytestmark = pytest.mark.podman

CHECKOUT = Path(__file__).parents[2]
PYTHON = f"/mnt/python/bin/python{sys.version_info.major}.{sys.version_info.minor}"
STORAGE = '[storage]\ndriver = "overlay"\n'


@pytest.fixture
def work() -> Iterator[Path]:
    """A directory that others can enter, on a disk; a rootless store is in it."""
    directory = Path(tempfile.mkdtemp(prefix="bh-rootless-", dir="/var/tmp"))
    directory.chmod(0o755)
    (directory / "home").mkdir()
    yield directory
    shutil.rmtree(directory)


def as_ann(work: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a user with ids of her own, in namespaces that end with it."""
    where = [str(work), sys.base_prefix, sysconfig.get_path("purelib"), str(CHECKOUT)]
    namespaces = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    script = [str(CHECKOUT / "tests/cli/rootless.sh"), *where]
    return subprocess.run(
        [*namespaces, *script, *command], check=False, capture_output=True, text=True
    )


def doctor(work: Path) -> tuple[int, list[dict[str, Any]]]:
    """What the doctor finds for her."""
    done = as_ann(work, PYTHON, "-m", "bh_container", "doctor", "--offline", "--json")
    assert done.returncode in (0, 2), done.stderr
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def test_containers_of_a_user(work: Path) -> None:
    if os.geteuid() != 0:
        cannot("only root can make the user of this test")
    if shutil.which("newuidmap") is None:
        cannot("there is no newuidmap: apt-get install uidmap")
    configuration = work / "home/.config/containers/storage.conf"
    configuration.parent.mkdir(parents=True)
    configuration.write_text(STORAGE)
    if (tried := as_ann(work, "podman", "unshare", "true")).returncode:
        cannot(f"no user has containers on this machine: {tried.stderr}")
    _, found = doctor(work)
    failures = [one for one in found if one["grade"] == "failure" and one["check"] != "programs"]
    assert failures == []
    told = {one["what"] for one in found}
    assert "a container's root filesystem is seen on this machine" in told
    assert "65537 users and groups" in told
    configuration.write_text(STORAGE.replace("overlay", "vfs"))
    shutil.rmtree(work / "home/.local")
    status, found = doctor(work)
    assert status == 2
    (storage,) = [one for one in found if one["check"] == "storage"]
    assert "tee ~/.config/containers/storage.conf" in storage["remedy"]
