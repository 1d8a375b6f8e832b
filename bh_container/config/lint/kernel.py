"""`linux.config`: the grammar of a kernel's .config, and what it has to have for this target."""

import re
from collections.abc import Callable, Iterator, Mapping

from bh_container.config.kernel import KERNEL_CONFIG, ConfigUse, KernelKind
from bh_container.config.kernel_options import missing_options, needs_of
from bh_container.config.lint.finding import Check, Finding, error, warning
from bh_container.config.lint.subject import Subject
from bh_container.config.lint.words import Word, text_of
from bh_container.config.target import Target

_OPTION = re.compile(r"CONFIG_(?P<name>\w+)=(?P<value>y|m|n|-?[0-9]+|0x[0-9a-fA-F]+|\".*\")")
_OFF = re.compile(r"# CONFIG_(?P<name>\w+) is not set")
# By the kernel's name of an architecture, the option that every .config of it has set.
_ARCHITECTURES = {
    "ARM64": "arm64",
    "ARM": "arm",
    "X86": "x86",
    "RISCV": "riscv",
    "M68K": "m68k",
    "PPC": "powerpc",
    "MIPS": "mips",
    "LOONGARCH": "loongarch",
}
_MEDIA = {
    "MMC_BLOCK": "an SD card",
    "BLK_DEV_SD": "a disk",
    "VIRTIO_BLK": "a virtual disk",
    "BLK_DEV_NVME": "an NVMe disk",
    "NET_9P_VIRTIO": "a share",
}
_FILE_SYSTEMS = ("VFAT_FS", "EXT4_FS", "ISO9660_FS", "EXT2_FS", "XFS_FS", "BTRFS_FS", "9P_FS")
Options = Mapping[str, tuple[str, int]]
_PI = "sys-kernel/raspberrypi-"


def grammar(subject: Subject) -> Iterator[Finding]:
    """Lines that kconfig would pass over, and options that are there twice."""
    file = subject.directory / KERNEL_CONFIG
    seen: dict[str, int] = {}
    for number, line in enumerate(text_of(file).split("\n"), start=1):
        found = _OPTION.fullmatch(line) or _OFF.fullmatch(line)
        if found is None:
            if line.strip() and not line.startswith("#"):
                what = f"'{line.split()[0]}' is no line of a kernel's .config"
                remedy = "write CONFIG_NAME=y, or # CONFIG_NAME is not set"
                yield error(Word(file, number, 1), what, remedy)
            continue
        name = found["name"]
        if name in seen:
            what = f"CONFIG_{name} is there twice, and the last one counts"
            yield warning(Word(file, number, 1), what, f"remove one; line {seen[name]} has it too")
        seen[name] = number


def architecture(target: Target, options: Options) -> Iterator[Finding]:
    """A .config of another machine: kconfig would drop nearly all of it."""
    for name, arch in _ARCHITECTURES.items():
        if _is_on(options, name) and arch != target.build_arch and target.build_arch:
            what = f"CONFIG_{name} is of {arch}, and build-arch says {target.build_arch}"
            yield error(_place(target, options, name), what, "take a .config of this architecture")
    cpu = target.tuple.partition("-")[0]
    bits = options.get("64BIT")
    if bits and bits[0] == "y" and re.fullmatch(r"i[3-6]86|armv?[4-7].*|m68k|riscv32.*", cpu):
        what = f"CONFIG_64BIT is set, and {cpu} has 32 bits"
        yield error(_place(target, options, "64BIT"), what, "set it to n (make menuconfig)")


def images(target: Target, options: Options) -> Iterator[Finding]:
    """What the images of the target need of their kernel."""
    for problem in missing_options(target, needs_of(target)):
        place = Word(problem.file, problem.line, 1 if problem.line else None)
        yield error(place, problem.what, problem.remedy or "")


