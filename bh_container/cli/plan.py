"""`bh-container plan`: what a build would do, and why, without doing it."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from bh_container.cli.complete import complete_target_or_set
from bh_container.cli.exits import exits
from bh_container.cli.options import Directory, Seed, Url

if TYPE_CHECKING:
    from bh_container.config.project import Project
    from bh_container.config.settings import Settings
    from bh_container.run.outlook import Expected, Outlook, Store


class Format(StrEnum):
    """How a plan is written."""

    TEXT = "text"
    JSON = "json"
    MERMAID = "mermaid"
    DOT = "dot"


def plan(
    targets: Annotated[
        list[str] | None,
        typer.Argument(
            help="Names of targets, or @SET of the settings; all by default.",
            autocompletion=complete_target_or_set,
        ),
    ] = None,
    directory: Directory = None,
    seed: Seed = None,
    url: Url = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Do not ask Podman which images there are.")
    ] = False,
    format: Annotated[
        Format, typer.Option(help="'mermaid' and 'dot' draw a graph of all steps.")
    ] = Format.TEXT,
    json: Annotated[bool, typer.Option("--json", help="One JSON object per unit.")] = False,
) -> None:
    """Show which steps a build of these targets would run and why, and from the last time how long
    that takes, how much memory and what space.

    Starts no container and changes nothing. A reason is the line of the configuration that has
    changed since the step ran.

    Example: bh-container plan rpi4-bb-mini
    """
    with exits():
        from bh_container.cli.place import open_project
        from bh_container.config.wanted import expand_sets, read_wanted
        from bh_container.run.outlook import outlook

        options = {"directory": directory, "seed": seed, "podman_url": url}
        project, settings = open_project(options)
        words = expand_sets(targets or (), settings.sets)
        named = list(dict.fromkeys(map(project.find_target, words)))
        directories = named or project.target_directories()
        wanted = read_wanted(project.host_directory(settings.host), directories)
        found = outlook(project, settings, wanted, _store(project, settings, offline))
        typer.echo("\n".join(_written(found, Format.JSON if json else format)))


def _store(project: "Project", settings: "Settings", offline: bool) -> "Store":
    """What Podman has, where it can be asked. Images are found by what they hold, so a project that
    has no id yet, or has lost it, may have some too.
    """
    from bh_container.history.identity import known_id
    from bh_container.run.outlook import Store

    identity = known_id(project.identity_file) or ""
    if offline:
        return Store(images=None, identity=identity)
    return _asked(settings, identity)


def _asked(settings: "Settings", identity: str) -> "Store":
    import os

    from bh_container.engine.podman import open_engine
    from bh_container.engine.protocol import EngineError
    from bh_container.errors import MissingProgram
    from bh_container.run.outlook import Store

    try:
        with open_engine(settings.podman_url, os.environ) as engine:
            return Store(images=engine.images(), identity=identity)
    except (EngineError, MissingProgram) as error:
        words = f"Podman was not asked, so the journals are believed: {error.what}"
        typer.echo(f"bh-container: {words}", err=True)
        return Store(images=None, identity=identity)


def _written(found: Sequence["Outlook"], format: Format) -> Iterator[str]:
    from bh_container.ui.graph import dot, mermaid

    match format:
        case Format.JSON:
            yield from map(_json, found)
        case Format.MERMAID:
            yield from mermaid(found)
        case Format.DOT:
            yield from dot(found)
        case Format.TEXT:
            for one in found:
                yield from _text(one)


def _json(found: "Outlook") -> str:
    from dataclasses import asdict
    from json import dumps

    expected = {"seconds": found.seconds, "is_known": found.is_known, "bytes": found.bytes}
    return dumps({**asdict(found), **expected, "memory": found.memory})


def _text(found: "Outlook") -> Iterator[str]:
    from bh_container.cli.columns import columns

    if not found.pending:
        yield f"{found.unit}: nothing to do"
        return
    what = f"{len(found.pending)} of {len(found.steps)} steps would run"
    yield f"{found.unit}: {what}, {_duration(found)}{_memory(found)}{_space(found)}"
    for line in columns([row for step in found.pending for row in _rows(step)]):
        yield f"  {line}"


def _rows(step: "Expected") -> Iterator[tuple[str, ...]]:
    took = "" if step.seconds is None else f"{step.seconds:.1f} s"
    first, *more = step.why or (f"after {step.follows}",)
    yield str(step.number), step.name, took, first
    yield from (("", "", "", words) for words in more)


def _duration(found: "Outlook") -> str:
    if found.is_known:
        return f"about {_time(found.seconds)}"
    return f"more than {_time(found.seconds)}" if found.seconds else "for the first time"


def _memory(found: "Outlook") -> str:
    from bh_container.cli.columns import mebibytes

    return "" if found.memory is None else f", with about {mebibytes(found.memory)} of memory"


def _space(found: "Outlook") -> str:
    from bh_container.cli.columns import mebibytes

    return "" if found.bytes is None else f", leaving about {mebibytes(found.bytes)}"


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
