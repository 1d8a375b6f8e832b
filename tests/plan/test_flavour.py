"""What a complete system has in its images, and a stage0 has not."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from bh_container import steps
from bh_container.config.target import load_target
from bh_container.plan.step import Step
from bh_container.plan.target import plan_target, require_possible
from tests.config.tree import TARGET, TUPLE, write_tree

OPTIONS = (
    "BLK_DEV_INITRD",
    "DEVTMPFS",
    "TMPFS",
    "BLK_DEV_LOOP",
    "SQUASHFS",
    "SQUASHFS_ZSTD",
    "OVERLAY_FS",
)
MASK = '#INSTALL_MASK="/usr/include"\n'
PARTS = {
    **TARGET,
    "split.base": "",
    "split.extra": "",
    "split.initramfs": "",
    "linux.config": "".join(f"CONFIG_{name}=y\n" for name in OPTIONS),
    "worlds/base": "@system\napp-misc/hello\n",
    "worlds/extra": "app-misc/cli-tool\n",
    "target-portage/make.conf": f"{TARGET['target-portage/make.conf']}{MASK}",
}


def plan(directory: Path, changes: Mapping[str, str | None]) -> dict[str, Step]:
    """The steps of a target by their names, in order."""
    target = load_target(write_tree(directory / f"{TUPLE}.x", {**PARTS, **changes}))
    require_possible(target)
    planned = plan_target(target, toolchain="key", tuning={}, scripts=steps.load_scripts())
    return {step.name: step for step in planned}


STAGE0 = {"worlds/base": "app-misc/hello\n"}
TOYBOX = {**STAGE0, "busybox-mini.config": None, "toybox-mini.config": ""}


@pytest.mark.parametrize("changes", [STAGE0, TOYBOX])
def test_a_stage0_has_no_package_manager(tmp_path: Path, changes: Mapping[str, str | None]) -> None:
    found = plan(tmp_path, changes)
    for name in ("base", "extra"):
        left_out = found[f"squashfs:{name}"].variables["BH_LEFT_OUT"].split()
        assert left_out == ["var/db/pkg", "var/lib/portage", "var/cache/edb", "etc/portage"]
        assert found[f"final:{name}"].variables["INSTALL_MASK"] == "/usr/include"
    assert "portage" not in found


def test_how_hard_images_are_compressed_changes_nothing_before_them(tmp_path: Path) -> None:
    found = (
        plan(tmp_path / "one", STAGE0),
        plan(tmp_path / "two", {**STAGE0, "squashfs.level": "1"}),
    )
    assert [steps["squashfs:base"].variables["BH_LEVEL"] for steps in found] == ["15", "1"]
    before = list(found[0])[: list(found[0]).index("squashfs:base")]
    assert [found[0][name].key for name in before] == [found[1][name].key for name in before]


GCC_MASK = {"target-portage/env/sys-devel/gcc": '#INSTALL_MASK="${INSTALL_MASK} /usr/bin"\n'}


def test_a_stage0_leaves_more_out_of_gcc(tmp_path: Path) -> None:
    """From the first final directory on, on every run: the configuration is copied anew."""
    found = plan(tmp_path, {**STAGE0, **GCC_MASK})
    assert found["gcc-mask"].variables["BH_GCC_MASK"] == "/usr/include /usr/bin"
    assert found["gcc-mask"].recipe.every_run
    names = list(found)
    assert names.index("world") < names.index("gcc-mask") < names.index("root:base")
    for name in ("base", "extra"):
        assert found[f"root:{name}"].variables["BH_GCC_MASK"] == "/usr/include /usr/bin"


@pytest.mark.parametrize("changes", [STAGE0, GCC_MASK])
def test_gcc_is_as_any_other_package(tmp_path: Path, changes: Mapping[str, str | None]) -> None:
    found = plan(tmp_path, changes)
    assert "gcc-mask" not in found
    assert found["root:base"].variables["BH_GCC_MASK"] == ""


def test_musl_is_told_where_libraries_are(tmp_path: Path) -> None:
    found = plan(tmp_path, STAGE0)
    paths = {name: step for name, step in found.items() if name.startswith("library-path")}
    roots = {name: step.variables["BH_ROOT"] for name, step in paths.items()}
    assert roots == {
        "library-path": f"/usr/{TUPLE}.x",
        "library-path:base": "/bh/work/final/base",
        "library-path:extra": "/bh/work/final/extra",
    }
    assert [name for name, step in paths.items() if step.recipe.every_run] == ["library-path"]
    names = list(found)
    assert names.index("final:extra") < names.index("library-path:extra") < names.index("etc:extra")
    glibc = plan(tmp_path / "glibc", {"target-portage/profile/make.defaults": 'ELIBC="glibc"\n'})
    assert not [name for name in glibc if name.startswith("library-path")]


def test_a_complete_system_keeps_all_that_its_packages_install(tmp_path: Path) -> None:
    found = plan(tmp_path, {})
    for name in ("base", "extra"):
        assert found[f"squashfs:{name}"].variables["BH_LEFT_OUT"] == ""
        assert found[f"final:{name}"].variables["INSTALL_MASK"] == ""


def test_a_complete_system_has_its_configuration_of_portage_in_base(tmp_path: Path) -> None:
    found = plan(tmp_path, {})
    assert found["portage"].variables["BH_LIST"] == "base"
    assert "target-portage/make.conf" in found["portage"].fingerprint
    names = list(found)
    assert names.index("final:base") < names.index("portage") < names.index("squashfs:base")


def test_glibc_makes_the_locale_in_the_sysroot_and_in_the_result(tmp_path: Path) -> None:
    found = plan(tmp_path, {"target-portage/profile/make.defaults": 'ELIBC="glibc"\n'})
    roots = {name: found[name].variables["BH_ROOT"] for name in ("locale", "locale:base")}
    assert roots == {"locale": f"/usr/{TUPLE}.x", "locale:base": "/bh/work/final/base"}
    assert found["locale"].variables["BH_LOCALE"] == "en_US.UTF-8 UTF-8"
    names = list(found)
    assert names.index("locale") < names.index("libc")
    assert names.index("final:base") < names.index("locale:base") < names.index("squashfs:base")
    assert found["libc"].variables["BH_ATOMS"].split()[-1] == "sys-libs/glibc"


PROVIDED = "target-portage/profile/package.provided.kernel"


@pytest.mark.parametrize(
    ("changes", "step"),
    [
        ({}, "kernel-sources"),
        ({"worlds/kernel": "sys-kernel/gentoo-kernel\n"}, "kernel-package"),
        ({"worlds/kernel": "sys-kernel/gentoo-kernel-bin\n"}, "kernel-package"),
    ],
)
def test_what_is_provided_only_while_the_kernel_is_installed(
    tmp_path: Path, changes: Mapping[str, str | None], step: str
) -> None:
    without = plan(tmp_path / "without", changes)
    stage0 = plan(tmp_path / "stage0", {**STAGE0, **changes, PROVIDED: "sys-fs/udev-255\n"})
    found = plan(tmp_path / "with", {**changes, PROVIDED: "sys-fs/udev-255\n"})
    assert without[step].variables["BH_PROVIDED"] == ""
    assert stage0[step].variables["BH_PROVIDED"] == ""
    assert PROVIDED not in stage0[step].fingerprint
    assert found[step].variables["BH_PROVIDED"] == "package.provided.kernel"
    assert found["early"].key == without["early"].key
    assert next(name for name in found if PROVIDED in found[name].fingerprint) == step


def test_a_target_without_a_kernel_is_all_the_rest(tmp_path: Path) -> None:
    found = plan(tmp_path, {**STAGE0, "worlds/kernel": None, "linux.config": None})
    assert not {"kernel", "modules", "layout"} & found.keys()
    assert found["results"].variables["BH_FILES"] == "initramfs image/base image/extra"


def test_without_a_box_there_is_no_initramfs(tmp_path: Path) -> None:
    found = plan(tmp_path, {"busybox-mini.config": None})
    assert not {"box", "initramfs"} & found.keys()
    assert found["results"].variables["BH_FILES"] == "image/base image/extra"
    assert "layout" in found


def test_musl_has_no_locales(tmp_path: Path) -> None:
    assert not [name for name in plan(tmp_path, {}) if name.startswith("locale")]


@pytest.mark.parametrize(
    ("changes", "package", "program", "flags"),
    [
        (STAGE0, "sys-apps/busybox", "bin/busybox", None),
        (TOYBOX, "sys-apps/toybox", "usr/bin/toybox", "-static"),
    ],
)
def test_the_box_of_the_initramfs(
    tmp_path: Path,
    changes: Mapping[str, str | None],
    package: str,
    program: str,
    flags: str | None,
) -> None:
    found = plan(tmp_path, changes)
    box = found["box"].variables
    assert box["BH_BOX"] == package
    assert box["BH_BOX_CONFIG"] == f"{package.partition('/')[2]}-mini.config"
    assert box.get("LDFLAGS") == flags
    assert found["initramfs"].variables["BH_BOX_PATH"] == program


def test_the_box_of_the_root_has_the_other_configuration(tmp_path: Path) -> None:
    words = plan(tmp_path, {**TOYBOX, "toybox.config": "CONFIG_SH=y\n"})["configuration"].variables
    assert (words["BH_BOX"], words["BH_BOX_CONFIG"]) == ("sys-apps/toybox", "toybox.config")
    assert plan(tmp_path / "without", TOYBOX)["configuration"].variables["BH_BOX_CONFIG"] == ""
