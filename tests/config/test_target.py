from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from bh_container.config.bootstrap import First
from bh_container.config.problems import ConfigInvalid
from bh_container.config.target import Box, Flavour, Splits, Target, load_target
from tests.config.conftest import Write
from tests.config.tree import TARGET, TUPLE, write_tree


def load(write_target: Write, changes: Mapping[str, str | None]) -> Target:
    return load_target(write_target(changes))


def problems(directory: Path) -> list[str]:
    with pytest.raises(ConfigInvalid) as caught:
        load_target(directory)
    return [str(problem).replace(f"{directory}/", "") for problem in caught.value.problems]


def test_a_target_is_what_its_directory_says(write_target: Write) -> None:
    target = load(write_target, {"worlds/net": "net-misc/dropbear", "worlds/tree/net": "base"})
    assert target.full_name == f"{TUPLE}.box"
    assert (target.tuple, target.name, target.build_arch) == (TUPLE, "box", "arm64")
    assert [listed.name for listed in target.lists] == ["base", "net"]
    assert target.elibc == "musl"
    assert target.splits == Splits(base=False, extra=False, initramfs=False)
    assert "worlds/tree/net" in target.files


@pytest.mark.parametrize(("text", "level"), [(None, 15), ("1", 1), ("# small\n22\n", 22)])
def test_how_hard_images_are_compressed(write_target: Write, text: str | None, level: int) -> None:
    assert load(write_target, {"squashfs.level": text}).squashfs_level == level


@pytest.mark.parametrize(
    ("changes", "flavour", "box"),
    [
        ({}, Flavour.BUSYBOX, Box.BUSYBOX),
        ({"toybox-mini.config": ""}, Flavour.BUSYBOX, Box.BUSYBOX),
        ({"toybox-mini.config": "", "busybox-mini.config": None}, Flavour.TOYBOX, Box.TOYBOX),
        ({"worlds/base": "@system\n"}, Flavour.COMPLETE, Box.BUSYBOX),
        (
            {"worlds/base": "@system\n", "busybox-mini.config": None, "initramfs/init": None},
            Flavour.COMPLETE,
            None,
        ),
        ({"worlds/base": "a/b\n# @system\n"}, Flavour.BUSYBOX, Box.BUSYBOX),
        ({"worlds/x": "@system\n"}, Flavour.BUSYBOX, Box.BUSYBOX),
    ],
)
def test_flavour_and_box(
    write_target: Write, changes: Mapping[str, str | None], flavour: Flavour, box: Box | None
) -> None:
    target = load(write_target, changes)
    assert (target.flavour, target.box) == (flavour, box)
    assert target.complete is (flavour is Flavour.COMPLETE)


@pytest.mark.parametrize(
    ("name", "field", "before", "after"),
    [
        ("split.base", "splits", Splits(base=False, extra=False, initramfs=False),
         Splits(base=True, extra=False, initramfs=False)),
        ("split.extra", "splits", Splits(base=False, extra=False, initramfs=False),
         Splits(base=False, extra=True, initramfs=False)),
        ("split.initramfs", "splits", Splits(base=False, extra=False, initramfs=False),
         Splits(base=False, extra=False, initramfs=True)),
        ("skip.mrproper", "skip_mrproper", False, True),
        ("base.patch", "base_patch", False, True),
        ("target-portage/profile/package.provided.kernel", "kernel_provided", False, True),
    ],
)  # fmt: skip
def test_what_is_said_by_a_file_that_is_there(
    write_target: Write, name: str, field: str, before: object, after: object
) -> None:
    assert getattr(load(write_target, {}), field) == before
    (directory := write_target({"target-portage/make.profile": None})).joinpath(name).parent.mkdir(
        exist_ok=True
    )
    (directory / name).touch()
    assert getattr(load_target(directory), field) == after


