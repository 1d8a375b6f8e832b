"""What a new project has that is written and not copied: its settings, and what git passes over."""

import json
from collections.abc import Iterator, Mapping, Sequence

from bh_container.config.project import SETTINGS_FILE
from bh_container.config.reading import FORMAT, FORMAT_KEY
from bh_container.config.schema import schema, written
from bh_container.config.setting import Setting
from bh_container.config.settings import table

SCHEMA_FILE = "bh-container.schema.json"
IGNORE_FILE = ".gitignore"
DATA = ("volumes", "history", "builds")
"""The directories for what builds leave behind."""

_SHOWN: Mapping[str, str] = {
    "seed": "lab",
    "jobs": "8",
    "gentoo_mirrors": "https://distfiles.gentoo.org",
    "distfiles": "/var/cache/distfiles",
    "tmp_type": "tmpfs",
    "ccache": "yes",
    "export": "yes",
    "tmux": "yes",
}
"""The settings that a new file shows, each with a value that is not the default."""


def starter_files(targets: Sequence[str]) -> Mapping[str, str]:
    """The texts by their paths in the project; `targets` are the words for those that it has."""
    return {
        SETTINGS_FILE: "\n".join(_settings(targets)) + "\n",
        SCHEMA_FILE: json.dumps(schema(), indent=2) + "\n",
        IGNORE_FILE: "".join(f"/{name}/*\n!/{name}/README.md\n" for name in DATA),
    }


def _settings(targets: Sequence[str]) -> Iterator[str]:
    rows = {row.name: row for row in table()}
    yield f"# yaml-language-server: $schema={SCHEMA_FILE}"
    yield "# The settings of this project; bh-container settings show has all that there are, and"
    yield "# settings reference what each is for. After an update of bh-container:"
    yield f"#   bh-container settings schema > {SCHEMA_FILE}"
    yield f"{FORMAT_KEY}: {FORMAT}"
    for name, example in _SHOWN.items():
        yield from ("", f"# {rows[name].help}", f"# (by default: {_default(rows[name])})")
        yield f"#{name}: {example}"
    boards = ", ".join(targets)
    yield from ("", f"# {rows['sets'].help}", f"#sets: {{boards: [{boards}]}}")


def _default(row: Setting) -> str:
    default = row.computed_as or written(row.default({}))
    return "none" if default == "-" else default
