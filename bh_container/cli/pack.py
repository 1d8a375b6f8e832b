"""`bh-container pack-config`: a persistent configuration image."""

from dataclasses import asdict
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bh_container.cli.exits import exits
from bh_container.cli.options import Directory, Stack, images_in

if TYPE_CHECKING:
    from bh_container.output.shadow import Shadow


def pack_config(
    files: Annotated[
        Path, typer.Argument(metavar="DIR", help="Laid out like the root: DIR/etc/hostname.")
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The image; the initramfs looks for 'config'.")
    ] = Path("config"),
    against: Annotated[
        str | None,
        typer.Option(metavar="BUILD", help="Say what of this build (or target) will be hidden."),
    ] = None,
    stack: Stack = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object per path.")] = False,
    directory: Directory = None,
) -> None:
    """Pack a directory into the image 'config', which lies above all others at boot.

    Everything in it belongs to root and keeps its mode; the same content gives the same bytes.
    The image is left in the working directory and goes beside the build's other images.

    Example: bh-container pack-config my-config --against rpi4-bb-mini
    """
    with exits():
        from bh_container.cli.place import build_of
        from bh_container.output.build import stack_of
        from bh_container.output.config_image import pack_config, shadows_of

        # Before anything is written: BUILD may be wrong.
        build = None if against is None else build_of(against, directory)
        order = () if build is None else stack_of(build, images_in(stack))
        pack_config(files, output)
        if build is not None:
            for shadow in shadows_of(output, build, order):
                typer.echo(_line(shadow) if json else shadow)
        typer.echo(dumps({"image": str(output)}) if json else output)


def _line(shadow: "Shadow") -> str:
    return dumps(asdict(shadow))