PAM = First(package="sys-libs/pam", atom="sys-libs/pam", use=("-berkdb",))
USE_PAM = {"target-portage/package.use/pam": "#sys-libs/pam -berkdb\n"}
MAKE_CONF = str(TARGET["target-portage/make.conf"])


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({}, "install_mask", None),
        (
            {"target-portage/make.conf": MAKE_CONF + '#INSTALL_MASK="/usr/include \\\n#  *.a"\n'},
            "install_mask",
            "/usr/include *.a",
        ),
        (
            {"target-portage/make.conf": MAKE_CONF + 'INSTALL_MASK="/usr/include"\n'},
            "install_mask",
            None,
        ),
        (
            {"target-portage/env/sys-devel/gcc": '#INSTALL_MASK="/usr/lib/gcc/${CHOST}/*/*.a"\n'},
            "gcc_install_mask",
            f"/usr/lib/gcc/{TUPLE}/*/*.a",
        ),
        (
            {"target-portage/make.conf": MAKE_CONF + "PORTAGE_TMPDIR=${ROOT}work/\n"},
            "portage_tmpdir",
            f"/usr/{TUPLE}/work/",
        ),
        ({}, "portage_tmpdir", None),
        (
            {"target-portage/package.use/pam": "#sys-libs/pam -berkdb \nsys-auth/pambase x\n"},
            "bootstrap",
            (PAM,),
        ),
        (
            {"target-portage/package.use/pam": "#sys-libs/pam -berkdb\n# sys-libs/pam -elogind"},
            "bootstrap",
            (First(package="sys-libs/pam", atom="sys-libs/pam", use=("-berkdb", "-elogind")),),
        ),
        ({"target-portage/package.use/pam": "# not sys-libs/pam\n"}, "bootstrap", ()),
        ({"target-portage/package.use/pam": "# sys-libs/pam first, then it\n"}, "bootstrap", ()),
        (
            {"bootstrap": "# why\n>=a-b/c-2 -d e\n", **USE_PAM},
            "bootstrap",
            (PAM, First(package="a-b/c", atom=">=a-b/c-2", use=("-d", "e"))),
        ),
        ({"bootstrap": "sys-libs/pam", **USE_PAM}, "bootstrap", (replace(PAM, use=()),)),
        ({"target-portage/profile/make.defaults": 'ELIBC="glibc"\n'}, "elibc", "glibc"),
        ({"target-portage/profile/make.defaults": 'ELIBC="-musl glibc"\n'}, "elibc", "glibc"),
        ({"target-portage/profile/make.defaults": None}, "elibc", "musl"),
        ({"worlds/rust.clean": "dev-libs/openssl\n"}, "rust_clean", ("dev-libs/openssl",)),
        ({"build-arch": "x86_64"}, "lib64", True),
        ({"build-arch": "arm"}, "lib64", False),
        ({}, "native", False),
    ],
)
def test_what_is_said_inside_of_a_file(
    write_target: Write, changes: Mapping[str, str | None], field: str, value: object
) -> None:
    assert getattr(load(write_target, changes), field) == value


@pytest.mark.parametrize(
    ("name", "tuple_", "rest", "native"),
    [
        ("x86_64-pc-linux-gnu.zen-native", "x86_64-pc-linux-gnu", "zen-native", True),
        ("a-b-c-d.one.two", "a-b-c-d", "one.two", False),
        ("armv6j-unknown-linux-musleabihf.rpi0", "armv6j-unknown-linux-musleabihf", "rpi0", False),
    ],
)
def test_the_name_begins_after_the_first_dot(
    tmp_path: Path, name: str, tuple_: str, rest: str, native: bool
) -> None:
    make_conf = f"CHOST={tuple_}\nROOT=/usr/${{CHOST}}\n"
    target = load_target(
        write_tree(tmp_path / name, {**TARGET, "target-portage/make.conf": make_conf})
    )
    assert (target.tuple, target.name, target.native) == (tuple_, rest, native)


