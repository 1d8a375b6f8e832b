"""A file that the user wrote, as text: what is wrong with it is a problem, not an exception."""

from dataclasses import dataclass
from pathlib import Path
from stat import S_ISDIR, S_ISREG

from bh_container.config.problems import Report


@dataclass(frozen=True, slots=True)
class Line:
    """A line that says something: without its comment and the white space around it."""

    number: int
    text: str


def read_source(file: Path, report: Report) -> str | None:
    """The file's text, or None where it cannot be had; then `report` says why.

    A missing file is a problem too: ask `is_present` first where it may be missing.
    """
    try:
        mode = file.stat().st_mode
        if not S_ISREG(mode):
            kind = "directory" if S_ISDIR(mode) else "special file"
            report.add(file, None, f"is a {kind}", "put an ordinary file there")
            return None
        text = file.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        report.add(file, line, "is not UTF-8 text", "write it anew as UTF-8")
        return None
    except FileNotFoundError:
        if file.is_symlink():
            report.add(file, None, "is a symbolic link to nothing", "correct or remove the link")
        else:
            report.add(file, None, "is missing", "create it")
        return None
    except (OSError, ValueError) as error:
        report.add(file, None, f"cannot be read: {reason(error)}", None)
        return None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        report.add(file, line, "holds a NUL byte", "write it anew as UTF-8")
        return None
    return text.removeprefix("\ufeff")


def read_lines(file: Path, report: Report) -> tuple[Line, ...]:
    """The file's lines without comments (`#` to the end of the line) and without empty ones."""
    text = read_source(file, report)
    return () if text is None else meaningful_lines(text)


def meaningful_lines(text: str) -> tuple[Line, ...]:
    """What `read_lines` makes of a text."""
    stripped = (
        Line(number, line.partition("#")[0].strip())
        for number, line in enumerate(text.split("\n"), start=1)
    )
    return tuple(line for line in stripped if line.text)


def is_present(path: Path) -> bool:
    """Whether something of this name is there, be it a symbolic link to nothing."""
    try:
        path.lstat()
    except (OSError, ValueError):
        return False
    return True


def children(directory: Path, report: Report) -> tuple[Path, ...]:
    """What a directory holds, sorted, without hidden files and editors' backups.

    A directory that is not there holds nothing.
    """
    try:
        found = sorted(directory.iterdir())
    except FileNotFoundError:
        return ()
    except OSError as error:
        report.add(directory, None, f"cannot be listed: {reason(error)}", None)
        return ()
    return tuple(path for path in found if not is_ignored(path.name))


def is_ignored(name: str) -> bool:
    """Whether Portage would pass over a file of this name (portage(5): hidden, or a backup)."""
    return name.startswith(".") or name.endswith("~")


def reason(error: Exception) -> str:
    """The system's words for an error, without its number and path."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
