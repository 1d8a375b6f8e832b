"""A container of our own: does this machine do what every build asks of it?

Its image is the empty one that sysroots start from; its programs are this machine's, seen through
read-only mounts, so that nothing has to be fetched or built for it.
"""

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bh_container.engine.protocol import (
    Bind,
    ContainerSpec,
    Engine,
    EngineError,
    Mount,
    Overlay,
)
from bh_container.errors import BhError
from bh_container.run.doctor.facts import Refusal, Trial
from bh_container.run.sysroot import PARTS, empty_image

LABEL = "bh-container.doctor"
"""Its value is the id of the process that made a container."""

PROGRAMS = ("bin", "gnu", "lib", "lib32", "lib64", "nix", "usr")
"""Where distributions keep a shell and what it is linked with, below the root."""

REMEDY = "podman info  # and see to what else doctor found"


def try_containers(engine: Engine, disk: Path) -> Trial:
    """Mount the root of one container, and start another, first without and then with an overlay
    whose directories are on `disk`.
    """
    _remove_strays(engine)
    with tempfile.TemporaryDirectory(prefix=".bh-doctor-", dir=disk) as directory:
        return Trial(
            seen=_refusal(lambda: _see(engine)),
            started=(started := _refusal(lambda: _run(engine, (), ["true"]))),
            overlaid=started or _refusal(lambda: _overlay(engine, Path(directory))),
        )


def _see(engine: Engine) -> None:
    with _container(engine, ()) as box:
        root = engine.mount(box)
        if not all((root / part).is_dir() for part in PARTS):
            raise EngineError(f"{root}: nothing is seen there of a container's root filesystem")


def _overlay(engine: Engine, directory: Path) -> None:
    lower, upper, work = (directory / name for name in ("lower", "upper", "work"))
    for each in (lower, upper, work):
        each.mkdir()
    (lower / "file").touch()
    mount = Overlay(lower=lower, upper=upper, work=work, destination="/overlay")
    _run(engine, (mount,), ["rm", "/overlay/file"])
    if not (lower / "file").exists() or not (upper / "file").is_char_device():
        raise EngineError(f"{directory}: what a container removes from an overlay is not recorded")


def _run(engine: Engine, mounts: tuple[Mount, ...], command: Sequence[str]) -> None:
    programs = [path for name in PROGRAMS if (path := Path("/", name)).is_dir()]
    binds = [Bind(source=path, destination=str(path), read_only=True) for path in programs]
    said: list[bytes] = []
    with _container(engine, (*binds, *mounts)) as box:
        engine.start_container(box)
        status = engine.execute(box, command, output=said.append)
    if status:
        words = b"".join(said).decode(errors="replace").strip()
        raise EngineError(f"{command[0]} in a container ended with status {status}: {words}")


@contextmanager
def _container(engine: Engine, mounts: tuple[Mount, ...]) -> Iterator[str]:
    process = str(os.getpid())
    spec = ContainerSpec(
        name=f"bh-doctor-{process}-{len(mounts)}",
        image=empty_image(engine),
        mounts=mounts,
        environment={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
        labels={LABEL: process},
    )
    try:
        engine.create_container(spec)
        yield spec.name
    finally:
        engine.remove_container(spec.name)


def _remove_strays(engine: Engine) -> None:
    """Remove what a doctor that was killed has left."""
    for found in engine.containers(LABEL):
        if not Path("/proc", found.labels[LABEL]).exists():
            engine.remove_container(found.id)


def _refusal(attempt: Callable[[], None]) -> Refusal | None:
    try:
        attempt()
    except BhError as error:
        return Refusal(what=error.what, remedy=error.remedy or REMEDY)
    return None
