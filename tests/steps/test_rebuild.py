"""What is compiled again after the world, with stand-ins that write down how emerge is called."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.steps.programs import run_script, stand_in

KERNEL_PACKAGE = "sys-kernel/gentoo-sources"
COMPILED = "--oneshot --usepkg=n --getbinpkg=n"
SAYS = """\
echo "ROOT=$ROOT PORTAGE_CONFIGROOT=$PORTAGE_CONFIGROOT" >"$LOG.live"
echo "*** Updating the repositories..."
echo "[app-misc/other:0]"
echo "app-misc/live:0"
echo "dev-libs/c++live:1.2"
echo "Found 2 packages to rebuild."
"""
Run = Callable[[str], list[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a step; every call of emerge meanwhile, with its words."""
    programs, log = tmp_path / "programs", tmp_path / "log"
    stand_in(programs, "tuple-emerge", 'echo "$*" >>"$LOG"')

    def run(name: str) -> list[str]:
        log.write_text("")
        words = {
            "BH_TUPLE": "tuple",
            "BH_SYSROOT": str(tmp_path / "sysroot"),
            "BH_PACKAGES": "1",
            "BH_KERNEL_PACKAGE": KERNEL_PACKAGE,
            "LOG": str(log),
        }
        run_script(f"target/{name}.sh", programs, words)
        return log.read_text().splitlines()

    return run


def test_libraries_that_are_only_kept_are_linked_no_more(run: Run) -> None:
    """By compiling: a binary package is as stale as what is installed."""
    depclean, rebuild = run("clean")
    assert "--depclean" in depclean
    assert rebuild == f"{COMPILED} --jobs=1 --quiet @preserved-rebuild"


def test_live_packages_whose_sources_have_changed(run: Run, tmp_path: Path) -> None:
    stand_in(tmp_path / "programs", "smart-live-rebuild", SAYS)
    (call,) = run("live")
    assert call == f"{COMPILED} --jobs=1 --quiet app-misc/live:0 dev-libs/c++live:1.2"
    sysroot = tmp_path / "sysroot"
    said = (tmp_path / "log.live").read_text()
    assert said == f"ROOT={sysroot} PORTAGE_CONFIGROOT={sysroot}\n"


def test_no_live_package_has_changed(run: Run, tmp_path: Path) -> None:
    stand_in(tmp_path / "programs", "smart-live-rebuild", 'echo "No updates found"')
    assert run("live") == []


def test_sources_that_cannot_be_asked_for_are_no_reason_to_fail(run: Run, tmp_path: Path) -> None:
    stand_in(tmp_path / "programs", "smart-live-rebuild", "echo no network >&2; exit 1")
    assert run("live") == []


def test_a_host_without_smart_live_rebuild(run: Run) -> None:
    assert run("live") == []


class Kernel:
    """`/bh/work/kernel` and the modules of packages in the sysroot."""

    def __init__(self, scratch: Path) -> None:
        self.directory = scratch / "bh/work/kernel"
        self.packages = scratch / "sysroot/lib/modules"

    def build(self, release: str, config: str | None = "CONFIG_A=y\n") -> None:
        """Another kernel in place of the last one."""
        modules = self.directory / "lib/modules"
        modules.mkdir(parents=True, exist_ok=True)
        for old in modules.iterdir():
            old.rmdir()
        (modules / release).mkdir()
        (self.directory / "config").unlink(missing_ok=True)
        if config is not None:
            (self.directory / "config").write_text(config)


@pytest.fixture
def kernel(tmp_path: Path) -> Kernel:
    kernel = Kernel(tmp_path)
    kernel.build("6.1.1")
    return kernel


REBUILD = f"{COMPILED} --exclude={KERNEL_PACKAGE} --jobs=1 --quiet @module-rebuild"


def test_modules_of_packages_follow_the_kernel(run: Run, kernel: Kernel) -> None:
    assert run("module-rebuild") == [], "the world has just built them for this one"
    assert run("module-rebuild") == []
    kernel.build("6.1.2")
    assert run("module-rebuild") == [REBUILD]
    assert run("module-rebuild") == []
    kernel.build("6.1.2", "CONFIG_B=y\n")
    assert run("module-rebuild") == [REBUILD], "another configuration may be another ABI"
    kernel.build("6.1.3", None)
    assert run("module-rebuild") == [REBUILD]


def test_binary_packages_for_another_kernel(run: Run, kernel: Kernel) -> None:
    """On a new sysroot, the world may have found them in the store."""
    (kernel.packages / "6.0.9").mkdir(parents=True)
    assert run("module-rebuild") == [REBUILD]


def test_a_kernel_without_modules(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bh/work/kernel").mkdir(parents=True)
    assert run("module-rebuild") == []
