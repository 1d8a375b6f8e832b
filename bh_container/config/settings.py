"""Every setting there is: the fields of `Settings` are the one table of them.

A row is a field made by `setting(...)`: how its value is read, its default, the environment
variables that set it, and what it is for. A new row needs nothing else: the command line, the
file and the listing of settings are all made from the table.
"""

# ruff: noqa: RUF009 -- `setting(...)` is a field, not a value that instances would share

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from math import isqrt
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bh_container.config import values
from bh_container.config.document import Entry, read_document
from bh_container.config.problems import Report
from bh_container.config.setting import Origin, Setting, Source, rows_of, setting
from bh_container.config.source import is_present
from bh_container.config.values import Raw

__all__ = ["Flavour", "Origin", "Setting", "Settings", "Source", "TmpType", "resolve", "table"]

_ENVIRONMENT = Path("environment")
_COMMAND_LINE = Path("command line")
_Found = tuple[object, Origin] | None


def _makeopts(jobs: int | None) -> str:
    """Jobs in two parts of about one size; the other is how many packages are built at a time."""
    return f"-j{jobs // isqrt(jobs)}" if jobs else ""


class TmpType(StrEnum):
    """What `/tmp` and `/var/tmp` of a build are."""

    NONE = "none"
    TMPFS = "tmpfs"


class Flavour(StrEnum):
    """Which of an architecture's stage3s a host starts from."""

    MUSL = "musl"
    MUSL_HARDENED = "musl-hardened"
    MUSL_LLVM = "musl-llvm"
    GLIBC = "glibc"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every value, and in `origins` where each came from. A relative `distfiles` is below the
    project's root."""

    directory: Path | None = setting(
        values.optional(values.path),
        variables=("BH_CONTAINER_ROOT", "BUILD_HELPER_TREE"),
        help="the project directory; by default found from the working directory upward",
    )
    host: str = setting(
        values.word,
        default="host",
        variables=("BH_HOST",),
        help="the directory in configs/ that is the host's configuration",
    )
    seed: str = setting(
        values.word,
        default="stage3",
        variables=("BH_SEED",),
        help="stage3, lab, the path of a tarball, or an image reference",
    )
    unsigned_seed: bool = setting(
        values.boolean,
        default=False,
        variables=("BH_UNSIGNED_SEED",),
        help="take a tarball for a seed that has no signature beside it",
    )
    stage3_flavour: Flavour = setting(
        values.choice(Flavour),
        default=Flavour.MUSL,
        variables=("BH_STAGE3_FLAVOUR",),
        help="which stage3: musl, musl-hardened, musl-llvm or glibc",
    )
    stage3_arch: str | None = setting(
        values.optional(values.word),
        variables=("BH_STAGE3_ARCH",),
        help="the stage3's architecture as Gentoo names it; by default that of this machine",
    )
    stage3_signers: tuple[str, ...] = setting(
        values.fingerprints,
        default=("13EBBDBEDE7A12775DFDB1BABB572E0E2D182910",),
        variables=("BH_STAGE3_SIGNERS",),
        help="fingerprints of the keys that sign stage3s",
    )
    stage3_key: Path | None = setting(
        values.optional(values.path),
        variables=("BH_STAGE3_KEY",),
        help="a file with those keys; by default they are fetched from where Gentoo publishes them",
    )
    tarball_mirror: tuple[str, ...] = setting(
        values.urls,
        default=("https://distfiles.gentoo.org", "https://gentoo.osuosl.org"),
        variables=("TARBALL_MIRROR",),
        help="mirrors for the stage3, tried in turn",
    )
    jobs: int = setting(
        values.positive,
        computed=lambda _: len(os.sched_getaffinity(0)),
        variables=("BUILD_JOBS",),
        help="how many compilers run at a time",
    )
    makeopts: str = setting(
        values.text,
        computed=lambda above: _makeopts(above["jobs"]),
        variables=("MAKEOPTS",),
        help="what make is called with in ebuilds, of which as many run as stay within jobs",
    )
    distfiles: Path = setting(
        values.path,
        default=Path("volumes/distfiles"),
        variables=("DISTFILES",),
        help="where downloaded sources are kept",
    )
    gentoo_mirrors: tuple[str, ...] = setting(
        values.words,
        default=(),
        variables=("GENTOO_MIRRORS",),
        help="mirrors for sources, tried in turn",
    )
    video_cards_native: tuple[str, ...] = setting(
        values.words,
        default=(),
        variables=("VIDEO_CARDS_NATIVE",),
        help="VIDEO_CARDS of targets that are native to this machine",
    )
    tmp_type: TmpType = setting(
        values.choice(TmpType),
        default=TmpType.NONE,
        variables=("TMP_TYPE",),
        help="tmpfs: a build's /tmp and /var/tmp are in memory",
    )
    tmp_size: str = setting(
        values.size,
        default="30G",
        variables=("TMP_SIZE",),
        help="the size of /var/tmp/portage in memory",
    )
    podman_url: str | None = setting(
        values.optional(values.word),
        variables=("BH_PODMAN_URL", "CONTAINER_HOST"),
        help="Podman's socket; by default that of this user",
    )
    ccache: bool = setting(
        values.boolean,
        default=False,
        variables=("BH_CCACHE",),
        help="compile through ccache",
    )
    build_hist: str = setting(
        values.word,
        default="last",
        variables=("BUILD_HIST",),
        help="what builds start from: last (where the last run ended), a snapshot, or none",
        flag="--from",
    )
    mount_hist: bool = setting(
        values.boolean,
        default=False,
        variables=("MOUNT_HIST",),
        help="build: mount the snapshot that would be started from, and build nothing",
    )
    umount_ask: bool = setting(
        values.boolean,
        default=True,
        variables=("UMOUNT_ASK",),
        help="history umount asks first, on a terminal",
    )
    tmux: bool = setting(
        values.boolean,
        default=False,
        variables=("TMUX_MODE",),
        help="a tmux window for each target, which asks when one of its steps fails",
    )
    sets: Mapping[str, tuple[str, ...]] = setting(
        values.named_words,
        default={},
        help="names for several targets: @NAME stands for them",
    )
    origins: Mapping[str, Origin] = field(default_factory=dict)


