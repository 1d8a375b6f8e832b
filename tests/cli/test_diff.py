"""`bh-container diff` and `bh-container history diff`, on a fake engine and real images."""

import json
from pathlib import Path

import pytest

from bh_container.output.squashfs import pack
from tests.cli.conftest import Run
from tests.config.tree import LINUX_CONFIG, write_tree
from tests.fakes import Execution
from tests.run.stage import BOX, Crew, default_behaviour

INVENTORY = "base\tsys-apps/busybox-{version}\tstatic {flag}\n"


@pytest.fixture
def builds(project: Path, crew: Crew, run: Run, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Two builds whose packages, images and kernels differ a little."""
    names = iter(("20240101T000001Z-aaaa", "20240101T000002Z-bbbb"))
    monkeypatch.setattr("bh_container.run.target.new_run", lambda: next(names))
    found = []
    for version, flag, mode in (("1", "pam", 0o644), ("2", "", 0o600)):
        root = project.parent / f"root{version}"
        write_tree(root, {"etc/motd": "hello\n", f"only-in-{version}": ""})
        (root / "etc/motd").chmod(mode)

        def layout(execution: Execution, root: Path = root, version: str = version) -> int:
            status = default_behaviour("target/layout-plain.sh")(execution)
            out = execution.path("/bh/out")
            (out / "base").unlink()
            pack(root, out / "base")
            (out / "net").unlink()
            pack(project.parent / "root1/etc", out / "net")
            (out / "kernel.config").write_text(f"CONFIG_A={'y' if version == '1' else 'm'}\n")
            return status

        def inventory(execution: Execution, version: str = version, flag: str = flag) -> int:
            table = INVENTORY.format(version=version, flag=flag)
            execution.path("/bh/log/packages.tsv").write_text(table)
            return 0

        crew.instead.update({"layout": layout, "inventory": inventory})
        (project / "configs" / BOX / "linux.config").write_text(
            f"{LINUX_CONFIG}CONFIG_V={version}\n"
        )
        result = run("build", "--unsigned-seed", "box")
        assert result.exit_code == 0, result.stderr
        found.append(Path(result.stdout.strip()))
    return found


def test_two_builds_and_two_snapshots(builds: list[Path], run: Run) -> None:
    result = run("diff", str(builds[0]), "box")
    assert result.exit_code == 0, result.stderr
    # An image is padded: what differs in it may not differ in size.
    lines = [x for x in result.stdout.splitlines() if "bytes" not in x and x != "sizes:"]
    assert lines == [
        "packages:",
        "  base: sys-apps/busybox 1 → 2 -pam",
        "options:",
        "  kernel: CONFIG_A y → m",
        "files:",
        "  base: etc/motd changed: mode 0644 → 0600",
        "  base: only-in-1 removed",
        "  base: only-in-2 added",
    ]
    output = run("diff", "--json", *map(str, builds)).stdout
    found = [json.loads(line) for line in output.splitlines()]
    about = [one["about"] for one in found if one["about"] != "size"]
    assert about == ["package", "option", "file", "file", "file"]
    assert found[0]["use"] == ["-pam"]
    same = run("diff", "box", "box")
    assert (same.exit_code, same.stdout, same.stderr) == (0, "", "no difference\n")
    first, second = (line.split()[0] for line in run("history", "list").stdout.splitlines()[1:3])
    between = run("history", "diff", first, second)
    assert between.exit_code == 0, between.stderr
    assert f"  {BOX} " in between.stdout, "the sysroots differ in size"
    assert run("history", "diff", first, "newest").stdout == between.stdout
    assert run("history", "diff", "nothing", "newest").exit_code == 2


@pytest.mark.parametrize("words", [("box",), ("box", "bxo"), ("box", "/nowhere")])
def test_what_cannot_be_compared(
    project: Path, crew: Crew, run: Run, words: tuple[str, ...]
) -> None:
    assert run("diff", *words).exit_code == 2
