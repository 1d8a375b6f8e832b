"""`bh-container boot`: a build in QEMU, judged by what its console says."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bh_container.cli.bundle import bundled
from bh_container.cli.exits import exits
from bh_container.cli.options import BuildWord, Directory, Stack, images_in
from bh_container.config.choices import Medium

if TYPE_CHECKING:
    from bh_container.output.start import Wish


@dataclass(frozen=True, slots=True, kw_only=True)
class BootOptions:
    """How a build is booted, and what counts as success."""

    stack: Stack = None
    docache: Annotated[
        bool, typer.Option("--docache", help="Copy the images to memory; the medium may go.")
    ] = False
    config: Annotated[
        Path | None, typer.Option(help="A persistent configuration image to lay on top.")
    ] = None
    medium: Annotated[
        Medium, typer.Option(help="What the images lie on; the kernel has to know it.")
    ] = Medium.FAT
    expect: Annotated[
        str, typer.Option(help="Regular expression on the console that means success.")
    ] = "login: "
    timeout: Annotated[float, typer.Option(help="Seconds to wait for it.")] = 120
    append: Annotated[str, typer.Option(help="More words for the kernel's command line.")] = ""
    directory: Directory = None
    json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False

    @property
    def wish(self) -> "Wish":
        """What is to be started."""
        from bh_container.output.start import Wish

        return Wish(
            stack=images_in(self.stack),
            docache=self.docache,
            config=self.config,
            medium=self.medium,
            cmdline=self.append,
        )


@bundled
def boot(build: BuildWord, *, options: BootOptions) -> None:
    """Start a build in QEMU and wait for its login prompt.

    QEMU's status means nothing: a panic, a message of init that it failed, or silence is a
    failure (status 3). The console's log is kept.

    Example: bh-container boot rpi4-bb-mini --stack net --docache
    """
    with exits():
        booted = _boot(build, options)
        typer.echo(booted.as_json() if options.json else booted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Booted:
    """That a build has booted: `accelerator` is QEMU's, `seconds` were until what was expected."""

    build: str
    accelerator: str
    seconds: float
    log: Path

    def __str__(self) -> str:
        how = f"booted under {self.accelerator} in {self.seconds:.1f} s"
        return f"{self.build}: {how}; its console is in {self.log}"

    def as_json(self) -> str:
        """All of it as an object."""
        from json import dumps

        return dumps({**asdict(self), "seconds": round(self.seconds, 3)}, default=str)


def _boot(word: str, options: BootOptions) -> Booted:
    import tempfile
    import time

    from bh_container.cli.place import build_of, project_of
    from bh_container.output.boot import Console, accelerator
    from bh_container.output.start import guest_of

    build = build_of(word, options.directory)
    name = build.directory.resolve().name
    log = project_of(options.directory).log / "boot" / f"{name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bh-boot-") as scratch:
        guest = guest_of(build, options.wish, Path(scratch, "medium"))
        with Console(guest, log=log, accelerator=(how := accelerator(guest))) as console:
            started = time.monotonic()
            console.expect(options.expect, options.timeout)
            seconds = time.monotonic() - started
    return Booted(build=name, accelerator=how, seconds=seconds, log=log)
