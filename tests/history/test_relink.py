"""Archives that go by: what is no link passes as it is, whatever its header looks like."""

import io
import tarfile
from tarfile import GNU_FORMAT, PAX_FORMAT, TarInfo

import pytest

from bh_container.history.relink import BLOCK, PIECE, relinked

LONG = "long/" * 30 + "name"


def archive(*members: tuple[str, bytes], form: int = GNU_FORMAT, **pax: str) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=form, pax_headers=pax) as tar:
        for name, content in members:
            member = TarInfo(name)
            member.size, member.mode, member.mtime = len(content), 0o640, 7
            tar.addfile(member, io.BytesIO(content))
    return file.getvalue()


def passed(given: bytes, **firsts: str) -> bytes:
    return b"".join(relinked(io.BytesIO(given), firsts))


def read(given: bytes) -> dict[str, tuple[bytes, str, int]]:
    """Type, target and mode of each member, and that what a file holds is where it should be."""
    with tarfile.open(fileobj=io.BytesIO(given + bytes(2 * BLOCK))) as tar:
        return {one.name: (one.type, one.linkname, one.mode) for one in tar}


def test_what_is_no_link_is_the_same_bytes_in_large_pieces() -> None:
    members = [(f"./{number}", bytes([number % 256]) * number) for number in range(3000)]
    given = archive(*members, ("./large", b"x" * 3 * PIECE))
    pieces = list(relinked(io.BytesIO(given), {}))
    assert given.startswith(whole := b"".join(pieces))
    assert not any(given[len(whole) :])
    assert len(pieces) <= len(whole) // PIECE + 1


@pytest.mark.parametrize("form", [GNU_FORMAT, PAX_FORMAT])
@pytest.mark.parametrize("name", ["b", LONG])
def test_a_link_has_no_content_and_what_follows_is_not_lost(form: int, name: str) -> None:
    given = archive(("./a", b"1" * 700), (f"./{name}", b"1" * 700), ("./c", b"c"), form=form)
    found = read(passed(given, **{name: "a"}))
    regular = (tarfile.REGTYPE, "", 0o640)
    link = (tarfile.LNKTYPE, "./a", 0o640)
    assert found == {"./a": regular, f"./{name}": link, "./c": regular}
    assert len(passed(given, **{name: "a"})) < len(passed(given))


def test_a_link_to_a_long_name() -> None:
    given = archive((f"./{LONG}", b"1"), ("./z", b"1"))
    assert read(passed(given, z=LONG))["./z"] == (tarfile.LNKTYPE, f"./{LONG}", 0o640)


def test_a_size_that_octal_digits_do_not_hold() -> None:
    member = TarInfo("./huge")
    member.size = 9 << 30
    given = member.tobuf(GNU_FORMAT) + b"x" * 5000
    assert passed(given) == given


def test_an_archive_that_is_cut_ends_there() -> None:
    given = archive(("./a", b"1" * 700), ("./b", b"2" * 700))
    for length in range(0, len(given), 100):
        assert given.startswith(passed(given[:length]))
    assert len(passed(given[:2100])) == 2100


@pytest.mark.parametrize("length", [BLOCK, BLOCK + 100, 2 * BLOCK, 2 * BLOCK + 100])
def test_an_archive_that_is_cut_within_a_long_name_has_nothing(length: int) -> None:
    assert passed(archive((f"./{LONG}", b"1"))[:length]) == b""
