"""Why a package was compiled although there are binary packages: read from Portage's index.

Each compilation leaves an entry in the index `Packages` of its store (the file that emaint(1)
makes anew), so what was there before it is there to be compared with.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from re import compile as regex

from bh_container.config.project import Project
from bh_container.errors import BhError
from bh_container.run.binpkgs import INDEX
from bh_container.run.status import HOST

_CPV = regex(r"(?P<name>[^/]+/.+?)-(?P<version>\d[^-]*(?:-r\d+)?)")
_DEPENDENCIES = ("BDEPEND", "DEPEND", "IDEPEND", "PDEPEND", "RDEPEND")


class Cause(StrEnum):
    """Why no binary package was used."""

    MISSING = "missing"
    VERSION = "version"
    SLOT = "slot"
    USE = "USE"
    KEYWORD = "keyword"
    DEPENDENCIES = "dependencies"
    TOLD = "told to"


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """An entry of an index: one binary package. `time` is in seconds since the epoch."""

    name: str
    version: str
    time: int
    fields: Mapping[str, str]

    def field(self, key: str) -> str:
        """What the entry says, with one space between words."""
        return " ".join(self.fields.get(key, "").split())

    @property
    def use(self) -> frozenset[str]:
        """The flags that the package knows and has on."""
        known = {flag.lstrip("+-") for flag in self.field("IUSE").split()}
        return frozenset(known & set(self.field("USE").split()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Compilation:
    """That a unit compiled a package, and why; `log` is what emerge said then, where it is left."""

    unit: str
    built: Built
    cause: Cause
    detail: str
    log: Path | None = None


class NeverCompiled(BhError):
    """No unit has a binary package of this name."""

    def __init__(self, word: str) -> None:
        super().__init__(
            f"{word}: neither the host nor a target has compiled this package",
            remedy="give a name as in /var/db/repos: category/package, or package alone",
        )


def why_compiled(project: Project, units: Iterable[str], word: str) -> tuple[Compilation, ...]:
    """The newest compilation of a package in each of the units; raises `NeverCompiled`."""
    found = []
    for unit in units:
        index = project.binpkgs(unit) / INDEX
        if not index.is_file():
            continue
        built = _of_package(read_index(index.read_text(encoding="utf-8")), word)
        if built:
            cause, detail = cause_of(built[-1], built[:-1])
            log = _log(project.logs(unit), built[-1])
            found.append(
                Compilation(unit=unit, built=built[-1], cause=cause, detail=detail, log=log)
            )
    if not found:
        raise NeverCompiled(word)
    return tuple(found)


def all_units(project: Project) -> tuple[str, ...]:
    """The host and every target."""
    return (HOST, *(path.name for path in project.target_directories()))


def read_index(text: str) -> Iterator[Built]:
    """The entries of an index: blocks of `KEY: value`, the first of which is about them all."""
    for block in text.split("\n\n")[1:]:
        pairs = (line.partition(":") for line in block.splitlines() if ":" in line)
        fields = {key: value.strip() for key, _, value in pairs}
        if match := _CPV.fullmatch(fields.get("CPV", "")):
            time = int(fields.get("BUILD_TIME", 0))
            yield Built(name=match["name"], version=match["version"], time=time, fields=fields)


def cause_of(built: Built, before: Sequence[Built]) -> tuple[Cause, str]:
    """Why the packages from before could not take the place of this one, in Portage's order."""
    if not before:
        return Cause.MISSING, "there was no binary package of it"
    same = [one for one in before if one.version == built.version]
    if not same:
        return (
            Cause.VERSION,
            f"there was only {', '.join(dict.fromkeys(o.version for o in before))}",
        )
    same_slot = [one for one in same if one.field("SLOT") == built.field("SLOT")]
    if not same_slot:
        return Cause.SLOT, f"it was in slot {same[-1].field('SLOT')}, now {built.field('SLOT')}"
    nearest = min(reversed(same_slot), key=lambda one: len(one.use ^ built.use))
    if changed := sorted(nearest.use ^ built.use):
        return Cause.USE, " ".join(f if f in built.use else f"-{f}" for f in changed)
    nearest = same_slot[-1]
    if nearest.field("KEYWORDS") != built.field("KEYWORDS"):
        return Cause.KEYWORD, f"it was {nearest.field('KEYWORDS')}, now {built.field('KEYWORDS')}"
    for key in _DEPENDENCIES:
        if nearest.field(key) != built.field(key):
            return Cause.DEPENDENCIES, f"{key} is another one"
    return Cause.TOLD, "there was the same one; the step did not want it, or it came out later"


def _of_package(entries: Iterable[Built], word: str) -> list[Built]:
    found = (e for e in entries if word in (e.name, e.name.rpartition("/")[2]))
    return sorted(found, key=lambda e: (e.time, int(e.fields.get("BUILD_ID", 0))))


def _log(logs: Path, built: Built) -> Path | None:
    """The newest log in which emerge says that it compiles this; it may have been removed."""
    words = f"{built.name}-{built.version}::"
    written = sorted(logs.glob("*/[0-9]*.log"), key=lambda path: path.stat().st_mtime_ns)
    for log in reversed(written):
        for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith(">>> Emerging (") and words in line:
                return log
    return None
