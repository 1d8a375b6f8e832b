"""The target's plan for the shipped configuration."""

import re

import pytest

from bh_container import steps
from bh_container.plan.target import require_possible
from tests.shipped import Shipped, changed

ORDER = [
    "skeleton",
    "configuration",
    "repositories",
    "libc",
    "library-path",
    "early",
    "kernel-sources",
    "kernel-prepare",
    "kernel",
    "box",
    "world",
    "live",
    "clean",
    "module-rebuild",
    "remnants",
    "root:base",
    "final:base",
    "library-path:base",
    "lent:net",
    "root:net",
    "inherit:net",
    "final:net",
    "library-path:net",
    "etc:net",
    "modules",
    "squashfs:base",
    "squashfs:net",
    "initramfs",
    "results",
    "layout",
    "inventory",
    "mrproper",
]
# What sys-kernel/raspberrypi-image has for the boards that there are.
IMAGES = [
    f"/boot/{name}.img" for name in ("kernel", "kernel7", "kernel7l", "kernel8", "kernel_2712")
]
RELEASES = [f"6.18.46{board}+" for board in ("", "-v7", "-v7l", "-v8", "-v8-16k")]
EVERY_RUN = ["configuration", "library-path", "kernel-prepare", "remnants"]


def from_step(first: str) -> list[str]:
    """The checkpoints of the target from this one on."""
    names = ORDER[ORDER.index(first) :]
    return [f"target {name}" for name in names if name not in EVERY_RUN]


def test_the_order_of_the_steps(shipped: Shipped) -> None:
    plan = shipped.plans().target
    assert [step.name for step in plan] == ORDER
    every_run = [step.name for step in plan if step.recipe.every_run]
    assert every_run == EVERY_RUN


def test_mrproper_can_be_skipped(shipped: Shipped) -> None:
    before = shipped.plans()
    (shipped.directory / "skip.mrproper").touch()
    after = shipped.plans()
    assert [step.name for step in after.target] == ORDER[:-1]
    assert changed(before, after) == []


@pytest.mark.parametrize(
    ("file", "line", "first"),
    [
        ("target-portage/package.use/dropbear", "net-misc/dropbear -shadow", "world"),
        ("target-portage/package.use/dropbear", "sys-apps/busybox pam", "box"),
        ("repos/bh-stage0/sys-apps/busybox/busybox-9.ebuild", "EAPI=8", "box"),
        ("target-portage/package.use/new", "net-misc/dropbear -shadow", "world"),
        ("target-portage/package.accept_keywords/box", "sys-apps/sed ~arm64", "world"),
        (
            "target-portage/package.use/kernel",
            "sys-kernel/raspberrypi-sources -symlink",
            "kernel-sources",
        ),
        (
            "target-portage/package.use/dropbear",
            "sys-kernel/raspberrypi-sources -symlink",
            "kernel-sources",
        ),
        ("target-portage/package.use/any", "sys-kernel/* experimental", "kernel-sources"),
        (
            "target-portage/package.mask/kernel",
            ">sys-kernel/raspberrypi-sources-6.6",
            "kernel-sources",
        ),
        ("target-portage/make.conf", 'USE="${USE} foo"', "libc"),
        ("target-portage/env/debug", "CFLAGS=-g", "libc"),
        ("target-portage/profile/package.use.force", "*/* foo", "libc"),
        ("target-portage/repos.conf/gentoo.conf", "[more]", "repositories"),
        ("linux.config", "CONFIG_NEW=y", "kernel"),
        ("worlds/kernel", "sys-apps/dtc", "kernel-sources"),
        ("worlds/base", "app-misc/jq", "world"),
        ("worlds/net", "net-misc/curl", "world"),
        ("worlds/net", "@more", "world"),
        ("busybox.config", "CONFIG_NEW=y", "world"),
        ("busybox-mini.config", "CONFIG_NEW=y", "box"),
        ("initramfs/init", "# new", "initramfs"),
        ("repos/bh-stage0/profiles/eapi", "", "world"),
    ],
)
def test_how_far_a_change_goes(shipped: Shipped, file: str, line: str, first: str) -> None:
    before = shipped.plans()
    path = shipped.directory / file
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as text:
        text.write(f"{line}\n")
    assert changed(before, shipped.plans()) == from_step(first)


