"""One machine everywhere: the tuple, `build-arch`, the profile and the keywords."""

import re
from collections.abc import Iterator

from bh_container.config.lint.finding import Check, Finding, error, warning
from bh_container.config.lint.subject import Subject
from bh_container.config.lint.words import Word, files_below, read_rows, text_of
from bh_container.config.makeconf import read_assignments
from bh_container.config.portage import LIBC_OF_ABI

# The CPU of a tuple, the kernel's name of its architecture, Portage's names of it. A CPU that is
# not here is as good as any: nothing is said about it.
_CPUS = (
    (r"aarch64(_be)?", "arm64", ("arm64",)),
    (r"arm(?!64).*", "arm", ("arm",)),
    (r"x86_64", "x86", ("amd64",)),
    (r"i[3-6]86", "x86", ("x86",)),
    (r"riscv(32|64).*", "riscv", ("riscv",)),
    (r"m68k", "m68k", ("m68k",)),
    (r"powerpc.*", "powerpc", ("ppc", "ppc64")),
    (r"mips.*", "mips", ("mips",)),
    (r"loongarch64", "loongarch", ("loong",)),
    (r"s390x?", "s390", ("s390",)),
    (r"sparc.*", "sparc", ("sparc",)),
    (r"hppa.*", "parisc", ("hppa",)),
    (r"alpha.*", "alpha", ("alpha",)),
)


def build_arch(subject: Subject) -> Iterator[Finding]:
    """The kernel would be built for another machine than everything else."""
    cpu = _cpu(subject)
    for row in read_rows(subject.directory / "build-arch")[:1] if subject.target and cpu else ():
        _, arch, _ = cpu or ("", "", ())
        if row[0].text != arch:
            what = f"'{row[0].text}' is not the architecture of {subject.tuple}"
            yield error(row[0], what, f"write {arch}")


def defaults(subject: Subject) -> Iterator[Finding]:
    """ARCH and ELIBC of `profile/make.defaults`."""
    file = subject.portage / "profile" / "make.defaults"
    variables = read_assignments(text_of(file))
    cpu = _cpu(subject)
    arch = variables.get("ARCH")
    if arch and cpu and arch.value not in cpu[2]:
        what = f"ARCH is '{arch.value}', and the tuple says {' or '.join(cpu[2])}"
        yield error(Word(file, arch.line, 1), what, f'write ARCH="{cpu[2][0]}"')
    elibc = variables.get("ELIBC")
    wanted = _libc(subject.tuple)
    words = [word for word in elibc.value.split() if word[:1] != "-"] if elibc else []
    if elibc and wanted and words and words[-1] != wanted:
        what = f"ELIBC is '{words[-1]}', and {subject.tuple} has {wanted}"
        yield error(Word(file, elibc.line, 1), what, f'write ELIBC="{wanted}"')


def profile(subject: Subject) -> Iterator[Finding]:
    """Where `make.profile` leads."""
    link = subject.portage / "make.profile"
    if not link.is_symlink():
        return
    to = str(link.readlink())
    cpu = _cpu(subject)
    named = re.search(r"/profiles/.*/linux/(\w+)(?:/|$)", to)
    if to.startswith("/") and not to.startswith("/var/db/repos/"):
        what = f"leads to '{to}', and repositories are below /var/db/repos in the container"
        yield error(Word(link), what, "link it below /var/db/repos/gentoo/profiles")
    elif named and cpu and named[1] not in cpu[2]:
        what = f"leads to a profile for {named[1]}, and the tuple says {' or '.join(cpu[2])}"
        yield error(Word(link), what, f"link it to one of profiles/default/linux/{cpu[2][0]}/...")
    elif named and _libc(subject.tuple) == "glibc" and "/musl" in to:
        what = f"leads to a profile for musl, and {subject.tuple} has glibc"
        yield error(Word(link), what, "link it to a profile without musl")
    elif named and _libc(subject.tuple) == "musl" and "/musl" not in to:
        what = f"leads to a profile for glibc, and {subject.tuple} has musl"
        yield warning(Word(link), what, f"link it to {to}/musl, if there is one")


def keywords(subject: Subject) -> Iterator[Finding]:
    """Keywords of another architecture accept nothing."""
    cpu = _cpu(subject)
    known = {name for _, _, names in _CPUS for name in names}
    for kind in ("package.accept_keywords", "package.keywords") if cpu else ():
        for file in files_below(subject.portage / kind):
            for row in read_rows(file):
                for word in row[1:]:
                    name = word.text.lstrip("~-")
                    if cpu and name in known and name not in cpu[2]:
                        what = f"'{word.text}' is the keyword of another architecture"
                        mark = "~" if word.text.startswith("~") else ""
                        yield error(word, what, f"write {mark}{cpu[2][0]}")


def accepted(subject: Subject) -> Iterator[Finding]:
    """ACCEPT_KEYWORDS of make.conf."""
    found = read_assignments(text_of(subject.make_conf)).get("ACCEPT_KEYWORDS")
    cpu = _cpu(subject)
    known = {name for _, _, names in _CPUS for name in names}
    for word in found.value.split() if found and cpu else ():
        if found and cpu and word.lstrip("~-") in known - set(cpu[2]):
            what = f"ACCEPT_KEYWORDS has '{word}', the keyword of another architecture"
            yield error(Word(subject.make_conf, found.line, 1), what, f"write {cpu[2][0]}")


def _cpu(subject: Subject) -> tuple[str, str, tuple[str, ...]] | None:
    cpu = subject.tuple.partition("-")[0]
    return next((row for row in _CPUS if re.fullmatch(row[0], cpu)), None)


def _libc(tuple_: str) -> str | None:
    abi = tuple_.rpartition("-")[2]
    return next((name for start, name in LIBC_OF_ABI.items() if abi.startswith(start)), None)


CHECKS: tuple[Check, ...] = (build_arch, defaults, profile, keywords, accepted)
