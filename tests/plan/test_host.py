"""The host's plan for the shipped configuration."""

from pathlib import Path

import pytest

from bh_container.plan.host import library_links
from tests.config.tree import TARGET, write_tree
from tests.shipped import TUPLE, Shipped, changed

COMMON = ["configuration", "repositories", "portage", "toolchain", "perl", "world"]
OTHER = "armv7a-unknown-linux-musleabihf"


def other_target(configs: Path, tuple_: str = OTHER) -> Path:
    tree = {
        **TARGET,
        "build-arch": "arm\n",
        "target-portage/make.conf": f"CHOST={tuple_}\nROOT=/usr/${{CHOST}}/\n",
    }
    return write_tree(configs / f"{tuple_}.other", tree)


def test_the_order_of_the_steps(shipped: Shipped) -> None:
    plan = shipped.plans().host
    assert [step.name for step in plan.steps] == [*COMMON, f"crossdev:{TUPLE}"]
    assert [step.name for step in plan.common] == COMMON


def test_a_second_tuple_leaves_all_other_keys_alone(shipped: Shipped) -> None:
    before = shipped.plans()
    after = shipped.plans(others=[other_target(shipped.configs)])
    assert changed(before, after) == [f"host crossdev:{OTHER}"]
    assert list(after.host.toolchains) == [TUPLE, OTHER]


def test_two_targets_of_one_tuple_share_its_toolchain(shipped: Shipped) -> None:
    second = write_tree(shipped.configs / f"{TUPLE}.second", TARGET)
    assert list(shipped.plans(others=[second]).host.toolchains) == [TUPLE]


FROM_PORTAGE = ["portage", "toolchain", "perl", "world", f"crossdev:{TUPLE}"]


@pytest.mark.parametrize(
    ("file", "line", "first"),
    [
        ("target-portage/package.use/host", "dev-lang/perl ithreads", "portage"),
        ("target-portage/make.conf", 'USE="foo"', "portage"),
        ("target-portage/repos.conf/gentoo.conf", "sync-depth = 2", "repositories"),
        ("worlds/base", "app-misc/jq", "world"),
    ],
)
def test_how_far_a_change_goes(shipped: Shipped, file: str, line: str, first: str) -> None:
    before = shipped.plans()
    with (shipped.configs / "host" / file).open("a") as text:
        text.write(f"{line}\n")
    names = list(before.keys())
    assert changed(before, shipped.plans()) == names[names.index(f"host {first}") :]


def test_the_world_step_is_keyed_by_packages_and_not_by_comments(shipped: Shipped) -> None:
    before = shipped.plans()
    world = shipped.configs / "host/worlds/base"
    world.write_text(f"# a comment\n{world.read_text()}")
    assert changed(before, shipped.plans()) == []


def test_the_words_of_the_steps(shipped: Shipped) -> None:
    steps = {step.name: step for step in shipped.plans().host.steps}
    assert steps["toolchain"].variables["BH_ELIBC"] == "musl"
    assert "sys-devel/crossdev" in steps["world"].variables["BH_WORLD"].split()
    assert steps["world"].variables["BH_WORLD_OPTIONS"] == ""
    assert steps[f"crossdev:{TUPLE}"].variables["BH_TUPLE"] == TUPLE
    assert steps["configuration"].recipe.every_run


def test_where_crossdev_has_its_overlay(shipped: Shipped) -> None:
    conf = shipped.configs / "host/target-portage/repos.conf/crossdev.conf"
    conf.write_text("[crossdev]\nlocation = /srv/own\n")
    said = shipped.plans().host.steps[0].variables
    assert (said["BH_OVERLAY"], said["BH_REPOS_CONF"]) == ("/srv/own", "")
    conf.unlink()
    said = shipped.plans().host.steps[0].variables
    assert f"[crossdev]\nlocation = {said['BH_OVERLAY']}\n" in said["BH_REPOS_CONF"]


def test_the_directories_that_link_to_lib(shipped: Shipped) -> None:
    assert library_links(shipped.target()) == "lib64"
    (shipped.directory / "build-arch").write_text("arm\n")
    assert library_links(shipped.target()) == "lib32"
