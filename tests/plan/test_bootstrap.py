"""Packages that are built before the rest: the step of the target, and that of the host."""

from pathlib import Path

import pytest

from tests.shipped import Shipped, changed, copy_shipped

FREETYPE = "media-libs/freetype -harfbuzz -png\n"
WORD = "media-libs/freetype|media-libs/freetype|-harfbuzz,-png"


@pytest.fixture
def shipped(tmp_path: Path) -> Shipped:
    return copy_shipped(tmp_path)


def test_without_such_a_package_there_is_no_step(shipped: Shipped) -> None:
    plans = shipped.plans()
    assert "bootstrap" not in [step.name for step in (*plans.host.steps, *plans.target)]


def test_a_target_builds_them_before_its_world(shipped: Shipped) -> None:
    (shipped.directory / "bootstrap").write_text(f"{FREETYPE}>=a-b/c-2\n")
    plan = {step.name: step for step in shipped.plans().target}
    names = list(plan)
    assert names[names.index("box") + 1 : names.index("world") + 1] == ["bootstrap", "world"]
    step = plan["bootstrap"].recipe
    assert step.environment["BH_BOOTSTRAP"] == f"{WORD} a-b/c|>=a-b/c-2|"
    assert step.reads == plan["world"].recipe.reads
    assert step.environment["BH_ATOMS"] == plan["world"].recipe.environment["BH_ATOMS"]


def test_pam_is_one_of_them_where_a_comment_says_so(shipped: Shipped) -> None:
    (shipped.directory / "bootstrap").write_text(FREETYPE)
    pam = shipped.directory / "target-portage/package.use/pam"
    pam.write_text("sys-libs/pam elogind\n#sys-libs/pam -elogind\n")
    plan = {step.name: step.variables for step in shipped.plans().target}
    assert plan["bootstrap"]["BH_BOOTSTRAP"] == f"sys-libs/pam|sys-libs/pam|-elogind {WORD}"


def test_a_host_builds_them_before_its_world(shipped: Shipped) -> None:
    before = shipped.plans()
    (shipped.configs / "host/bootstrap").write_text(FREETYPE)
    after = shipped.plans()
    names = [step.name for step in after.host.common]
    assert names[-2:] == ["bootstrap", "world"]
    assert after.host.common[-2].variables["BH_BOOTSTRAP"] == WORD
    assert changed(before, after)[:2] == ["host bootstrap", "host world"]
