"""Starting a build in QEMU and talking to its console.

    with Console(guest, log=Path("console.log")) as console:
        console.expect("login: ", timeout=60)
        console.send("root\n")
        print(console.run("cat /etc/os-release"))

QEMU's standard input and output are one end of a socket pair, so its serial port needs neither a
terminal nor a file; pexpect reads the other end. The monitor (QMP, docs/interop/qmp-spec) is a
second pair. Neither has a name in the file system, and both end with QEMU.
"""

import json
import os
import platform
import re
import socket
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

import pexpect
from pexpect.fdpexpect import fdspawn

from bh_container.errors import BhError
from bh_container.output.machine import Accelerator, Guest, command_line

__all__ = ["Accelerator", "BootFailed", "Console", "Guest", "GuestCommandFailed", "accelerator"]

# What the kernel and our init write when there is no way on; the rest of the line says why.
_FAILURES = (
    r"Kernel panic - not syncing[^\r\n]*[\r\n]",
    r"unable to open an initial console[^\r\n]*[\r\n]",
    r"bh-init: failed[^\r\n]*[\r\n]",
)
_ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_OF_THE_KERNEL = re.compile(r"^\[ *\d+\.\d{6}\].*(?:\n|\Z)", re.MULTILINE)
"""A line of the kernel's log, which comes when it likes."""
_PATIENCE = 5.0
_KVM = Path("/dev/kvm")


class BootFailed(BhError):
    """The guest did not get as far as it was expected to."""

    exit_status = 3

    def __init__(self, reason: str, log: Path) -> None:
        super().__init__(f"the guest did not boot: {reason}", remedy=f"its console is in {log}")
        self.reason = reason
        self.log = log


class GuestCommandFailed(BhError):
    """A command in the guest ended with a status other than 0."""

    exit_status = 3

    def __init__(self, command: str, status: int, output: str) -> None:
        super().__init__(f"{command}: status {status} in the guest: {output}")
        self.command = command
        self.status = status
        self.output = output


def _monitor_words(descriptor: int) -> list[str]:
    chardev = f"socket,id=monitor,fd={descriptor}"
    return ["-chardev", chardev, "-mon", "chardev=monitor,mode=control"]


