"""`bh-container lint`: every mistake in the configuration, before hours are spent."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bh_container.cli.complete import complete_target_or_set
from bh_container.cli.exits import exits
from bh_container.cli.options import Directory

if TYPE_CHECKING:
    from bh_container.config.lint.finding import Finding
    from bh_container.config.problems import Problem
    from bh_container.config.project import Project

_INVALID = 2


class Format(StrEnum):
    """How findings are written."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


def lint(
    targets: Annotated[
        list[str] | None,
        typer.Argument(
            help="Names of targets, or @SET; all by default.", autocompletion=complete_target_or_set
        ),
    ] = None,
    directory: Directory = None,
    format: Annotated[
        Format, typer.Option(help="'github': annotations of a workflow run.")
    ] = Format.TEXT,
    json: Annotated[bool, typer.Option("--json", help="One JSON object per finding.")] = False,
) -> None:
    """Find every mistake in the settings, the host and the targets, with file, line and remedy.

    Ends with status 2 where there are errors. A warning is something that works, and is
    probably not what was meant. Needs no Podman, and reads nothing but the configuration.

    Example: bh-container lint rpi4-bb-mini
    """
    with exits():
        from bh_container.cli.place import project_of
        from bh_container.config.lint.finding import Severity
        from bh_container.config.lint.project import lint_project

        project = project_of(directory)
        words = [project.find_target(word) for word in _named(project, targets or ())]
        found = lint_project(project, words or project.target_directories())
        write = {Format.TEXT: _text, Format.JSON: _json, Format.GITHUB: _annotation}
        kinds = [[one for one in found if one.severity is kind] for kind in Severity]
        for one in (one for kind in kinds for one in kind):
            typer.echo(write[Format.JSON if json else format](one))
        typer.echo(_summary([len(kind) for kind in kinds]), err=True)
        if kinds[0]:
            raise typer.Exit(_INVALID)


def _named(project: "Project", words: Sequence[str]) -> Sequence[str]:
    """The words, with the targets of each @SET; the settings have to be right for that."""
    import os

    if not any(word.startswith("@") for word in words):
        return words
    from bh_container.config.settings import resolve
    from bh_container.config.wanted import expand_sets

    settings = resolve({"directory": project.root}, os.environ, project.settings_file)
    return expand_sets(words, settings.sets)


def _summary(counts: Sequence[int]) -> str:
    errors, warnings = counts
    if not errors and not warnings:
        return "no mistake found"
    return f"{_count(errors, 'error')}, {_count(warnings, 'warning')}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def _text(finding: "Finding") -> str:
    place, _, rest = str(_near(finding)).partition(": ")
    return f"{place}: {finding.severity}: {rest}"


def _json(finding: "Finding") -> str:
    from dataclasses import asdict
    from json import dumps

    return dumps({"severity": finding.severity, **asdict(finding.problem)}, default=str)


def _annotation(finding: "Finding") -> str:
    """A workflow command of GitHub Actions ("Workflow commands", setting a message)."""
    from bh_container.config.problems import Problem

    problem = _near(finding)
    words = str(Problem(Path("x"), None, problem.what, problem.remedy)).removeprefix("x: ")
    places = {"file": str(problem.file), "line": problem.line, "col": problem.column}
    said = ",".join(f"{name}={_escaped(str(one), ':,')}" for name, one in places.items() if one)
    return f"::{finding.severity} {said}::{_escaped(words)}"


def _escaped(text: str, more: str = "") -> str:
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    for character in "%\r\n" + more:
        text = text.replace(character, f"%{ord(character):02X}")
    return text


def _near(finding: "Finding") -> "Problem":
    """The problem, with its file as seen from here where it lies below."""
    from dataclasses import replace

    file = finding.problem.file
    here = Path.cwd()
    near = file.relative_to(here) if file.is_relative_to(here) else file
    return replace(finding.problem, file=near)
