"""The settings file's JSON schema, for editors, and the page about settings: from the one table."""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from bh_container.config import values
from bh_container.config.reading import FORMAT, FORMAT_KEY
from bh_container.config.setting import Setting
from bh_container.config.settings import table

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_WORDS = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a value looks like: for people, and as a JSON schema."""

    words: str
    schema: Mapping[str, Any]


_KINDS: Mapping[Callable[..., object], Kind] = {
    values.text: Kind(words="text", schema={"type": "string"}),
    values.word: Kind(words="a word", schema={"type": "string", "pattern": r"^\S+$"}),
    values.words: Kind(words="words", schema=_WORDS),
    values.urls: Kind(words="addresses", schema=_WORDS),
    values.fingerprints: Kind(words="fingerprints", schema=_WORDS),
    values.named_words: Kind(
        words="names, each with words", schema={"type": "object", "additionalProperties": _WORDS}
    ),
    values.path: Kind(words="a path", schema={"type": "string", "minLength": 1}),
    values.positive: Kind(words="a number", schema={"type": "integer", "minimum": 1}),
    values.size: Kind(
        words="a size",
        schema={"type": ["string", "integer"], "pattern": "^[1-9][0-9]*[kKmMgGtT%]?$"},
    ),
    values.boolean: Kind(
        words="yes or no",
        schema={"anyOf": [{"type": "boolean"}, {"enum": ["yes", "no", "on", "off"]}]},
    ),
}


def kind_of(setting: Setting) -> Kind:
    """What the values of a setting look like."""
    if isinstance(setting.parse, values.OneOf):
        choices = [str(member) for member in setting.parse.kind]
        return Kind(words=" or ".join(choices), schema={"enum": choices})
    return _KINDS[setting.parse]


def schema() -> dict[str, Any]:
    """The JSON schema of `bh-container.yaml`."""
    version = {"const": FORMAT, "description": "the version of this file's format"}
    return {
        "$schema": DRAFT,
        "title": "bh-container.yaml",
        "description": "Settings of bh-container.",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            FORMAT_KEY: version,
            **{row.name: {**kind_of(row).schema, "description": row.help} for row in table()},
        },
    }


def reference(options: Set[str]) -> str:
    """The page about settings, in Markdown. `options` are those that some command has."""
    rows = [
        ("key", "value", "default", "variable", "option", "what it is for"),
        ("---",) * 6,
        *(_row(setting, options) for setting in table()),
    ]
    return _HEAD + "".join(f"| {' | '.join(cells)} |\n" for cells in rows)


def written(value: object) -> str:
    """A value as the settings file has it, on one line; `-` for none."""
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case tuple():
            return " ".join(value) or "-"
        case Mapping():
            return ", ".join(f"{name}: {written(one)}" for name, one in value.items()) or "-"
        case _:
            return str(value)


def _row(setting: Setting, options: Set[str]) -> Sequence[str]:
    default = setting.computed_as or f"`{written(setting.default({}))}`"
    return (
        f"`{setting.name}`",
        kind_of(setting).words,
        default.replace("`-`", ""),
        ", ".join(f"`{variable}`" for variable in setting.variables),
        f"`{setting.option}`" if setting.option in options else "",
        setting.help,
    )


_HEAD = f"""# Settings

<!-- Made by `bh-container settings reference`; a test holds it to the table in the code. -->

A setting's value comes from the first of these that has one: the option on the command line, the
environment variable, the key in `bh-container.yaml` at the top of the project, the default.
`bh-container settings show` says what each one is, and where it came from; given options, what it
would be with them.

The file is YAML, a line `key: value` for each setting, and may begin with `{FORMAT_KEY}:
{FORMAT}`. A key that does not exist, one that is there twice, and a value that cannot be read are
told with line and column before anything is done. `bh-container settings schema >
bh-container.schema.json` writes a JSON schema: editors with a language server for YAML use it
where the file begins with `# yaml-language-server: $schema=bh-container.schema.json`. A project
that `bh-container init` made has both.

Relative paths of the file begin at the project, those of variables and options where the command
was given. Words are separated by spaces, or a list of YAML's. The variables without `BH_` mean
what they mean to build-helper.

"""
