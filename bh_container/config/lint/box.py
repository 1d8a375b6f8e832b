"""The box's configurations, and the init of the initramfs that its commands are for."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from bh_container.config.lint.finding import Check, Finding, error, warning
from bh_container.config.lint.known import SHELL_WORDS
from bh_container.config.lint.subject import Subject
from bh_container.config.lint.words import Word, files_below, read_rows, text_of
from bh_container.config.source import is_present
from bh_container.config.target import Box

_OPTION = re.compile(r"(?:# )?CONFIG_(?P<name>\w+)(?:=(?P<value>.*)| is not set)")
_FUNCTION = re.compile(r"^([a-z_]+)\(\)", re.MULTILINE)
_KEYWORD = re.compile(r"\b(then|do|else|if|elif|exec)\b|/(busybox|toybox)\b")
_COMMAND = re.compile(
    r"(?:^|[|;&(!]|\S+\)[ \t])[ \t]*([a-z][a-z0-9_]+)(?=[ \t;\n]|$)", re.MULTILINE
)
_OF_ASH = frozenset({"echo", "printf", "test", "kill", "true", "false", "pwd"})
# toybox leaves these off unless a configuration asks for them ("pending").
_PENDING = frozenset({"SH", "MODPROBE", "TR", "DD", "EXPR"})


def grammar(subject: Subject) -> Iterator[Finding]:
    """Lines of the configurations that kconfig would pass over."""
    for box in Box if subject.target else ():
        for name in (box.config, box.mini_config):
            file = subject.directory / name
            for number, line in enumerate(text_of(file).split("\n"), start=1):
                if line.strip() and line[0] != "#" and not _OPTION.fullmatch(line):
                    what = f"'{line.split()[0]}' is no line of {box}'s configuration"
                    remedy = "write CONFIG_NAME=y, or # CONFIG_NAME is not set"
                    yield error(Word(file, number, 1), what, remedy)


def mini(subject: Subject) -> Iterator[Finding]:
    """What the box of an initramfs must be and have."""
    target = subject.target
    if target is None or target.box is None:
        return
    file = subject.directory / target.box.mini_config
    options = _options(file)
    if target.box is Box.BUSYBOX and options.get("STATIC", ("y", 0))[0] != "y":
        what = "CONFIG_STATIC is not set, and the initramfs has no libraries"
        yield error(_place(file, options, "STATIC"), what, "set CONFIG_STATIC=y")
    shells = target.box.shells
    if not any(_is_on(target.box, options, name) for name in shells):
        what = f"no shell is on ({' or '.join(f'CONFIG_{name}' for name in shells)})"
        yield error(_place(file, options, shells[0]), what, f"set CONFIG_{shells[0]}=y")
    for name in sorted(_commands(subject) - (_OF_ASH if target.box is Box.BUSYBOX else set())):
        if not _is_on(target.box, options, name.upper()) and name != "sh":
            what = f"CONFIG_{name.upper()} is not set, and initramfs/init calls {name}"
            yield error(_place(file, options, name.upper()), what, f"set CONFIG_{name.upper()}=y")


def init(subject: Subject) -> Iterator[Finding]:
    """The kernel starts `/init`, a program."""
    target, file = subject.target, subject.directory / "initramfs" / "init"
    if target is None or target.box is None or not (subject.directory / "initramfs").is_dir():
        return
    if not is_present(file):
        yield error(Word(file), "is missing", "copy it from a configuration that has it")
    elif file.is_file() and not file.stat().st_mode & 0o111:
        yield error(Word(file), "is not executable", f"run: chmod +x {file.name}")
    if text_of(file) and not text_of(file).startswith("#!"):
        yield error(Word(file, 1, 1), "names no interpreter", "begin it with #!/bin/sh")
    shell = subject.directory / "initramfs" / "bin" / "sh"
    if text_of(file).startswith("#!/bin/sh") and not is_present(shell):
        what = "is missing, and init begins with #!/bin/sh"
        yield error(Word(shell), what, f"run: ln -s {target.box} bin/sh")
    elif shell.is_symlink() and shell.readlink().name in {*Box} - {target.box}:
        what = f"leads to {shell.readlink()}, and the box is {target.box}"
        yield error(Word(shell), what, f"run: ln -sf {target.box} bin/sh")


def saved(subject: Subject) -> Iterator[Finding]:
    """USE=savedconfig and the configuration that it means go together."""
    target = subject.target
    if target is None or target.box is None:
        return
    package, file = f"sys-apps/{target.box}", subject.directory / target.box.config
    flags = {word.text: word for word in _flags(subject, package)}
    if "savedconfig" in flags and not is_present(file) and not _has_saved(subject, package):
        what = f"USE=savedconfig for {package}, and there is no {file.name}"
        yield warning(flags["savedconfig"], what, f"create {file.name}, or remove the flag")
    if is_present(file) and "savedconfig" not in flags:
        what = f"is not read: package.use has no savedconfig for {package}"
        yield error(Word(file), what, f"add to package.use: {package} savedconfig")


def other_box(subject: Subject) -> Iterator[Finding]:
    """Configurations of the box that this target has not."""
    target = subject.target
    for box in Box if target and target.box else ():
        for name in (box.config, box.mini_config):
            if target and box is not target.box and is_present(subject.directory / name):
                what = f"is not read: {target.box}-mini.config makes {target.box} the box"
                yield warning(Word(subject.directory / name), what, "remove one of the two")


def _commands(subject: Subject) -> set[str]:
    """The commands that the init calls, without those that are its own functions."""
    text = text_of(subject.directory / "initramfs" / "init")
    code = re.sub(r"(^|\s)#.*", "", text).replace("\\\n", " ")
    code = re.sub(r"'[^'\n]*'|\"[^\"$\n]*\"", "''", code)
    functions = set(_FUNCTION.findall(code))
    return {*_COMMAND.findall(_KEYWORD.sub(";", code))} - functions - SHELL_WORDS


Options = Mapping[str, tuple[str, int]]


def _options(file: Path) -> Options:
    options = {}
    for number, line in enumerate(text_of(file).split("\n"), start=1):
        if found := _OPTION.fullmatch(line):
            options[found["name"]] = (found["value"] or "n", number)
    return options


def _is_on(box: Box, options: Options, name: str) -> bool:
    """An option that is not named has the box's default, which is on but for toybox's pending."""
    default = "n" if box is Box.TOYBOX and name in _PENDING else "y"
    return options.get(name, (default, 0))[0] == "y"


def _place(file: Path, options: Options, name: str) -> Word:
    _, line = options.get(name, ("", 0))
    return Word(file, line or None, 1 if line else None)


def _flags(subject: Subject, package: str) -> Iterator[Word]:
    for file in files_below(subject.portage / "package.use"):
        for row in read_rows(file):
            if row[0].text in (package, "*/*"):
                yield from row[1:]


def _has_saved(subject: Subject, package: str) -> bool:
    return is_present(subject.portage / "savedconfig" / package)


CHECKS: tuple[Check, ...] = (grammar, mini, init, saved, other_box)
