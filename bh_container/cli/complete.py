"""What a shell offers for the words of a command: bh-container --install-completion sets it up."""

import os
from pathlib import Path

import typer

HOST = "host"


def complete_target(context: typer.Context, incomplete: str) -> list[str]:
    """Names of targets; where a command is about several, without those that it has."""
    taken = {word for value in context.params.values() if isinstance(value, list) for word in value}
    return [word for word in _targets(context) if word.startswith(incomplete) and word not in taken]


def complete_target_or_set(context: typer.Context, incomplete: str) -> list[str]:
    """Names of targets, and of sets of them."""
    sets = [f"@{name}" for name in _sets(context) if f"@{name}".startswith(incomplete)]
    return [*complete_target(context, incomplete), *sets]


def complete_unit(context: typer.Context, incomplete: str) -> list[str]:
    """Names of targets, and the host."""
    host = [HOST] if HOST.startswith(incomplete) else []
    return [*complete_target(context, incomplete), *host]


def complete_shipped(incomplete: str) -> list[str]:
    """Names of the configurations that come with the tool."""
    from bh_container.config.shipped import shipped

    return [word for word in shipped().target_words().values() if word.startswith(incomplete)]


def _targets(context: typer.Context) -> list[str]:
    from bh_container.cli.place import project_of
    from bh_container.errors import BhError

    try:
        return list(project_of(context.params.get("directory")).target_words(HOST).values())
    except BhError:
        return []


def _sets(context: typer.Context) -> list[str]:
    from bh_container.cli.place import project_of
    from bh_container.config.settings import resolve
    from bh_container.errors import BhError

    try:
        directory: Path | None = context.params.get("directory")
        file = project_of(directory).settings_file
        return sorted(resolve({"directory": directory}, os.environ, file).sets)
    except BhError:
        return []
