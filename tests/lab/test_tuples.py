"""Cross toolchains of several tuples side by side, made by the host's own steps.

What crossdev is held to here the real one does too, in the stand-in's place.
"""

import subprocess
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bh_container.cli.place import open_project
from bh_container.cli.workshop import Given, open_workshop
from bh_container.config.host import load_host
from bh_container.config.target import load_target
from bh_container.config.wanted import Wanted
from bh_container.engine.podman import PodmanEngine
from bh_container.engine.protocol import Bind, ContainerSpec
from bh_container.run.build import build_host_for
from bh_container.run.seeds import seed_of
from tests.lab.conftest import CHECKOUT, Lab

pytestmark = pytest.mark.lab

PROGRAM = "#include <stdio.h>\nint main(void) { return puts(__VERSION__) < 0; }\n"


@dataclass(frozen=True, slots=True)
class Machine:
    """What file(1) says of a program for a tuple."""

    kind: str
    loader: str


@dataclass(frozen=True, slots=True)
class Container:
    """A running container, and a directory of this machine that it has at /scratch."""

    engine: PodmanEngine
    name: str
    scratch: Path

    def run(self, command: str) -> tuple[int, str]:
        """What a command exits with, and all that it says."""
        said: list[bytes] = []
        words = ["sh", "-c", f"({command}) 2>&1"]
        status = self.engine.execute(self.name, words, directory="/scratch", output=said.append)
        return status, b"".join(said).decode()


MACHINES = {
    "aarch64-unknown-linux-gnu": Machine(
        "ELF 64-bit LSB pie executable, ARM aarch64", "/lib/ld-linux-aarch64.so.1"
    ),
    "aarch64-unknown-linux-musl": Machine(
        "ELF 64-bit LSB pie executable, ARM aarch64", "/lib/ld-musl-aarch64.so.1"
    ),
    "armv7a-unknown-linux-musleabihf": Machine(
        "ELF 32-bit LSB pie executable, ARM, EABI5", "/lib/ld-musl-armhf.so.1"
    ),
    "riscv64-unknown-linux-musl": Machine(
        "ELF 64-bit LSB pie executable, UCB RISC-V", "/lib/ld-musl-riscv64.so.1"
    ),
    "x86_64-unknown-linux-musl": Machine(
        "ELF 64-bit LSB pie executable, x86-64", "/lib/ld-musl-x86_64.so.1"
    ),
}


@pytest.fixture(scope="module")
def host_image(lab: Lab) -> str:
    """The host image with the toolchains of all tuples, made as `build` makes it."""
    distfiles = CHECKOUT / "volumes" / "distfiles"
    options = {"directory": lab.root, "seed": "lab", "distfiles": distfiles}
    project, settings = open_project(options)
    target = load_target(lab.target)
    wanted = Wanted(
        host=load_host(project.host_directory()),
        targets=tuple(replace(target, tuple=tuple_) for tuple_ in MACHINES),
    )
    with open_workshop(project, settings, Given(options=options, json=True)) as shop:
        return build_host_for(shop, wanted, seed_of(shop)).image


@pytest.fixture(scope="module")
def container(
    host_image: str, podman_engine: PodmanEngine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Container]:
    """A running container of the host image."""
    name = f"bh-test-{uuid.uuid4().hex}"
    scratch = tmp_path_factory.mktemp("programs")
    mounts = (Bind(source=scratch, destination="/scratch"),)
    try:
        podman_engine.create_container(ContainerSpec(name=name, image=host_image, mounts=mounts))
        podman_engine.start_container(name)
        yield Container(podman_engine, name, scratch)
    finally:
        podman_engine.remove_container(name)


@pytest.fixture(scope="module")
def programs(container: Container) -> Path:
    """A directory with one program per tuple and way of linking, compiled in the host image."""
    (container.scratch / "program.c").write_text(PROGRAM)
    for tuple_ in MACHINES:
        for way in ("", "-static"):
            out = f"{tuple_}{way}"
            compiled = f"{tuple_}-gcc {way} -o {out} program.c && {tuple_}-strip {out}"
            status, output = container.run(compiled)
            assert status == 0, f"{tuple_}: {output}"
    return container.scratch


@pytest.fixture(scope="module")
def root(host_image: str, podman_engine: PodmanEngine) -> Iterator[Path]:
    """The files of the host image, in which nothing runs."""
    name = f"bh-test-{uuid.uuid4().hex}"
    try:
        podman_engine.create_container(ContainerSpec(name=name, image=host_image))
        yield podman_engine.mount(name)
    finally:
        podman_engine.remove_container(name)


def file_says(path: Path) -> str:
    """What file(1) thinks of a file."""
    words = ["file", "--brief", str(path)]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("tuple_", MACHINES)
def test_a_program_is_for_its_tuple_and_its_libc(programs: Path, tuple_: str) -> None:
    said = file_says(programs / tuple_)
    machine = MACHINES[tuple_]
    assert machine.kind in said
    assert f"interpreter {machine.loader}," in said


@pytest.mark.parametrize("tuple_", MACHINES)
def test_a_static_program_needs_no_loader(programs: Path, tuple_: str) -> None:
    said = file_says(programs / f"{tuple_}-static")
    assert MACHINES[tuple_].kind.partition(", ")[2] in said
    assert "interpreter" not in said


