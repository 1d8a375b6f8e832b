import pytest

from bh_container.config.atom import AtomInvalid, atom_names, parse_atom


@pytest.mark.parametrize(
    ("text", "package", "version"),
    [
        ("sys-libs/musl", "sys-libs/musl", None),
        (">=sys-libs/musl-1.2.5-r3", "sys-libs/musl", "1.2.5-r3"),
        ("=dev-lang/python-3.13*", "dev-lang/python", "3.13"),
        ("~sys-kernel/raspberrypi-sources-6.18.50_p20260915", "sys-kernel/raspberrypi-sources",
         "6.18.50_p20260915"),
        ("x11-libs/gtk+:3", "x11-libs/gtk+", None),
        ("dev-libs/openssl:0/3=", "dev-libs/openssl", None),
        ("sys-apps/busybox::local", "sys-apps/busybox", None),
        ("net-misc/dropbear[static,-pam]", "net-misc/dropbear", None),
        ("cross-aarch64-unknown-linux-musl/gcc", "cross-aarch64-unknown-linux-musl/gcc", None),
        ("media-libs/libpng:1.6", "media-libs/libpng", None),
        ("app-portage/cpuid2cpuflags", "app-portage/cpuid2cpuflags", None),
    ],
)  # fmt: skip
def test_an_atom_has_a_package_and_perhaps_a_version(
    text: str, package: str, version: str | None
) -> None:
    atom = parse_atom(text)
    assert (atom.package, atom.version) == (package, version)
    assert f"{atom.category}/{atom.name}" == package


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("busybox", "no category"),
        ("sys-apps/busybox-1.36", "no operator"),
        ("dev-libs/a-1b", "no operator"),
        ("=sys-apps/busybox", "no version"),
        ("!sys-apps/busybox", "blocker"),
        ("sys-apps/busy box", "no package atom"),
        ("sys-apps/", "no package atom"),
        ("sys-apps/busybox[static", "no package atom"),
        ("a/b/c", "no package atom"),
    ],
)
def test_what_is_no_atom_says_why(text: str, why: str) -> None:
    with pytest.raises(AtomInvalid, match=why):
        parse_atom(text)


PACKAGES = frozenset({"sys-kernel/raspberrypi-sources", "sys-devel/gcc"})


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("sys-kernel/raspberrypi-sources", True),
        (">=sys-devel/gcc-14", True),
        ("sys-devel/gcc-14", True),
        ("sys-devel/gcc:14", True),
        ("*/*", True),
        ("sys-kernel/*", True),
        ("*/gcc", True),
        ("sys-*/raspberrypi-*", True),
        ("*/*::gentoo", True),
        ("what is this", True),
        ("sys-devel/gcc-config", False),
        ("sys-devel/binutils", False),
        ("dev-*/*", False),
        ("cross-x/gcc", False),
        ("app-misc/hello-1.0", False),
    ],
)
def test_wildcards_and_what_cannot_be_read_name_a_package_too(text: str, named: bool) -> None:
    assert atom_names(text, PACKAGES) is named
