"""The configurations that come with the project."""

import re
from pathlib import Path

import pytest

from bh_container.config.host import load_host
from bh_container.config.project import Project
from bh_container.config.target import Flavour, KernelKind, load_target
from bh_container.plan.images import BOOT_MODULES

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


INITS = sorted(PROJECT.configs.glob("*/initramfs/init"))


def test_there_is_one_init() -> None:
    """A directory is complete by itself, so each has a copy; the copies are one script."""
    assert PROJECT.configs / RPI4 / "initramfs/init" in INITS
    boxes = [d for d in PROJECT.target_directories() if load_target(d).box is not None]
    assert [directory / "initramfs/init" for directory in sorted(boxes)] == INITS
    assert len({init.read_bytes() for init in INITS}) == 1
    assert all(init.stat().st_mode & 0o111 for init in INITS)


def test_init_loads_what_its_initramfs_holds() -> None:
    """The modules that are packed for a boot are those that init asks for, or the kernel itself."""
    script = INITS[0].read_text().replace("\\\n", " ")
    (words,) = re.findall(r"for module in ([^;]*);", script)
    assert set(words.split()) <= set(BOOT_MODULES)
    assert set(BOOT_MODULES) - set(words.split()) == {"netfs", "nls_ascii", "nls_utf8"}


@pytest.mark.parametrize(
    "forbidden",
    [
        r"\bwhile\b",
        r"\buntil\b",
        r"\breturn\b",
        r"\bread\b(?!_)",
        r"\bset -",
        r"%%",
        r"##",
        r"\[\[",
        r"\blocal\b",
        r"(?m)^\s*\(",
    ],
)
def test_init_keeps_to_what_toybox_can_do(forbidden: str) -> None:
    """Words that toybox's sh of 0.8.9 does not know, or does otherwise than every other shell."""
    text = INITS[0].read_text()
    code = "\n".join(line.partition("# ")[0] for line in text.splitlines())
    assert "for pause in" in code
    assert not re.search(forbidden, code)
