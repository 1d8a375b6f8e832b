"""The main thread hears Ctrl-C and answers the questions of others."""

import os
import signal
import threading
from pathlib import Path

import pytest

from bh_container.run.attend import Desk
from bh_container.run.choice import Choice, leave
from bh_container.run.interrupt import Interrupt, Interrupted, Work
from bh_container.run.step import StepFailed

FAILURE = StepFailed("box", "kernel", 1, Path("/log"))


def test_the_result_of_the_work() -> None:
    assert Desk(Interrupt(), leave).attend(lambda: 42) == 42


def test_the_error_of_the_work() -> None:
    def fail() -> None:
        raise FAILURE

    with pytest.raises(StepFailed) as error:
        Desk(Interrupt(), leave).attend(fail)
    assert error.value is FAILURE


def test_questions_are_answered_in_the_thread_that_attends() -> None:
    asked: list[tuple[StepFailed, bool]] = []

    def reply(failure: StepFailed) -> Choice:
        asked.append((failure, threading.current_thread() is threading.main_thread()))
        return Choice.RETRY

    desk = Desk(Interrupt(), reply)
    assert desk.attend(lambda: desk.ask(FAILURE)) is Choice.RETRY
    assert asked == [(FAILURE, True)]


def test_ctrl_c_at_a_question_stops_the_work_and_leaves_everything() -> None:
    def reply(failure: StepFailed) -> Choice:
        raise KeyboardInterrupt

    interrupt = Interrupt()
    desk = Desk(interrupt, reply)
    answers: list[Choice] = []
    with pytest.raises(KeyboardInterrupt):
        desk.attend(lambda: answers.append(desk.ask(FAILURE)))
    assert answers == [Choice.LEAVE]
    assert interrupt.wanted


def test_work_that_is_interrupted_has_ended_before_that_is_said() -> None:
    interrupt = Interrupt()
    stopped = threading.Event()
    ended: list[bool] = []

    def work() -> None:
        try:
            with interrupt.stopping(Work(stop=stopped.set, kill=stopped.set)):
                desk.ask(FAILURE)
                stopped.wait(10)
        finally:
            ended.append(stopped.is_set())

    def reply(failure: StepFailed) -> Choice:
        raise KeyboardInterrupt

    desk = Desk(interrupt, reply)
    with pytest.raises(KeyboardInterrupt) as error:
        desk.attend(work)
    assert not isinstance(error.value, Interrupted)
    assert ended == [True]


def test_a_second_ctrl_c_kills_what_the_first_one_does_not_stop() -> None:
    interrupt = Interrupt()
    killed = threading.Event()

    def stop() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        killed.wait(10)

    def work() -> None:
        with interrupt.stopping(Work(stop=stop, kill=killed.set)):
            desk.ask(FAILURE)
            os.kill(os.getpid(), signal.SIGINT)
            killed.wait(10)

    desk = Desk(interrupt, leave)
    with pytest.raises(KeyboardInterrupt):
        desk.attend(work)
    assert killed.is_set()
