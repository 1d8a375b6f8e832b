"""Packages that need each other are built by themselves, also when that is cut in the middle."""

import json
from collections.abc import Iterator

import pytest

from bh_container.engine.podman import PodmanEngine
from bh_container.run.why import read_index
from tests.lab.conftest import FirstBuild, Lab, Outcome
from tests.lab.test_lists import more_packages

pytestmark = pytest.mark.lab

PAM = "sys-libs/pam elogind\nsys-auth/elogind pam\n#sys-libs/pam -elogind\n"
"""The first two lines are what the images are to have: a circle; the third is the way out."""

FLAGS = {
    "media-libs/freetype-2.12.1": ["harfbuzz"],
    "media-libs/harfbuzz-6.0.0": ["truetype"],
    "sys-auth/elogind-252.9": ["pam"],
    "sys-libs/pam-1.5.2": ["elogind"],
}
BUILT = ": built; going on without that change"


@pytest.fixture(scope="module")
def circular(small: Lab, small_build: FirstBuild) -> Iterator[Lab]:
    """The small target with two circles, one of which its configuration knows."""
    pam = small.target / "target-portage/package.use/pam"
    pam.write_text(PAM)
    with more_packages(small, extra="media-libs/freetype sys-auth/elogind"):
        yield small
    pam.unlink()


def said(outcome: Outcome, step: str) -> str:
    """What a step wrote."""
    events = (e for e in outcome.events if e["event"] == "StepOutput" and e["step"] == step)
    return "\n".join(event["line"] for event in events)


def test_circles_are_broken_and_leave_no_trace(circular: Lab, podman_engine: PodmanEngine) -> None:
    before = circular.configs_digest()
    running = circular.start()
    running.wait_for_output("world", BUILT)
    podman_engine.stop_container(f"bh-{circular.name}-{circular.runs()[-1]}")
    cut = running.finish()
    assert cut.status != 0
    assert "sys-libs/pam: built first, for now with USE='-elogind'" in said(cut, "bootstrap")
    assert "sys-libs/pam-1.5.2: to break this circle" not in said(cut, "world")

    outcome = circular.build()
    assert outcome.status == 0, outcome.errors
    assert "bootstrap" not in outcome.steps_run(circular.name)
    assert "circular dependencies" not in said(outcome, "world"), "it went on where it was cut"
    assert circular.configs_digest() == before
    assert flags_in_the_image(circular) == FLAGS
    assert flags_of_binary_packages(circular) == [(name, FLAGS[name]) for name in sorted(FLAGS)]


def flags_in_the_image(lab: Lab) -> dict[str, list[str]]:
    """The USE flags with which the packages of the circles are in the image `extra`."""
    manifest = json.loads((lab.result().directory / "manifest.json").read_text())
    return {
        one["package"]: [flag for flag in one["use"] if flag in FLAGS[one["package"]]]
        for one in manifest["packages"]["extra"]
        if one["package"] in FLAGS
    }


def flags_of_binary_packages(lab: Lab) -> list[tuple[str, list[str]]]:
    """Every binary package that there is of them, with its flags."""
    index = lab.root / "volumes/binpkgs" / lab.full_name / "Packages"
    found = ((f"{one.name}-{one.version}", one) for one in read_index(index.read_text()))
    return sorted((name, sorted(one.use)) for name, one in found if name in FLAGS)
