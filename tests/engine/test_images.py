"""References of images."""

import pytest

from bh_container.engine.images import split_reference
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
