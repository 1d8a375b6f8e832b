"""The kernel's modules: those of this kernel, and all that they need."""

from pathlib import Path, PurePosixPath

import pytest

from bh_container.output.checks.root import Root, refuse
from bh_container.output.cpio import read_initramfs
from bh_container.output.kernel_image import kernel_release


def test_modules_match_the_kernel(root: Root) -> None:
    """There are modules of the build's kernel, or none at all."""
    release = kernel_release(root.kernel) if root.kernel else None
    found = sorted(path.name for path in _modules(root) if path.is_dir())
    if release is None:
        pytest.skip("the kernel is packed so that its version cannot be read")
    refuse(f"/lib/modules/{name}: the kernel is {release}" for name in found if name != release)


def test_modules_are_all_there(root: Root) -> None:
    """Every module in a list of dependencies exists, and so do those that it needs."""
    problems = []
    for directory in _modules(root):
        listing = directory / "modules.dep"
        if not listing.is_file():
            problems.append(f"{root.name(directory)}: has no modules.dep")
            continue
        present = {str(path.relative_to(directory)) for path in directory.rglob("*.ko*")}
        problems += [
            f"{root.name(directory)}: {one}" for one in lacking(listing.read_text(), present)
        ]
    refuse(problems)


def test_the_initramfs_has_what_its_modules_need(root: Root) -> None:
    """As above, for the modules that are needed before there is a root."""
    if root.initramfs is None:
        pytest.skip("the initramfs is inside the kernel, where only the kernel finds it")
    members = read_initramfs(root.initramfs)
    problems = []
    for path, member in members.items():
        place = PurePosixPath(path)
        if place.name != "modules.dep":
            continue
        above = f"{place.parent}/"
        present = {one.removeprefix(above) for one in members if one.startswith(above)}
        needed = {one for one in present if ".ko" in PurePosixPath(one).suffixes}
        problems += lacking(member.content.decode(), present, of=needed)
    refuse(f"initramfs: {problem}" for problem in problems)


def lacking(listing: str, present: set[str], of: set[str] | None = None) -> list[str]:
    """What modules.dep(5) names and nobody has; only what the modules in `of` need, if given."""
    found = []
    for line in listing.splitlines():
        module, _, needed = line.partition(":")
        if of is not None and module not in of:
            continue
        if module not in present:
            found.append(f"{module} is listed and not there")
        found += [
            f"{module} needs {one}, which is not there"
            for one in needed.split()
            if one not in present
        ]
    return found


def _modules(root: Root) -> list[Path]:
    directory = root.resolve("/lib/modules")
    return sorted(directory.iterdir()) if directory else []