def test_the_order_of_lines_that_name_the_kernel_counts(shipped: Shipped) -> None:
    use = shipped.directory / "target-portage/package.use/kernel"
    lines = ["sys-kernel/raspberrypi-sources build", "sys-kernel/raspberrypi-sources -build"]
    use.write_text("\n".join(lines))
    before = shipped.plans()
    use.write_text("\n".join(reversed(lines)))
    assert changed(before, shipped.plans()) == from_step("kernel-sources")


def test_the_image_lists_change_with_the_tree(shipped: Shipped) -> None:
    """Another parent changes what goes into an image, and not what is compiled."""
    (shipped.directory / "worlds/zoo").write_text("net-misc/dropbear\n")
    before = shipped.plans()
    (shipped.directory / "worlds/tree/zoo").write_text("net\n")
    assert changed(before, shipped.plans())[0] == "target lent:zoo"


def test_what_the_final_directories_leave_out_compiles_nothing_again(shipped: Shipped) -> None:
    """It stands in make.conf, so today it does: the file is read as a whole."""
    before = shipped.plans()
    make_conf = shipped.directory / "target-portage/make.conf"
    make_conf.write_text(make_conf.read_text().replace('#INSTALL_MASK="', '#INSTALL_MASK="/x '))
    assert changed(before, shipped.plans()) == from_step("libc")


def test_the_architecture_makes_another_kernel(shipped: Shipped) -> None:
    before = shipped.plans()
    (shipped.directory / "build-arch").write_text("mips64\n")
    assert changed(before, shipped.plans()) == from_step("kernel")


def test_files_of_no_step_change_nothing(shipped: Shipped) -> None:
    before = shipped.plans()
    (shipped.directory / "README").write_text("Notes.\n")
    net = shipped.directory / "worlds/net"
    net.write_text(f"# a comment\n{net.read_text()}")
    assert changed(before, shipped.plans()) == []


def test_jobs_and_mirrors_change_nothing(shipped: Shipped) -> None:
    slow = {"BH_JOBS": "1", "MAKEOPTS": "-j1", "BH_CCACHE": ""}
    fast = {"BH_JOBS": "64", "MAKEOPTS": "-j64", "BH_CCACHE": "ccache", "GENTOO_MIRRORS": "m"}
    assert changed(shipped.plans(tuning=slow), shipped.plans(tuning=fast)) == []


@pytest.mark.parametrize(
    ("script", "first"),
    [
        ("target/skeleton.sh", "skeleton"),
        ("target/world.sh", "world"),
        ("target/final.sh", "final:base"),
        ("target/layout-raspberrypi.sh", "layout"),
    ],
)
def test_a_changed_script_runs_again(shipped: Shipped, script: str, first: str) -> None:
    scripts = steps.load_scripts()
    after = shipped.plans(scripts={**scripts, script: f"{scripts[script]}\n:\n"})
    assert changed(shipped.plans(), after) == from_step(first)


def test_an_unused_script_changes_nothing(shipped: Shipped) -> None:
    scripts = {**steps.load_scripts(), "target/layout-plain.sh": "other"}
    assert changed(shipped.plans(), shipped.plans(scripts=scripts)) == []


def test_a_change_of_the_host_builds_the_target_again(shipped: Shipped) -> None:
    before = shipped.plans()
    (shipped.configs / "host/worlds/base").write_text("sys-devel/crossdev\n")
    after = changed(before, shipped.plans())
    assert after[0] == "host world"
    assert after[-len(from_step("skeleton")) :] == from_step("skeleton")


def test_the_words_of_the_steps(shipped: Shipped) -> None:
    plan = {step.name: step.variables for step in shipped.plans().target}
    assert plan["inherit:net"]["BH_PARENT"] == "base"
    assert plan["lent:net"]["BH_ANCESTORS"] == "base"
    assert "inherit:base" not in plan
    assert set(plan["final:base"]["BH_WORLD"].split()) < set(plan["final:net"]["BH_WORLD"].split())
    assert "*.a" in plan["final:net"]["INSTALL_MASK"].split()
    assert "INSTALL_MASK" not in plan["world"]
    world = plan["world"]["BH_ATOMS"].split()
    assert {"net-misc/dropbear", "sys-kernel/raspberrypi-sources"} <= set(world)
    assert plan["layout"]["BH_KERNEL_IMAGE"] == "boot/kernel8.img"
    assert plan["results"]["BH_FILES"] == "initramfs image/base image/net"
    assert plan["modules"]["BH_LIST"] == "base"
    assert plan["module-rebuild"]["BH_KERNEL_PACKAGE"] == "sys-kernel/raspberrypi-sources"
    assert plan["libc"]["BH_ATOMS"] == "sys-apps/baselayout sys-libs/musl"
    assert plan["early"]["BH_EARLY"] == "sys-libs/ncurses sys-libs/binutils-libs"
    assert plan["early"]["BH_ATOMS"] == plan["world"]["BH_ATOMS"]


