"""A manifest is read as it was written, and nothing else is taken for one."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bh_container.config.settings import HistType
from bh_container.errors import BhError
from bh_container.history.snapshot import Archive, Part, decode, encode
from tests.history.conftest import BOX, DONE, snapshot_of

FILE = Path("history/1/manifest.json")
SNAPSHOT = replace(
    snapshot_of("1", parent="0"),
    parts={
        **snapshot_of("1").parts,
        "host": Part(image="host", steps=DONE, seed="a seed", size=1000, own=10),
    },
    tags=("first", "good"),
    archives={
        "host": Archive(
            kind=HistType.FILES, sha256="abc", size=5, links=(("a", "b"), ("c\udcff", "d"))
        )
    },
)


def test_there_and_back() -> None:
    assert decode(encode(SNAPSHOT), FILE) == SNAPSHOT


def test_what_the_manifest_says() -> None:
    written = json.loads(encode(SNAPSHOT))
    assert (written["id"], written["parent"], written["lock"]) == ("1", "0", "lock: 1\n")
    assert (written["size"], written["own"]) == (1000, 10)
    assert written["parts"][BOX]["steps"]["world"]["key"] == "k"
    assert written["archives"]["host"]["kind"] == "files"


def test_what_it_holds() -> None:
    assert SNAPSHOT.targets == (BOX,)
    assert SNAPSHOT.images == {"host": "host", BOX: "box"}


def without(key: str) -> str:
    written: dict[str, Any] = json.loads(encode(SNAPSHOT))
    del written[key]
    return json.dumps(written)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "7", without("parts"), without("format")])
def test_anything_else_is_refused_with_its_file(text: str) -> None:
    with pytest.raises(BhError, match=r"history/1/manifest\.json: this is no manifest"):
        decode(text, FILE)


def test_a_later_format_is_refused() -> None:
    later = json.dumps({**json.loads(encode(SNAPSHOT)), "format": 2})
    with pytest.raises(BhError, match="format 2 is not 1"):
        decode(later, FILE)
