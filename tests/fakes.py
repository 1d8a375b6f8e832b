"""Stand-ins for what a test does not want to start.

`FakeEngine` keeps images and containers as directories and dataclasses. What it promises, it
promises together with the real engine: `tests/engine/test_contract.py` runs against both.
"""

import io
import shutil
import tarfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path, PurePosixPath
from uuid import uuid4

from bh_container.engine.about import PodmanFacts
from bh_container.engine.protocol import (
    Container,
    ContainerSpec,
    EngineError,
    Image,
    Layer,
    OutputSink,
    Overlay,
    Tmpfs,
    TransferSink,
)
from tests.tars import unpack


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """One call of `execute`, for a test to answer and to look at afterwards."""

    container: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    directory: str | None
    spec: ContainerSpec
    root: Path
    write: OutputSink

    def path(self, inside: str) -> Path:
        """Where this machine has what the command sees as `inside`; an overlay's is its upper."""
        wanted = PurePosixPath(inside)
        for mount in sorted(self.spec.mounts, key=lambda each: -len(each.destination)):
            if wanted.is_relative_to(mount.destination) and not isinstance(mount, Tmpfs):
                source = mount.upper if isinstance(mount, Overlay) else mount.source
                return source / wanted.relative_to(mount.destination)
        return self.root / wanted.relative_to("/")


Answer = Callable[[Execution], int]
"""What a command does: it may write output and files, and it returns the exit status or raises."""


def answer_by(table: Mapping[str, int]) -> Answer:
    """The status of the first key that occurs in the command's words; 0 where none does."""

    def answer(execution: Execution) -> int:
        words = " ".join(execution.command)
        return next((status for key, status in table.items() if key in words), 0)

    return answer


@dataclass(slots=True, kw_only=True)
class _Box:
    """A container: its public face, what it was made from, and its root filesystem."""

    face: Container
    spec: ContainerSpec
    base: str
    root: Path


_NUMBERS = count(1)
"""No two things have one id, whichever engine made them."""


