"""`bh-container doctor`: what of this machine would stop a build, and what to do about it."""

from typing import TYPE_CHECKING, Annotated

import typer

from bh_container.cli.exits import exits
from bh_container.cli.options import Directory, Url

if TYPE_CHECKING:
    from bh_container.config.project import Project
    from bh_container.config.settings import Settings
    from bh_container.run.doctor.examine import Check
    from bh_container.run.doctor.finding import Finding
    from bh_container.run.doctor.look import Meeting

_UNFIT = 2


def doctor(
    directory: Directory = None,
    url: Url = None,
    offline: Annotated[bool, typer.Option("--offline", help="Ask no mirror.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object per finding.")] = False,
) -> None:
    """Look for everything about this machine that would stop a build, with what to do about it.

    Starts a container for a moment. Needs no project; in one, its settings and targets count. Ends
    with status 2 where a build cannot work.

    Example: bh-container doctor --offline
    """
    with exits():
        import os

        from bh_container.run.doctor.examine import examine
        from bh_container.run.doctor.finding import Grade
        from bh_container.run.doctor.look import Question, look
        from bh_container.run.doctor.network import stage3_mirrors

        project, settings = _project({"directory": directory, "podman_url": url})
        asked = (*stage3_mirrors(settings), *settings.gentoo_mirrors)
        question = Question(settings=settings, project=project, mirrors=() if offline else asked)
        facts = look(question, _meet(project, settings), os.environ)
        found = list(examine(facts))
        for check, finding in found:
            typer.echo(_json(check, finding) if json else _text(check, finding))
        grades = [finding.grade for _, finding in found]
        failures, warnings = (grades.count(one) for one in (Grade.FAILURE, Grade.WARNING))
        typer.echo(_summary(failures, warnings), err=True)
        if failures:
            raise typer.Exit(_UNFIT)


def _project(options: dict[str, object | None]) -> "tuple[Project | None, Settings]":
    """The project of the option or from here up, if there is one, and the settings in force."""
    import os

    from bh_container.cli.place import open_project
    from bh_container.config.project import ProjectUnknown
    from bh_container.config.settings import resolve

    try:
        return open_project(options)
    except ProjectUnknown:
        if options["directory"] is not None:
            raise
        return None, resolve(options, os.environ, None)


def _meet(project: "Project | None", settings: "Settings") -> "Meeting":
    """Open Podman, and have it start a container; what it refuses is a finding like others."""
    import tempfile
    from pathlib import Path

    from bh_container.cli.workshop import open_podman
    from bh_container.errors import BhError
    from bh_container.run.doctor.facts import Refusal
    from bh_container.run.doctor.look import Meeting
    from bh_container.run.doctor.trial import REMEDY, try_containers

    disk = Path(tempfile.gettempdir())
    if project is not None:
        disk = project.volumes if project.volumes.is_dir() else project.root
    try:
        with open_podman(settings) as engine:
            return Meeting(podman=engine.about(), trial=try_containers(engine, disk))
    except BhError as error:
        return Meeting(refusal=Refusal(what=error.what, remedy=error.remedy or REMEDY))


def _text(check: "Check", finding: "Finding") -> str:
    line = f"{finding.grade:<8} {check.name:<10} {finding.what}"
    return f"{line}\n{'':20}{finding.remedy}" if finding.remedy else line


def _json(check: "Check", finding: "Finding") -> str:
    from dataclasses import asdict
    from json import dumps

    return dumps({"check": check.name, **asdict(finding)})


def _summary(failures: int, warnings: int) -> str:
    if failures:
        return "no build works here before the failures are mended"
    return "nothing here stops a build" + (", but see the warnings" if warnings else "")
