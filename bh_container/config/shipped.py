"""What comes with the tool: configurations to start from, the lab seed's recipe, notes.

In a checkout it is where the source has it. An installed wheel has it below the package, and its
symbolic links, which a wheel cannot hold, as lines of a file (`script/wheel.py` writes it).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from bh_container.config.project import Project

_PACKAGE = Path(__file__).parents[1]
_LINKS = "links"


@dataclass(frozen=True, slots=True)
class Link:
    """A symbolic link, and where it leads."""

    to: str


Content: TypeAlias = "Path | Link | str"
"""What a file is to be: a copy of this one, a link, or this text."""


def shipped() -> Project:
    """Where it all is, as a project: `configs` has the configurations, but not always the links."""
    installed = _PACKAGE / "shipped"
    return Project(installed if installed.is_dir() else _PACKAGE.parent)


def lab_directory(project: Project) -> Path:
    """The lab seed's recipe: the project's own, or else the shipped one."""
    own = project.containerfiles / "lab"
    return own if own.is_dir() else shipped().containerfiles / "lab"


def configuration(place: Project, name: str) -> Mapping[str, Path | Link]:
    """All below `configs/NAME`, and what a link of that name leads to: by path from the top."""
    top = f"configs/{name}"
    links = {path: Link(to) for path, to in _links(place)}
    if top in links:
        return {top: links[top], **configuration(place, links[top].to)}
    files = {
        path.relative_to(place.root).as_posix(): path
        for path in sorted((place.root / top).rglob("*"))
        if path.is_file() and not path.is_symlink() and "__pycache__" not in path.parts
    }
    return files | {path: to for path, to in links.items() if path.startswith(f"{top}/")}


def _links(place: Project) -> Iterator[tuple[str, str]]:
    """Every link in `configs`, and where it leads."""
    recorded = place.root / _LINKS
    if recorded.is_file():
        for line in recorded.read_text(encoding="utf-8").splitlines():
            path, _, to = line.partition("\t")
            yield path, to
        return
    for found in sorted(place.configs.rglob("*")):
        if found.is_symlink():
            yield found.relative_to(place.root).as_posix(), str(found.readlink())
