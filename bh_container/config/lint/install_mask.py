"""INSTALL_MASK: what the images leave out must not be what they need to start."""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from bh_container.config.lint.finding import Check, Finding, error, warning
from bh_container.config.lint.subject import Subject
from bh_container.config.lint.words import Word, text_of, word_at
from bh_container.config.target import Target

_LINE = re.compile(r"^[ \t]*(?P<off>#+[ \t]*)?INSTALL_MASK\+?=(?P<value>.*)", re.MULTILINE)
_WORD = re.compile(r"[^\s\"'\\#]+")
_LOADERS = {
    "musl": ("/lib/ld-musl-any.so.1", "/usr/lib/libc.so"),
    "glibc": ("/lib64/ld-linux-any.so.2", "/lib64/libc.so.6"),
}
_NEEDED = (
    ("/sbin/init", "what the initramfs starts"),
    ("/bin/sh", "the shell of every script"),
    ("/etc/passwd", "the users"),
    ("/etc/group", "the groups"),
    ("/lib/modules/any/modules.dep", "the kernel's modules"),
    ("/etc/inittab", "what init starts"),
    ("/etc/init.d/rcS", "what init starts"),
)
_WHILE_INSTALLED = (
    ("/usr/share/baselayout/fstab", "sys-apps/baselayout reads it while it is installed"),
    ("/usr/share/busybox/busybox-links.tar", "sys-apps/busybox reads it while it is installed"),
)


def removes_what_is_needed(subject: Subject) -> Iterator[Finding]:
    """Words that would take away what an image cannot do without."""
    if subject.target is None:
        return
    needed = (*_NEEDED, *_of_target(subject.target), *_WHILE_INSTALLED)
    for word in _words(subject.make_conf):
        for path, reason in needed if word.text[:1] != "-" else ():
            if is_masked(path, word.text):
                what = f"INSTALL_MASK takes away {path.replace('any', '*')}: {reason}"
                yield error(word, what, f"remove '{word.text}' from INSTALL_MASK")
                break


def words(subject: Subject) -> Iterator[Finding]:
    """Words that mask nothing, since no path has such a beginning."""
    for word in _words(subject.make_conf) if subject.target else ():
        text = word.text.removeprefix("-")
        if "/" in text and text[:1] != "/":
            what = f"'{word.text}' in INSTALL_MASK is neither a path from / nor a file's name"
            yield warning(word, what, f"write /{text}")


def is_masked(path: str, pattern: str) -> bool:
    """As Portage's InstallMask has it: a path with all below it, or the name of a file."""
    if not pattern.startswith("/"):
        return fnmatchcase(path.rpartition("/")[2], pattern)
    return fnmatchcase(path, pattern) or fnmatchcase(path, pattern.rstrip("/") + "/*")


def _of_target(target: Target) -> tuple[tuple[str, str], ...]:
    loaders = [(path, "the C library") for path in _LOADERS.get(target.elibc, ())]
    box = [(f"/bin/{target.box}", "its commands")] if target.box and not target.complete else []
    etc = [("/etc/portage/make.conf", "a complete system keeps Portage")] if target.complete else []
    return (*loaders, *box, *etc)


def _words(file: Path) -> Iterator[Word]:
    text = text_of(file)
    for line in _LINE.finditer(text):
        end = line.end()
        # A value in quotes goes on to the next quote, whatever lines are between.
        quote = line["value"].lstrip()[:1]
        if quote in ('"', "'"):
            start = line.start("value") + line["value"].index(quote) + 1
            end = text.find(quote, start) if quote in text[start:] else end
        for found in _WORD.finditer(text, line.start("value"), end):
            yield word_at(file, text, found.start(), found[0])


CHECKS: tuple[Check, ...] = (removes_what_is_needed, words)
