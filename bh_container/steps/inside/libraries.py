"""libraries.py copy ROOT TREE NAME... | ldd ROOT FILE...: what programs of a root need to run.

`copy` puts libraries (`libm`) and programs (`rdmsr`) of the root into an initramfs's tree, with the
dynamic loader and all that they need in turn; a name that the root does not have is passed over.
`ldd` says where the libraries of files are, in the words of ldd(1), without running anything: the
root may be another machine's. Where a loader looks: ld.so(8), ld.so.conf, musl's ld-musl-*.path.
Format of ELF files: elf(5).
"""

import re
import shutil
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

LIBRARIES = ("lib", "lib64", "usr/lib", "usr/lib64", "usr/local/lib")
PROGRAMS = ("usr/sbin", "usr/bin", "sbin", "bin")
LOADER = re.compile(r"ld[^/]*\.so\.\d+")
NEEDED, STRINGS, SONAME = 1, 5, 14
LOAD, DYNAMIC = 1, 2
LINKS = 40


@dataclass(frozen=True)
class Elf:
    """What the dynamic section of a file says; `soname` is empty where it says nothing."""

    needed: tuple[str, ...]
    soname: str


def read_elf(file: Path) -> Elf | None:
    """A file's dynamic section; None where it is no ELF file."""
    with file.open("rb") as opened:
        if opened.read(4) != b"\x7fELF":
            return None
    data = file.read_bytes()
    order, word = "<" if data[5] == 1 else ">", "Q" if data[4] == 2 else "I"
    head = struct.unpack_from(f"{order}16sHHI{3 * word}IHHH", data)
    start, size, count = head[5], head[9], head[10]
    segments = [_segment(data, order, word, start + n * size) for n in range(count)]
    dynamic = [(place, length) for kind, place, _, length in segments if kind == DYNAMIC]
    loaded = [(place, at, length) for kind, place, at, length in segments if kind == LOAD]
    pair = f"{order}{word}{word}"
    entries = [one for place, length in dynamic for one in _entries(data, pair, place, length)]
    address = next((value for tag, value in entries if tag == STRINGS), 0)
    table = next((p + address - at for p, at, size in loaded if at <= address < at + size), 0)

    def text(offset: int) -> str:
        return data[table + offset : data.index(b"\0", table + offset)].decode()

    names = [text(value) for tag, value in entries if tag == SONAME]
    return Elf(tuple(text(value) for tag, value in entries if tag == NEEDED), "".join(names[:1]))


def _segment(data: bytes, order: str, word: str, at: int) -> tuple[int, int, int, int]:
    """Type, offset, address and size of a segment of the program header."""
    if word == "Q":
        kind, _, place, address, _, length = struct.unpack_from(f"{order}IIQQQQ", data, at)
    else:
        kind, place, address, _, length = struct.unpack_from(f"{order}IIIII", data, at)
    return kind, place, address, length


def _entries(data: bytes, layout: str, at: int, size: int) -> Iterator[tuple[int, int]]:
    pair = struct.Struct(layout)
    for tag, value in pair.iter_unpack(data[at : at + size - size % pair.size]):
        if tag == 0:
            return
        yield tag, value


@dataclass(frozen=True)
class Root:
    """A root filesystem below a directory, whose links lead to places in it."""

    top: Path

    def find(self, path: str) -> Path | None:
        """The file that a path in the root leads to; None where there is none."""
        parts, found, links = _words(path), self.top, 0
        while parts:
            part = parts.pop(0)
            if part == "..":
                found = found if found == self.top else found.parent
                continue
            found = found / part
            if found.is_symlink():
                links += 1
                if links > LINKS:
                    return None
                target = str(found.readlink())
                parts = _words(target) + parts
                found = self.top if target.startswith("/") else found.parent
        return found if found.exists() else None

    def directories(self) -> list[str]:
        """Where its loader looks for libraries, each place once."""
        named = [*LIBRARIES]
        for pattern in ("etc/ld.so.conf", "etc/ld.so.conf.d/*.conf", "etc/ld-musl-*.path"):
            for file in sorted(self.top.glob(pattern)):
                lines = file.read_text().replace(":", "\n").splitlines()
                named += [line.strip().lstrip("/") for line in lines if line.startswith("/")]
        real: dict[Path, str] = {}
        for name in named:
            directory = self.find(name)
            if directory is not None and directory.is_dir():
                real.setdefault(directory, name)
        return list(real.values())

    def library(self, name: str) -> str | None:
        """Where a library of this file name is."""
        return next((f"{d}/{name}" for d in self.directories() if self.find(f"{d}/{name}")), None)

    def closure(self, paths: list[str]) -> dict[str, str | None]:
        """The libraries that files need, and those in turn, by name; None where one is missing."""
        found: dict[str, str | None] = {}
        todo = list(paths)
        while todo:
            file = self.find(todo.pop(0))
            elf = read_elf(file) if file is not None else None
            for name in elf.needed if elf else ():
                if name not in found:
                    found[name] = self.library(name)
                    todo += [path for path in (found[name],) if path]
        return found


