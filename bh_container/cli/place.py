"""The project that a command is about, for commands that need neither settings nor Podman."""

import os
from pathlib import Path

from bh_container.config.project import Project, find_project
from bh_container.config.settings import resolve


def project_of(directory: object | None) -> Project:
    """The project of the option, of the environment, or of the working directory."""
    return find_project(resolve({"directory": directory}, os.environ, None).directory, Path.cwd())
