"""A change runs what depends on it, and nothing else."""

import pytest

from tests.lab.conftest import NAME, FirstBuild, Lab

pytestmark = pytest.mark.lab


def test_a_line_of_package_use_runs_the_world_and_what_follows(
    lab: Lab, first_build: FirstBuild
) -> None:
    assert lab.build().status == 0
    use = lab.target / "target-portage/package.use/loud"
    use.write_text("app-misc/hello loud\n")
    try:
        outcome = lab.build()
    finally:
        use.unlink()
    assert outcome.status == 0, outcome.errors
    assert outcome.steps_run("host") == []
    ran = lab.checkpoints(outcome.steps_run(NAME))
    assert ran[0] == "world"
    assert {"kernel-sources", "kernel", "libc", "skeleton"}.isdisjoint(ran)
    assert ran[-1] == "inventory"
    why = next(e["why"] for e in outcome.events if e.get("step") == "world" and "why" in e)
    assert "package.use/loud" in why
