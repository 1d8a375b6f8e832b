"""References of images, and lists of them."""

from typing import cast

import pytest

from bh_container.engine.api import Api
from bh_container.engine.images import find_image, list_images, split_reference
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

    def ask(
        self, method: str, path: str, *, params: object = None, absent: bool = False
    ) -> list[dict[str, str]]:
        if self.words:
            raise EngineError(self.words.pop(0))
        return []


GONE = (
    "identifying image: image not known",
    "failed in inspect image a1584: layer not known",
    "runtime error: invalid memory address or nil pointer dereference",
    'failed in inspect image 31939: reading data blob size "manifest" for "31939"',
)


@pytest.mark.parametrize("words", GONE)
def test_a_list_that_podman_lost_an_image_of_is_made_again(words: str) -> None:
    assert list_images(cast(Api, Removing(words)), None) == ()


@pytest.mark.parametrize("words", GONE)
def test_an_image_that_goes_while_podman_looks_at_it_is_gone(words: str) -> None:
    assert find_image(cast(Api, Removing(words)), "localhost/a:1") is None


@pytest.mark.parametrize("words", [["no space left on device"], ["layer not known"] * 9])
def test_another_failure_and_an_endless_one_are_errors(words: list[str]) -> None:
    with pytest.raises(EngineError, match=words[0]):
        list_images(cast(Api, Removing(*words)), None)
