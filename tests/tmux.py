"""Driving a real tmux: windows, keys, and what the windows show."""

import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass


def wait_until(true: Callable[[], object], what: str, patience: float = 30.0) -> None:
    """Wait for something that no event tells of."""
    end = time.monotonic() + patience
    while not true():
        assert time.monotonic() < end, f"{what}: not in {patience} s"
        time.sleep(0.05)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tmux:
    """A tmux server, by the words and the environment that lead to it."""

    environment: Mapping[str, str]
    words: tuple[str, ...] = ()
    patience: float = 30.0

    def __call__(self, *words: str) -> str:
        command = ["tmux", *self.words, *words]
        return subprocess.run(
            command, check=True, capture_output=True, text=True, env=self.environment
        ).stdout

    def windows(self) -> list[str]:
        return self("list-windows", "-a", "-F", "#{window_name}").split()

    def screen(self, window: str) -> str:
        """What a window shows; nothing where it is not there."""
        try:
            return self("capture-pane", "-p", "-J", "-t", f":{window}")
        except subprocess.CalledProcessError:
            return ""

    def shows(self, window: str, text: str, times: int = 1) -> None:
        """Wait until a window shows a text."""
        what = f"{text!r} in {window}"
        wait_until(lambda: self.screen(window).count(text) >= times, what, self.patience)

    def type(self, window: str, line: str) -> None:
        self("send-keys", "-t", f":{window}", line, "Enter")

    def end(self) -> None:
        """End the server, if there is one."""
        command = ["tmux", *self.words, "kill-server"]
        subprocess.run(command, check=False, capture_output=True, env=self.environment)
