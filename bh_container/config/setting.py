"""A setting: how it is read, its default, who can set it; and where a value of it came from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar, cast

from bh_container.config.values import Raw

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T")
_ROW = "row"


class Source(StrEnum):
    """Where a value can come from; the first that has one wins."""

    OPTION = "option"
    ENVIRONMENT = "environment"
    FILE = "file"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value came from; `detail` is the option, variable or `file:line`."""

    source: Source
    detail: str

    def __str__(self) -> str:
        return self.detail if self.source is Source.FILE else f"{self.source} {self.detail}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A row of the table. `parse` raises ValueError with what it expected; `default` gets the
    values of the rows above, and `computed_as` says what it makes of them."""

    name: str
    parse: Callable[[Raw], object]
    default: Callable[[Mapping[str, Any]], object]
    variables: tuple[str, ...]
    help: str
    flag: str | None = None
    computed_as: str | None = None

    @property
    def option(self) -> str:
        return self.flag or "--" + self.name.replace("_", "-")


def setting(
    parse: Callable[[Raw], T],
    *,
    default: T | None = None,
    computed: Callable[[Mapping[str, Any]], T] | None = None,
    computed_as: str | None = None,
    variables: tuple[str, ...] = (),
    help: str,
    flag: str | None = None,
) -> T:
    """A field of the table, with `default` or a default `computed` from the rows above.

    `flag` is the option, where the name does not make it.
    """

    def fallback(above: Mapping[str, Any]) -> object:
        return default if computed is None else computed(above)

    row = {
        "parse": parse,
        "default": fallback,
        "variables": variables,
        "help": help,
        "flag": flag,
        "computed_as": computed_as,
    }
    return cast("T", field(metadata={_ROW: row}))


def rows_of(table: "type[DataclassInstance]") -> tuple[Setting, ...]:
    """The rows that the fields of a dataclass make, in the order of their declaration."""
    rows = [(f.name, f.metadata[_ROW]) for f in fields(table) if _ROW in f.metadata]
    return tuple(Setting(name=name, **row) for name, row in rows)
