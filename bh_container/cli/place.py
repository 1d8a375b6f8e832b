"""What a command is about, for commands that need no Podman."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from bh_container.config.project import Project, find_project
from bh_container.config.settings import Settings, resolve

if TYPE_CHECKING:
    from bh_container.output.build import Build


def project_of(directory: object | None) -> Project:
    """The project of the option, of the environment, or of the working directory."""
    return find_project(resolve({"directory": directory}, os.environ, None).directory, Path.cwd())


def open_project(options: Mapping[str, object | None]) -> tuple[Project, Settings]:
    """The project of the working directory or of the options, and the settings in force."""
    project = project_of(options.get("directory"))
    return project, resolve(options, os.environ, project.settings_file)


def build_of(word: str, directory: object | None) -> "Build":
    """The build in that directory, or the newest of the target of that name."""
    from bh_container.output.build import newest_build, read_build

    place = Path(word)
    if not place.is_dir():
        project = project_of(directory)
        place = newest_build(project.builds, project.find_target(word).name) or place
    return read_build(place)
