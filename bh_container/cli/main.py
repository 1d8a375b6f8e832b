"""The command `bh-container`: one module for each group of commands."""

import os
import signal
import sys
from types import FrameType

import typer

from bh_container.cli import (
    attach,
    boot,
    build,
    check,
    diff,
    doctor,
    du,
    gc,
    history,
    init,
    lab,
    lint,
    logs,
    pack,
    plan,
    recover,
    settings,
    status,
    targets,
    travel,
    update,
    why,
)
from bh_container.cli.exits import let_go_of_closed_terminals

app = typer.Typer(
    name="bh-container",
    help="Cross-compile Gentoo systems inside Podman containers, on any Linux host.\n\n"
    "Example: bh-container build rpi4-bb-mini",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command(name="init")(init.init)
app.command(name="build")(build.build)
app.command(name="update")(update.update)
app.command(name="list")(targets.list_targets)
app.command(name="show")(targets.show)
app.command(name="lint")(lint.lint)
app.command(name="plan")(plan.plan)
app.command(name="boot")(boot.boot)
app.command(name="check")(check.check)
app.command(name="pack-config")(pack.pack_config)
app.command(name="attach")(attach.attach)
app.command(name="status")(status.status)
app.command(name="logs")(logs.logs)
app.command(name="why-compiled")(why.why_compiled)
app.command(name="shell")(recover.shell)
app.command(name="resume")(recover.resume)
app.command(name="retry")(recover.retry)
app.command(name="abort")(recover.abort)
app.command(name="diff")(diff.diff)
app.command(name="du")(du.du)
app.command(name="gc")(gc.gc)
app.command(name="doctor")(doctor.doctor)
app.command(name="lab")(lab.lab)
history.app.command(name="export")(travel.export)
history.app.command(name="import")(travel.import_)
history.app.command(name="push")(travel.push)
history.app.command(name="pull")(travel.pull)
history.app.command(name="diff")(diff.history_diff)
app.add_typer(history.app, name="history")
app.add_typer(settings.app, name="settings")

PODMAN = frozenset(
    {
        *(
            "abort",
            "build",
            "check",
            "doctor",
            "du",
            "gc",
            "history",
            "lab",
            "resume",
            "retry",
            "shell",
        ),
        "update",
    }
)
"""The commands that open Podman, and so go to where its mounts can be seen."""


def run() -> None:
    """Run the command line; the process ends with the status that `docs/` lists.

    SIGTERM and SIGHUP are heard as Ctrl-C is: what runs is stopped in order, and can be gone on
    with. A terminal that closes may say so more than once; under nohup(1) it is not heard at all.
    """
    if sys.argv[1:2] and sys.argv[1] in PODMAN and "--help" not in sys.argv:
        from bh_container.engine.rootless import enter

        enter(sys.argv[1:], os.environ)
    signal.signal(signal.SIGTERM, _interrupt)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, _hang_up)
    try:
        app()
    finally:
        let_go_of_closed_terminals()


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _hang_up(_number: int, _frame: FrameType | None) -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    raise KeyboardInterrupt
