"""`bh-container check`: what is wrong with a build, before a board finds out."""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bh_container.cli.exits import exits
from bh_container.cli.options import BuildWord, Directory, Stack, Url, images_in
from bh_container.errors import BhError

if TYPE_CHECKING:
    from bh_container.output.build import Build
    from bh_container.output.check import Execution, Verdict
    from bh_container.output.checks.root import Root


def check(
    build: BuildWord,
    stack: Stack = None,
    static: Annotated[
        bool, typer.Option("--static", help="Execute nothing of it: needs neither Podman nor root.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object per check.")] = False,
    url: Url = None,
    directory: Directory = None,
) -> None:
    """Check the root filesystem of a build: with the shipped checks, and with the target's own.

    The images are stacked as at boot. Programs of a foreign architecture are executed by
    qemu-user; what cannot be executed here is said to be not run. A check that fails is status 3.
    The target's own checks are files of pytest-testinfra in its directory tests/.

    Example: bh-container check rpi4-bb-mini
    """
    with exits():
        from bh_container.cli.place import build_of
        from bh_container.output.build import stack_of
        from bh_container.output.check import ChecksFailed, Outcome

        found = build_of(build, directory)
        order = stack_of(found, images_in(stack))
        verdicts = _check(found, order, _Place(directory=directory, url=url, static=static))
        for verdict in verdicts:
            typer.echo(_json(verdict) if json else _text(verdict))
        if any(verdict.outcome is Outcome.FAILED for verdict in verdicts):
            raise ChecksFailed(found.directory, verdicts)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where to look for a project and for Podman, and whether to leave Podman alone."""

    directory: Path | None
    url: str | None
    static: bool


def _check(build: "Build", stack: tuple[str, ...], place: _Place) -> "tuple[Verdict, ...]":
    import os
    import tempfile

    from bh_container.cli.place import project_of
    from bh_container.config.project import ProjectUnknown
    from bh_container.config.settings import resolve
    from bh_container.output.check import OWN, lay_out, run_checks

    try:
        project = project_of(place.directory)
    except ProjectUnknown:
        project = None  # a build by itself can be checked too
    file = project.settings_file if project else None
    url = resolve({"podman_url": place.url}, os.environ, file).podman_url
    with tempfile.TemporaryDirectory(prefix="bh-check-") as name, ExitStack() as resources:
        scratch = Path(name)
        own = project.configs / build.target / OWN if project else scratch / "none"
        root = lay_out(build, stack, own, scratch / "root")
        if place.static:
            execution: Execution | BhError = BhError("--static executes nothing")
        else:
            execution = _execution(root, url, resources)
        return run_checks(root, own, execution, scratch)


def _execution(root: "Root", url: str | None, resources: ExitStack) -> "Execution | BhError":
    """A container of the root, or why there can be none."""
    import os

    from bh_container.engine.podman import open_engine
    from bh_container.output.execution import execution_of

    try:
        engine = resources.enter_context(open_engine(url, os.environ))
        return resources.enter_context(execution_of(root, engine))
    except BhError as error:
        return error


def _json(verdict: "Verdict") -> str:
    from dataclasses import asdict
    from json import dumps

    return dumps(asdict(verdict))


def _text(verdict: "Verdict") -> str:
    lines = verdict.message.splitlines()
    return "\n".join(
        [f"{verdict.outcome:<8} {verdict.check}", *(f"         {line}" for line in lines)]
    )
