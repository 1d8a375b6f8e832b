"""The configurations that come with the project."""

from pathlib import Path

import pytest

from bh_container.config.host import load_host
from bh_container.config.project import Project
from bh_container.config.target import Flavour, KernelKind, load_target

PROJECT = Project(Path(__file__).parents[2])
RPI4 = "aarch64-unknown-linux-musl.rpi4-bb-mini"


@pytest.mark.parametrize("directory", PROJECT.target_directories(), ids=lambda path: path.name)
def test_every_target_can_be_loaded(directory: Path) -> None:
    target = load_target(directory)
    assert target.full_name == directory.name


def test_every_host_can_be_loaded() -> None:
    hosts = sorted(PROJECT.configs.glob("host*"))
    assert PROJECT.host_directory() in hosts
    for directory in hosts:
        assert load_host(directory).world


def test_the_raspberry_pi_has_a_stack_of_two() -> None:
    target = load_target(PROJECT.configs / RPI4)
    assert target.flavour is Flavour.BUSYBOX
    assert [(listed.name, listed.parent) for listed in target.lists] == [
        ("base", None),
        ("net", "base"),
    ]
    assert target.kernel.kind is KernelKind.SOURCES
    assert target.kernel.package == "sys-kernel/raspberrypi-sources"
    assert target.repositories == ("bh-stage0",)


def test_what_a_package_reads_while_it_is_installed_is_not_masked() -> None:
    mask = load_target(PROJECT.configs / RPI4).install_mask
    assert mask is not None
    words = mask.split()
    assert "*.a" in words
    assert not {"/usr/share", "/usr/share/baselayout", "/usr/share/busybox"} & set(words)


def test_scripts_of_a_stage0_are_programs() -> None:
    files = load_target(PROJECT.configs / RPI4).files.under("repos")
    scripts = [f for f in files if f.path.name in {"rcS", "S40network", "S50dropbear"}]
    assert len(scripts) == 3
    assert all(f.executable for f in scripts)
