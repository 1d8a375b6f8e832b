"""Images in Podman's store."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from bh_container.engine.api import Api, Json, path_of
from bh_container.engine.archive import PIECE, open_archive, pieces_of
from bh_container.engine.labels import changes_for, decode_labels, label_filter
from bh_container.engine.protocol import EngineError, Image, Layer, TransferSink

T = TypeVar("T")
REFERENCE = re.compile(
    r"(?P<repository>[a-z0-9.-]+(:[0-9]+)?(/[a-z0-9]+((\.|_{1,2}|-+)[a-z0-9]+)*)+)"
    r":(?P<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})"
)
"""https://pkg.go.dev/github.com/distribution/reference, with a registry and a tag."""
_GONE = ("not known", "nil pointer dereference", "reading data blob")
"""What Podman says of what was removed since it began (containers/storage, errors.go). The first
two are Podman 4.3's words, the first and the last those of 5.4."""
_LOOKS = 5


def import_image(
    api: Api,
    archive: Path,
    reference: str,
    labels: Mapping[str, str],
    progress: TransferSink | None,
) -> str:
    """Upload an archive as an image. Podman keeps the whole of it in /var/tmp meanwhile."""
    with open_archive(archive) as file:
        return import_stream(api, pieces_of(file, progress), reference, labels)


def import_stream(
    api: Api, archive: Iterator[bytes], reference: str, labels: Mapping[str, str]
) -> str:
    """Upload an archive as it comes."""
    split_reference(reference)  # Podman looks at it too late, and leaves an image without a name
    params = {"reference": reference, "changes": changes_for(labels)}
    answer = api.ask("POST", "images/import", params=params, data=archive)
    return _plain(answer["Id"])


def commit_container(api: Api, container: str, reference: str, labels: Mapping[str, str]) -> str:
    """Save a container as an image. It is not paused: nothing of ours is executed in it then."""
    repository, tag = split_reference(reference)
    answer = api.ask(
        "POST",
        "commit",
        params={
            "container": container,
            "repo": repository,
            "tag": tag,
            "pause": "false",
            "changes": changes_for(labels),
        },
    )
    return _plain(answer["Id"])


def flatten_container(api: Api, container: str, reference: str, labels: Mapping[str, str]) -> str:
    """Save all of a container as one layer: what Podman exports, it imports on the way."""
    api.service.ensure()
    with api.answer("GET", path_of("containers", container, "export"), stream=True) as archive:
        archive.refuse()
        return import_stream(api, iter(lambda: archive.read(PIECE), b""), reference, labels)


def find_image(api: Api, reference: str) -> Image | None:
    """The image of a reference or id.

    One that another process removes at that moment is asked for again, and then is not there.
    """
    found = _steady(lambda: api.ask("GET", path_of("images", reference, "json"), absent=True))
    return _image(found) if found else None


def list_images(api: Api, label: str | None) -> tuple[Image, ...]:
    """All images, or those with a label, newest first.

    The list's own times are whole seconds, too coarse to say which of two commits is newer. Podman
    fails to make it when another process removes an image at that moment: then it is asked again.
    """
    return _steady(lambda: _listed(api, label))


def _steady(look: Callable[[], T]) -> T:
    for _ in range(_LOOKS):
        try:
            return look()
        except EngineError as error:
            if not any(words in str(error) for words in _GONE):
                raise
    return look()


def _listed(api: Api, label: str | None) -> tuple[Image, ...]:
    listed = api.ask("GET", "images/json", params=label_filter(label))
    images = (find_image(api, entry["Id"]) for entry in listed)
    return tuple(sorted(filter(None, images), key=lambda image: image.created, reverse=True))


def list_layers(api: Api, reference: str) -> tuple[Layer, ...]:
    """The layers of an image. Its history has their sizes, the newest first.

    An entry of the history that changed nothing has no layer. Where an image of somebody else
    has no history, its top layer has the size of all.
    """
    found = _steady(lambda: api.ask("GET", path_of("images", reference, "json")))
    newest_first = _steady(lambda: api.ask("GET", path_of("images", reference, "history")))
    sizes = [
        entry["Size"]
        for entry, made in zip(reversed(newest_first), found.get("History") or (), strict=False)
        if not made.get("empty_layer")
    ]
    digests = found["RootFS"]["Layers"] or ()
    if len(sizes) != len(digests):
        sizes = [*(0 for _ in digests[1:]), found["Size"]]
    layers = zip(digests, sizes, strict=bool(digests))
    return tuple(Layer(digest=digest, size=size) for digest, size in layers)


def tag_image(api: Api, image: str, reference: str) -> None:
    """Give an image one more reference."""
    repository, tag = split_reference(reference)
    api.do("POST", path_of("images", image, "tag"), params={"repo": repository, "tag": tag})


def remove_image(api: Api, reference: str) -> None:
    """Remove a reference, and the image with its last one."""
    api.do("DELETE", path_of("images", reference), absent=True)


def split_reference(reference: str) -> tuple[str, str]:
    """Repository and tag of a full reference; raises `EngineError` for anything else."""
    found = REFERENCE.fullmatch(reference)
    if not found:
        raise EngineError(
            f"{reference!r} is no reference of an image",
            remedy="it needs a registry (localhost), a name in small letters, and a tag",
        )
    return found["repository"], found["tag"]


def _plain(identity: str) -> str:
    return identity.removeprefix("sha256:")


def _image(found: Json) -> Image:
    return Image(
        id=_plain(found["Id"]),
        references=tuple(found.get("RepoTags") or ()),
        labels=decode_labels(found.get("Labels")),
        created=_seconds(found["Created"]),
        size=found["Size"],
    )


def _seconds(moment: str) -> float:
    """Seconds since the epoch, from what Go writes for a time; digits beyond 1 µs are dropped."""
    return datetime.fromisoformat(moment).timestamp()
