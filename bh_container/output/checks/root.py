"""The root filesystem that is checked, as a directory that nothing of it is executed in."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

import pytest

from bh_container.output.elf import Elf, read_elf

_LINKS = 40  # as many as the kernel follows (path_resolution(7))


@dataclass(frozen=True, kw_only=True)
class Root:
    """`directory` holds all images, stacked as at boot; `target` is `<tuple>.<name>`.

    `kernel` and `initramfs` are files of the build, `machine` the ELF number of its architecture
    where that is known. `setuid` are paths and `accounts` names that the target allows.
    """

    directory: Path
    target: str
    machine: int | None = None
    kernel: Path | None = None
    initramfs: Path | None = None
    setuid: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()

    @cached_property
    def paths(self) -> tuple[Path, ...]:
        """Everything in the root but itself, links not followed."""
        return tuple(sorted(self.directory.rglob("*")))

    @cached_property
    def files(self) -> tuple[Path, ...]:
        """The regular files, without what Portage remembers of how they came there."""
        memory = tuple(self.directory / name for name in ("var/db/pkg", "var/cache/edb"))
        return tuple(
            path
            for path in self.paths
            if path.is_file()
            and not path.is_symlink()
            and not any(path.is_relative_to(one) for one in memory)
        )

    @cached_property
    def programs(self) -> dict[Path, Elf]:
        """Every ELF file, but the firmware of other processors."""
        found = {path: read_elf(path) for path in self.files if "firmware" not in path.parts}
        return {path: elf for path, elf in found.items() if elf is not None}

    @property
    def complete(self) -> bool:
        """Whether it is a system that installs packages by itself."""
        return self.resolve("/usr/bin/emerge") is not None

    def name(self, path: Path) -> str:
        """A path as the system itself sees it."""
        return f"/{path.relative_to(self.directory)}"

    def resolve(self, name: str) -> Path | None:
        """The file behind a path of the system, its links followed inside of the root."""
        todo, done = list(PurePosixPath(name).parts[::-1]), self.directory
        for _ in range(_LINKS * 50):
            if not todo:
                return done if done.exists() else None
            part = todo.pop()
            if part == "/":
                done = self.directory
            elif part == "..":
                done = done if done == self.directory else done.parent
            elif (step := done / part).is_symlink():
                todo.extend(step.readlink().parts[::-1])
            else:
                done = step
        return None

    def lines(self, name: str) -> list[str]:
        """The lines of a text file of the system; none where there is no such file."""
        file = self.resolve(name)
        return file.read_text(errors="replace").splitlines() if file else []


def write_root(root: Root, file: Path) -> None:
    """Write down what `read_root` reads."""
    file.write_text(json.dumps(asdict(root), default=str))


def read_root(file: Path) -> Root:
    """The root that another process wrote down."""
    fields = json.loads(file.read_text())
    for name in ("directory", "kernel", "initramfs"):
        fields[name] = None if fields[name] is None else Path(fields[name])
    for name in ("setuid", "accounts"):
        fields[name] = tuple(fields[name])
    return Root(**fields)


def refuse(problems: Iterable[str]) -> None:
    """Fail the check that calls this, with a line for each problem, if there is one."""
    if lines := list(problems):
        pytest.fail("\n".join(lines), pytrace=False)
