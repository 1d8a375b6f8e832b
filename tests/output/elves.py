"""ELF files of any architecture, with what the checks look at and nothing else."""

import struct

AARCH64, X86_64, M68K = 183, 62, 4


def elf(
    machine: int = AARCH64,
    *,
    bits: int = 64,
    little: bool = True,
    type: int = 3,
    loader: str | None = None,
    needed: tuple[str, ...] = (),
    soname: str = "",
) -> bytes:
    """A file with the segments that elf(5) demands for a loader and for a library's names."""
    order, word, base = "<" if little else ">", "Q" if bits == 64 else "I", 0x10000
    strings, offsets = b"\0", []
    for name in (*needed, soname):
        offsets.append(len(strings))
        strings += name.encode() + b"\0"
    header, entry = (64, 56) if bits == 64 else (52, 32)
    start = header + 3 * entry
    interpreter = (loader or "").encode() + b"\0"
    table = start + len(interpreter)
    dynamic = table + len(strings)
    names = [(1, offset) for offset in offsets[:-1]] + ([(14, offsets[-1])] if soname else [])
    tags = [*names, (5, base + table), (0, 0)]
    body = b"".join(struct.pack(f"{order}{word}{word}", *tag) for tag in tags)
    size = dynamic + len(body)

    def segment(kind: int, offset: int, length: int) -> bytes:
        if bits == 64:
            places = (offset, base + offset, base + offset, length, length, 1)
            return struct.pack(f"{order}IIQQQQQQ", kind, 4, *places)
        return struct.pack(
            f"{order}IIIIIIII", kind, offset, base + offset, base + offset, length, length, 4, 1
        )

    segments = segment(1, 0, size)
    segments += segment(3 if loader else 0, start, len(interpreter))
    segments += segment(2 if needed or soname else 0, dynamic, len(body))
    identity = b"\x7fELF" + bytes([1 if bits == 32 else 2, 1 if little else 2, 1]) + bytes(9)
    fields = (type, machine, 1, base, header, 0, 0, header, entry, 3, 0, 0, 0)
    head = struct.pack(f"{order}HHI{word}{word}{word}IHHHHHH", *fields)
    return identity + head + segments + interpreter + strings + body