def _words(path: str) -> list[str]:
    return [word for word in path.split("/") if word not in ("", ".")]


def named_programs(root: Root, names: list[str]) -> list[str]:
    """Where the programs of these names are, each once."""
    found = {name: [f"{d}/{name}" for d in PROGRAMS if root.find(f"{d}/{name}")] for name in names}
    return [places[0] for places in found.values() if places]


def named_libraries(root: Root, names: list[str]) -> Iterator[str]:
    """The loader, and the libraries of these names: not what only a linker looks for."""
    for directory in root.directories():
        place = root.find(directory)
        for file in sorted(path.name for path in place.iterdir()) if place else ():
            wanted = file.split(".so")[0] in names and ".so" in file
            target = root.find(f"{directory}/{file}")
            if (wanted or LOADER.fullmatch(file)) and target is not None and target.is_file():
                elf = read_elf(target)
                if elf and (LOADER.fullmatch(file) or elf.soname in ("", file)):
                    yield f"{directory}/{file}"


def copy(root: Root, tree: Path, names: list[str]) -> None:
    """Copy what there is of these names. All libraries lie in `lib`; two names of one file are a
    file and a link to it, as are `lib` and the other names that it has in the root."""
    if not names:
        return
    programs = named_programs(root, names)
    libraries = list(dict.fromkeys(named_libraries(root, names)))
    needed = [path for path in root.closure([*programs, *libraries]).values() if path]
    done: dict[Path, str] = {}
    for path in dict.fromkeys((*libraries, *needed)):
        _put(root, path, tree / "lib" / PurePosixPath(path).name, done)
    for path in programs:
        _put(root, path, tree / "bin" / PurePosixPath(path).name, done)
    for name in ("lib64", "lib32"):
        if done and (root.top / name).is_symlink() and not (tree / name).exists():
            (tree / name).symlink_to("lib")


def _put(root: Root, path: str, to: Path, done: dict[Path, str]) -> None:
    source = root.find(path)
    if source is None or to.exists():
        return
    to.parent.mkdir(parents=True, exist_ok=True)
    if source in done:
        to.symlink_to(done[source])
        return
    shutil.copyfile(source, to)
    to.chmod(0o755)
    done[source] = to.name


def ldd(root: Root, files: list[str]) -> None:
    """Say it of each file, which is named as this machine sees it."""
    for name in files:
        file = Path(name).resolve()
        below = file.relative_to(root.top) if file.is_relative_to(root.top) else None
        if below is None or not file.is_file() or read_elf(file) is None:
            raise SystemExit(f"ldd: {name}: not a dynamic executable of {root.top}")
        if len(files) > 1:
            sys.stdout.write(f"{name}:\n")
        for library, path in root.closure([below.as_posix()]).items():
            where = f"{root.top / path} (0x0)" if path else "not found"
            sys.stdout.write(f"\t{library} => {where}\n")


def main(what: str, root: str, *words: str) -> None:
    """Do the one or the other."""
    top = Root(Path(root).resolve())
    if what == "ldd":
        ldd(top, list(words))
    else:
        copy(top, Path(words[0]), list(words[1:]))


if __name__ == "__main__":
    main(*sys.argv[1:])