class Console:
    """A running guest and its serial console, whose every byte goes to `log`.

    `program` takes the place of QEMU's command line in tests. Leaving the context ends QEMU.
    """

    def __init__(
        self,
        guest: Guest,
        *,
        log: Path,
        accelerator: Accelerator = Accelerator.TCG,
        program: Sequence[str] | None = None,
    ) -> None:
        self.log = log
        self._words = list(program or command_line(guest, accelerator))
        self._commands = 0
        self._questions = 0
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            mine, serial = map(stack.enter_context, socket.socketpair())
            monitor, qmp = map(stack.enter_context, socket.socketpair())
            log = stack.enter_context(self.log.open("w", encoding="utf-8", errors="replace"))
            # Not in the log, where what the guest wrote before it may come later.
            self._complaints = stack.enter_context(tempfile.TemporaryFile("w+", errors="replace"))
            self._process: subprocess.Popen[bytes] = subprocess.Popen(
                [*self._words, *_monitor_words(qmp.fileno())],
                stdin=serial.fileno(),
                stdout=serial.fileno(),
                stderr=self._complaints,
                pass_fds=[qmp.fileno()],
            )
            stack.callback(self._end)
            # QEMU alone holds its ends from here on, so that its end is seen as the end of file.
            serial.close()
            qmp.close()
            monitor.settimeout(_PATIENCE)
            self._monitor = stack.enter_context(monitor.makefile("rw", encoding="utf-8"))
            self._spawn = fdspawn(
                mine, timeout=None, encoding="utf-8", codec_errors="replace", use_poll=True
            )
            self._spawn.logfile_read = log
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stack.close()

    def expect(self, pattern: str, timeout: float) -> re.Match[str]:
        """Wait for a match of the regular expression `pattern`; BootFailed when it cannot come.

        That is: a panic, a word from init that it failed, the end of QEMU, or `timeout` seconds.
        """
        try:
            self._spawn.expect([pattern, *_FAILURES], timeout=timeout)
        except pexpect.EOF:
            raise BootFailed(self._how_it_ended(), self.log) from None
        except pexpect.TIMEOUT:
            raise BootFailed(f"no {pattern!r} within {timeout:g} s", self.log) from None
        match = self._matched()
        if self._spawn.match_index:
            raise BootFailed(match[0].strip(), self.log)
        return match

    def send(self, text: str) -> None:
        """Type `text`; a line ends with a newline. BootFailed when the guest is gone."""
        try:
            self._spawn.send(text)
        except OSError:
            raise BootFailed(self._how_it_ended(), self.log) from None

    def run(self, command: str, *, timeout: float = 60, check: bool = True) -> str:
        """Type `command` at the shell's prompt and return what it writes.

        Raises GuestCommandFailed for a status other than 0, unless `check` is false.
        """
        self._commands += 1
        mark = f"bh-run-{self._commands}"
        # The quotes keep the echo of what was typed from looking like what it prints.
        self.send(f"echo '{mark}'-begin; {command}; echo '{mark}'-end $?\n")
        self.expect(rf"{mark}-begin\r?\n", timeout)
        match = self.expect(rf"(?s)(.*?){mark}-end (\d+)\r?\n", timeout)
        lines = _ESCAPE.sub("", match[1]).replace("\r\n", "\n")
        output = _OF_THE_KERNEL.sub("", lines).rstrip("\n")
        if check and int(match[2]):
            raise GuestCommandFailed(command, int(match[2]), output)
        return output

    def wait(self, timeout: float) -> int:
        """Wait until the guest has ended by itself (`reboot -f`) and return QEMU's status.

        QEMU's status is 0 after a panic too; here that is BootFailed.
        """
        try:
            self._spawn.expect([*_FAILURES], timeout=timeout)
        except pexpect.TIMEOUT:
            raise BootFailed(f"it did not end within {timeout:g} s", self.log) from None
        except pexpect.EOF:
            return self._process.wait(_PATIENCE)
        raise BootFailed(self._matched()[0].strip(), self.log)

    def monitor(self, command: str) -> str:
        """The answer of QEMU's monitor to `command`, for example `drive_del medium`."""
        if self._questions == 0:
            self._answer()  # the greeting
            self._ask("qmp_capabilities")
        return str(self._ask("human-monitor-command", {"command-line": command}))

    def _ask(self, command: str, arguments: Mapping[str, str] | None = None) -> object:
        self._questions += 1
        question = {"execute": command, "arguments": arguments or {}, "id": self._questions}
        self._monitor.write(json.dumps(question) + "\n")
        self._monitor.flush()
        while (answer := self._answer()).get("id") != self._questions:
            pass  # an event that nobody waits for
        if "error" in answer:
            raise BhError(f"{command}: {answer['error']}")
        return answer.get("return")

    def _answer(self) -> dict[str, object]:
        try:
            answer: dict[str, object] = json.loads(self._monitor.readline())
        except (OSError, ValueError):
            raise BootFailed("QEMU's monitor does not answer", self.log) from None
        return answer

    def _matched(self) -> re.Match[str]:
        match = self._spawn.match
        if not isinstance(match, re.Match):
            raise TypeError(f"pexpect matched {match!r}")
        return match

    def _how_it_ended(self) -> str:
        """What is known after QEMU closed the console."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_PATIENCE)
        self._end()
        self._complaints.seek(0)
        console = self.log.read_text(encoding="utf-8", errors="replace")
        lines = [
            line.strip() for text in (console, self._complaints.read()) for line in text.split("\n")
        ]
        last = next(filter(None, reversed(lines)), "it wrote nothing")
        return f"QEMU ended with status {self._process.returncode}: {last}"

    def _end(self) -> None:
        """End QEMU, which takes SIGTERM as an orderly `quit`."""
        if self._process.poll() is None:
            self._process.terminate()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def accelerator(guest: Guest, *, patience: float = 5.0) -> Accelerator:
    """KVM when the kernel of `guest` really runs under it, otherwise TCG.

    /dev/kvm can be opened on machines where guests then hang: under a hypervisor that emulates
    the processor's start but cannot nest, even a firmware still runs. So the kernel itself is
    started, without anything else, and has `patience` seconds to say its version.
    """
    native = guest.arch == platform.machine()
    native |= (guest.arch, platform.machine()) == ("i386", "x86_64")
    if not native or not os.access(_KVM, os.R_OK | os.W_OK):
        return Accelerator.TCG
    bare = replace(guest, initramfs=None, medium=None, shares={}, network=False, cmdline="")
    with tempfile.TemporaryDirectory(prefix="bh-probe-") as directory:
        log = Path(directory, "console.log")
        try:
            with Console(bare, log=log, accelerator=Accelerator.KVM) as console:
                console.expect("Linux version", patience)
        except BootFailed:
            return Accelerator.TCG
    return Accelerator.KVM
