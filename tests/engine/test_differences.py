"""The table of what differs between Podmans, against the one that is here."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bh_container.engine.about import version_of
from bh_container.engine.differences import DIFFERENCES, OLDEST, TESTED, Feature, differs
from bh_container.engine.podman import PodmanEngine
from bh_container.engine.protocol import EngineError
from tests.conftest import cannot


def test_tested_versions_are_told_apart() -> None:
    first, *others = (frozenset(f for f in Feature if differs(f, one)) for one in TESTED)
    assert TESTED[0] >= OLDEST
    assert all(other != first for other in others)
    assert {row.feature for row in DIFFERENCES} == set(Feature)


@pytest.mark.podman
def test_program_and_service_are_the_same(podman_engine: PodmanEngine) -> None:
    about = podman_engine.about()
    assert about.client == about.version
    assert version_of(about.version)[:1] in {version[:1] for version in TESTED}


@pytest.mark.podman
@pytest.mark.parametrize("program", ["xz", "zstd", "bzip2"])
def test_which_archives_are_imported(
    podman_engine: PodmanEngine, busybox_archive: Path, session_label: str, program: str
) -> None:
    try:
        packed = subprocess.run([program, "-c", busybox_archive], check=True, capture_output=True)
    except FileNotFoundError:
        cannot(f"there is no {program}")
    key, _, value = session_label.partition("=")

    def as_it_is() -> Iterator[bytes]:
        yield packed.stdout

    def imported() -> bool:
        try:
            reference = f"localhost/bh-container/test/packed-{program}:{value}"
            podman_engine.import_stream(as_it_is(), reference, labels={key: value})
        except EngineError:
            return False
        return True

    version = version_of(podman_engine.about().version)
    assert imported() is not differs(Feature.PLAIN_IMPORTS, version)
