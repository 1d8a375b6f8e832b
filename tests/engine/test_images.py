"""References of images, and lists of them."""

from typing import cast

import pytest

from bh_container.engine.api import Api
from bh_container.engine.images import list_images, split_reference
from bh_container.engine.protocol import EngineError


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("localhost/bh-container/seed:1", ("localhost/bh-container/seed", "1")),
        ("localhost:5000/a:b", ("localhost:5000/a", "b")),
        (
            "localhost/bh-container/sysroot/aarch64-unknown-linux-musl.rpi4-bb-mini:2026.11.23-1",
            (
                "localhost/bh-container/sysroot/aarch64-unknown-linux-musl.rpi4-bb-mini",
                "2026.11.23-1",
            ),
        ),
        ("localhost/x86_64-pc-linux-gnu.a__b:T", ("localhost/x86_64-pc-linux-gnu.a__b", "T")),
    ],
)
def test_a_reference_is_split(reference: str, expected: tuple[str, str]) -> None:
    assert split_reference(reference) == expected


@pytest.mark.parametrize(
    "reference",
    [
        "",
        "localhost/a",
        "a:b",
        "localhost/A:b",
        "localhost/a b:c",
        "localhost:5000/a",
        "localhost/a:",
    ],
)
def test_anything_else_is_refused(reference: str) -> None:
    with pytest.raises(EngineError, match="no reference of an image"):
        split_reference(reference)


class Removing:
    """Podman, while another process removes images: it fails with each of these words, then not."""

    def __init__(self, *words: str) -> None:
        self.words = list(words)

    def ask(self, method: str, path: str, *, params: object) -> list[dict[str, str]]:
        if self.words:
            raise EngineError(self.words.pop(0))
        return []


def test_a_list_that_podman_lost_an_image_of_is_made_again() -> None:
    assert list_images(cast(Api, Removing("identifying image: image not known")), None) == ()


@pytest.mark.parametrize("words", [["no space left on device"], ["layer not known"] * 9])
def test_another_failure_and_an_endless_one_are_errors(words: list[str]) -> None:
    with pytest.raises(EngineError, match=words[0]):
        list_images(cast(Api, Removing(*words)), None)
