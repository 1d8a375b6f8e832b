"""Packages that do what is seen in the field, and what becomes of them: two builds."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bh_container.output.elf import read_elf
from tests.lab.conftest import SMALL, FirstBuild, Lab, Outcome
from tests.lab.targets import add_ebuild
from tests.lab.test_build import unpack
from tests.lab.test_lists import more_packages

pytestmark = pytest.mark.lab

STRAY = f"""
src_install() {{
	insinto /usr/{SMALL}/usr/lib/stray
	newins - file <<<"stray"
}}
"""
GCC = """
src_install() {
	insinto /usr/lib
	newins - libfake.so.1 <<<"fake"
	exeinto /usr/bin
	newexe - fake-gcc <<<"fake"
}
"""
KEPT = """
src_compile() {
	echo "int kept(void) { return ${PV}; }" >kept.c
	${CHOST}-gcc -shared -fPIC -Wl,-soname,libkept.so.${PV} -o libkept.so.${PV} kept.c || die
}
src_install() {
	insopts -m755
	insinto /usr/lib
	doins libkept.so.${PV}
	dosym libkept.so.${PV} /usr/lib/libkept.so
}
"""
KEEPER = """
RDEPEND="dev-libs/kept"
DEPEND="${RDEPEND}"
src_compile() {
	echo "int kept(void); int main(void) { return kept(); }" >keeper.c
	${CHOST}-gcc -o keeper keeper.c -lkept || die
}
src_install() { dobin keeper; }
"""
DRIVER = """
src_install() {
	insinto /usr/lib/modules/0.0.9/extra
	newins - driver.ko <<<"module"
}
"""
PACKAGES = ("app-misc/stray", "sys-devel/gcc", "app-misc/keeper", "app-misc/driver")


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A build's outcome, and the root of its list `extra`."""

    outcome: Outcome
    root: Path

    def said(self, step: str) -> str:
        """What a step wrote."""
        events = (e for e in self.outcome.events if e["event"] == "StepOutput")
        return "\n".join(event["line"] for event in events if event["step"] == step)


@pytest.fixture(scope="module")
def builds(
    small: Lab, small_build: FirstBuild, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Built, Built]]:
    """A build with these packages, and one in which a library has another name."""
    assert small_build.outcome.status == 0
    scratch = tmp_path_factory.mktemp("extra")
    repository = small.target / "repos/bh-stage0"
    shutil.copytree(repository, scratch / "before")
    packages = {
        "app-misc/stray-1": STRAY,
        "sys-devel/gcc-99": GCC,
        "app-misc/keeper-1": KEEPER,
        "app-misc/driver-1": DRIVER,
        "dev-libs/kept-1": KEPT,
    }
    for version, text in packages.items():
        add_ebuild(small.target, version, text)

    def build(name: str) -> Built:
        outcome = small.build()
        assert outcome.status == 0, outcome.errors
        return Built(
            outcome=outcome, root=unpack(small.result().directory / "extra", scratch / name)
        )

    try:
        with more_packages(small, extra="\n".join(PACKAGES)):
            first = build("first")
            add_ebuild(small.target, "dev-libs/kept-2", KEPT)
            yield first, build("second")
    finally:
        shutil.rmtree(repository)
        shutil.copytree(scratch / "before", repository)


def test_files_below_the_sysroots_path_are_moved_to_the_root(builds: tuple[Built, Built]) -> None:
    first, _ = builds
    assert (first.root / "usr/lib/stray/file").read_text() == "stray\n"
    assert not (first.root / "usr" / SMALL).exists()
    assert "warning: packages installed files below" in first.said("final:extra")


def test_gcc_leaves_out_what_its_own_mask_says(builds: tuple[Built, Built]) -> None:
    """The others keep theirs: hello is in /usr/bin."""
    for build in builds:
        assert (build.root / "usr/lib/libfake.so.1").exists()
        assert not (build.root / "usr/bin/fake-gcc").exists()
        assert (build.root / "usr/bin/hello").exists()


def needed(root: Path) -> tuple[str, ...]:
    program = read_elf(root / "usr/bin/keeper")
    assert program is not None
    return tuple(name for name in program.needed if "kept" in name)


def test_what_was_linked_with_an_old_library_is_compiled_again(
    builds: tuple[Built, Built],
) -> None:
    first, second = builds
    assert needed(first.root) == ("libkept.so.1",)
    assert "app-misc/keeper" in second.said("clean")
    assert needed(second.root) == ("libkept.so.2",)
    libraries = {path.name for path in (second.root / "usr/lib").glob("libkept*")}
    assert libraries == {"libkept.so", "libkept.so.2"}


def test_modules_for_another_kernel_are_compiled_again(builds: tuple[Built, Built]) -> None:
    first, _ = builds
    said = first.said("module-rebuild")
    assert "Emerging (1 of 1) app-misc/driver-1" in said
    assert "gentoo-kernel" not in said
