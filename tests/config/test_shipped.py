"""The configurations that come with the project."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from bh_container.config.host import load_host
from bh_container.config.project import Project
from bh_container.config.target import Box, Flavour, KernelKind, load_target
from bh_container.plan.images import BOOT_MODULES
from bh_container.plan.layout import layout_of
from bh_container.plan.target import require_possible

PROJECT = Project(Path(__file__).parents[2])
RPI4 = "aarch64-unknown-linux-musl.rpi4-bb-mini"
PC = "efi"
MAC = "m68k"


TARGETS = PROJECT.target_directories()
each_target = pytest.mark.parametrize("directory", TARGETS, ids=lambda path: path.name)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a shipped target is there to show."""

    flavour: Flavour
    box: Box
    kernel: KernelKind
    layout: str
    lists: int
    profile: str


BUSYBOX, TOYBOX, COMPLETE = Flavour.BUSYBOX, Flavour.TOYBOX, Flavour.COMPLETE
SOURCES, BINARY = KernelKind.SOURCES, KernelKind.BINARY
SHIPPED = {
    RPI4: Wanted(BUSYBOX, Box.BUSYBOX, SOURCES, "raspberrypi", 2, "arm64/23.0/musl"),
    "aarch64-unknown-linux-musl.rpi4-tb-stack": Wanted(
        TOYBOX, Box.TOYBOX, SOURCES, "raspberrypi", 6, "arm64/23.0/musl"
    ),
    "armv6j-unknown-linux-musleabihf.rpi0-bb-mini": Wanted(
        BUSYBOX, Box.BUSYBOX, BINARY, "raspberrypi", 2, "arm/23.0/armv6j_hf/musl"
    ),
    "i686-unknown-linux-musl.pc32-bb-mini": Wanted(
        BUSYBOX, Box.BUSYBOX, BINARY, PC, 2, "x86/23.0/i686/musl"
    ),
    "m68k-unknown-linux-musl.mac68k-tb-mini": Wanted(
        TOYBOX, Box.TOYBOX, SOURCES, MAC, 1, "m68k/23.0/musl"
    ),
    "riscv64-unknown-linux-musl.riscv64-bb-mini": Wanted(
        BUSYBOX, Box.BUSYBOX, SOURCES, PC, 1, "riscv/23.0/rv64/lp64d/musl"
    ),
    "x86_64-unknown-linux-gnu.desktop64-full": Wanted(
        COMPLETE, Box.BUSYBOX, BINARY, PC, 3, "amd64/23.0/desktop"
    ),
    "x86_64-unknown-linux-musl.qemu64-tb-mini": Wanted(
        TOYBOX, Box.TOYBOX, SOURCES, PC, 1, "amd64/23.0/musl"
    ),
    "x86_64-unknown-linux-musl.zen2-tb-stack": Wanted(
        TOYBOX, Box.TOYBOX, SOURCES, PC, 5, "amd64/23.0/musl"
    ),
}


def test_these_are_shipped() -> None:
    assert {path.name for path in TARGETS} == SHIPPED.keys()


@each_target
def test_every_target_is_what_it_is_there_to_show(directory: Path) -> None:
    target = load_target(directory)
    profile = (directory / "target-portage/make.profile").readlink()
    start = "/var/db/repos/gentoo/profiles/default/linux/"
    assert target.full_name == directory.name
    assert SHIPPED[directory.name] == Wanted(
        flavour=target.flavour,
        box=target.box or Box.BUSYBOX,
        kernel=target.kernel.kind,
        layout=layout_of(target).name,
        lists=len(target.lists),
        profile=str(profile).removeprefix(start),
    )


@each_target
def test_every_target_says_the_same_machine_everywhere(directory: Path) -> None:
    """Portage's architecture in the profile, its keywords, and the kernel's name of it."""
    target = load_target(directory)
    defaults = (directory / "target-portage/profile/make.defaults").read_text()
    (arch,) = re.findall(r'^ARCH="(\w+)"', defaults, re.MULTILINE)
    make_conf = (directory / "target-portage/make.conf").read_text()
    (keywords,) = re.findall(r'^ACCEPT_KEYWORDS="(.*)"', make_conf, re.MULTILINE)
    assert {word.strip("~") for word in keywords.split()} == {arch}
    assert f"/linux/{arch}/" in str((directory / "target-portage/make.profile").readlink())
    assert target.build_arch == {"amd64": "x86"}.get(arch, arch)
    accepted = directory / "target-portage/package.accept_keywords"
    words = [word for file in accepted.glob("*") for word in file.read_text().split()]
    assert {word for word in words if word[0] == "~"} <= {f"~{arch}"}


@each_target
def test_every_target_can_be_built(directory: Path) -> None:
    """Its kernel has what its images need."""
    require_possible(load_target(directory))


@each_target
def test_the_shell_of_every_initramfs_is_its_box(directory: Path) -> None:
    assert (directory / "initramfs/bin/sh").readlink().name == SHIPPED[directory.name].box


@each_target
def test_scripts_for_toybox_do_without_what_its_shell_lacks(directory: Path) -> None:
    """toysh, as of 0.8.9: no `read`, no pattern after `%%`, a `while` that may hang, and a `case`
    that in some builds finds no pattern."""
    if SHIPPED[directory.name].box is Box.TOYBOX:
        for file in (directory / "repos").rglob("files/*"):
            code = [line.partition("#")[0] for line in file.read_text().splitlines()]
            assert not [
                line for line in code if re.search(r"\b(while|read|until|local|case)\b|%%", line)
            ], file


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
        r"\bcase\b",
        r"\buntil\b",
        r"\breturn\b",
        r"\bread\b(?!_)",
        r"\bset -",
        r"%%",
        r"##",
        r"\[\[",
        r"\blocal\b",
        r"\bunset\b",
        r"(?m)^\s*\(",
    ],
)
def test_init_keeps_to_what_toybox_can_do(forbidden: str) -> None:
    """Words that toybox's sh of 0.8.9 does not know, or does otherwise than every other shell."""
    text = INITS[0].read_text()
    code = "\n".join(line.partition("# ")[0] for line in text.splitlines())
    assert "for pause in" in code
    assert not re.search(forbidden, code)
