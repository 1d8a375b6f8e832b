"""`shell`, `resume`, `retry`, `abort`: what to do with a run that failed or was interrupted."""

from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from bh_container.cli.bundle import bundled
from bh_container.cli.complete import complete_target
from bh_container.cli.exits import exits
from bh_container.cli.options import Directory, RunOptions, Url

if TYPE_CHECKING:
    from bh_container.config.target import Target
    from bh_container.run.journal import Run
    from bh_container.run.workshop import Workshop

TargetName = Annotated[
    str, typer.Argument(help="The target's name.", autocompletion=complete_target)
]


def shell(
    target: TargetName,
    snapshot: Annotated[
        str | None, typer.Option(help="Not a failed run, but this snapshot; 'host' is a target.")
    ] = None,
    directory: Directory = None,
    url: Url = None,
) -> None:
    """Open a shell in the container of a failed run, with the failed step's environment.

    The step is a script there, named in the greeting; run it by hand as often as needed.
    On a snapshot, what is done in the shell is gone when it ends.

    Example: bh-container shell rpi4-bb-mini
    """
    if snapshot is not None:
        _shell_on(snapshot, target, directory, url)
        return
    from bh_container.cli.ask import open_shell
    from bh_container.run.shell import target_shell
    from bh_container.run.target import RECOVERY

    with exits(), ExitStack() as stack:
        shop, found = _open(stack, target, directory, url)
        status = open_shell(target_shell(shop, found))
        for command in RECOVERY:
            typer.echo(f"bh-container {command} {target}", err=True)
        raise typer.Exit(status)


def _shell_on(snapshot: str, word: str, directory: Directory, url: Url) -> None:
    from bh_container.cli.ask import open_shell
    from bh_container.cli.workshop import open_plainly
    from bh_container.config.target import load_target
    from bh_container.run.beginning import find_snapshot
    from bh_container.run.host import UNIT
    from bh_container.run.shell import snapshot_shell

    with exits(), open_plainly(directory, url) as shop:
        target = None if word == UNIT else load_target(shop.project.find_target(word))
        found = find_snapshot(shop, snapshot, target.full_name if target else UNIT)
        with snapshot_shell(shop, found, target) as opened:
            raise typer.Exit(open_shell(opened))


@bundled
def resume(target: TargetName, *, options: RunOptions) -> None:
    """Go on with a run from the step that failed or was interrupted.

    Example: bh-container resume rpi4-bb-mini
    """
    from bh_container.run.recover import open_run

    with exits():
        with ExitStack() as stack:
            run = open_run(*_open(stack, target, options.directory, options.url))
        _go_on(target, run, options)


@bundled
def retry(target: TargetName, *, options: RunOptions) -> None:
    """Start a failed run over: undo what it did in its sysroot, and run every step again.

    Binary packages that it finished are used.

    Example: bh-container retry rpi4-bb-mini
    """
    from bh_container.run.lock import exclusive
    from bh_container.run.recover import open_run, start_over

    with exits():
        with ExitStack() as stack:
            shop, found = _open(stack, target, options.directory, options.url)
            with exclusive(found.full_name, shop.lock(found.full_name)):
                run = open_run(shop, found)
                start_over(shop, found)
        _go_on(target, run, options)


def _go_on(target: str, run: "Run", options: RunOptions) -> None:
    """Build from where the run stands, and from the seed that it began with."""
    from bh_container.cli.build import run_build
    from bh_container.run.beginning import LAST

    run_build([target], replace(options, seed=options.seed or run.seed), LAST)


def abort(target: TargetName, directory: Directory = None, url: Url = None) -> None:
    """Give a failed run up: keep its binary packages, and its container to look at.

    The next build starts from the last complete run.

    Example: bh-container abort rpi4-bb-mini
    """
    from bh_container.run.lock import exclusive
    from bh_container.run.recover import give_up

    with exits(), ExitStack() as stack:
        shop, found = _open(stack, target, directory, url)
        with exclusive(found.full_name, shop.lock(found.full_name)):
            give_up(shop, found)


def _open(
    stack: ExitStack, word: str, directory: "Directory", url: "Url"
) -> "tuple[Workshop, Target]":
    from bh_container.cli.place import open_project
    from bh_container.cli.workshop import Given, open_workshop
    from bh_container.config.target import load_target

    options: dict[str, object | None] = {"directory": directory, "podman_url": url}
    project, settings = open_project(options)
    target = load_target(project.find_target(word))
    given = Given(options=options, plain=True)
    return stack.enter_context(open_workshop(project, settings, given)), target
