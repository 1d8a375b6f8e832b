"""A running build, for those who attach to it: its events, and its questions to be answered."""

import threading
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from socket import SHUT_RDWR

from bh_container.errors import BhError
from bh_container.events import Event, StepOutput, Transfer, UnitStarted
from bh_container.run.choice import SHELL, Choice
from bh_container.run.host import UNIT as HOST
from bh_container.run.interrupt import Interrupt, Work
from bh_container.run.shell import Shell
from bh_container.run.step import StepFailed
from bh_container.ui.past import Past
from bh_container.ui.socket import Line, Message, listen
from bh_container.ui.wire import record_of

BACKLOG = 10_000
"""How many messages wait for a guest that does not read, before output is left out."""

PATIENCE = 20.0
"""Seconds for a window that was opened to come back to us, and for a guest to hear the end."""

MakeShell = Callable[[str], Shell]
OpenWindow = Callable[[str], None]


class Guest:
    """Somebody who attached, to one unit or (None) to all. `said` ends with None."""

    def __init__(self, line: Line, greeting: Message) -> None:
        self._line = line
        self._waiting: SimpleQueue[Message | None] = SimpleQueue()
        self.unit: str | None = greeting["watch"]
        self.answers = bool(greeting["answers"])
        self.said: SimpleQueue[str | None] = SimpleQueue()
        self.asked = threading.Lock()
        self._writer = threading.Thread(target=self._write, daemon=True)
        self._writer.start()

    def watches(self, unit: str) -> bool:
        """Whether the unit's events are for this guest."""
        return self.unit in (None, unit)

    def tell(self, event: Event) -> None:
        """Hand an event on; never waits."""
        if isinstance(event, StepOutput | Transfer) and self._waiting.qsize() > BACKLOG:
            return
        self.send(record_of(event))

    def send(self, message: Message) -> None:
        """Hand a message on; never waits."""
        self._waiting.put(message)

    def dismiss(self) -> None:
        """Whoever waits for this guest's answer waits no longer."""
        self.said.put(None)

    def end(self) -> None:
        """Say no more, once everything has been said."""
        self._waiting.put(None)
        self._writer.join(PATIENCE)
        self._line.hang_up()

    def _write(self) -> None:
        with suppress(OSError):
            while (message := self._waiting.get()) is not None:
                self._line.send(message)


class Relay:
    """Listens under a name until it is closed.

    With `open_window`, each target that has something to do gets a window that attaches to it, and
    so does a question for which there is none.
    """

    def __init__(self, name: str, open_window: OpenWindow | None = None) -> None:
        self._listener = listen(name)
        self._open_window = open_window
        self._changed = threading.Condition()
        self._guests: list[Guest] = []
        self._expected: set[str] = set()
        self._past = Past()
        self._receiver = threading.Thread(target=self._receive, daemon=True)
        self._receiver.start()

    def tell(self, event: Event) -> None:
        """Hand an event to everybody whom it is for."""
        with self._changed:
            self._past.add(event)
            for guest in self._guests:
                if guest.watches(event.unit):
                    guest.tell(event)
            if isinstance(event, UnitStarted) and event.pending and event.unit != HOST:
                with suppress(BhError):
                    self._expect(event.unit)

    def ask(self, failure: StepFailed, shell: MakeShell, interrupt: Interrupt) -> Choice:
        """What a guest chooses; where none can be asked, everything is left as it is."""
        guest = self._who_answers(failure.unit)
        if guest is None:
            return Choice.LEAVE
        with guest.asked, interrupt.stopping(Work(stop=guest.dismiss, kill=guest.dismiss)):
            guest.send({"question": failure.unit, "text": str(failure)})
            while (word := guest.said.get()) == SHELL:
                guest.send(_opened(shell, failure.unit))
            return Choice(word) if word in list(Choice) else Choice.LEAVE

    def close(self, status: int, text: str) -> None:
        """Tell everybody how the build ended, and receive nobody any more."""
        self._listener.shutdown(SHUT_RDWR)
        self._receiver.join()
        self._listener.close()
        with self._changed:
            guests, self._guests = self._guests, []
        for guest in guests:
            guest.send({"end": status, "text": text})
        for guest in guests:
            guest.end()

    def _who_answers(self, unit: str) -> Guest | None:
        def find() -> Guest | None:
            able = [guest for guest in self._guests if guest.answers and guest.watches(unit)]
            return max(able, key=lambda guest: guest.unit is not None, default=None)

        with self._changed:
            if find() is None and self._open_window:
                with suppress(BhError):
                    self._expect(unit)
                    self._changed.wait_for(find, PATIENCE)
            return find()

    def _expect(self, unit: str) -> None:
        """Open a window for a unit that has none. Raises `BhError`."""
        units = {guest.unit for guest in self._guests} | self._expected
        if self._open_window and unit not in units:
            self._open_window(unit)
            self._expected.add(unit)

    def _receive(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=[Line(connection)], daemon=True).start()

    def _serve(self, line: Line) -> None:
        messages = line.messages() if line.trusted else iter(())
        guest = None
        for message in messages:
            if guest is None:
                guest = Guest(line, message)
                self._admit(guest)
            else:
                guest.said.put(message["say"])
        if guest is not None:
            with self._changed:
                self._guests = [one for one in self._guests if one is not guest]
            guest.dismiss()
        line.close()

    def _admit(self, guest: Guest) -> None:
        with self._changed:
            for event in self._past.events():
                if guest.watches(event.unit):
                    guest.tell(event)
            self._guests.append(guest)
            self._expected.discard(guest.unit or "")
            self._changed.notify_all()


def _opened(shell: MakeShell, unit: str) -> Message:
    try:
        made = shell(unit)
    except BhError as error:
        return {"refused": str(error)}
    return {"shell": made.words, "script": made.script}
