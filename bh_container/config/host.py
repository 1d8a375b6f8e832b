"""The host: `configs/host`, the environment in which targets are compiled."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bh_container.config.atom import AtomInvalid, parse_atom
from bh_container.config.bootstrap import First, read_bootstrap
from bh_container.config.files import FileSet, read_files
from bh_container.config.makeconf import Assignment, read_assignments
from bh_container.config.portage import check_profile, libc, report_unclosed
from bh_container.config.problems import Report
from bh_container.config.repositories import Repository, read_repos_conf, read_repositories
from bh_container.config.source import is_present, read_source, reason
from bh_container.config.worlds import BASE, is_directory, read_atoms

RUST = "dev-lang/rust"
CROSS_PREFIX = "cross-"
FORCED = "target-portage/profile/package.use.force"
CROSS_SWITCH = "I_KNOW_WHAT_I_AM_DOING_CROSS"
CROSSDEV_WRITES = (
    "env",
    *(f"package.{name}" for name in ("accept_keywords", "env", "mask", "use")),
    *(f"profile/package.use.{name}" for name in ("force", "mask")),
)
"""Where crossdev has files of its own below /etc/portage: it refuses one that is no directory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RustTarget:
    """One word of RUST_CROSS_TARGETS: what LLVM, rust and crossdev call the same thing."""

    llvm: str
    rust: str
    tuple: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """What the host's directory says.

    `directory` is where a link named `host` leads, `name` what that is called. `world` is all of
    `worlds/base`, `cross_world` those of its entries that only exist once crossdev has run.
    `bootstrap` are the packages that are built first. `cross_switch` is whether make.conf sets
    I_KNOW_WHAT_I_AM_DOING_CROSS.
    """

    directory: Path
    name: str
    world: tuple[str, ...]
    cross_world: tuple[str, ...]
    bootstrap: tuple[First, ...]
    cpuflags: bool
    cross_switch: bool
    rust_targets: tuple[RustTarget, ...]
    llvm_targets: frozenset[str]
    elibc: str
    chost: str
    repositories: tuple[str, ...]
    repos_conf: tuple[Repository, ...]
    files: FileSet

    @property
    def wants_rust(self) -> bool:
        return any(_package(entry) == RUST for entry in self.world)

    @property
    def rust_cross_targets(self) -> tuple[str, ...]:
        """The names that rust has below `/usr/lib/rust/lib/rustlib` once it is built for them."""
        return tuple(target.rust for target in self.rust_targets)


def load_host(directory: Path) -> Host:
    """Raises ConfigInvalid with everything that is wrong in the directory."""
    report = Report()
    host = read_host(directory, report)
    report.raise_if_any()
    return host


def read_host(directory: Path, report: Report) -> Host:
    """The host as far as it can be read; what is wrong goes to `report`.

    Raises ConfigInvalid where there is nothing.
    """
    directory = _follow(directory, report)
    portage = directory / "target-portage"
    make_conf = portage / "make.conf"
    text = read_source(make_conf, report)
    variables = read_assignments(text or "")
    report_unclosed(make_conf, variables, report)
    check_profile(portage, report)
    _check_directories(portage, report)
    repos_conf = read_repos_conf(directory, report)
    world = read_atoms(directory / "worlds" / BASE, report)
    files = read_files(directory, report)
    chost = variables["CHOST"].value if "CHOST" in variables else ""
    if text is not None and not chost:
        report.add(make_conf, None, "CHOST is not set", "copy it from the stage3's make.conf")
    return Host(
        directory=directory,
        name=directory.name,
        world=world,
        cross_world=tuple(entry for entry in world if entry.startswith(CROSS_PREFIX)),
        bootstrap=read_bootstrap(directory, report),
        cpuflags=is_present(directory / "cpuflags"),
        cross_switch=CROSS_SWITCH in variables,
        rust_targets=_rust_targets(portage / "env" / "dev-lang" / "rust", report),
        llvm_targets=_named(variables) | forced_targets(files),
        elibc=libc(portage, chost, report),
        chost=chost,
        repositories=read_repositories(directory, repos_conf, report),
        repos_conf=repos_conf,
        files=files,
    )


def _follow(directory: Path, report: Report) -> Path:
    try:
        resolved = directory.resolve(strict=True)
    except (OSError, RuntimeError, ValueError) as error:
        what = f"cannot be read: {reason(error)}"
        report.add(directory, None, what, "link it to a host configuration: ln -s host-... host")
        report.raise_if_any()
        return directory
    if not is_directory(resolved):
        report.add(directory, None, "is no directory", "link it to a host configuration")
    return resolved


def _check_directories(portage: Path, report: Report) -> None:
    for path in (portage / name for name in CROSSDEV_WRITES):
        if is_present(path) and not is_directory(path):
            remedy = "make it a directory, with what it says in a file of that"
            report.add(path, None, "is a file, and crossdev needs a directory", remedy)


def _package(entry: str) -> str | None:
    try:
        return parse_atom(entry).package
    except AtomInvalid:
        return None


def _rust_targets(file: Path, report: Report) -> tuple[RustTarget, ...]:
    if not is_present(file):
        return ()
    found = read_assignments(read_source(file, report) or "").get("RUST_CROSS_TARGETS")
    targets = []
    for word in found.value.split() if found else ():
        parts = word.split(":")
        if len(parts) == 3 and all(parts):
            targets.append(RustTarget(llvm=parts[0], rust=parts[1], tuple=parts[2]))
        else:
            remedy = "write LLVM:RUST:TUPLE, as in AArch64:" + 2 * "aarch64-unknown-linux-musl:"
            line = found.line if found else None
            report.add(file, line, f"'{word}' is no rust cross target", remedy.rstrip(":"))
    return tuple(targets)


def _named(variables: Mapping[str, Assignment]) -> frozenset[str]:
    """LLVM_TARGETS of make.conf."""
    found = variables.get("LLVM_TARGETS")
    return frozenset(word for word in (found.value.split() if found else ()) if word[0] != "-")


def forced_targets(files: FileSet) -> frozenset[str]:
    """What profile/package.use.force has of LLVM_TARGETS."""
    words: set[str] = set()
    for line in (line for file in files.under(FORCED) for line in file.lines):
        _, section, values = line.partition("LLVM_TARGETS:")
        words |= set(values.split()) if section else set()
        prefix = "llvm_targets_"
        words |= {w.removeprefix(prefix) for w in line.split() if w.startswith(prefix)}
    return frozenset(word for word in words if not word.startswith("-"))