def initramfs(target: Target, options: Options) -> Iterator[Finding]:
    """The initramfs that a kernel is built with is this target's, or none."""
    value, _ = options.get("INITRAMFS_SOURCE", ('""', 0))
    if value in ('""', "n"):
        return
    if target.splits.initramfs:
        what = "CONFIG_INITRAMFS_SOURCE is set, and split.initramfs keeps the initramfs outside"
    else:
        what = "CONFIG_INITRAMFS_SOURCE is set, and the build fills it in by itself"
    yield error(
        _place(target, options, "INITRAMFS_SOURCE"), what, 'write CONFIG_INITRAMFS_SOURCE=""'
    )


def medium(target: Target, options: Options) -> Iterator[Finding]:
    """Images beside the kernel are on a medium, which needs a driver and a file system."""
    if not _is_beside(target) or target.kernel.kind.config is ConfigUse.PART:
        return
    file = Word(target.directory / KERNEL_CONFIG)
    if (target.kernel.package or "").startswith(_PI) and not _is_on(options, "MMC_BLOCK"):
        what = "CONFIG_MMC_BLOCK is not set, and a Raspberry Pi's images are on an SD card"
        yield error(_place(target, options, "MMC_BLOCK"), what, "set CONFIG_MMC_BLOCK=y")
    if not any(_is_on(options, name) for name in _MEDIA):
        what = "no driver for a medium is on, and the images are on one"
        remedy = "set one, such as " + ", ".join(f"CONFIG_{n}=y for {w}" for n, w in _MEDIA.items())
        yield error(file, what, remedy)
    if not any(_is_on(options, name) for name in _FILE_SYSTEMS):
        what = "no file system for a medium is on, and the images are on one"
        yield error(file, what, "set one, such as CONFIG_VFAT_FS=y")


def modules(target: Target, options: Options) -> Iterator[Finding]:
    """`m` means `n` where there are no modules."""
    value, _ = options.get("MODULES", ("y", 0))
    first = next((name for name, one in options.items() if one[0] == "m"), None)
    if value == "n" and first:
        what = f"CONFIG_{first} is a module, and CONFIG_MODULES is not set"
        yield error(
            _place(target, options, first), what, f"set CONFIG_{first}=y, or CONFIG_MODULES=y"
        )


def options_of_target(subject: Subject) -> Iterator[Finding]:
    """What the options are, where they become a kernel, has to fit the target."""
    target = _built(subject)
    if target is not None:
        options = _options(subject)
        for check in OF_OPTIONS:
            yield from check(target, options)


def kinds(subject: Subject) -> Iterator[Finding]:
    """A `linux.config` that the kind of kernel does not read."""
    target = subject.target
    if target and target.kernel.kind is KernelKind.BINARY and target.kernel.config:
        what = f"is not read: {target.kernel.package} is built already"
        remedy = f"remove it, or take a kernel that is built ({KERNEL_CONFIG} goes into that)"
        yield warning(Word(subject.directory / KERNEL_CONFIG), what, remedy)


def _built(subject: Subject) -> Target | None:
    target = subject.target
    if target is None or not target.kernel.config:
        return None
    return None if target.kernel.kind.config is ConfigUse.UNREAD else target


def _is_beside(target: Target) -> bool:
    return target.splits.base or (target.splits.extra and len(target.lists) > 1)


def _options(subject: Subject) -> Options:
    options = {}
    for number, line in enumerate(text_of(subject.directory / KERNEL_CONFIG).split("\n"), start=1):
        if found := _OPTION.fullmatch(line):
            options[found["name"]] = (found["value"], number)
        elif found := _OFF.fullmatch(line):
            options[found["name"]] = ("n", number)
    return options


def _is_on(options: Options, name: str) -> bool:
    return options.get(name, ("n", 0))[0] in ("y", "m")


def _place(target: Target, options: Options, name: str) -> Word:
    _, line = options.get(name, ("", 0))
    return Word(target.directory / KERNEL_CONFIG, line or None, 1 if line else None)


OF_OPTIONS: tuple[Callable[[Target, Options], Iterator[Finding]], ...] = (
    architecture,
    images,
    initramfs,
    medium,
    modules,
)
CHECKS: tuple[Check, ...] = (grammar, options_of_target, kinds)
