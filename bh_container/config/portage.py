"""What a target's `target-portage/` says to us; everything else in it is for Portage alone."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bh_container.config.makeconf import Assignment, read_assignments, read_commented
from bh_container.config.problems import Report
from bh_container.config.source import is_present, read_source

INSTALL_MASK = "INSTALL_MASK"
_COMMENTED_PAM = re.compile(r"^[ \t]*#+[ \t]*(sys-libs/pam[ \t]+\S.*?)[ \t]*$", re.MULTILINE)
LIBC_OF_ABI = {"musl": "musl", "gnu": "glibc", "uclibc": "uclibc-ng", "bionic": "bionic"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PortageConfig:
    """See `Target` for what these are; `pam_use` are the commented lines of package.use/pam."""

    install_mask: str | None
    gcc_install_mask: str | None
    portage_tmpdir: str | None
    pam_use: tuple[str, ...]
    kernel_provided: bool
    elibc: str


def read_portage(directory: Path, tuple_: str, report: Report) -> PortageConfig:
    """Raises nothing; what is wrong goes to `report`."""
    portage = directory / "target-portage"
    make_conf = portage / "make.conf"
    text = read_source(make_conf, report) or ""
    known = {"ARCH": _last_word(read_defaults(portage, report), "ARCH") or ""}
    variables = read_assignments(text, known)
    report_unclosed(make_conf, variables, report)
    if text:
        _check_root(make_conf, variables, tuple_, report)
    check_profile(portage, report)
    values = known | {name: assignment.value for name, assignment in variables.items()}
    tmpdir = variables.get("PORTAGE_TMPDIR")
    mask = _mask(make_conf, text, values, report)
    # Portage reads the file of gcc when the other mask is set: it may add to that.
    for_gcc = values if mask is None else {**values, INSTALL_MASK: mask}
    return PortageConfig(
        install_mask=mask,
        gcc_install_mask=_gcc_mask(portage / "env" / "sys-devel" / "gcc", for_gcc, report),
        portage_tmpdir=tmpdir.value or None if tmpdir else None,
        pam_use=_pam_use(portage / "package.use" / "pam", report),
        kernel_provided=is_present(portage / "profile" / "package.provided.kernel"),
        elibc=libc(portage, tuple_, report),
    )


def check_profile(portage: Path, report: Report) -> None:
    """A link is enough: it usually leads into the repository that the container has."""
    if not is_present(portage / "make.profile"):
        remedy = "link it to a profile: ln -s /var/db/repos/gentoo/profiles/default/linux/..."
        report.add(portage / "make.profile", None, "is missing", remedy)


def read_defaults(portage: Path, report: Report) -> Mapping[str, Assignment]:
    """The variables of `profile/make.defaults`, which may be missing."""
    file = portage / "profile" / "make.defaults"
    if not is_present(file):
        return {}
    return read_assignments(read_source(file, report) or "")


def libc(portage: Path, tuple_: str, report: Report) -> str:
    """The name of the libc's package: ELIBC, or what the tuple ends in.

    A second reading of make.defaults must not report it twice, so what it reports is dropped.
    """
    elibc = _last_word(read_defaults(portage, Report()), "ELIBC")
    if elibc:
        return elibc
    abi = tuple_.rpartition("-")[2]
    return next((name for start, name in LIBC_OF_ABI.items() if abi.startswith(start)), "glibc")


def report_unclosed(file: Path, variables: Mapping[str, Assignment], report: Report) -> None:
    """A quote that is never closed swallows the rest of the file."""
    for assignment in variables.values():
        if not assignment.closed:
            what = f"the value of {assignment.name} has a quote that is never closed"
            report.add(file, assignment.line, what, "close it")


def _check_root(
    make_conf: Path, variables: Mapping[str, Assignment], tuple_: str, report: Report
) -> None:
    """With another ROOT, emerge would install the target's packages into the host."""
    chost = variables.get("CHOST")
    if chost is None or chost.value != tuple_:
        line, found = (chost.line, f"is '{chost.value}'") if chost else (None, "is not set")
        report.add(make_conf, line, f"CHOST {found}", f"set it to {tuple_}")
    root = variables.get("ROOT")
    sysroots = (f"/usr/{tuple_}", f"/usr/{make_conf.parents[1].name}")
    if chost is not None and (root is None or root.value.rstrip("/") not in sysroots):
        line, found = (root.line, f"is '{root.value}'") if root else (None, "is not set")
        report.add(make_conf, line, f"ROOT {found}", "write ROOT=/usr/${CHOST}/")


def _mask(file: Path, text: str, values: Mapping[str, str], report: Report) -> str | None:
    commented = read_commented(text, INSTALL_MASK, values)
    if commented is None:
        return None
    report_unclosed(file, {INSTALL_MASK: commented}, report)
    return " ".join(commented.value.split())


def _gcc_mask(file: Path, values: Mapping[str, str], report: Report) -> str | None:
    if not is_present(file):
        return None
    return _mask(file, read_source(file, report) or "", values, report)


def _pam_use(file: Path, report: Report) -> tuple[str, ...]:
    if not is_present(file):
        return ()
    return tuple(_COMMENTED_PAM.findall(read_source(file, report) or ""))


def _last_word(variables: Mapping[str, Assignment], name: str) -> str | None:
    """`KERNEL="-linux linux"` takes a default away and sets its own."""
    assignment = variables.get(name)
    words = [word for word in assignment.value.split() if word[:1] != "-"] if assignment else []
    return words[-1] if words else None
