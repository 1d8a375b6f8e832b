"""What differs between two builds, or two snapshots: a comparison of data alone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bh_container.output.contents import Contents, File, Package
from bh_container.output.squashfs import Kind


class Change(StrEnum):
    """What happened to something from the first to the second."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageChange:
    """`where` is the list or the unit; `use` are flags that are on (`+x`) or off (`-x`) now."""

    where: str
    package: str
    change: Change
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    use: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """`where` is the image or the unit; `what` names what differs, with before and after."""

    where: str
    path: str
    change: Change
    what: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeChange:
    """A file of a build, or a part of a snapshot; None where there is none. In bytes."""

    name: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionChange:
    """A kernel option; None where its configuration does not have it, `n` where it is off."""

    where: str
    option: str
    before: str | None
    after: str | None


Difference = PackageChange | FileChange | SizeChange | OptionChange


def compare(one: Contents, other: Contents) -> tuple[Difference, ...]:
    """Packages first, then kernel options, sizes and files; each sorted by name."""
    return (
        *_packages(one, other),
        *_options(one, other),
        *_sizes(one.sizes, other.sizes),
        *_files(one, other),
    )


def _packages(one: Contents, other: Contents) -> Iterator[PackageChange]:
    for where in _names(one.packages, other.packages):
        before, after = one.packages.get(where, {}), other.packages.get(where, {})
        for package in _names(before, after):
            old, new = before.get(package, ()), after.get(package, ())
            if old != new:
                yield PackageChange(
                    where=where,
                    package=package,
                    change=_change(bool(old), bool(new)),
                    before=tuple(each.version for each in old),
                    after=tuple(each.version for each in new),
                    use=_flags(old, new) if old and new else (),
                )


def _flags(old: tuple[Package, ...], new: tuple[Package, ...]) -> tuple[str, ...]:
    was = frozenset[str]().union(*(each.use for each in old))
    now = frozenset[str]().union(*(each.use for each in new))
    on, off = sorted(now - was), sorted(was - now)
    return (*(f"+{flag}" for flag in on), *(f"-{flag}" for flag in off))


def _options(one: Contents, other: Contents) -> Iterator[OptionChange]:
    for where in _names(one.options, other.options):
        before, after = one.options.get(where, {}), other.options.get(where, {})
        for option in _names(before, after):
            old, new = before.get(option), after.get(option)
            if old != new:
                yield OptionChange(where=where, option=option, before=old, after=new)


def _sizes(before: Mapping[str, int], after: Mapping[str, int]) -> Iterator[SizeChange]:
    for name in _names(before, after):
        if before.get(name) != after.get(name):
            yield SizeChange(name=name, before=before.get(name), after=after.get(name))


def _files(one: Contents, other: Contents) -> Iterator[FileChange]:
    for where in _names(one.files, other.files):
        before, after = one.files.get(where, {}), other.files.get(where, {})
        for path in _names(before, after):
            old, new = before.get(path), after.get(path)
            if old != new:
                what = _what(old, new) if old and new else ()
                change = _change(old is not None, new is not None)
                yield FileChange(where=where, path=path, change=change, what=what)


def _what(old: File, new: File) -> tuple[str, ...]:
    if old.kind is not new.kind:
        return (f"{old.kind} → {new.kind}",)
    what = []
    if old.mode != new.mode:
        what.append(f"mode {old.mode:04o} → {new.mode:04o}")
    if old.owner != new.owner:
        owners = ("{}:{}".format(*each.owner) for each in (old, new))
        what.append("owner " + " → ".join(owners))
    if old.size != new.size:
        what.append(f"size {old.size} → {new.size}")
    if old.content != new.content:
        told = f" {old.content} → {new.content}" if old.kind is not Kind.FILE else ""
        what.append(f"content{told}")
    return tuple(what)


def _change(before: bool, after: bool) -> Change:
    if before and after:
        return Change.CHANGED
    return Change.ADDED if after else Change.REMOVED


def _names(one: Mapping[str, object], other: Mapping[str, object]) -> list[str]:
    return sorted({*one, *other})
