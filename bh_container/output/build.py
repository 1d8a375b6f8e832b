"""A finished build, as its manifest describes it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bh_container.errors import BhError
from bh_container.output.manifest import FORMAT, MANIFEST, is_complete


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """`target` is `<tuple>.<name>`; `images` are in the order of their lists, base first; those
    `inside` are part of the initramfs, which may be part of the kernel."""

    directory: Path
    target: str
    target_tuple: str
    kernel: Path | None
    initramfs: Path | None
    images: tuple[str, ...]
    inside: tuple[str, ...] = ()

    @property
    def beside(self) -> tuple[str, ...]:
        """The images that are files of the build directory."""
        return tuple(name for name in self.images if name not in self.inside)


def read_build(directory: Path) -> Build:
    """Read a build directory; raise `BhError` when it is none, or not a complete one."""
    if not is_complete(directory):
        raise BhError(
            f"{directory}: this is not a complete build",
            remedy="give a directory of builds/, or the name of a target that has been built",
        )
    manifest: dict[str, Any] = json.loads((directory / MANIFEST).read_text(encoding="utf-8"))
    if manifest["format"] != FORMAT:
        raise BhError(
            f"{directory / MANIFEST}: format {manifest['format']} is not {FORMAT}",
            remedy="use the version of bh-container that made this build",
        )
    boot = manifest["boot"]
    directory = directory.absolute()
    return Build(
        directory=directory,
        target=manifest["target"],
        target_tuple=boot["target_tuple"],
        kernel=directory / boot["kernel"] if boot["kernel"] else None,
        initramfs=directory / boot["initramfs"] if boot["initramfs"] else None,
        images=tuple(boot["images"]),
        inside=tuple(boot.get("inside", ())),
    )


def host_image_of(directory: Path) -> str | None:
    """The id of the host image that a build was made with; None for what is no complete build."""
    if not is_complete(directory):
        return None
    manifest = json.loads((directory / MANIFEST).read_text(encoding="utf-8"))
    return str(manifest["host_image"])


def newest_build(builds: Path, target: str) -> Path | None:
    """The newest complete build of a target (`<tuple>.<name>`)."""
    found = [path for path in builds.glob(f"{target}.*") if is_complete(path)]
    return max(found, key=lambda path: path.name, default=None)


def stack_of(build: Build, wanted: tuple[str, ...] | None) -> tuple[str, ...]:
    """The images that lie on base, topmost first: those wanted, or else all."""
    extra = build.images[1:]
    stack = tuple(reversed(extra)) if wanted is None else wanted
    for name in stack:
        if name not in extra:
            raise BhError(
                f"{build.directory}: there is no image '{name}' to stack",
                remedy=f"it has: {', '.join(extra) or 'none beside base'}",
            )
    return stack
