"""One wish to stop, heard by every thread."""

import threading

import pytest

from bh_container.run.interrupt import Interrupt, Interrupted, Work


def noting(words: list[str]) -> Work:
    return Work(stop=lambda: words.append("stop"), kill=lambda: words.append("kill"))


def test_work_that_nobody_stops_just_ends() -> None:
    words: list[str] = []
    with Interrupt().stopping(noting(words)):
        pass
    assert words == []


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_work_under_way_is_ended_and_says_so(how: str) -> None:
    words: list[str] = []
    interrupt = Interrupt()
    with pytest.raises(Interrupted), interrupt.stopping(noting(words)):
        getattr(interrupt, how)()
    assert words == [how]


def test_work_does_not_begin_when_all_is_to_stop() -> None:
    interrupt = Interrupt()
    interrupt.stop()
    with pytest.raises(Interrupted), interrupt.stopping(noting([])):
        pytest.fail("it began")


def test_what_has_ended_is_not_stopped_again() -> None:
    words: list[str] = []
    interrupt = Interrupt()
    with interrupt.stopping(noting(words)):
        pass
    interrupt.stop()
    assert words == []


def test_all_work_is_stopped_at_the_same_time() -> None:
    # Each waits for the other: one after the other they would never end.
    both = threading.Barrier(2, timeout=10)

    def stop() -> None:
        both.wait()

    interrupt = Interrupt()
    with (
        pytest.raises(Interrupted),
        interrupt.stopping(Work(stop=stop, kill=stop)),
        interrupt.stopping(Work(stop=stop, kill=stop)),
    ):
        interrupt.stop()
    assert not both.broken
