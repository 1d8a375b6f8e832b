"""The stream of a command's output, and when its status can be believed."""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bh_container.engine.api import Api
from bh_container.engine.exec import Command, Read, execute, pieces, words_of
from bh_container.engine.protocol import EngineLost


def frame(stream: int, payload: bytes) -> bytes:
    return struct.pack(">BxxxL", stream, len(payload)) + payload


def reader(data: bytes, sizes: Iterator[int]) -> Read:
    """Gives the data in pieces of these sizes, never more than it is asked for."""
    file = BytesIO(data)
    return lambda size: file.read(min(size, next(sizes, size)))


@given(
    st.lists(st.tuples(st.sampled_from([1, 2]), st.binary(max_size=300))),
    st.lists(st.integers(min_value=1, max_value=20)),
)
def test_frames_split_anywhere_come_out_whole(
    frames: list[tuple[int, bytes]], sizes: list[int]
) -> None:
    data = b"".join(frame(stream, payload) for stream, payload in frames)
    assert list(pieces(reader(data, iter(sizes)))) == [payload for _, payload in frames]


def test_a_stream_that_ends_early_is_lost_wherever_it_ends() -> None:
    whole = frame(1, b"some output") + frame(2, b"more")
    ends = {0, len(frame(1, b"some output")), len(whole)}
    for end in range(len(whole)):
        if end in ends:
            assert b"".join(pieces(BytesIO(whole[:end]).read)) == whole[8:19][:end]
            continue
        with pytest.raises(EngineLost):
            list(pieces(BytesIO(whole[:end]).read))


def test_a_command_is_a_list_of_words() -> None:
    assert words_of(["echo", "a b"]) == ("echo", "a b")
    with pytest.raises(TypeError, match="list of words"):
        words_of("echo a b")


@dataclass
class StubAnswer:
    found: dict[str, object]
    absent: bool = False
    read: Read = BytesIO(b"").read

    def refuse(self) -> None: ...

    def content(self) -> dict[str, object]:
        return self.found


@dataclass
class StubService:
    generation: int = 1


class StubApi:
    """Answers the three requests of one command; `restarts` at the end of its stream."""

    def __init__(self, last: StubAnswer, *, restarts: bool = False) -> None:
        self.service = StubService()
        self.last = last
        self.restarts = restarts

    def ask(self, method: str, path: str, *, body: object) -> dict[str, str]:
        return {"Id": "1"}

    @contextmanager
    def answer(self, method: str, path: str, **options: object) -> Iterator[StubAnswer]:
        yield self.last if method == "GET" else StubAnswer({})
        self.service.generation += self.restarts


def status(api: StubApi) -> int:
    return execute(cast(Api, api), "name", Command(words=("true",), environment={}), None)


def test_a_status_is_believed_when_the_command_is_over() -> None:
    assert status(StubApi(StubAnswer({"Running": False, "ExitCode": 3}))) == 3


@pytest.mark.parametrize(
    "api",
    [
        StubApi(StubAnswer({"Running": True, "ExitCode": 0})),
        StubApi(StubAnswer({"Running": False, "ExitCode": 0}), restarts=True),
        StubApi(StubAnswer({}, absent=True)),
    ],
    ids=["still running", "another service", "container removed"],
)
def test_a_status_that_cannot_be_known_is_no_success(api: StubApi) -> None:
    with pytest.raises(EngineLost):
        status(api)
