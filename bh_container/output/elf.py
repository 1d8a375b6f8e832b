"""What the header and the dynamic section of an ELF file say, of whatever architecture.

Format: elf(5); "System V Application Binary Interface", chapters 4 and 5.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

MAGIC = b"\x7fELF"
_PT_LOAD, _PT_DYNAMIC, _PT_INTERP = 1, 2, 3
_DT_NEEDED, _DT_STRTAB = 1, 5


class Type(IntEnum):
    """What the file is for; a kernel module is RELOCATABLE, a library or PIE is DYNAMIC."""

    RELOCATABLE = 1
    EXECUTABLE = 2
    DYNAMIC = 3
    CORE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Elf:
    """`machine` is a number of the gABI (EM_*); `needed` are names of libraries."""

    bits: int
    little_endian: bool
    type: int
    machine: int
    loader: str | None = None
    needed: tuple[str, ...] = ()

    @property
    def kind(self) -> tuple[int, bool, int]:
        """What two files have in common that run on the same machine."""
        return (self.bits, self.little_endian, self.machine)


def read_elf(path: Path) -> Elf | None:
    """The file's description, or None when it is no ELF file (or a damaged one)."""
    with path.open("rb") as file:
        if file.read(4) != MAGIC:
            return None
        data = MAGIC + file.read()
    try:
        return _Reader(data).read()
    except (struct.error, ValueError, IndexError):
        return None


@dataclass(frozen=True, slots=True)
class _Segment:
    type: int
    offset: int
    address: int
    size: int


class _Reader:
    """The bytes of one file, and how wide and which way round its numbers are."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._bits = {1: 32, 2: 64}[data[4]] if data[4] in (1, 2) else 0
        self._order = "<" if data[5] == 1 else ">"
        self._word = "Q" if self._bits == 64 else "I"

    def read(self) -> Elf:
        if not self._bits:
            raise ValueError("neither 32 nor 64 bits")
        type_, machine = self._numbers("HH", 16)
        segments = tuple(self._segments())
        interpreter = next((s for s in segments if s.type == _PT_INTERP), None)
        return Elf(
            bits=self._bits,
            little_endian=self._order == "<",
            type=type_,
            machine=machine,
            loader=self._text(interpreter.offset) if interpreter else None,
            needed=tuple(self._needed(segments)),
        )

    def _numbers(self, layout: str, offset: int) -> tuple[int, ...]:
        return struct.unpack_from(self._order + layout, self._data, offset)

    def _text(self, offset: int) -> str:
        end = self._data.index(b"\0", offset)
        return self._data[offset:end].decode(errors="replace")

    def _segments(self) -> Iterator[_Segment]:
        word = self._word
        start, _, _, _, size, count = self._numbers(f"{word}{word}IHHH", 32 if word == "Q" else 28)
        for offset in range(start, start + size * count, size):
            if word == "Q":
                type_, _, place, address, _, length = self._numbers("IIQQQQ", offset)
            else:
                type_, place, address, _, length = self._numbers("IIIII", offset)
            yield _Segment(type_, place, address, length)

    def _needed(self, segments: tuple[_Segment, ...]) -> Iterator[str]:
        dynamic = next((s for s in segments if s.type == _PT_DYNAMIC), None)
        if dynamic is None:
            return
        width = self._bits // 4
        offsets = range(dynamic.offset, dynamic.offset + dynamic.size - width + 1, width)
        entries = [self._numbers(self._word * 2, offset) for offset in offsets]
        strings = next((value for tag, value in entries if tag == _DT_STRTAB), None)
        for tag, value in entries:
            if tag == 0:
                return
            if tag == _DT_NEEDED and strings is not None:
                yield self._text(_offset_of(strings, segments) + value)


def _offset_of(address: int, segments: tuple[_Segment, ...]) -> int:
    """Where in the file a loaded address comes from."""
    for one in segments:
        if one.type == _PT_LOAD and one.address <= address < one.address + one.size:
            return address - one.address + one.offset
    raise ValueError(f"no segment has {address:#x}")
