"""Git repositories of tests."""

import subprocess
from pathlib import Path

WHO = ("-c", "user.name=test", "-c", "user.email=test@localhost", "-c", "gc.auto=0")


def git(tree: Path, *words: str) -> str:
    """What git says."""
    command = ["git", "-C", str(tree), *WHO, *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def new_repository(tree: Path) -> Path:
    """A repository with a file that was never committed, on the branch `main`."""
    tree.mkdir(parents=True, exist_ok=True)
    git(tree, "init", "--quiet", "--initial-branch=main")
    (tree / "file").write_text("old")
    return tree


def commit_all(tree: Path) -> str:
    """Make everything the newest commit; return its name."""
    git(tree, "add", "--all", "--force")
    git(tree, "commit", "--quiet", "--message=a day")
    return git(tree, "rev-parse", "HEAD")
