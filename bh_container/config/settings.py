"""Every setting there is: the fields of `Settings` are the one table of them.

A row is a field made by `setting(...)`: how its value is read, its default, the environment
variables that set it, and what it is for. A new row needs nothing else: the command line, the
file and the listing of settings are all made from the table.
"""

# ruff: noqa: RUF009 -- `setting(...)` is a field, not a value that instances would share

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bh_container.config import values
from bh_container.config.choices import Flavour, HistType, MntType, TmpType
from bh_container.config.jobs import packages_at_a_time
from bh_container.config.problems import Report
from bh_container.config.reading import open_sources
from bh_container.config.setting import Origin, Setting, Source, rows_of, setting
from bh_container.config.values import size_in

__all__ = [
    "Flavour",
    "HistType",
    "MntType",
    "Origin",
    "Setting",
    "Settings",
    "Source",
    "TmpType",
    "resolve",
    "table",
]


def _makeopts(jobs: int | None) -> str:
    """Jobs in two parts of about one size; the other is how many packages are built at a time."""
    return f"-j{jobs // packages_at_a_time(jobs)}" if jobs else ""


def _in_memory(above: Mapping[str, Any]) -> bool:
    return above["mnt_type"] is MntType.TMPFS


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
        computed_as="the processors of this machine",
        variables=("BUILD_JOBS",),
        help="how many compilers run at a time",
    )
    makeopts: str = setting(
        values.text,
        computed=lambda above: _makeopts(above["jobs"]),
        computed_as="about the square root of jobs",
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
    mnt_type: MntType = setting(
        values.choice(MntType),
        default=MntType.BIND,
        variables=("MNT_TYPE",),
        help="tmpfs: as much of a build as can be is in memory, so tmp_type is tmpfs too",
    )
    mnt_opts: str = setting(
        values.text,
        default="size=30G",
        variables=("MNT_OPTS",),
        help="how that memory is mounted; its size is that of tmp_size",
    )
    tmp_type: TmpType = setting(
        values.choice(TmpType),
        computed=lambda above: TmpType.TMPFS if _in_memory(above) else TmpType.NONE,
        computed_as="none, or tmpfs where mnt_type is",
        variables=("TMP_TYPE",),
        help="tmpfs: a build's /tmp and /var/tmp are in memory",
    )
    tmp_size: str = setting(
        values.size,
        computed=lambda above: (_in_memory(above) and size_in(above["mnt_opts"])) or "30G",
        computed_as="30G, or the size in mnt_opts where mnt_type is tmpfs",
        variables=("TMP_SIZE",),
        help="the size of /var/tmp/portage in memory",
    )
    podman_url: str | None = setting(
        values.optional(values.word),
        variables=("BH_PODMAN_URL", "CONTAINER_HOST"),
        help="Podman's socket; by default that of this user",
        flag="--url",
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
    hist_type: HistType = setting(
        values.choice(HistType),
        default=HistType.SQUASHFS,
        variables=("HIST_TYPE",),
        help="what snapshots are exported as: squashfs images, or files in directories",
    )
    export: bool = setting(
        values.boolean,
        default=False,
        variables=("BH_EXPORT",),
        help="export each snapshot when it has been taken",
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
    sources = open_sources(options, environment, file, {row.name for row in _TABLE}, report)
    resolved: dict[str, Any] = {}
    origins: dict[str, Origin] = {}
    for row in _TABLE:
        value, origin = sources.find(row) or (row.default(resolved), Origin(Source.DEFAULT, ""))
        resolved[row.name], origins[row.name] = value, origin
    report.raise_if_any()
    return Settings(**resolved, origins=MappingProxyType(origins))
