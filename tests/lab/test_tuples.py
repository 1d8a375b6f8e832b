"""Cross toolchains of several tuples side by side, made by the host's own steps."""

import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def running(engine: PodmanEngine, image: str, scratch: Path) -> Iterator[str]:
    """A container of an image, with a directory of this machine at /scratch."""
    name = f"bh-test-{uuid.uuid4().hex}"
    mounts = (Bind(source=scratch, destination="/scratch"),)
    try:
        engine.create_container(ContainerSpec(name=name, image=image, mounts=mounts))
        engine.start_container(name)
        yield name
    finally:
        engine.remove_container(name)


@pytest.fixture(scope="module")
def programs(
    lab: Lab, podman_engine: PodmanEngine, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A directory with one program per tuple and way of linking, compiled in the host image."""
    scratch = tmp_path_factory.mktemp("programs")
    (scratch / "program.c").write_text(PROGRAM)
    with running(podman_engine, host_image(lab), scratch) as container:
        for tuple_ in MACHINES:
            for way in ("", "-static"):
                out = f"{tuple_}{way}"
                command = f"{tuple_}-gcc {way} -o {out} program.c && {tuple_}-strip {out}"
                output: list[bytes] = []
                status = podman_engine.execute(
                    container,
                    ["sh", "-c", f"({command}) 2>&1"],
                    directory="/scratch",
                    output=output.append,
                )
                assert status == 0, f"{tuple_}: {b''.join(output).decode()}"
    return scratch


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