@dataclass(slots=True)
class FakeEngine:
    """An engine whose store is `directory`.

    `calls` has the name and main words of each call that changes something, `listings` says how
    often all images were looked at.
    """

    directory: Path
    answer: Answer = field(default_factory=lambda: answer_by({}))
    calls: list[tuple[str, ...]] = field(default_factory=list)
    listings: int = 0
    executions: list[Execution] = field(default_factory=list)
    registry: dict[str, tuple[Image, tuple[Layer, ...], Path]] = field(default_factory=dict)
    _images: dict[str, Image] = field(default_factory=dict)
    _layers: dict[str, tuple[Layer, ...]] = field(default_factory=dict)
    _boxes: dict[str, _Box] = field(default_factory=dict)
    _number: Iterator[int] = field(default_factory=lambda: _NUMBERS)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def import_image(
        self,
        archive: Path,
        reference: str,
        *,
        labels: Mapping[str, str],
        progress: TransferSink | None = None,
    ) -> str:
        """Unpack an archive where tarfile can; any other file makes an empty image."""
        size = archive.stat().st_size
        if progress:
            progress(size, size)
        with self._lock:
            self.calls.append(("import_image", str(archive), reference))
            image = self._new_image(reference, labels)
            if tarfile.is_tarfile(archive):
                with tarfile.open(archive) as file:
                    unpack(file, self._root(image))
            self._add_layer(image, (), _bytes_below(self._root(image)))
            return image

    def about(self) -> PodmanFacts:
        """A Podman of which nothing bad can be said, with its store in the fake one's directory."""
        return PodmanFacts(
            client="5.4.2",
            version="5.4.2",
            runtime="runc",
            driver="overlay",
            backing="extfs",
            native=True,
            mounter=None,
            root=self.directory,
            spool=self.directory,
            configuration=Path("/etc/containers/storage.conf"),
            rootless=False,
        )

    def import_stream(
        self, archive: Iterator[bytes], reference: str, *, labels: Mapping[str, str]
    ) -> str:
        """Unpack a tar; what it raises comes before anything is made."""
        content = io.BytesIO(b"".join(archive))
        with self._lock:
            self.calls.append(("import_stream", reference))
            image = self._new_image(reference, labels)
            with tarfile.open(fileobj=content) as file:
                unpack(file, self._root(image))
            self._add_layer(image, (), _bytes_below(self._root(image)))
            return image

    def image(self, reference: str) -> Image | None:
        """Find by id or reference."""
        with self._lock:
            found = (i for i in self._images.values() if reference in (i.id, *i.references))
            return next(found, None)

    def images(self, label: str | None = None) -> tuple[Image, ...]:
        """Newest first: `created` grows with every image."""
        with self._lock:
            self.listings += 1
            found = [image for image in self._images.values() if _has(image.labels, label)]
        return tuple(sorted(found, key=lambda image: -image.created))

    def layers(self, reference: str) -> tuple[Layer, ...]:
        """One for each import or commit, as large as what it added."""
        with self._lock:
            return self._layers[self._image(reference).id]

    def tag_image(self, image: str, reference: str) -> None:
        """A reference moves to the image; the one that had it keeps its others."""
        with self._lock:
            self.calls.append(("tag_image", image, reference))
            self._tag(self._image(image).id, reference)

    def remove_image(self, reference: str) -> None:
        """The last reference takes the image with it, unless a container was made from it."""
        with self._lock:
            self.calls.append(("remove_image", reference))
            image = self.image(reference)
            if image is None:
                return
            left = tuple(each for each in image.references if each != reference)
            if reference == image.id and len(left) > 1:
                raise EngineError(f"image {reference} has more than one reference")
            if left and reference != image.id:
                self._images[image.id] = replace(image, references=left)
                return
            if any(box.base == image.id for box in self._boxes.values()):
                raise EngineError(f"image {reference} is in use by a container")
            del self._images[image.id]
            shutil.rmtree(self._root(image.id))

    def push(self, image: str, reference: str) -> None:
        """The registry gets a copy."""
        with self._lock:
            self.calls.append(("push", image, reference))
            found = self._image(image)
            files = self.directory.parent / f"registry-{uuid4().hex}"
            shutil.copytree(self._root(found.id), files, symlinks=True)
            self.registry[reference] = (found, self._layers[found.id], files)

    def pull(self, reference: str) -> str:
        """An image keeps its id on the way."""
        with self._lock:
            self.calls.append(("pull", reference))
            if reference not in self.registry:
                raise EngineError(f"{reference}: manifest unknown")
            image, layers, files = self.registry[reference]
            if image.id not in self._images:
                shutil.copytree(files, self._root(image.id), symlinks=True)
                self._images[image.id] = replace(image, references=())
                self._layers[image.id] = layers
            self._tag(image.id, reference)
            return image.id

    def create_container(self, spec: ContainerSpec) -> str:
        """The image's labels and its files are the container's, too."""
        with self._lock:
            self.calls.append(("create_container", spec.name, spec.image))
            image = self._image(spec.image)
            if spec.name in self._boxes:
                raise EngineError(f"the container name {spec.name} is already in use")
            identity = self._identity()
            shutil.copytree(self._root(image.id), self._root(identity), symlinks=True)
            self._boxes[spec.name] = _Box(
                face=Container(
                    id=identity,
                    name=spec.name,
                    image=spec.image,
                    base=image.id,
                    labels={**image.labels, **spec.labels},
                    running=False,
                ),
                spec=spec,
                base=image.id,
                root=self._root(identity),
            )
            return identity

    def container(self, name: str) -> Container | None:
        """Find by name or id."""
        with self._lock:
            boxes = self._boxes.values()
            return next((b.face for b in boxes if name in (b.face.name, b.face.id)), None)

    def containers(self, label: str | None = None) -> tuple[Container, ...]:
        """Running or not."""
        with self._lock:
            return tuple(b.face for b in self._boxes.values() if _has(b.face.labels, label))

    def container_size(self, name: str) -> int:
        """What its files have more than its image's."""
        with self._lock:
            box = self._box(name)
            return _bytes_below(box.root) - _bytes_below(self._root(box.base))

    def start_container(self, name: str) -> None:
        """Only a mark; nothing runs."""
        self._run(name, "start_container", running=True)

    def stop_container(self, name: str) -> None:
        """Only a mark; nothing ran."""
        self._run(name, "stop_container", running=False)

    def remove_container(self, name: str) -> None:
        """Its files go with it."""
        with self._lock:
            self.calls.append(("remove_container", name))
            if face := self.container(name):
                shutil.rmtree(self._boxes.pop(face.name).root)

    def commit(self, container: str, reference: str, *, labels: Mapping[str, str]) -> str:
        """The image has the container's files and labels, and `labels` over them."""
        with self._lock:
            self.calls.append(("commit", container, reference))
            box = self._box(container)
            image = self._new_image(reference, {**box.face.labels, **labels})
            shutil.copytree(box.root, self._root(image), symlinks=True, dirs_exist_ok=True)
            self._add_layer(image, self._layers[box.base], self.container_size(container))
            return image

    def flatten(self, container: str, reference: str, *, labels: Mapping[str, str]) -> str:
        """The image has the container's files, and nothing else of it."""
        with self._lock:
            self.calls.append(("flatten", container, reference))
            image = self._new_image(reference, labels)
            shutil.copytree(
                self._box(container).root, self._root(image), symlinks=True, dirs_exist_ok=True
            )
            self._add_layer(image, (), _bytes_below(self._root(image)))
            return image

    def mount(self, container: str) -> Path:
        """The directory of its files: always there, always the same."""
        with self._lock:
            self.calls.append(("mount", container))
            return self._box(container).root

    def unmount(self, container: str) -> None:
        """Only recorded."""
        with self._lock:
            self.calls.append(("unmount", container))

    def execute(
        self,
        container: str,
        command: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        directory: str | None = None,
        output: OutputSink | None = None,
    ) -> int:
        """What `answer` says; it runs outside the lock, so that executions can overlap."""
        with self._lock:
            box = self._box(container)
            if not box.face.running:
                raise EngineError(f"container {container} is not running")
            execution = Execution(
                container=box.face.name,
                command=tuple(command),
                environment={**box.spec.environment, **(environment or {})},
                directory=directory,
                spec=box.spec,
                root=box.root,
                write=output or (lambda piece: None),
            )
            self.calls.append(("execute", container, *command))
            self.executions.append(execution)
        return self.answer(execution)

    def client_environment(self) -> Mapping[str, str]:
        """Nothing that reaches anywhere."""
        return {"CONTAINER_HOST": "unix:///fake.sock"}

    def shell_command(self, container: str, command: Sequence[str]) -> list[str]:
        """Words that any machine can run: they print what they stand for."""
        return ["echo", container, *command]

    def _run(self, name: str, call: str, *, running: bool) -> None:
        with self._lock:
            self.calls.append((call, name))
            box = self._box(name)
            box.face = replace(box.face, running=running)

    def _add_layer(self, image: str, below: tuple[Layer, ...], size: int) -> None:
        self._layers[image] = (*below, Layer(digest=f"sha256:{image}", size=size))
        self._images[image] = replace(
            self._images[image], size=sum(layer.size for layer in self._layers[image])
        )

    def _new_image(self, reference: str, labels: Mapping[str, str]) -> str:
        identity = self._identity()
        self._root(identity).mkdir(parents=True)
        created = float(int(identity, 16))
        self._images[identity] = Image(
            id=identity, references=(), labels=dict(labels), created=created, size=0
        )
        self._tag(identity, reference)
        return identity

    def _tag(self, identity: str, reference: str) -> None:
        for image in self._images.values():
            references = tuple(each for each in image.references if each != reference)
            if image.id == identity:
                references = (*references, reference)
            self._images[image.id] = replace(image, references=references)

    def _identity(self) -> str:
        return f"{next(self._number):064x}"

    def _root(self, identity: str) -> Path:
        return self.directory / identity

    def _image(self, reference: str) -> Image:
        if image := self.image(reference):
            return image
        raise EngineError(f"{reference}: no such image")

    def _box(self, name: str) -> _Box:
        if face := self.container(name):
            return self._boxes[face.name]
        raise EngineError(f"no container with name or id {name}")


def _has(labels: Mapping[str, str], label: str | None) -> bool:
    if label is None:
        return True
    key, equals, value = label.partition("=")
    return key in labels and (not equals or labels[key] == value)


def _bytes_below(directory: Path) -> int:
    files = (path for path in directory.rglob("*") if path.is_file() and not path.is_symlink())
    return sum(path.stat().st_size for path in files)
