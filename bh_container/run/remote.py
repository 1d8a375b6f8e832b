"""What is newest where repositories come from: asked of git servers and of mirrors."""

import os
import subprocess
from collections.abc import Iterable
from datetime import date, timedelta

import requests

from bh_container.errors import BhError, MissingProgram

SNAPSHOTS = "snapshots/gentoo-{day:%Y%m%d}.tar.xz"
PATIENCE = 30
"""Seconds to wait for a server's answer."""
DAYS = 30
"""How far back a mirror is searched; they keep about as many."""


def head_of(source: str) -> str:
    """The commit that a git repository's branch is at; `source` is `URI` or `URI#BRANCH`."""
    uri, _, branch = source.partition("#")
    command = ["git", "ls-remote", "--exit-code", uri, f"refs/heads/{branch}" if branch else "HEAD"]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
            timeout=10 * PATIENCE,
            env={**os.environ, "GIT_TERMINAL_PROMPT": "0"},
        )
    except FileNotFoundError as error:
        raise MissingProgram("git", debian="git", gentoo="dev-vcs/git") from error
    except subprocess.TimeoutExpired as error:
        raise _unreachable(source, "no answer") from error
    except subprocess.CalledProcessError as error:
        raise _unreachable(source, error.stderr.strip() or "it has no such branch") from error
    return done.stdout.split()[0]


def newest_snapshot(mirrors: Iterable[str], today: date) -> str:
    """The day (YYYYMMDD) of the newest snapshot of ::gentoo that one of the mirrors has."""
    said = []
    for mirror in mirrors:
        try:
            with requests.Session() as session:
                for back in range(DAYS):
                    day = today - timedelta(days=back)
                    place = f"{mirror.rstrip('/')}/{SNAPSHOTS.format(day=day)}"
                    if session.head(place, timeout=PATIENCE, allow_redirects=True).ok:
                        return f"{day:%Y%m%d}"
        except requests.RequestException as error:
            said.append(f"{mirror}: {error}")
        else:
            said.append(f"{mirror}: no snapshot of the last {DAYS} days")
    raise BhError(
        "no mirror has a snapshot of ::gentoo\n" + "\n".join(said),
        remedy="set gentoo_mirrors (GENTOO_MIRRORS) to mirrors that can be reached from here",
    )


def _unreachable(source: str, why: str) -> BhError:
    return BhError(
        f"{source}: git cannot read this repository: {why}",
        remedy="correct sync-uri in repos.conf, or see to the network",
    )