@pytest.mark.parametrize("tuple_", MACHINES)
def test_what_crossdev_writes_for_a_tuple(root: Path, tuple_: str) -> None:
    category = f"cross-{tuple_}"
    libc = "glibc" if tuple_.endswith("gnu") else "musl"
    packages = {"binutils", "gcc", "linux-headers", libc}
    world = (root / "var/lib/portage/world").read_text().split()
    assert {f"{category}/{package}" for package in packages} <= set(world)
    stages = ("info", "binutils", "gcc-stage1", "linux-headers-stage1", libc, "gcc-stage2")
    logs = {path.name for path in (root / "var/log/portage").glob(f"{category}-*.log")}
    assert logs == {f"{category}-{stage}.log" for stage in stages}
    overlay = root / "var/db/repos/crossdev"
    assert category in (overlay / "profiles/categories").read_text().split()
    for package in packages:
        link = (overlay / category / package).readlink()
        assert link.is_relative_to("/var/db/repos/gentoo") and link.name == package
    for name in ("package.use", "package.env", "profile/package.use.mask"):
        assert category in (root / "etc/portage" / name / category).read_text(), name
    configs = (root / "etc/portage/env" / category).iterdir()
    assert {f"{package}.conf" for package in packages} <= {path.name for path in configs}
    for name in ("emerge", "ebuild", "fix-root", "pkg-config"):
        assert str((root / "usr/bin" / f"{tuple_}-{name}").readlink()) == f"cross-{name}"
    skeleton = root / "usr" / f"{tuple_}.skeleton" / "etc/portage"
    assert skeleton.joinpath("make.profile").readlink().match("gentoo/profiles/embedded")
    assert f"CHOST={tuple_}\n" in (skeleton / "make.conf").read_text()
    assert "\nROOT=/usr/${CHOST}/\n" in (skeleton / "make.conf").read_text()


def test_the_overlay_stays_as_the_host_has_it(root: Path) -> None:
    layout = root / "var/db/repos/crossdev/metadata/layout.conf"
    assert layout.read_text() == "masters = gentoo\nthin-manifests = true\n"


KEYWORDS = {"aarch64-unknown-linux-musl": "arm64", "x86_64-unknown-linux-musl": "amd64"}
KEYWORDS |= {"riscv64-unknown-linux-musl": "riscv ~riscv"}


@pytest.mark.parametrize("tuple_", KEYWORDS)
def test_only_an_architecture_without_stable_keywords_gets_others(root: Path, tuple_: str) -> None:
    """::gentoo, and the lab with it, has none for riscv: `--stable` would find no package."""
    file = root / "etc/portage/package.accept_keywords" / f"cross-{tuple_}"
    lines = [line.split() for line in file.read_text().splitlines()]
    host = [] if "x86_64" in tuple_ else ["-amd64", "-~amd64"]
    assert [f"cross-{tuple_}/gcc", *KEYWORDS[tuple_].split(), *host] in lines


WRAPPED = "aarch64-unknown-linux-musl"
SYSROOT = f"/usr/{WRAPPED}"
OTHER = f"{SYSROOT}.skeleton"
HOST_FLAGS = {f"BUILD_{name}": "-O2 -pipe" for name in ("CFLAGS", "CXXFLAGS")}


@pytest.mark.parametrize(
    ("given", "has"),
    [
        ("", {"SYSROOT": SYSROOT, "PORTAGE_CONFIGROOT": SYSROOT, "CBUILD": "x86_64-pc-linux-musl"}),
        (f"SYSROOT={OTHER}", {"SYSROOT": OTHER, "PORTAGE_CONFIGROOT": OTHER}),
        ("CBUILD=b BUILD_CFLAGS=-Os", {"CBUILD": "b", "BUILD_CFLAGS": "-Os"}),
    ],
)
def test_the_environment_that_a_wrapper_makes(
    container: Container, given: str, has: dict[str, str]
) -> None:
    status, said = container.run(f"unset ROOT; {given} CROSS_CMD=env {WRAPPED}-emerge")
    assert status == 0, said
    variables = dict(line.split("=", 1) for line in said.splitlines() if "=" in line)
    expected = {"CHOST": WRAPPED, "EPREFIX": "", "BUILD_LDFLAGS": "", **HOST_FLAGS, **has}
    assert {name: variables.get(name) for name in expected} == expected
    assert "ROOT" not in variables


REFUSED = "armv7a-unknown-linux-musleabihf"
FILE = "mv /etc/portage/package.mask /tmp && : >/etc/portage/package.mask"
NO_FILE = "rm /etc/portage/package.mask && mv /tmp/package.mask /etc/portage"


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("crossdev --target x86_64-pc-linux-musl", "host"),
        (f"crossdev -P --no-such-option --show-fail-log --target {REFUSED}", "no-such-option"),
        (f"{FILE} && crossdev --target {REFUSED}; status=$?; {NO_FILE}; exit $status", "directory"),
    ],
)
def test_what_crossdev_refuses(container: Container, command: str, says: str) -> None:
    status, said = container.run(command)
    assert (status, says in said) == (1, True), said
