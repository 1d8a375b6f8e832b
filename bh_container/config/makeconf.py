"""Variables of files written like make.conf (make.conf(5)): assignments with quotes,
continuation lines, comments and references to variables set before.

The same reader serves `profile/make.defaults` and the bash files below `env/`, of which it sees
the plain assignments alone; an array's value is its words with a space between them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_ASSIGNMENT = re.compile(r"(?:export[ \t]+)?(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?P<how>\+?=)")
_REFERENCE = re.compile(r"\$(?:\{(?P<braced>[A-Za-z_][A-Za-z0-9_]*)\}|(?P<bare>[A-Za-z_]\w*))")
_REST_OF_LINE = re.compile(r"[^\n]*")
_BETWEEN = re.compile(r"[\s;]+")
_PLAIN = re.compile(r"[^\s\"'\\$;()#]+|[#(]")


@dataclass(frozen=True, slots=True)
class Assignment:
    """What a variable was set to, in which lines, and whether its quotes close.

    `end` is the line in which the value ends.
    """

    name: str
    value: str
    line: int
    closed: bool
    end: int


def read_assignments(text: str, known: Mapping[str, str] | None = None) -> dict[str, Assignment]:
    """The last assignment of every variable.

    A reference to a variable that is set neither before nor in `known` stands for nothing, as in
    make.conf.
    """
    return {assignment.name: assignment for assignment in read_all(text, known)}


def read_all(text: str, known: Mapping[str, str] | None = None) -> tuple[Assignment, ...]:
    """Every assignment, in the order of the text."""
    values = dict(known or {})
    found: list[Assignment] = []
    for assignment in _assignments(text, values):
        found.append(assignment)
        values[assignment.name] = assignment.value
    return tuple(found)


def read_commented(
    text: str, name: str, known: Mapping[str, str] | None = None
) -> Assignment | None:
    """The last assignment of `name` that is commented out and not empty.

    A value that goes on over several lines may have a `#` before each of them.
    """
    found = None
    for match in re.finditer(rf"^[ \t]*#+[ \t]*(?={re.escape(name)}=)", text, re.MULTILINE):
        rest = re.sub(r"\n[ \t]*#[ \t]?", "\n", text[match.end() :])
        assignment = next(_assignments(rest, dict(known or {})), None)
        if assignment is not None and assignment.value.strip():
            line = text.count("\n", 0, match.end()) + 1
            end = line + assignment.end - assignment.line
            found = Assignment(name, assignment.value, line, assignment.closed, end)
    return found


def _assignments(text: str, values: dict[str, str]) -> Iterator[Assignment]:
    """Whoever iterates puts each value into `values` before the next assignment is read."""
    position, line, counted = 0, 1, 0
    while position < len(text):
        if between := _BETWEEN.match(text, position):
            position = between.end()
            continue
        match = _ASSIGNMENT.match(text, position)
        if match is None:
            rest = _REST_OF_LINE.match(text, position)
            position = rest.end() if rest else len(text)
            continue
        line += text.count("\n", counted, position)
        counted = position
        word = _Word(text, values)
        position = word.read(match.end())
        value = "".join(word.parts)
        if match["how"] == "+=":
            value = values.get(match["name"], "") + value
        end = line + text.count("\n", counted, position)
        yield Assignment(match["name"], value, line, word.closed, end)


class _Word:
    """A value while it is read; `parts` is what it has come to so far."""

    def __init__(self, text: str, values: Mapping[str, str]) -> None:
        self.text = text
        self.values = values
        self.parts: list[str] = []
        self.closed = True

    def read(self, position: int) -> int:
        """Reads from `position` and returns where the value ends."""
        if self.text.startswith("(", position):
            return self._array(position + 1)
        while position < len(self.text) and not re.match(r"[\s;)]", self.text[position]):
            position = self._piece(position)
        return position

    def _array(self, position: int) -> int:
        while position < len(self.text):
            character = self.text[position]
            if character == ")":
                return position + 1
            if character.isspace() or character == ";":
                self.parts.append(" ")
                position += 1
            elif character == "#" and self.text[position - 1] in "( \t\n":
                rest = _REST_OF_LINE.match(self.text, position)
                position = rest.end() if rest else len(self.text)
            else:
                position = self._piece(position)
        self.closed = False
        return position

    def _piece(self, position: int) -> int:
        character = self.text[position]
        if character == "'":
            return self._single(position + 1)
        if character == '"':
            return self._double(position + 1)
        if character == "\\":
            return self._escape(position)
        if character == "$":
            return self._reference(position)
        match = _PLAIN.match(self.text, position)
        end = match.end() if match else position + 1
        self.parts.append(self.text[position:end])
        return end

    def _single(self, position: int) -> int:
        end = self.text.find("'", position)
        if end < 0:
            self.closed, end = False, len(self.text)
        self.parts.append(self.text[position:end])
        return end + 1

    def _double(self, position: int) -> int:
        while position < len(self.text):
            character = self.text[position]
            if character == '"':
                return position + 1
            if character == "\\":
                position = self._escape(position)
            elif character == "$":
                position = self._reference(position)
            else:
                match = re.compile(r'[^"\\$]+').match(self.text, position)
                end = match.end() if match else position + 1
                self.parts.append(self.text[position:end])
                position = end
        self.closed = False
        return position

    def _escape(self, position: int) -> int:
        following = self.text[position + 1 : position + 2]
        if following != "\n":
            self.parts.append(following)
        return position + 2

    def _reference(self, position: int) -> int:
        match = _REFERENCE.match(self.text, position)
        if match is None:
            self.parts.append("$")
            return position + 1
        self.parts.append(self.values.get(match["braced"] or match["bare"], ""))
        return match.end()
