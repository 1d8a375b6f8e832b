"""`bh-container list` and `bh-container show`: what can be built, and what a target says."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bh_container.cli.complete import HOST, complete_target
from bh_container.cli.exits import exits
from bh_container.cli.options import Directory

if TYPE_CHECKING:
    from pathlib import Path

    from bh_container.config.target import Target

HEAD = ("TARGET", "TUPLE", "FLAVOUR", "KERNEL", "LISTS")


def list_targets(
    directory: Directory = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object per target.")] = False,
) -> None:
    """List the targets of the project, and the sets of them that its settings name.

    Example: bh-container list
    """
    with exits():
        import os
        from json import dumps

        from bh_container.cli.columns import columns
        from bh_container.cli.place import project_of
        from bh_container.config.settings import resolve

        project = project_of(directory)
        sets = resolve({"directory": directory}, os.environ, project.settings_file).sets
        words = project.target_words(HOST)
        found = {word: _summary(project.configs / name) for name, word in words.items()}
        if json:
            for word, summary in found.items():
                typer.echo(dumps({"target": word, **summary}))
            for name, targets in sets.items():
                typer.echo(dumps({"set": name, "targets": targets}))
            return
        for line in columns([HEAD, *(_row(word, one) for word, one in found.items())]):
            typer.echo(line)
        for name, targets in sets.items():
            typer.echo(f"@{name}: {' '.join(targets)}")


def show(
    target: Annotated[
        str, typer.Argument(help="The target's name.", autocompletion=complete_target)
    ],
    directory: Directory = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Show what a target says: its lists in order with their packages, kernel, flavour, images,
    layout.

    Example: bh-container show rpi4-bb-mini
    """
    with exits():
        from json import dumps

        from bh_container.cli.place import project_of
        from bh_container.config.target import load_target

        found = load_target(project_of(directory).find_target(target))
        if json:
            typer.echo(dumps(_described(found)))
            return
        for line in _text(_described(found)):
            typer.echo(line)


def _summary(directory: "Path") -> dict[str, Any]:
    """What a line of the list says; of a target with mistakes, how many there are."""
    from bh_container.config.problems import ConfigInvalid
    from bh_container.config.target import load_target

    try:
        target = load_target(directory)
    except ConfigInvalid as error:
        return {"name": directory.name, "mistakes": len(error.problems)}
    return {
        "name": target.full_name,
        "tuple": target.tuple,
        "flavour": target.flavour,
        "kernel": target.kernel.package or target.kernel.kind,
        "lists": [one.name for one in target.lists],
    }


def _row(word: str, summary: dict[str, Any]) -> tuple[str, ...]:
    if "mistakes" in summary:
        tuple_ = summary["name"].partition(".")[0]
        return (word, tuple_, f"mistakes: {summary['mistakes']}", "-", "-")
    lists = " ".join(summary["lists"])
    return (word, summary["tuple"], summary["flavour"], summary["kernel"], lists)


def _described(target: "Target") -> dict[str, Any]:
    from bh_container.plan.layout import layout_of

    layout, kernel, splits = layout_of(target), target.kernel, target.splits
    return {
        "name": target.full_name,
        "directory": str(target.directory),
        "architecture": target.build_arch,
        "libc": target.elibc,
        "flavour": target.flavour,
        "kernel": {
            "kind": kernel.kind,
            "package": kernel.package,
            "packages": kernel.atoms,
            "linux.config": kernel.config,
        },
        "layout": {"name": layout.name, "kernel": layout.kernel},
        "lists": [
            {"name": one.name, "on": one.parent, "packages": one.atoms} for one in target.lists
        ],
        "images": [
            {"name": one.name, "beside the kernel": splits.extra if number else splits.base}
            for number, one in enumerate(target.lists)
        ],
        "initramfs beside the kernel": splits.initramfs,
        "repositories": target.repositories,
    }


def _text(found: dict[str, Any]) -> Iterator[str]:
    kernel, layout = found["kernel"], found["layout"]
    yield f"{found['name']} ({found['architecture']}, {found['libc']}, {found['flavour']})"
    yield f"directory: {found['directory']}"
    config = ", with linux.config" if kernel["linux.config"] else ""
    yield f"kernel: {kernel['package'] or '(the newest sources)'} ({kernel['kind']}{config})"
    yield f"layout: {layout['name']}, kernel at {layout['kernel']}"
    places = {True: "beside the kernel", False: "in the initramfs"}
    images = (f"{one['name']} {places[one['beside the kernel']]}" for one in found["images"])
    initramfs = "beside the kernel" if found["initramfs beside the kernel"] else "in the kernel"
    yield f"images: {', '.join(images)}; initramfs {initramfs}"
    if found["repositories"]:
        yield f"repositories: {' '.join(found['repositories'])}"
    for one in found["lists"]:
        on = f" (on {one['on']})" if one["on"] else ""
        yield f"list {one['name']}{on}:"
        yield from (f"  {package}" for package in one["packages"])
