"""A project: the directory that holds configurations, and everything that builds leave behind."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from bh_container.config.problems import Report
from bh_container.config.source import children, is_present
from bh_container.config.worlds import is_directory
from bh_container.errors import BhError

SETTINGS_FILE = "bh-container.yaml"
_BESIDE_CONFIGS = (SETTINGS_FILE, "builds", "history", "volumes", "containerfiles")


class ProjectUnknown(BhError):
    """No project is where one was looked for."""


class TargetUnknown(BhError):
    """A word that names no target, or more than one: the `candidates`."""

    def __init__(self, what: str, *, remedy: str, candidates: Sequence[str] = ()) -> None:
        super().__init__(what, remedy=remedy)
        self.candidates = tuple(candidates)


@dataclass(frozen=True, slots=True)
class Project:
    """The places in a project. None of them need exist but `configs`."""

    root: Path

    @property
    def settings_file(self) -> Path:
        return self.root / SETTINGS_FILE

    @property
    def configs(self) -> Path:
        return self.root / "configs"

    @property
    def containerfiles(self) -> Path:
        return self.root / "containerfiles"

    @property
    def volumes(self) -> Path:
        return self.root / "volumes"

    @property
    def history(self) -> Path:
        return self.root / "history"

    @property
    def builds(self) -> Path:
        return self.root / "builds"

    @property
    def identity_file(self) -> Path:
        """What tells this project from others, wherever it is moved."""
        return self.volumes / "project"

    @property
    def lock(self) -> Path:
        """The stage3, commits and sources that builds are held to, where there is one."""
        return self.root / "bh-container.lock"

    @property
    def distfiles(self) -> Path:
        return self.volumes / "distfiles"

    @property
    def ccache(self) -> Path:
        return self.volumes / "ccache"

    @property
    def journal(self) -> Path:
        return self.volumes / "journal"

    @property
    def log(self) -> Path:
        return self.volumes / "log"

    @property
    def seeds(self) -> Path:
        return self.volumes / "seeds"

    @property
    def keys(self) -> Path:
        return self.volumes / "keys"

    def journal_file(self, unit: str) -> Path:
        """What has been done for the host or a target."""
        return self.journal / f"{unit}.jsonl"

    def lock_file(self, unit: str) -> Path:
        """The file whose lock means that a process works on the host or a target."""
        return self.journal / f"{unit}.lock"

    def logs(self, unit: str) -> Path:
        """One directory of logs for each run of the host or a target."""
        return self.log / unit

    def binpkgs(self, unit: str) -> Path:
        """The binary packages of the host or a target."""
        return self.volumes / "binpkgs" / unit

    def overlay(self, unit: str) -> Path:
        """What a run of the host or a target writes before it is published."""
        return self.volumes / "overlays" / unit

    def overlay_upper(self, unit: str) -> Path:
        return self.overlay(unit) / "upper"

    def overlay_work(self, unit: str) -> Path:
        return self.overlay(unit) / "work"

    def host_directory(self, name: str = "host") -> Path:
        """The host's configuration, usually a link to one."""
        return self.configs / name

    def target_directories(self) -> tuple[Path, ...]:
        """Every `configs/<tuple>.<name>`, sorted: whatever directory has a dot in its name."""
        found = children(self.configs, Report())
        return tuple(path for path in found if "." in path.name and is_directory(path))

    def target_words(self, *taken: str) -> dict[str, str]:
        """Every target, with the shortest word that names it alone; a word may be `taken`."""
        targets = [path.name for path in self.target_directories()]
        short = {name: _short(name) for name in targets}
        uses = Counter([*taken, *short.values(), *targets])
        return {name: word if uses[word] == 1 else name for name, word in short.items()}

    def find_target(self, word: str) -> Path:
        """The target's directory by `<tuple>.<name>`, its path, or `<name>` alone.

        Raises TargetUnknown with the candidates, or with names that are close.
        """
        wanted = word.rstrip("/").rpartition("/")[2]
        directories = {path.name: path for path in self.target_directories()}
        if wanted in directories:
            return directories[wanted]
        candidates = [name for name in directories if _short(name) == wanted]
        if len(candidates) == 1:
            return directories[candidates[0]]
        if candidates:
            names = ", ".join(candidates)
            what = f"'{word}' is more than one target: {names}"
            raise TargetUnknown(what, remedy="name one", candidates=candidates)
        raise TargetUnknown(
            f"{self.configs}: there is no target '{word}'", remedy=self._near(wanted)
        )

    def _near(self, wanted: str) -> str:
        names = [path.name for path in self.target_directories()]
        known = sorted({*names, *map(_short, names)})
        if close := get_close_matches(wanted, known, n=3):
            return "did you mean " + " or ".join(f"'{name}'" for name in close) + "?"
        if names:
            return "targets are: " + ", ".join(map(_short, names))
        return f"create one: a directory {self.configs}/<tuple>.<name>"


def find_project(given: Path | None, working_directory: Path) -> Project:
    """The project at `given`, or else the first one from the working directory upward.

    A project is a directory with `configs/` and, where it was not given, something else of a
    project beside it. Raises ProjectUnknown.
    """
    remedy = (
        f"change to a project, or give one with --directory; it has configs/ and {SETTINGS_FILE}"
    )
    if given is not None:
        root = (working_directory / given).absolute()
        if not is_directory(root / "configs"):
            raise ProjectUnknown(f"{root}: there is no configs/ in it", remedy=remedy)
        return Project(root)
    start = working_directory.absolute()
    for root in (start, *start.parents):
        beside = any(is_present(root / name) for name in _BESIDE_CONFIGS)
        if beside and is_directory(root / "configs"):
            return Project(root)
    raise ProjectUnknown(f"{start}: neither here nor above is a project", remedy=remedy)


def _short(name: str) -> str:
    return name.partition(".")[2]
