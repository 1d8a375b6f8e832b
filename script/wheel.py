"""Puts what `bh-container init` copies into the wheel, below the package.

A wheel holds no symbolic links, so those are lines of a file: path, tab, where it leads. A source
distribution has the same file at its top, and its wheel is the same.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

TOPS = ("configs", "containerfiles", "volumes/README.md", "history/README.md", "builds/README.md")
LINKS = "links"


class Shipped(BuildHookInterface):  # type: ignore[type-arg]
    """The hook; `hatchling` finds it by its base."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the files; an editable installation has the checkout for them."""
        if version == "editable":
            return
        root = Path(self.root)
        prefix = "bh_container/shipped/" if self.target_name == "wheel" else ""
        found = [path for top in TOPS for path in _below(root / top)]
        links = [path for path in found if path.is_symlink()]
        lines = "".join(f"{path.relative_to(root)}\t{path.readlink()}\n" for path in links)
        self._scratch = tempfile.TemporaryDirectory(prefix="bh-links-")
        recorded = Path(self._scratch.name, LINKS)
        recorded.write_text(lines or (root / LINKS).read_text())
        for path in found:
            if not path.is_symlink():
                build_data["force_include"][str(path)] = f"{prefix}{path.relative_to(root)}"
        build_data["force_include"][str(recorded)] = f"{prefix}{LINKS}"


def _below(path: Path) -> Iterator[Path]:
    """The files and links at a path, sorted; no link is followed."""
    if path.is_symlink() or not path.is_dir():
        yield path
        return
    for child in sorted(path.iterdir()):
        if child.name != "__pycache__":
            yield from _below(child)