def table() -> tuple[Setting, ...]:
    """The rows, in the order of their declaration."""
    return _TABLE


_TABLE = rows_of(Settings)


def resolve(
    options: Mapping[str, object | None], environment: Mapping[str, str], file: Path | None
) -> Settings:
    """Raises ConfigInvalid with every value that cannot be read and every unknown key of the file.

    An option that is None, a variable that is empty and a file that is not there say nothing.
    Relative paths are taken from the working directory, and those of the file from its own.
    """
    report = Report()
    entries = _entries(file, report)
    resolved: dict[str, Any] = {}
    origins: dict[str, Origin] = {}
    for row in _TABLE:
        value, origin = (
            _from_option(row, options, report)
            or _from_environment(row, environment, report)
            or _from_file(row, entries, file, report)
            or (row.default(resolved), Origin(Source.DEFAULT, ""))
        )
        resolved[row.name], origins[row.name] = value, origin
    report.raise_if_any()
    return Settings(**resolved, origins=MappingProxyType(origins))


def _from_option(row: Setting, options: Mapping[str, object | None], report: Report) -> _Found:
    given = options.get(row.name)
    if given is None:
        return None
    value = _parse(row, _raw(given), (_COMMAND_LINE, None, row.option), report)
    return _absolute(value, Path.cwd()), Origin(Source.OPTION, row.option)


def _from_environment(row: Setting, environment: Mapping[str, str], report: Report) -> _Found:
    for variable in row.variables:
        if text := environment.get(variable):
            value = _parse(row, text, (_ENVIRONMENT, None, variable), report)
            return _absolute(value, Path.cwd()), Origin(Source.ENVIRONMENT, variable)
    return None


def _from_file(
    row: Setting, entries: Mapping[str, Entry], file: Path | None, report: Report
) -> _Found:
    entry = entries.get(row.name)
    if entry is None or file is None:
        return None
    value = _parse(row, entry.value, (file, entry.line, row.name), report)
    return _absolute(value, file.parent.absolute()), Origin(
        Source.FILE, f"{file.name}:{entry.line}"
    )


def _entries(file: Path | None, report: Report) -> Mapping[str, Entry]:
    if file is None or not is_present(file):
        return {}
    entries = read_document(file, report)
    known = [row.name for row in _TABLE]
    for key, entry in entries.items():
        if key not in known:
            close = get_close_matches(key, known, n=1)
            remedy = f"did you mean '{close[0]}'?" if close else "remove it"
            report.add(file, entry.line, f"there is no setting '{key}'", remedy)
    return entries


def _parse(row: Setting, raw: Raw, where: tuple[Path, int | None, str], report: Report) -> object:
    file, line, name = where
    try:
        return row.parse(raw)
    except ValueError as error:
        shown = (
            f"'{raw}'" if isinstance(raw, str) else "a list" if isinstance(raw, list) else "keys"
        )
        report.add(file, line, f"{name} is {shown}", f"write {error}")
        return None


def _raw(given: object) -> Raw:
    if isinstance(given, dict):
        return {str(key): _raw(value) for key, value in given.items()}
    if isinstance(given, list | tuple):
        return [_raw(item) for item in given]
    return str(given)


def _absolute(value: object, base: Path) -> object:
    return base / value if isinstance(value, Path) else value
