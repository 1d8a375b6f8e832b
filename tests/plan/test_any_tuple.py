"""Whatever crossdev can build for: nothing in the program knows a list of tuples."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bh_container import steps
from bh_container.config.target import load_target
from bh_container.plan.target import plan_target, require_possible
from tests.config.tree import TARGET, TUPLE, write_tree
from tests.shipped import Shipped

PACKAGE = Path(steps.__file__).parents[1]
MAKE_CONF = "target-portage/make.conf"
TUPLE_WORDS = re.compile(r"\w+-(unknown|pc|gentoo|softfloat)-\w+-\w+")
UNHEARD_OF = [
    "loongarch64-unknown-linux-gnu",
    "mips64el-unknown-linux-muslabi64",
    "powerpc-e500v2-linux-gnuspe",
    "z80-unknown-linux-musl",
]


@pytest.mark.parametrize("tuple_", UNHEARD_OF)
def test_a_tuple_that_nobody_has_thought_of(tmp_path: Path, shipped: Shipped, tuple_: str) -> None:
    tree = {
        **TARGET,
        "build-arch": "whatever\n",
        "linux.config": None,
        "worlds/kernel": "sys-kernel/gentoo-kernel-bin\n",
        "split.initramfs": "",
        "target-portage/make.conf": (TARGET["target-portage/make.conf"] or "").replace(
            TUPLE, tuple_
        ),
    }
    directory = write_tree(tmp_path / f"{tuple_}.board", tree)
    target = load_target(directory)
    require_possible(target)
    host = shipped.plans(others=[directory]).host
    assert host.toolchains[tuple_].variables["BH_TUPLE"] == tuple_
    key = host.last_for(tuple_).key
    planned = plan_target(target, toolchain=key, tuning={}, scripts=steps.load_scripts())
    words = {step.name: step.variables for step in planned}
    assert {variables["BH_TUPLE"] for variables in words.values()} == {tuple_}
    assert words["configuration"]["BH_SYSROOT"] == f"/usr/{tuple_}.board"


def strings(file: Path) -> Iterator[str]:
    """Every string in a module's code; not the comments, nor what is said to people."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_no_module_and_no_step_names_a_tuple() -> None:
    named = [
        f"{file.relative_to(PACKAGE)}: {text}"
        for file in PACKAGE.rglob("*.py")
        for text in strings(file)
        if TUPLE_WORDS.fullmatch(text)
    ]
    named += [name for name, text in steps.load_scripts().items() if TUPLE_WORDS.search(text)]
    assert named == []
