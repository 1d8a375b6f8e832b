"""What a plan says of a change: the file, the line and the words, whatever kind of file it is."""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from bh_container.config.problems import ConfigInvalid
from bh_container.config.wanted import Wanted, read_wanted
from bh_container.run.build import build
from bh_container.run.outlook import LAID_OUT, ON_EVERY_RUN, Outlook, Store, outlook
from bh_container.run.step import StepFailed
from bh_container.run.target import OUTPUT_STEP
from bh_container.seed.lab import lab_identity
from bh_container.seed.seed import REPOSITORY
from tests.config.tree import HOST, write_tree
from tests.conftest import write_root
from tests.run.stage import BOX, BOX_TREE, Stage, open_stage, write_output

MAKE_CONF = """\
CHOST=aarch64-unknown-linux-musl
ROOT=/usr/${CHOST}/
USE="-nls"
#INSTALL_MASK="/usr/include *.a"
"""
TREE: Mapping[str, str | None] = {
    **BOX_TREE,
    "base.patch": "--- a\n+++ b\n",
    "busybox.config": "CONFIG_A=y\n# CONFIG_B is not set\n",
    "linux.config": f"{BOX_TREE['linux.config']}CONFIG_LAST=y\n",
    "repos/mine/profiles/repo_name": "mine\n",
    "target-portage/env/sys-devel/gcc": "X=1\nY=2\n",
    "target-portage/make.conf": MAKE_CONF,
    "target-portage/package.accept_keywords": "a-b/c ~arm64\n",
    "target-portage/package.use/net": "# of net\n\nnet-misc/dropbear static -pam\n",
    "target-portage/package.use/kernel": "sys-kernel/gentoo-sources symlink\n",
    "target-portage/profile/packages": "-*a-b/c\n",
    "target-portage/repos.conf/mine": "[mine]\nlocation = /var/db/repos/mine\n",
    "worlds/extra": "a-b/c\n",
    "worlds/tree/extra": "base\n",
}
HERE = "target-portage"
LAST_OPTION = (
    f"linux.config:{len(str(BOX_TREE['linux.config']).splitlines()) + 1} removed: CONFIG_LAST=y"
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """A host and a target that are complete."""
    stage = open_stage(tmp_path_factory.mktemp("outlook"))
    prepare(stage)
    build(stage.shop, wanted(stage))
    return stage


@pytest.fixture
def box(built: Stage) -> Iterator[Path]:
    """The target's directory, which is mended after the test."""
    directory = built.project.configs / BOX
    yield directory
    shutil.rmtree(directory)
    write_tree(directory, TREE)


def prepare(stage: Stage) -> None:
    configs = stage.project.configs
    shutil.rmtree(configs / BOX)
    write_tree(configs / BOX, TREE)
    write_tree(configs / "host", HOST)
    archive = stage.project.root / "stage3.tar"
    write_root(archive)
    stage.settings = replace(stage.settings, seed=str(archive), unsigned_seed=True)


def wanted(stage: Stage) -> Wanted:
    configs = stage.project.configs
    return read_wanted(configs / "host", [configs / BOX])


def look(stage: Stage, *, asked: bool = True) -> tuple[Outlook, ...]:
    images = stage.engine.images() if asked else None
    store = Store(images=images, identity=stage.shop.identity)
    return outlook(stage.project, stage.settings, wanted(stage), store)


def reasons(found: Outlook) -> set[str]:
    """Every reason, but for the steps that run each time."""
    return {why for step in found.pending for why in step.why} - {ON_EVERY_RUN}


@pytest.mark.parametrize("asked", [True, False])
def test_what_is_done_is_not_planned(built: Stage, box: Path, asked: bool) -> None:
    host, target = look(built, asked=asked)
    assert host.steps and target.steps
    assert (host.pending, target.pending) == ((), ())


@pytest.mark.parametrize(
    ("file", "text", "step", "reason"),
    [
        ("build-arch", "riscv64\n", "kernel", "build-arch:1 changed: +riscv64 -arm64"),
        ("busybox.config", "CONFIG_A=y\nCONFIG_B=y\n", "world", "busybox.config:2 changed: "),
        ("busybox-mini.config", "CONFIG_STATIC=y\nX=y\n", "box", "busybox-mini.config:2 added: X"),
        ("initramfs/init", "#!/bin/sh\n:\n", "initramfs", "initramfs/init:2 added: :"),
        ("initramfs/etc/x", "1\n", "initramfs", "initramfs/etc/x is new"),
        ("linux.config", BOX_TREE["linux.config"], "kernel", LAST_OPTION),
        ("repos/mine/a-b/c/c-1.ebuild", "EAPI=8\n", "world", "repos/mine/a-b/c/c-1.ebuild is new"),
        (f"{HERE}/env/sys-devel/gcc", "X=1\nY=3\n", "libc", "env/sys-devel/gcc:2 changed: +Y=3 -"),
        (f"{HERE}/make.conf", MAKE_CONF.replace("-nls", "nls"), "libc", "make.conf:3 changed: "),
        (f"{HERE}/make.profile", "-> /elsewhere", "libc", "make.profile is now a link to /elsewh"),
        (f"{HERE}/package.accept_keywords", None, "world", "package.accept_keywords is gone"),
        (
            f"{HERE}/package.use/net",
            "# of net\n\nnet-misc/dropbear static -pam ipv6\n",
            "world",
            "package.use/net:3 changed: +ipv6",
        ),
        (
            f"{HERE}/package.use/kernel",
            "sys-kernel/gentoo-sources -symlink\n",
            "kernel-sources",
            "package.use/kernel:1 changed: +-symlink -symlink",
        ),
        (f"{HERE}/package.mask", "a-b/c\n", "world", "package.mask is new"),
        (
            f"{HERE}/profile/packages",
            "-*a-b/c\n-*a-b/d\n",
            "libc",
            "profile/packages:2 added: -*a-b/d",
        ),
        (
            f"{HERE}/profile/make.defaults",
            'ARCH="arm64"\nELIBC="musl"\nKERNEL="linux"\n',
            "libc",
            'profile/make.defaults:3 added: KERNEL="linux"',
        ),
        (
            f"{HERE}/repos.conf/mine",
            "[mine]\nlocation = /var/db/repos/mine\npriority = 9\n",
            "repositories",
            "repos.conf/mine:3 added: priority = 9",
        ),
        ("worlds/base", "sys-apps/busybox\na-b/new\n", "world", "worlds/base:2 added: a-b/new"),
        ("worlds/extra", "a-b/d\n", "world", "worlds/extra:1 changed: +a-b/d -a-b/c"),
        ("worlds/kernel", "sys-kernel/git-sources\n", "kernel-sources", "worlds/kernel:1 changed"),
        ("worlds/tree/extra", "net\n", "world", "worlds/tree/extra:1 changed: +net -base"),
    ],
)
def test_a_change_of_one_file_is_named_and_nothing_else(
    built: Stage, box: Path, file: str, text: str | None, step: str, reason: str
) -> None:
    path = box / file
    path.unlink(missing_ok=True)
    write_tree(box, {file: text})
    host, target = look(built)
    assert host.pending == ()
    (said,) = reasons(target)
    assert said.removeprefix(f"{HERE}/").startswith(reason.removeprefix(f"{HERE}/")), said
    first = next(one for one in target.pending if one.why and one.why != (ON_EVERY_RUN,))
    assert first.name == step
    assert all(one.follows or one.why for one in target.pending)
    assert target.is_known


def test_a_switch_that_changes_the_plan_is_named(built: Stage, box: Path) -> None:
    (box / "skip.mrproper").touch()
    assert look(built)[1].pending == ()
    (box / "worlds/other").write_text("a-b/other\n")
    _, target = look(built)
    assert reasons(target) >= {"worlds/other is new"}


def test_a_change_of_the_host_moves_the_target(built: Stage, box: Path) -> None:
    file = built.project.configs / "host/worlds/base"
    before = file.read_text()
    try:
        file.write_text(f"{before}dev-lang/rust\n")
        host, target = look(built)
    finally:
        file.write_text(before)
    assert reasons(host) == {"worlds/base:3 added: dev-lang/rust"}
    assert reasons(target) == {"the host that it stands on changes"}
    assert len(target.pending) == len(target.steps)


def test_a_change_of_a_target_that_moves_its_toolchain(built: Stage, box: Path) -> None:
    (box / "build-arch").write_text("arm\n")
    host, target = look(built)
    assert reasons(host) == {f"{BOX}/build-arch:1 changed: +arm -arm64"}
    assert "build-arch:1 changed: +arm -arm64" in reasons(target)


def test_what_is_not_there_any_more_is_made_again(built: Stage, box: Path) -> None:
    store = Store(images=(), identity=built.shop.identity)
    _, target = outlook(built.project, built.settings, wanted(built), store)
    assert reasons(target) == {"the image of its last run is not in Podman's store"}
    (result,) = built.project.builds.glob(f"{BOX}.*")
    aside = result.rename(built.project.root / "aside")
    try:
        _, target = look(built)
    finally:
        aside.rename(result)
    assert reasons(target) == {"its build directory is not there any more"}
    assert next(s for s in target.pending if s.why != (ON_EVERY_RUN,)).name == OUTPUT_STEP


def test_nothing_was_built_yet(tmp_path: Path) -> None:
    stage = open_stage(tmp_path)
    prepare(stage)
    before = sorted(stage.project.root.rglob("*"))
    store = Store(images=(), identity="")
    found = outlook(stage.project, stage.settings, wanted(stage), store)
    assert [reasons(one) for one in found] == [{"never ran"}] * 2
    assert not any(one.is_known for one in found)
    assert sorted(stage.project.root.rglob("*")) == before
    assert stage.engine.calls == []


def test_mistakes_that_only_a_plan_meets_are_told_together(built: Stage, box: Path) -> None:
    (box / "linux.config").write_text("CONFIG_64BIT=y\n")
    with pytest.raises(ConfigInvalid) as caught:
        look(built)
    assert {problem.file for problem in caught.value.problems} == {box / "linux.config"}
    assert len(caught.value.problems) > 1


def test_a_first_run_that_failed(tmp_path: Path) -> None:
    stage = open_stage(tmp_path)
    prepare(stage)
    stage.crew.instead["final-base"] = write_output(b"no\n", status=1)
    with pytest.raises(StepFailed):
        build(stage.shop, wanted(stage))
    _, target = look(stage)
    why = {step.name: step.why for step in target.pending}
    assert why["final:base"] == ("failed with status 1",)
    assert why["inventory"] == ("never ran",)


def test_a_step_at_the_end_that_is_new(tmp_path: Path) -> None:
    stage = open_stage(tmp_path)
    prepare(stage)
    switch = stage.project.configs / BOX / "skip.mrproper"
    switch.touch()
    build(stage.shop, wanted(stage))
    switch.unlink()
    _, target = look(stage)
    why = {step.name: step.why for step in target.pending if step.why != (ON_EVERY_RUN,)}
    assert why.pop("mrproper") == ("skip.mrproper is gone",)
    assert why.pop(OUTPUT_STEP) == (LAID_OUT,)
    assert set(why.values()) <= {()}
    stage.crew.revive()
    build(stage.shop, wanted(stage))
    assert [name for name in stage.crew.ran if name in why] == [*why]


def test_a_failed_step_and_the_change_that_brought_it(tmp_path: Path) -> None:
    stage = open_stage(tmp_path)
    prepare(stage)
    build(stage.shop, wanted(stage))
    (stage.project.configs / BOX / "worlds/extra").write_text("a-b/c\na-b/d\n")
    stage.crew.instead["world"] = write_output(b"no\n", status=1)
    with pytest.raises(StepFailed):
        build(stage.shop, wanted(stage))
    _, target = look(stage)
    world = next(step for step in target.pending if step.name == "world")
    assert world.why == ("failed with status 1", "worlds/extra:2 added: a-b/d")
    kept = stage.project.journal / "texts" / BOX
    assert len(list(kept.iterdir())) == 2
    stage.crew.revive()
    build(stage.shop, wanted(stage))
    assert look(stage)[1].pending == ()


@pytest.mark.parametrize("content", [b"", b"\xff", b"[]", b'{"files": {"a": 1}}', None])
def test_without_the_texts_a_reason_is_the_name_of_the_file(
    built: Stage, box: Path, content: bytes | None
) -> None:
    (kept,) = (built.project.journal / "texts" / BOX).iterdir()
    before = kept.read_bytes()
    write_tree(box, {"linux.config": BOX_TREE["linux.config"]})
    try:
        kept.unlink() if content is None else kept.write_bytes(content)
        _, target = look(built)
    finally:
        kept.write_bytes(before)
    assert reasons(target) == {"linux.config changed"}


def test_a_newer_recipe_of_the_lab_is_planned_and_then_built(tmp_path: Path) -> None:
    """As in a newer checkout: the lock names the recipe of the older one."""
    stage = open_stage(tmp_path)
    prepare(stage)
    stage.settings = replace(stage.settings, seed="lab")
    for text in ("old", "new"):
        make_recipe(stage, text)
        host, target = look(stage)
        assert len(host.pending) == len(host.steps)
        assert len(target.pending) == len(target.steps)
        build(stage.shop, wanted(stage))
        assert [one.pending for one in look(stage)] == [(), ()]
        stage.crew.revive()


def make_recipe(stage: Stage, text: str) -> None:
    """A recipe, the seed that was made from it, and its distfiles."""
    directory = stage.project.containerfiles / "lab"
    write_tree(directory, {"root.sh": text})
    name = lab_identity(directory)[: len("lab-") + 16]
    distfiles = stage.project.root / stage.settings.distfiles
    distfiles.mkdir(parents=True, exist_ok=True)
    (distfiles / f".{name}").touch()
    archive = stage.project.root / "stage3.tar"
    stage.engine.import_image(archive, f"{REPOSITORY}:{name}", labels={})
