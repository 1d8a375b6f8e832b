"""A store of Podman for one test session alone: there everything may be listed, and removed."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bh_container.engine.api import Api
from bh_container.engine.host import choose_ulimits, gather_facts
from bh_container.engine.podman import PodmanEngine
from bh_container.engine.service import limits_of, own_service

STORAGE = """\
[storage]
driver = "overlay"
graphroot = "{directory}/graph"
runroot = "{directory}/run"
"""


@contextmanager
def own_store(directory: Path) -> Iterator[PodmanEngine]:
    """An engine on an empty store below `directory`; nothing of it is left at the end."""
    configuration = directory / "storage.conf"
    configuration.write_text(STORAGE.format(directory=directory))
    environment = {**os.environ, "CONTAINERS_STORAGE_CONF": str(configuration)}
    facts = gather_facts(environment)
    try:
        with own_service(facts, environment) as service, closing(Api(service)) as api:
            limits = limits_of(service.path) or facts.limits
            engine = PodmanEngine(api, choose_ulimits(facts.limits, limits), facts.podman)
            try:
                yield engine
            finally:
                clear(engine)
    finally:
        # The storage library mounts its own directory on itself, for good.
        subprocess.run(["umount", directory / "graph/overlay"], check=False, capture_output=True)
    shutil.rmtree(directory / "graph")


def clear(engine: PodmanEngine) -> None:
    """Remove every container and every image of the store."""
    for container in engine.containers():
        engine.remove_container(container.id)
    while images := engine.images():
        for reference in images[0].references or (images[0].id,):
            engine.remove_image(reference)
