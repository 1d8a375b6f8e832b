"""A tmux window for each target: in the session that we run in, or in one of our own."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from bh_container.errors import BhError, MissingProgram
from bh_container.events import Listener, Note


class Windows:
    """Opens windows, in one session.

    A window shows what `bh-container attach TARGET` shows. It closes when the target is complete;
    where that ended otherwise, a shell stays in it. Raises `MissingProgram` without tmux.
    """

    def __init__(self, root: Path, environment: Mapping[str, str], tell: Listener) -> None:
        if shutil.which("tmux") is None:
            raise MissingProgram("tmux", debian="tmux", gentoo="app-misc/tmux")
        self._root = root
        self._pane = environment.get("TMUX_PANE") if environment.get("TMUX") else None
        self._session = f"bh-container-{os.getpid()}"
        self._tell = tell

    def open(self, unit: str) -> None:
        """Open a window that attaches to a unit. Raises `BhError` when tmux will not."""
        attach = [sys.executable, "-m", "bh_container", "attach", f"--process={os.getpid()}"]
        words = [*attach, f"--directory={self._root}", unit]
        what = f"{shlex.join(words)} || exec ${{SHELL:-/bin/sh}}"
        window = ["-d", "-n", unit, "-c", str(self._root), what]
        if self._pane is not None:
            session = _tmux("display-message", "-p", "-t", self._pane, "#{session_id}").strip()
            _tmux("new-window", "-t", f"{session}:", *window)
        elif _runs("has-session", "-t", f"={self._session}"):
            _tmux("new-window", "-t", f"={self._session}:", *window)
        else:
            _tmux("new-session", "-s", self._session, *window)
            how = f"a window for each target: tmux attach -t {self._session}"
            self._tell(Note(unit=unit, text=how))


def _tmux(*words: str) -> str:
    done = subprocess.run(["tmux", *words], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BhError(f"tmux {words[0]}: {done.stderr.strip()}", remedy="build without --tmux")
    return done.stdout


def _runs(*words: str) -> bool:
    return subprocess.run(["tmux", *words], capture_output=True, check=False).returncode == 0
