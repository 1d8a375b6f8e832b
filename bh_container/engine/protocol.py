"""What the rest of the program may ask of a container engine.

`bh_container.engine.podman` answers with a real Podman; `tests/fakes.py` with a fake one.
Names of containers and references of images are the caller's; ids are the engine's.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from bh_container.engine.about import PodmanFacts
from bh_container.errors import BhError

OutputSink = Callable[[bytes], None]
"""Takes a piece of output as it comes; a piece is not a line."""

TransferSink = Callable[[int, int | None], None]
"""Takes the bytes moved so far and their total, where it is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bind:
    """A directory or file of this machine, seen at `destination` in the container."""

    source: Path
    destination: str
    read_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """`lower` seen at `destination`, with all changes kept in `upper`.

    `upper` and `work` must exist and lie on one filesystem; one container at a time may use them.
    """

    lower: Path
    upper: Path
    work: Path
    destination: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tmpfs:
    """Memory seen as a directory; `options` as in mount(8), for example `size=30G`."""

    destination: str
    options: str = ""


Mount = Bind | Overlay | Tmpfs


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerSpec:
    """A privileged container that idles until something is executed in it."""

    name: str
    image: str
    mounts: tuple[Mount, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """An image in the engine's store. `created` is in seconds since the epoch, `size` in bytes."""

    id: str
    references: tuple[str, ...]
    labels: Mapping[str, str]
    created: float
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One layer of an image: the digest of what it changes, and its size in bytes."""

    digest: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A container in the engine's store, running or not. `base` is its image's id."""

    id: str
    name: str
    image: str
    base: str
    labels: Mapping[str, str]
    running: bool


class EngineError(BhError):
    """The container engine refused or could not be reached."""


class EngineLost(EngineError):
    """The connection to the engine broke in the middle of an answer; the work may go on there."""


class Engine(Protocol):
    """A container engine. Every method raises `EngineError` when the engine refuses."""

    def import_image(
        self,
        archive: Path,
        reference: str,
        *,
        labels: Mapping[str, str],
        progress: TransferSink | None = None,
    ) -> str:
        """Make an image of a root filesystem (tar; plain, gzip, xz or zstd) and return its id."""

    def about(self) -> PodmanFacts:
        """Which Podman this is, and how it keeps images and containers."""

    def import_stream(
        self, archive: Iterator[bytes], reference: str, *, labels: Mapping[str, str]
    ) -> str:
        """Make an image of a root filesystem (plain tar) as it comes, and return its id.

        What `archive` raises leaves no image behind, and is raised.
        """

    def image(self, reference: str) -> Image | None:
        """The image of that reference or id, or None."""

    def images(self, label: str | None = None) -> tuple[Image, ...]:
        """All images, or those that carry this label (a key, or `key=value`), newest first."""

    def layers(self, reference: str) -> tuple[Layer, ...]:
        """The layers of an image, the lowest first; images share those that they begin with."""

    def tag_image(self, image: str, reference: str) -> None:
        """Give an image one more reference."""

    def remove_image(self, reference: str) -> None:
        """Remove an image; one that is not there is no error."""

    def push(self, image: str, reference: str) -> None:
        """Send an image to a registry, under this reference; layers that it has are not sent.

        Podman's own logins are used (podman login). Without TLS only on this machine.
        """

    def pull(self, reference: str) -> str:
        """Bring an image from a registry, without the layers that are here; return its id."""

    def create_container(self, spec: ContainerSpec) -> str:
        """Create a container, not started, and return its id."""

    def container(self, name: str) -> Container | None:
        """The container of that name or id, or None."""

    def containers(self, label: str | None = None) -> tuple[Container, ...]:
        """All containers, running or not, or those with this label (a key, or `key=value`)."""

    def container_size(self, name: str) -> int:
        """How many bytes a container takes beside its image."""

    def start_container(self, name: str) -> None:
        """Start a container; one that runs already is no error."""

    def stop_container(self, name: str) -> None:
        """End every process of a container at once; one that is stopped already is no error."""

    def remove_container(self, name: str) -> None:
        """Stop and remove a container; one that is not there is no error."""

    def commit(self, container: str, reference: str, *, labels: Mapping[str, str]) -> str:
        """Save a container's root filesystem as an image, one layer on its base; return the id."""

    def flatten(self, container: str, reference: str, *, labels: Mapping[str, str]) -> str:
        """Save a container's root filesystem as an image of one layer; return the id.

        It has these labels, and none of the container's.
        """

    def mount(self, container: str) -> Path:
        """Make the root filesystem of a container that is not running visible on this machine."""

    def unmount(self, container: str) -> None:
        """Undo `mount`; what is not mounted is no error."""

    def execute(
        self,
        container: str,
        command: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        directory: str | None = None,
        output: OutputSink | None = None,
    ) -> int:
        """Run a command, hand on its output as it comes, and return its exit status.

        Raises `EngineLost` when the connection ends before the status is known. A clean end is
        not proof of success where the service can be killed: see `bh_container.run.step`.
        """

    def client_environment(self) -> Mapping[str, str]:
        """What the program `podman` needs in its environment to reach this same engine."""

    def shell_command(self, container: str, command: Sequence[str]) -> list[str]:
        """The words that run a command with this terminal attached, for `subprocess` or `exec`."""
