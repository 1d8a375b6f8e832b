"""A look at a service that somebody else started."""

from contextlib import closing
from pathlib import Path

from bh_container.engine.api import Api
from bh_container.engine.protocol import EngineError
from bh_container.engine.service import ExistingService, answers


def runtime_of(path: Path) -> str | None:
    """The name of the OCI runtime that the service on a socket uses, or None when none answers."""
    if not answers(path):
        return None
    with closing(Api(ExistingService(path))) as api:
        try:
            return str(api.ask("GET", "info")["host"]["ociRuntime"]["name"])
        except (EngineError, KeyError, ValueError):
            return None
