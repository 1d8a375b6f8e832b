"""`bh-container.yaml` as keys with values and places.

Every scalar is the text that was written, so that the parser of a setting alone decides what it
means: `no` is not false before something asks for a boolean.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from bh_container.config.problems import Report
from bh_container.config.source import read_source
from bh_container.config.values import Raw

_NULL = "tag:yaml.org,2002:null"
_TOO_DEEP = 20


@dataclass(frozen=True, slots=True)
class Entry:
    """A key's value, and the line and column of the key; both count from 1."""

    value: Raw
    line: int
    column: int = 1


class _Unusable(Exception):
    """A node that no setting can have for a value."""

    def __init__(self, node: yaml.Node, what: str) -> None:
        super().__init__(what)
        self.line, self.column = node.start_mark.line + 1, node.start_mark.column + 1


def read_document(file: Path, report: Report) -> dict[str, Entry]:
    """The document's keys; what is no mapping, or a key that is there twice, is a problem.

    A key without a value (`jobs:`) is left out: it says nothing.
    """
    text = read_source(file, report)
    if text is None:
        return {}
    root = _compose(text, file, report)
    if root is None or root.tag == _NULL:
        return {}
    if not isinstance(root, yaml.MappingNode):
        line = root.start_mark.line + 1
        report.add(file, line, "holds no settings", "write lines like 'jobs: 8'")
        return {}
    entries: dict[str, Entry] = {}
    lines: dict[str, int] = {}
    for key_node, node in root.value:
        line, column = key_node.start_mark.line + 1, key_node.start_mark.column + 1
        key = key_node.value if isinstance(key_node, yaml.ScalarNode) else "?"
        if key in lines:
            first = f"the first is in line {lines[key]}"
            report.add(file, line, f"'{key}' is there twice", first, column=column)
            continue
        lines[key] = line
        try:
            value = _value(node, _TOO_DEEP)
        except _Unusable as error:
            what = f"{key}: {error}"
            report.add(file, error.line, what, "write it plainly", column=error.column)
            continue
        if value is not None:
            entries[key] = Entry(value, line, column)
    return entries


def words_of_names(text: str, key: str) -> Iterator[tuple[str, str, int]]:
    """Of a key that has names with words each: name, word, and where in the text the word is.

    What is no YAML, or is no such key, has none: `read_document` reports it.
    """
    root = _compose(text, Path(), Report())
    for key_node, table in root.value if isinstance(root, yaml.MappingNode) else ():
        if key_node.value == key and isinstance(table, yaml.MappingNode):
            for name, node in table.value:
                for scalar in node.value if isinstance(node, yaml.SequenceNode) else (node,):
                    for word, start in _words_in(text, scalar):
                        yield str(name.value), word, start


def _words_in(text: str, node: yaml.Node) -> Iterator[tuple[str, int]]:
    if not isinstance(node, yaml.ScalarNode) or node.tag == _NULL:
        return
    start = node.start_mark.index
    for word in str(node.value).split():
        found = text.find(word, start, node.end_mark.index)
        # A word that is written with escapes is where its text begins.
        yield word, found if found >= 0 else node.start_mark.index
        start = max(found, start)


def _compose(text: str, file: Path, report: Report) -> yaml.Node | None:
    try:
        return yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
        report.add(file, line, f"is no YAML: {error.problem}", None, column=column)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        report.add(file, line, f"is no YAML: {error.reason}", None)
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        report.add(file, None, f"is no YAML: {error}", None)
    except RecursionError:
        report.add(file, None, "is nested too deeply", "write it plainly")
    return None


def _value(node: yaml.Node, depth: int) -> "Raw | None":
    """None for YAML's null."""
    if depth == 0:
        raise _Unusable(node, "is nested too deeply, or contains itself")
    if isinstance(node, yaml.ScalarNode):
        return None if node.tag == _NULL else str(node.value)
    if isinstance(node, yaml.SequenceNode):
        return [_present(item, depth) for item in node.value]
    if isinstance(node, yaml.MappingNode):
        pairs = [(_present(key, depth), _present(value, depth)) for key, value in node.value]
        return {key if isinstance(key, str) else "?": value for key, value in pairs}
    raise _Unusable(node, "cannot be understood")


def _present(node: yaml.Node, depth: int) -> Raw:
    value = _value(node, depth - 1)
    return "" if value is None else value
