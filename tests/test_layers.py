"""The package shows the way of the data: a module imports only from the layers below its own."""

import ast
from pathlib import Path

import pytest

import bh_container

ROOT = Path(bh_container.__file__).parent
LAYERS = (
    ("cli",),
    ("ui",),
    ("run",),
    ("history",),
    ("output", "seed"),
    ("plan", "engine"),
    ("config", "steps"),
    ("events", "durable"),
    ("errors",),
)
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
MODULES = sorted(ROOT.rglob("*.py"))


def imported(module: Path) -> set[str]:
    """The parts of bh_container that a module imports from."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module == "bh_container":
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
        elif isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
    ours = {
        name.removeprefix("bh_container.").partition(".")[0]
        for name in names
        if name.startswith("bh_container.") or name in LEVEL
    }
    return ours & LEVEL.keys()


def part_of(module: Path) -> str:
    """The part of bh_container that a module belongs to."""
    return module.relative_to(ROOT).parts[0].removesuffix(".py")


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_downwards(module: Path) -> None:
    part = part_of(module)
    if part in ("__init__", "__main__"):
        assert imported(module) <= {"cli"}
        return
    for other in imported(module) - {part}:
        assert LEVEL[other] > LEVEL[part], f"{part} must not import {other}"


def test_every_part_has_a_layer() -> None:
    assert {part_of(module) for module in MODULES} - {"__init__", "__main__"} <= LEVEL.keys()


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_the_engine_knows_podman_py(module: Path) -> None:
    source = ast.parse(module.read_text())
    foreign = {
        name.partition(".")[0]
        for node in ast.walk(source)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert "podman" not in foreign or part_of(module) == "engine"