@pytest.mark.parametrize("name", ["aarch64-linux-musl.x", "box", "a-b-c-d-e.x", "a-b-c-d.", ".x"])
def test_a_directory_that_is_not_called_tuple_and_name(tmp_path: Path, name: str) -> None:
    directory = write_tree(tmp_path / name, TARGET)
    assert any("name the directory" in problem for problem in problems(directory))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"build-arch": None}, "build-arch: is missing; create it"),
        ({"build-arch": " \n"}, "build-arch: is empty; "),
        ({"build-arch": "arm64\nx86\n"}, "build-arch:2: names more than one architecture; "),
        ({"squashfs.level": "\n"}, "squashfs.level: is no level of zstd; write one number"),
        ({"squashfs.level": "1\n2\n"}, "squashfs.level:1: is no level of zstd; write one number"),
        ({"build-arch": "ARM!"}, "build-arch:1: 'ARM!' is no architecture; "),
        ({"target-portage/make.conf": None}, "target-portage/make.conf: is missing; create it"),
        ({"target-portage/make.profile": None}, "target-portage/make.profile: is missing; link"),
        (
            {"target-portage/make.conf": "\nCHOST=x86_64-pc-linux-gnu\nROOT=/usr/${CHOST}/\n"},
            "target-portage/make.conf:2: CHOST is 'x86_64-pc-linux-gnu'; set it to " + TUPLE,
        ),
        (
            {"target-portage/make.conf": f"CHOST={TUPLE}\n"},
            "target-portage/make.conf: ROOT is not set; write ROOT=/usr/${CHOST}/",
        ),
        (
            {"target-portage/make.conf": f"CHOST={TUPLE}\nROOT=/\n"},
            "target-portage/make.conf:2: ROOT is '/'; write ROOT=/usr/${CHOST}/",
        ),
        (
            {"target-portage/make.conf": MAKE_CONF + 'USE="open\n'},
            "target-portage/make.conf:3: the value of USE has a quote that is never closed; close",
        ),
        (
            {"target-portage/make.conf": MAKE_CONF + '#INSTALL_MASK="open\n'},
            "target-portage/make.conf:3: the value of INSTALL_MASK has a quote that is never",
        ),
        (
            {"busybox-mini.config": None},
            "worlds/base: has no @system, and there is no busybox-mini",
        ),
        ({"initramfs/init": None}, "initramfs: is missing, and busybox-mini.config is there"),
        ({"worlds/base": None}, "worlds/base: is missing; "),
        ({"linux.config": None}, "linux.config: is missing, and sys-kernel/gentoo-sources cannot"),
        ({"bootstrap": "freetype -x\n"}, "bootstrap:1: 'freetype' has no category; write categ"),
        ({"bootstrap": "\na-b/c -d!\n"}, "bootstrap:2: '-d!' is no USE flag; write category/nam"),
        ({"bootstrap": "a-b/c -d d\n"}, "bootstrap:1: 'd' undoes '-d'; remove one"),
        ({"bootstrap": "a-b/c\n>a-b/c-1\n"}, "bootstrap:2: 'a-b/c' is in line 1 already; write"),
        ({"repos/mine/x": ""}, "target-portage/repos.conf: no section has 'location = "),
    ],
)
def test_a_mistake_is_told_with_its_place_and_its_remedy(
    write_target: Write, changes: Mapping[str, str | None], said: str
) -> None:
    assert problems(write_target(changes))[0].startswith(said)


def test_all_mistakes_are_told_at_once(write_target: Write) -> None:
    wrong: dict[str, str | None] = {
        "build-arch": None,
        "worlds/net": "nothing\n",
        "worlds/tree/net": "bose\n",
        "linux.config": None,
        "target-portage/make.profile": None,
    }
    places = [problem.split(": ")[0] for problem in problems(write_target(wrong))]
    assert sorted(places) == [
        "build-arch",
        "linux.config",
        "target-portage/make.profile",
        "worlds/net:1",
        "worlds/tree/net:1",
    ]


def test_nothing_of_a_mistake_is_told_twice(write_target: Write) -> None:
    directory = write_target({"target-portage/profile/make.defaults": None})
    (directory / "target-portage/profile").mkdir()
    (directory / "target-portage/profile/make.defaults").write_bytes(b"\xff")
    told = problems(directory)
    assert len(told) == len(set(told)) == 1


@pytest.mark.parametrize("kind", ["missing", "file"])
def test_no_directory(tmp_path: Path, kind: str) -> None:
    directory = tmp_path / f"{TUPLE}.x"
    if kind == "file":
        directory.touch()
    assert problems(directory) == [f"{directory}: is no directory; see `bh-container list`"]
