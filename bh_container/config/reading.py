"""Where the values of settings are looked for: options, the environment, the project's file."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from bh_container.config.document import Entry, read_document
from bh_container.config.problems import Report
from bh_container.config.setting import Origin, Setting, Source
from bh_container.config.source import is_present
from bh_container.config.values import Raw

FORMAT_KEY = "format"
FORMAT = 1
"""The version of the settings file's format."""

_ENVIRONMENT = Path("environment")
_COMMAND_LINE = Path("command line")
_Found = tuple[object, Origin]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Everything that says something about settings; what is wrong in it goes to the `report`."""

    options: Mapping[str, object | None]
    environment: Mapping[str, str]
    file: Path | None
    entries: Mapping[str, Entry]
    report: Report

    def find(self, row: Setting) -> _Found | None:
        """The value that comes first, and where it came from; None where nobody says one."""
        return self._from_option(row) or self._from_environment(row) or self._from_file(row)

    def _from_option(self, row: Setting) -> _Found | None:
        given = self.options.get(row.name)
        if given is None:
            return None
        value = self._parse(row, _raw(given), (_COMMAND_LINE, None, row.option))
        return _absolute(value, Path.cwd()), Origin(Source.OPTION, row.option)

    def _from_environment(self, row: Setting) -> _Found | None:
        for variable in row.variables:
            if text := self.environment.get(variable):
                value = self._parse(row, text, (_ENVIRONMENT, None, variable))
                return _absolute(value, Path.cwd()), Origin(Source.ENVIRONMENT, variable)
        return None

    def _from_file(self, row: Setting) -> _Found | None:
        entry = self.entries.get(row.name)
        if entry is None or self.file is None:
            return None
        value = self._parse(row, entry.value, (self.file, entry, row.name))
        return _absolute(value, self.file.parent.absolute()), Origin(
            Source.FILE, f"{self.file.name}:{entry.line}"
        )

    def _parse(self, row: Setting, raw: Raw, where: tuple[Path, Entry | None, str]) -> object:
        file, entry, name = where
        try:
            return row.parse(raw)
        except ValueError as error:
            shown = (
                f"'{raw}'"
                if isinstance(raw, str)
                else "a list"
                if isinstance(raw, list)
                else "keys"
            )
            line, column = (entry.line, entry.column) if entry else (None, None)
            self.report.add(file, line, f"{name} is {shown}", f"write {error}", column=column)
            return None


def open_sources(
    options: Mapping[str, object | None],
    environment: Mapping[str, str],
    file: Path | None,
    known: Set[str],
    report: Report,
) -> Sources:
    """The sources, with what is wrong in the file told to the `report`: it may only have keys that
    are `known`, each once.
    """
    entries = read_document(file, report) if file is not None and is_present(file) else {}
    if file is not None:
        _check_format(file, entries, report)
        for key, entry in entries.items():
            if key not in known:
                close = get_close_matches(key, sorted(known), n=1)
                remedy = f"did you mean '{close[0]}'?" if close else "remove it"
                what = f"there is no setting '{key}'"
                report.add(file, entry.line, what, remedy, column=entry.column)
    return Sources(
        options=options, environment=environment, file=file, entries=entries, report=report
    )


def _check_format(file: Path, entries: dict[str, Entry], report: Report) -> None:
    """The version of the file's format is no setting; without it, the file has the newest."""
    entry = entries.pop(FORMAT_KEY, None)
    if entry is not None and entry.value != str(FORMAT):
        report.add(
            file,
            entry.line,
            f"{FORMAT_KEY} is not one that this version reads",
            f"write '{FORMAT_KEY}: {FORMAT}', or use a newer bh-container",
            column=entry.column,
        )


def _raw(given: object) -> Raw:
    if isinstance(given, dict):
        return {str(key): _raw(value) for key, value in given.items()}
    if isinstance(given, list | tuple):
        return [_raw(item) for item in given]
    return str(given)


def _absolute(value: object, base: Path) -> object:
    return base / value if isinstance(value, Path) else value
