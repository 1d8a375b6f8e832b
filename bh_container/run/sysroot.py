"""A target's sysroot volume: a container that is never started, seen as a directory.

Its own layer holds all that a run changes. Committing it saves the run as one layer more;
throwing it away undoes the run.
"""

import io
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bh_container.config.target import Target
from bh_container.engine.protocol import Bind, ContainerSpec, Engine, Mount
from bh_container.history.layers import save
from bh_container.plan import places

EMPTY = "localhost/bh-container/sysroot/empty:1"
PARTS = {"sysroot": 0o755, "work": 0o755}
"""The directories of a sysroot image: what is at `/usr/<tuple>.<name>`, and at `/bh/work`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SysrootVolume:
    """The working container of one run of a target."""

    container: str
    target: Target

    def mounts(self, engine: Engine) -> tuple[Mount, ...]:
        """Its directories as mounts for the container that builds the target."""
        root = engine.mount(self.container)
        return (
            Bind(source=root / "sysroot", destination=places.sysroot(self.target)),
            Bind(source=root / "work", destination=places.WORK),
        )

    def create(self, engine: Engine, base: str, labels: Mapping[str, str]) -> None:
        """Make the volume from a sysroot image, unless it is there already."""
        if engine.container(self.container) is None:
            engine.create_container(ContainerSpec(name=self.container, image=base, labels=labels))

    def save(self, engine: Engine, reference: str, labels: Mapping[str, str]) -> str:
        """Save what the run changed; return the image's id."""
        return save(engine, self.container, reference, labels)


def empty_image(engine: Engine) -> str:
    """The image that a target's first sysroot starts from; returns its id."""
    image = engine.image(EMPTY)
    if image is not None:
        return image.id
    with tempfile.TemporaryDirectory(prefix="bh-container-") as directory:
        archive = Path(directory) / "empty.tar"
        archive.write_bytes(_empty_archive())
        return engine.import_image(archive, EMPTY, labels={})


def _empty_archive() -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, mode in {".": 0o755, **PARTS}.items():
            entry = tarfile.TarInfo(f"./{name}" if name != "." else "./")
            entry.type, entry.mode = tarfile.DIRTYPE, mode
            archive.addfile(entry)
    return stream.getvalue()
