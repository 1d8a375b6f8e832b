"""Options that more than one command has."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from bh_container.cli.complete import complete_target

BuildWord = Annotated[
    str,
    typer.Argument(
        help="A directory of builds/, or a target's name.", autocompletion=complete_target
    ),
]
Directory = Annotated[
    Path | None,
    typer.Option(
        "--directory", "-C", help="The project directory; found from here upward by default."
    ),
]
Url = Annotated[
    str | None, typer.Option("--url", help="Podman's socket, such as unix:///run/podman.sock.")
]
Seed = Annotated[
    str | None,
    typer.Option(
        help="'stage3' (Gentoo's newest), a tarball, an image reference, or 'lab' (the lab seed)."
    ),
]
Unsigned = Annotated[
    bool | None,
    typer.Option("--unsigned-seed", help="Take a tarball without a signature beside it."),
]
Jobs = Annotated[
    int | None, typer.Option("--jobs", "-j", help="How many compilers run at a time, in all.")
]
Plain = Annotated[bool, typer.Option("--plain", help="Lines instead of progress bars.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object per event.")]
Tmux = Annotated[
    bool | None,
    typer.Option("--tmux/--no-tmux", help="A tmux window for each target.", show_default=False),
]
Detach = Annotated[
    bool, typer.Option("--detach", "-d", help="Leave the build running; attach shows it.")
]
Stack = Annotated[
    str | None,
    typer.Option(help="Images to stack on base, topmost first: a:b. All by default."),
]


def images_in(stack: str | None) -> tuple[str, ...] | None:
    """The names in a stack as `--stack` has it; None for all."""
    return None if stack is None else tuple(filter(None, stack.split(":")))


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """What every command that runs steps can be told."""

    seed: Seed = None
    jobs: Jobs = None
    directory: Directory = None
    url: Url = None
    plain: Plain = False
    json: Json = False
    unsigned_seed: Unsigned = None
    tmux: Tmux = None
    detach: Detach = False

    @property
    def settings(self) -> dict[str, object | None]:
        """What these options say of settings, by the settings' names."""
        return {
            "directory": self.directory,
            "seed": self.seed,
            "jobs": self.jobs,
            "podman_url": self.url,
            "unsigned_seed": self.unsigned_seed,
            "tmux": self.tmux,
        }
