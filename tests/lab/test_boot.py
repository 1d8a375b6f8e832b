"""The build of the lab, really booted: what its console says."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from bh_container.output.boot import Console
from bh_container.output.config_image import pack_config
from bh_container.output.start import Wish, guest_of
from tests.lab.conftest import FirstBuild, Lab

pytestmark = [pytest.mark.lab, pytest.mark.boot]

INITTAB = """\
::sysinit:/etc/init.d/rcS
console::respawn:-/bin/sh
"""


@pytest.fixture(scope="module")
def console(first_build: FirstBuild, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """A shell on the console of the booted build; a `config` image puts it in getty's place."""
    scratch = tmp_path_factory.mktemp("boot")
    config = scratch / "config-root"
    (config / "etc").mkdir(parents=True)
    (config / "etc/inittab").write_text(INITTAB)
    pack_config(config, scratch / "config")
    wish = Wish(config=scratch / "config")
    guest = guest_of(first_build.build, wish, scratch / "medium")
    with Console(guest, log=scratch / "console.log") as console:
        console.expect(r"stage0: base, net", 120)
        console.expect(r"# ", 60)
        yield console


def test_the_machine_is_an_aarch64(console: Console) -> None:
    assert console.run("uname -m") == "aarch64"


def test_files_of_both_images_are_there(console: Console) -> None:
    console.run("test -x /bin/busybox")
    console.run("test -x /usr/sbin/dropbear")


def test_the_file_that_both_carry_comes_from_the_upper_image(console: Console) -> None:
    assert console.run("cat /etc/motd") == "stage0: base, net"


def test_the_ssh_server_listens(console: Console) -> None:
    assert "0.0.0.0:22 " in console.run("netstat -ltn")


def test_a_module_can_be_loaded(console: Console) -> None:
    console.run("modprobe cp210x")
    assert "cp210x" in console.run("lsmod")


def test_the_command_waits_for_the_login_prompt(lab: Lab, first_build: FirstBuild) -> None:
    words = ["boot", str(first_build.build.directory), "--docache", "--directory", str(lab.root)]
    done = subprocess.run(
        [sys.executable, "-m", "bh_container", *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "booted" in done.stdout


def test_a_boot_without_its_image_fails_with_the_reason(lab: Lab, first_build: FirstBuild) -> None:
    words = ["boot", str(first_build.build.directory), "--directory", str(lab.root)]
    done = subprocess.run(
        [sys.executable, "-m", "bh_container", *words, "--append", "squash_stack=absent"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    assert "bh-init: failed" in done.stderr
