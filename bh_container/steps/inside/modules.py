"""modules.py FROM TO NAME...: copies kernel modules by name, with everything that they need.

FROM and TO are directories such as `lib/modules`; each release in FROM is looked at. What a module
needs is what the kernel's own files say: modules.dep, and modules.softdep for what it asks for at
run time, by a name that modules.alias may explain (depmod(8), modprobe.d(5)). A name that is no
module is built into the kernel, or is not there: both are right. Compressed modules are written
without compression, since not every modprobe of an initramfs can read them.
"""

import gzip
import lzma
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

BUILT_IN = "modules.builtin"


@dataclass(frozen=True)
class Index:
    """What a release's files say: by a module's name, its file, its needs, its wishes."""

    files: dict[str, str]
    needs: dict[str, list[str]]
    wishes: dict[str, list[str]]
    aliases: dict[str, list[str]]


def name_of(file: str) -> str:
    """The name of a module: `kernel/lib/libcrc32c.ko.xz` is `libcrc32c`."""
    return PurePosixPath(file).name.partition(".")[0].replace("-", "_")


def read_index(release: Path) -> Index:
    """Read the files that depmod made."""
    files, needs = {}, {}
    for line in _lines(release / "modules.dep"):
        file, _, rest = line.partition(":")
        files[name_of(file)] = file
        needs[name_of(file)] = [name_of(word) for word in rest.split()]
    wishes: dict[str, list[str]] = {}
    for line in _lines(release / "modules.softdep"):
        _, module, *words = line.split()
        wishes[name_of(module)] = [word for word in words if word not in ("pre:", "post:")]
    aliases: dict[str, list[str]] = {}
    for line in _lines(release / "modules.alias"):
        _, alias, module = line.split()
        aliases.setdefault(alias.replace("-", "_"), []).append(name_of(module))
    return Index(files, needs, wishes, aliases)


def closure(index: Index, wanted: list[str]) -> set[str]:
    """The names of the wanted modules and of all that they need, as far as they are modules."""
    found: set[str] = set()
    todo = [word.replace("-", "_") for word in wanted]
    while todo:
        name = todo.pop()
        if name not in index.files:
            # An alias never stands for an alias.
            todo += [real for real in index.aliases.get(name, []) if real not in found]
        elif name not in found:
            found.add(name)
            todo += index.needs[name]
            todo += [wish.replace("-", "_") for wish in index.wishes.get(name, [])]
    return found


def copy_modules(source: Path, target: Path, wanted: list[str]) -> None:
    """Copy the modules of one release, and write the files that modprobe reads for them."""
    index = read_index(source)
    chosen = closure(index, wanted)
    if not chosen:
        return
    for name in chosen:
        file = target / _plain(index.files[name])
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(_content(source / index.files[name]))
    dep = sorted(
        f"{_plain(index.files[name])}: "
        + " ".join(_plain(index.files[need]) for need in index.needs[name])
        for name in chosen
    )
    _write(target / "modules.dep", [line.rstrip() for line in dep])
    for kind, field in (("modules.alias", -1), ("modules.symbols", -1), ("modules.softdep", 1)):
        lines = _lines(source / kind)
        _write(target / kind, [line for line in lines if name_of(line.split()[field]) in chosen])
    _write(target / BUILT_IN, _lines(source / BUILT_IN))


def _lines(file: Path) -> list[str]:
    if not file.exists():
        return []
    return [line for line in file.read_text().splitlines() if line and not line.startswith("#")]


def _write(file: Path, lines: list[str]) -> None:
    file.write_text("".join(f"{line}\n" for line in lines))


def _plain(file: str) -> str:
    head, dot, _ = file.partition(".ko")
    return head + dot


def _content(file: Path) -> bytes:
    match file.suffix:
        case ".gz":
            return gzip.decompress(file.read_bytes())
        case ".xz":
            return lzma.decompress(file.read_bytes())
        case ".zst":
            return subprocess.run(["zstd", "-dc", file], check=True, stdout=subprocess.PIPE).stdout
        case _:
            return file.read_bytes()


def main(source: str, target: str, *wanted: str) -> None:
    """Copy from every release below `source` to the one of the same name below `target`.

    Without a kernel there is no `source`, and nothing to do.
    """
    for release in sorted(Path(source).glob("*")):
        copy_modules(release, Path(target) / release.name, list(wanted))


if __name__ == "__main__":
    main(*sys.argv[1:])
