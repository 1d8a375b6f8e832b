"""Scripts of steps run on directories of this machine, with stand-ins for what they call."""

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from bh_container import steps

RSYNC = r"""
exec python3 - "$@" <<'END'
import os, shutil, sys
from fnmatch import fnmatch
from pathlib import Path

words = [word for word in sys.argv[1:] if word[0] != "-"]
flags = [word.partition("=") for word in sys.argv[1:] if word[0] == "-"]
spared = [value.lstrip("/") for name, _, value in flags if name == "--exclude"]
source, to = Path(words[0]), Path(words[1])
if not words[0].endswith("/"):
    to = to / source.name
def kept(path, top):
    return any(fnmatch(part, name) for name in spared for part in path.relative_to(top).parts)
if ("--delete", "", "") in flags and to.exists():
    for path in sorted(to.rglob("*"), reverse=True):
        if not kept(path, to) and not os.path.lexists(source / path.relative_to(to)):
            if not path.is_dir() or path.is_symlink():
                path.unlink()
            elif not any(path.iterdir()):
                path.rmdir()
def ignore(directory, names):
    return [name for name in names if kept(Path(directory) / name, source)]
shutil.copytree(source, to, symlinks=True, dirs_exist_ok=True, ignore=ignore)
END
"""
"""What rsync does for these steps, for a machine that has none, or a user who may not chown."""


def stand_in(directory: Path, name: str, text: str) -> None:
    """A program of this name, written in the shell."""
    directory.mkdir(exist_ok=True)
    program = directory / name
    program.write_text(f"#!/bin/sh\n{text}\n")
    program.chmod(0o755)


def run_script(
    name: str, programs: Path, variables: Mapping[str, str], places: Sequence[str] = ("/bh",)
) -> str:
    """Run a step's script to a good end; what it wrote.

    It finds these places of its container below the directory that `programs` lie in.
    """
    moved = "|".join(map(re.escape, places))
    text = re.sub(
        rf"(?<![\w/.}}*])(?=(?:{moved})\b)",
        str(programs.parent),
        (steps.DIRECTORY / name).read_text(),
    )
    done = subprocess.run(
        ["bash", "-c", text, name],
        env={**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout
