"""Podman behind the `Engine` protocol."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from bh_container.engine import containers, exec, images, registry
from bh_container.engine.about import PodmanFacts, client_version, facts_in
from bh_container.engine.api import Api
from bh_container.engine.discovery import open_service
from bh_container.engine.host import Ulimit, choose_ulimits, gather_facts
from bh_container.engine.probe import runtime_of
from bh_container.engine.protocol import (
    Container,
    ContainerSpec,
    Image,
    Layer,
    OutputSink,
    TransferSink,
)
from bh_container.engine.service import limits_of


class PodmanEngine:
    """The containers and images of one Podman service; threads may share it.

    What each method promises is written at `bh_container.engine.protocol.Engine`.
    """

    def __init__(self, api: Api, ulimits: tuple[Ulimit, ...], program: Path | None) -> None:
        self._api = api
        self._ulimits = ulimits
        self._program = program

    @property
    def url(self) -> str:
        """Where the service listens, for `podman --url`."""
        return self._api.service.url

    def import_image(
        self,
        archive: Path,
        reference: str,
        *,
        labels: Mapping[str, str],
        progress: TransferSink | None = None,
    ) -> str:
        """Make an image of a root filesystem."""
        return images.import_image(self._api, archive, reference, labels, progress)

    def about(self) -> PodmanFacts:
        """Ask the service, and the program."""
        return facts_in(self._api.ask("GET", "info"), client_version(self._program))

    def import_stream(
        self, archive: Iterator[bytes], reference: str, *, labels: Mapping[str, str]
    ) -> str:
        """Make an image of a root filesystem as it comes."""
        return images.import_stream(self._api, archive, reference, labels)

    def image(self, reference: str) -> Image | None:
        """Find an image."""
        return images.find_image(self._api, reference)

    def images(self, label: str | None = None) -> tuple[Image, ...]:
        """List images, newest first."""
        return images.list_images(self._api, label)

    def layers(self, reference: str) -> tuple[Layer, ...]:
        """The layers of an image, the lowest first."""
        return images.list_layers(self._api, reference)

    def tag_image(self, image: str, reference: str) -> None:
        """Give an image one more reference."""
        images.tag_image(self._api, image, reference)

    def remove_image(self, reference: str) -> None:
        """Remove an image."""
        images.remove_image(self._api, reference)

    def push(self, image: str, reference: str) -> None:
        """Send an image to a registry."""
        registry.push_image(self._api, image, reference)

    def pull(self, reference: str) -> str:
        """Bring an image from a registry."""
        return registry.pull_image(self._api, reference)

    def create_container(self, spec: ContainerSpec) -> str:
        """Create a container."""
        return containers.create_container(self._api, spec, self._ulimits)

    def container(self, name: str) -> Container | None:
        """Find a container."""
        return containers.find_container(self._api, name)

    def containers(self, label: str | None = None) -> tuple[Container, ...]:
        """List containers."""
        return containers.list_containers(self._api, label)

    def container_size(self, name: str) -> int:
        """Measure a container's own layer."""
        return containers.container_size(self._api, name)

    def start_container(self, name: str) -> None:
        """Start a container."""
        containers.start_container(self._api, name)

    def stop_container(self, name: str) -> None:
        """Stop a container."""
        containers.stop_container(self._api, name)

    def remove_container(self, name: str) -> None:
        """Remove a container."""
        containers.remove_container(self._api, name)

    def commit(self, container: str, reference: str, *, labels: Mapping[str, str]) -> str:
        """Save a container as an image."""
        return images.commit_container(self._api, container, reference, labels)

    def flatten(self, container: str, reference: str, *, labels: Mapping[str, str]) -> str:
        """Save a container's root filesystem as an image of one layer."""
        return images.flatten_container(self._api, container, reference, labels)

    def mount(self, container: str) -> Path:
        """Mount a container's root filesystem."""
        return containers.mount_container(self._api, container)

    def unmount(self, container: str) -> None:
        """Unmount a container's root filesystem."""
        containers.unmount_container(self._api, container)

    def execute(
        self,
        container: str,
        command: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        directory: str | None = None,
        output: OutputSink | None = None,
    ) -> int:
        """Run a command in a container."""
        what = exec.Command(
            words=exec.words_of(command), environment=environment or {}, directory=directory
        )
        return exec.execute(self._api, container, what, output)

    def client_environment(self) -> Mapping[str, str]:
        """The variable by which podman-remote(1), and so `podman`, finds a service."""
        self._api.service.ensure()
        return {"CONTAINER_HOST": self.url}

    def shell_command(self, container: str, command: Sequence[str]) -> list[str]:
        """The words of a command with a terminal. The engine must stay open as long as it runs."""
        self._api.service.ensure()
        words = exec.words_of(command)
        return ["podman", "--url", self.url, "exec", "-it", container, *words]


@contextmanager
def open_engine(url: str | None, environment: Mapping[str, str]) -> Iterator[PodmanEngine]:
    """An engine on the service at `url`, on a usual one, or on one of our own.

    Raises `EngineError` or `MissingProgram`, with what to do, when no Podman can be used here.
    """
    facts = gather_facts(environment)
    with (
        open_service(url, environment, facts, runtime_of) as service,
        closing(Api(service)) as api,
    ):
        service.ensure()
        limits = limits_of(service.path)
        ulimits = choose_ulimits(facts.limits, limits or facts.limits)
        yield PodmanEngine(api, ulimits, facts.podman)
