"""The main thread, while others work: it hears Ctrl-C, and puts their questions to the user."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import TypeVar

from bh_container.run.choice import Ask, Choice
from bh_container.run.interrupt import HEARING_SECONDS, Interrupt
from bh_container.run.step import StepFailed

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Question:
    """A failed step, and where the answer goes."""

    failure: StepFailed
    answer: "Future[Choice]" = field(default_factory=Future)


class Desk:
    """Takes questions from any thread; `reply` answers them, in the thread that attends."""

    def __init__(self, interrupt: Interrupt, reply: Ask) -> None:
        self._interrupt = interrupt
        self._reply = reply
        self._questions: SimpleQueue[Question | None] = SimpleQueue()

    def ask(self, failure: StepFailed) -> Choice:
        """Wait for the user's choice."""
        question = Question(failure)
        self._questions.put(question)
        return question.answer.result()

    def attend(self, work: Callable[[], T]) -> T:
        """Do the work in a thread of its own, answer its questions, and return its result.

        KeyboardInterrupt stops what runs, in order, and is raised again once it has ended; a
        second one kills it.
        """
        with ThreadPoolExecutor(max_workers=1) as thread:
            future = thread.submit(work)
            future.add_done_callback(lambda _: self._questions.put(None))
            try:
                while (question := self._next()) is not None:
                    self._answer(question)
                return future.result()
            except KeyboardInterrupt:
                self._end(future)
                raise

    def _next(self) -> Question | None:
        """The next question, or None when the work has ended."""
        while True:
            with suppress(Empty):
                return self._questions.get(timeout=HEARING_SECONDS)

    def _answer(self, question: Question) -> None:
        choice = Choice.LEAVE
        try:
            choice = self._reply(question.failure)
        finally:
            question.answer.set_result(choice)

    def _end(self, future: "Future[T]") -> None:
        try:
            self._interrupt.stop()
            self._leave_all(future)
        except KeyboardInterrupt:
            self._interrupt.kill()
            self._leave_all(future)

    def _leave_all(self, future: "Future[T]") -> None:
        """Wait for the end; whoever asks in the meantime is told to leave things as they are."""
        while not future.done():
            question = self._next()
            if question is not None:
                question.answer.set_result(Choice.LEAVE)
        wait([future])
