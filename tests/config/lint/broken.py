"""Changes that each put one mistake into a shipped configuration, and what has to be said of it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Edit = Callable[[Path], None]

PI = "aarch64-unknown-linux-musl.rpi4-bb-mini"
STACK = "x86_64-unknown-linux-musl.zen2-tb-stack"
ONE = "x86_64-unknown-linux-musl.qemu64-tb-mini"
FULL = "x86_64-unknown-linux-gnu.desktop64-full"
HOST = "host-amd64-musl"


@dataclass(frozen=True, slots=True)
class Broken:
    """A mistake: the edit of `file`, and the place (`FILE:LINE:COLUMN`) and words of its finding.

    A place that begins with `:` is in the file itself. `also` is how many more findings follow
    from the same mistake: what depends on it cannot be right either.
    """

    where: str
    file: str
    edit: Edit
    place: str
    words: str
    severity: str = "error"
    also: int = 0

    @property
    def expected(self) -> str:
        """The whole place, as lint writes it."""
        return self.file + self.place if self.place[:1] in (":", "") else self.place


def swap(old: str, new: str) -> Edit:
    """Text for other text, once."""

    def edit(path: Path) -> None:
        text = path.read_text()
        assert old in text, f"{path}: there is no {old!r}"
        path.write_text(text.replace(old, new, 1))

    return edit


def add(text: str) -> Edit:
    """Text at the end."""
    return lambda path: put_text(path, path.read_text() + text)


def top(text: str) -> Edit:
    """Text at the beginning."""
    return lambda path: put_text(path, text + path.read_text())


def put(text: str) -> Edit:
    """A file of this content."""
    return lambda path: put_text(path, text)


def put_bytes(content: bytes) -> Edit:
    """A file of these bytes."""

    def edit(path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    return edit


def link(to: str) -> Edit:
    """A symbolic link instead."""

    def edit(path: Path) -> None:
        path.unlink(missing_ok=True)
        path.symlink_to(to)

    return edit


def gone(path: Path) -> None:
    """No such file."""
    path.unlink()


def not_executable(path: Path) -> None:
    path.chmod(0o644)


def put_text(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
