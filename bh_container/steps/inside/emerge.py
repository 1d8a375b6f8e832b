"""emerge.py [--use LINE] PACKAGE_USE EMERGE WORD...: runs emerge, and breaks circular dependencies.

Where emerge ends with a circular dependency and suggests a USE change, the package is built with
that change first: a line of a file of ours in PACKAGE_USE, the directory package.use in the
container's copy of the configuration. Then the line goes and emerge is asked again. It builds the
package once more, with its own flags; at the end that is made sure. Only that one is kept as a
binary package. LINE (`ATOM FLAG...`) holds all the time, for a package that a configuration has
built first. With `--pretend` nothing is built: the lines hold until emerge can tell.

A run that was cut leaves the file; the next one removes it, and `--newuse` does the rest.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import IO

FILE = "zz-bh-container"
KEPT = ("--jobs", "--quiet", "--usepkg", "--getbinpkg", "--with-bdeps", "--buildpkg-exclude")
PATIENCE = 10  # seconds until what emerge has left running is no longer listened to
START = "break this cycle"
# Portage, _show_circular_deps: a note about parents may be followed by the next one on its line.
SUGGESTION = re.compile(
    r"- (?P<cpv>[^\s/()]+/[^\s()]+) \(Change USE: (?P<flags>[^)]+)\)(?P<note>\n? \(This change)?"
)
CHAIN = re.compile(r"\((?P<cpv>[^\s:]+):[^\s]*, \w+ scheduled for merge to '")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
VERSION = re.compile(r"-[0-9][^-]*(-r[0-9]+)?$")


@dataclass(frozen=True)
class Change:
    """Other USE flags for one version of a package: what emerge suggests."""

    cpv: str
    flags: tuple[str, ...]

    @property
    def line(self) -> str:
        """As package.use has it."""
        return " ".join((f"={self.cpv}", *self.flags))


@dataclass
class Lines:
    """Our file in package.use: there as long as it has a line."""

    file: Path
    lines: list[str] = field(default_factory=list)

    def add(self, line: str) -> None:
        """Have a line more."""
        self.lines.append(line)
        self._write()

    def remove(self, line: str) -> None:
        """Have a line less."""
        self.lines.remove(line)
        self._write()

    def clear(self) -> None:
        """Have none."""
        self.lines.clear()
        self._write()

    def _write(self) -> None:
        self.file.unlink(missing_ok=True)
        if self.lines:
            self.file.parent.mkdir(exist_ok=True)
            self.file.write_text("".join(f"{line}\n" for line in self.lines))


def suggested(said: str, *, cross: bool) -> list[Change]:
    """The changes that emerge suggests, the best first: those that take a flag away, and need no
    other change. What a target's emerge would build for the host is not among them.
    """
    said = COLOUR.sub("", said)
    chain, _, offers = said.partition(START)
    ours = {match["cpv"] for match in CHAIN.finditer(chain)}
    found = [
        (match["note"] is not None, "+" in match["flags"], Change(match["cpv"], flags))
        for match in SUGGESTION.finditer(offers)
        if (flags := tuple(word.lstrip("+") for word in sorted(match["flags"].split())))
    ]
    found.sort(key=lambda one: one[:2])
    return [change for _, _, change in found if change.cpv in ours or not cross]


@dataclass
class Emerge:
    """What is being done: `tried` has every change that was made."""

    lines: Lines
    tried: list[Change] = field(default_factory=list)

    def run(self, words: list[str]) -> int:
        """Run a command until it succeeds, or emerge has nothing more to suggest."""
        while True:
            status, said = execute(words, aloud=not is_question(words))
            offers = suggested(said, cross=words[0] != "emerge")
            change = next((one for one in offers if one not in self.tried), None)
            if status == 0 or change is None:
                return status
            self.tried.append(change)
            self.lines.add(change.line)
            if not is_question(words):
                self._build(words, change)

    def _build(self, words: list[str], change: Change) -> None:
        say(f"to break this circle, building it first with USE={' '.join(change.flags)!r}", change)
        status = self.run([*once(words, change.cpv), f"--buildpkg-exclude={name_of(change.cpv)}"])
        self.lines.remove(change.line)
        say("built; going on without that change" if status == 0 else "not built", change)

    def undo(self, words: list[str]) -> int:
        """Build again what still is as it was built first."""
        for change in self.tried:
            status, _ = execute([*once(words, change.cpv), "--newuse"], aloud=True)
            if status:
                return status
            say("has its own USE flags again", change)
        return 0


def is_question(words: list[str]) -> bool:
    """Whether emerge only says what it would do."""
    return "--pretend" in words


def once(words: list[str], cpv: str) -> list[str]:
    """The command for one package alone, with the options that any package is built with."""
    return [words[0], *(w for w in words if w.startswith(KEPT)), "--oneshot", f"={cpv}"]


def name_of(cpv: str) -> str:
    """category/name of a version."""
    return VERSION.sub("", cpv)


def execute(words: list[str], *, aloud: bool) -> tuple[int, str]:
    """Run a command; its status, and what it wrote to standard error: passed on where `aloud`."""
    said: list[str] = []
    process = subprocess.Popen(words, stderr=subprocess.PIPE, text=True, errors="replace")
    if process.stderr is None:
        raise AssertionError("it is a pipe")
    # A daemon that it has left may hold the pipe open for ever.
    lines = passed_on(process.stderr) if aloud else process.stderr
    reader = Thread(target=said.extend, args=(lines,), daemon=True)
    reader.start()
    status = process.wait()
    reader.join(PATIENCE)
    return status, "".join(said)


def passed_on(lines: IO[str]) -> Iterator[str]:
    for line in lines:
        sys.stderr.write(line)
        sys.stderr.flush()
        yield line


def say(what: str, change: Change) -> None:
    sys.stderr.write(f">>> bh-container: {change.cpv}: {what}\n")
    sys.stderr.flush()


def main(words: list[str]) -> int:
    """Run the command that the words say, and return its status."""
    line = None
    if words[0] == "--use":
        _, line, *words = words
    package_use, *words = words
    lines = Lines(Path(package_use) / FILE)
    lines.clear()
    if line:
        lines.add(line)
    emerge = Emerge(lines)
    try:
        status = emerge.run(words)
        if status == 0 and not is_question(words):
            status = emerge.undo(words)
    finally:
        lines.clear()
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
