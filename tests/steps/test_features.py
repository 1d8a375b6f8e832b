"""What steps that make no binary package leave of the features that the settings ask for."""

from pathlib import Path

import pytest

from tests.steps.programs import RSYNC, run_script, stand_in

WORDS = {
    "BH_TUPLE": "tuple",
    "BH_ATOM": "sys-kernel/gentoo-kernel",
    "BH_BOX": "sys-apps/busybox",
    "BH_BOX_CONFIG": "busybox-mini.config",
    "BH_JOBS": "1",
}


@pytest.mark.parametrize("name", ["box", "kernel-again"])
def test_compilers_run_through_ccache_where_the_settings_say_so(name: str, tmp_path: Path) -> None:
    programs = tmp_path / "programs"
    stand_in(programs, "rsync", RSYNC)
    stand_in(programs, "tuple-emerge", 'echo "$FEATURES"')
    (tmp_path / "sysroot/etc/portage/savedconfig").mkdir(parents=True)
    for directory in ("bh/config/target", "bh/work", "etc/kernel/config.d"):
        (tmp_path / directory).mkdir(parents=True)
    (tmp_path / "bh/config/target/busybox-mini.config").touch()
    words = {**WORDS, "BH_SYSROOT": str(tmp_path / "sysroot"), "FEATURES": "ccache"}
    said = run_script(f"target/{name}.sh", programs, words, ("/bh", "/etc/kernel"))
    assert said.split() == ["ccache", "-buildpkg"]