def test_a_kernel_that_is_built_already(shipped: Shipped) -> None:
    """It is no work of ours: no configuration, nothing to prepare and nothing to clean."""
    (shipped.directory / "linux.config").unlink()
    (shipped.directory / "worlds/kernel").write_text("sys-kernel/raspberrypi-image\n")
    names = [step.name for step in shipped.plans().target]
    before = ORDER[: ORDER.index("kernel-sources")]
    after = ORDER[ORDER.index("kernel") : ORDER.index("mrproper")]
    assert names == [*before, "kernel-package", *after]
    kernel = next(s for s in shipped.plans().target if s.name == "kernel").variables
    images, release = kernel["BH_IMAGES"].split(), kernel["BH_RELEASE"]
    assert [path for path in IMAGES if re.fullmatch(images[0], path)] == ["/boot/kernel8.img"]
    assert [name for name in RELEASES if re.fullmatch(release, name)] == ["6.18.46-v8+"]


def test_a_target_without_a_kernel(shipped: Shipped) -> None:
    """Then there is nothing to lay out, and no module."""
    before = {step.name for step in shipped.plans().target}
    (shipped.directory / "linux.config").unlink()
    (shipped.directory / "worlds/kernel").unlink()
    after = {step.name for step in shipped.plans().target}
    gone = {"kernel-sources", "kernel-prepare", "kernel", "modules", "layout", "mrproper"}
    gone.add("module-rebuild")
    assert (before - after, after - before) == (gone, set())


def test_a_dist_kernel(shipped: Shipped) -> None:
    """Its ebuild builds it, with linux.config as a fragment that is there whenever it may do so."""
    world = shipped.directory / "worlds/kernel"
    world.write_text("sys-apps/dtc\n=sys-kernel/gentoo-kernel-6.6.1\n")
    plan = {step.name: step for step in shipped.plans().target}
    names = list(plan)
    place = names.index("kernel-fragment")
    assert names[place : place + 4] == ["kernel-fragment", "kernel-package", "kernel", "box"]
    assert "mrproper" not in names
    assert plan["kernel-fragment"].recipe.every_run
    assert plan["kernel-fragment"].variables["BH_FRAGMENTS"] == "linux.config"
    package = plan["kernel-package"].variables
    assert package["BH_ATOM"] == "=sys-kernel/gentoo-kernel-6.6.1"
    assert package["BH_PACKAGE"] == "sys-kernel/gentoo-kernel"
    before = shipped.plans()
    with (shipped.directory / "linux.config").open("a") as config:
        config.write("CONFIG_NEW=y\n")
    assert changed(before, shipped.plans())[0] == "target kernel-package"


def test_a_dist_kernel_is_built_again_with_the_initramfs(shipped: Shipped) -> None:
    (shipped.directory / "worlds/kernel").write_text("sys-kernel/gentoo-kernel\n")
    (shipped.directory / "split.initramfs").unlink()
    (shipped.directory / "linux.config").unlink()
    plan = {step.name: step.variables for step in shipped.plans().target}
    names = list(plan)
    place = names.index("initramfs")
    assert names[place : place + 4] == ["initramfs", "kernel-again", "kernel-embed", "results"]
    assert plan["kernel-fragment"]["BH_FRAGMENTS"] == ""
    assert plan["kernel-embed"]["BH_FROM"] == "/bh/work/kernel-root"
    assert plan["kernel-embed"]["BH_KERNEL"] == plan["layout"]["BH_KERNEL"] == "kernel-embedded"


def test_a_patch_for_base(shipped: Shipped) -> None:
    before = shipped.plans()
    (shipped.directory / "base.patch").write_text("--- a\n+++ a\n")
    names = [step.name for step in shipped.plans().target]
    place = names.index("final:base")
    after = ["final:base", "library-path:base", "base-patch", "lent:net"]
    assert names[place : place + 4] == after
    assert changed(before, shipped.plans())[0] == "target base-patch"


def test_the_shipped_target_can_be_built(shipped: Shipped) -> None:
    require_possible(shipped.target())
