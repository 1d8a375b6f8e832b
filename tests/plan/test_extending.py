"""docs/extending.md, done: its examples go into the files that it names, and are planned."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.config.tree import TARGET, TUPLE, write_tree

CHECKOUT = Path(__file__).parents[2]
PAGE = (CHECKOUT / "docs/extending.md").read_text()
KEPT = {"    ...", "    ...,"}
"""What an example has in the place of what is there already."""
PROGRAM = """
import json, sys
from pathlib import Path
from bh_container import steps
from bh_container.config.lint.project import lint_target
from bh_container.config.target import load_target
from bh_container.plan.target import plan_target

target = load_target(Path(sys.argv[1]))
plan = plan_target(target, toolchain="", tuning={}, scripts=steps.load_scripts())
chain = {step.name: {"script": step.recipe.script, **step.variables} for step in plan}
said = [finding.problem.what for finding in lint_target(target.directory)[1]]
found = {"flavour": target.flavour, "kind": target.kernel.kind, "steps": chain, "lint": said}
print(json.dumps(found))
"""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page: the files that its heading names, and its examples."""

    files: tuple[str, ...]
    python: Mapping[str, str]
    shell: str


def section(title: str) -> Section:
    """The part with this heading; each example of Python begins with the file that it is for."""
    heading, _, text = PAGE.partition(f"## {title}: ")[2].partition("\n")
    text = text.partition("\n## ")[0]
    blocks = re.findall(r"```python\n# (\S+)\n(.*?)```", text, re.DOTALL)
    shell = re.search(r"```sh\n(.*?)```", text, re.DOTALL)
    return Section(
        files=tuple(re.findall(r"`(.+?)`", heading)),
        python=dict(blocks),
        shell=shell[1] if shell else "#!/bin/bash\n",
    )


def put_in(example: str, text: str) -> str:
    """A module with an example in it: rows go where it says `...`, all else goes before them."""
    code = ""
    for part in re.split(r"\n(?=[A-Za-z])", example):
        header, *rows = part.splitlines()
        if not KEPT & {*rows}:
            code += f"{part}\n"
            continue
        name = re.match(r"(class )?\w+", header)
        assert name is not None
        place = re.search(rf"^{name[0]}\b.*\n", text, re.MULTILINE)
        assert place is not None, f"there is no {name[0]} to add to"
        new = "\n".join(row for row in rows if row.startswith("    ") and row not in KEPT)
        text = f"{text[: place.start()]}{code}{place[0]}{new}\n{text[place.end() :]}"
        code = ""
    assert code == ""
    return text


def plan_with(scratch: Path, added: Section, tree: Mapping[str, str | None]) -> Mapping[str, Any]:
    """What a copy of the program with these examples in it makes of a target."""
    package = Path(shutil.copytree(CHECKOUT / "bh_container", scratch / "bh_container"))
    for name, example in added.python.items():
        file = package / name
        file.write_text(put_in(example, file.read_text()))
    for script in re.findall(r'script="(.+?)"', "".join(added.python.values())):
        if not (package / "steps" / script).exists():
            (package / "steps" / script).write_text(added.shell)
    target = write_tree(scratch / f"{TUPLE}.new", {**TARGET, "split.initramfs": "", **tree})
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(target)],
        env={**os.environ, "PYTHONPATH": str(scratch)},
        cwd=scratch,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: Mapping[str, Any] = json.loads(done.stdout)
    return found


def test_a_layout(tmp_path: Path) -> None:
    added = section("A layout")
    assert added.files == tuple(added.python) == ("plan/layout.py",)
    tree = {"worlds/kernel": "sys-kernel/toaster-sources\n", "worlds/net": "a/b\n"}
    layout = plan_with(tmp_path, added, tree)["steps"]["layout"]
    assert layout["script"] == "target/layout-toaster.sh"
    assert (layout["BH_KERNEL_IMAGE"], layout["BH_STACK"]) == ("uImage", "net")


def test_a_kind_of_kernel(tmp_path: Path) -> None:
    added = section("A kind of kernel")
    assert added.files == tuple(added.python) == ("config/kernel.py", "plan/kernel.py")
    tree = {"worlds/kernel": "sys-kernel/toaster-factory\n", "linux.config": None}
    found = plan_with(tmp_path, added, tree)
    assert found["kind"] == "factory"
    assert found["steps"]["kernel"]["script"] == "target/kernel-factory.sh"
    assert found["steps"]["layout"]["BH_KERNEL"] == "kernel"


def test_a_box(tmp_path: Path) -> None:
    added = section("A box")
    assert added.files == tuple(added.python) == ("config/box.py",)
    tree = {"busybox-mini.config": None, "crate-mini.config": "CONFIG_CRATE_SHELL=y\n"}
    found = plan_with(tmp_path, added, tree)
    assert found["flavour"] == "crate"
    assert found["steps"]["box"]["BH_BOX"] == "sys-apps/crate"
    assert found["steps"]["initramfs"]["BH_BOX_PATH"] == "bin/crate"
    assert not [what for what in found["lint"] if "shell" in what]
