"""Options that several commands have, given to each as one object."""

import functools
import inspect
from collections.abc import Callable
from dataclasses import fields
from typing import Any, get_type_hints

BUNDLE = "options"


def bundled(command: Callable[..., None]) -> Callable[..., None]:
    """A command for Typer, with an option for each field of what its parameter `options` is.

    That is a dataclass; its fields have the types that Typer reads, and the options' defaults.
    """
    signature = inspect.signature(command)
    kind: Any = get_type_hints(command)[BUNDLE]
    types = get_type_hints(kind, include_extras=True)
    own = [p for p in signature.parameters.values() if p.name != BUNDLE]
    shared = [
        inspect.Parameter(
            field.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=field.default,
            annotation=types[field.name],
        )
        for field in fields(kind)
    ]

    @functools.wraps(command)
    def run(**words: Any) -> None:
        options = kind(**{field.name: words.pop(field.name) for field in shared})
        command(**words, options=options)

    parameters = [*(p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in own), *shared]
    run.__dict__["__signature__"] = signature.replace(parameters=parameters)
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return run
