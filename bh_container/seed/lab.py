"""The lab seed: a stand-in for a stage3 that is made on this machine, without a Gentoo mirror.

The recipe is `containerfiles/lab`; its README says what the seed holds. The image is made once
for each state of the recipe.
"""

import hashlib
import secrets
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bh_container.engine.protocol import Bind, ContainerSpec, Engine
from bh_container.errors import BhError
from bh_container.events import Listener, Note, StepOutput
from bh_container.plan import places
from bh_container.seed.seed import REPOSITORY, Seed, has_hosts

UNIT = "lab"
PREFIX = "lab-"
ROOT_FILES = ("root.sh", "sources.sh", "packages")
"""What decides the Debian root that the rest of the recipe is installed into."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabRecipe:
    """`directory` holds the recipe; `distfiles` and `work` are where what it needs is kept.

    What is made in the engine gets the `labels`.
    """

    directory: Path
    distfiles: Path
    work: Path
    labels: Mapping[str, str] = field(default_factory=dict)


class LabFailed(BhError):
    """A part of the lab seed's recipe ended with an error."""

    def __init__(self, part: str, output: Sequence[str]) -> None:
        tail = "\n".join(output[-20:])
        super().__init__(
            f"the lab seed cannot be made: {part} failed\n{tail}",
            remedy="it needs Debian with root, apt and pip (script/bootstrap installs the rest); "
            "elsewhere, import a stage3 tarball with --seed PATH",
        )


def lab_seed(engine: Engine, recipe: LabRecipe, tell: Listener, *, bare: bool = True) -> Seed:
    """The seed of this recipe, made where it is not there yet, and its distfiles.

    Unless it is needed `bare`, host images that were made from it are enough.
    """
    identity = lab_identity(recipe.directory)
    name = identity[: len(PREFIX) + 16]
    reference = f"{REPOSITORY}:{name}"
    image = engine.image(reference)
    fetched = recipe.distfiles / f".{name}"
    if not fetched.exists():
        _fetch(recipe, tell)
        fetched.touch()
    if image is None and not bare and has_hosts(engine, identity):
        return Seed(identity=identity, image="")
    if image is None:
        return Seed(identity=identity, image=_make(engine, recipe, reference, tell))
    return Seed(identity=identity, image=image.id)


def lab_identity(directory: Path) -> str:
    """What a seed of the recipe in this directory is known by: the recipe's digest."""
    return f"{PREFIX}{_digest(directory)}"


def _fetch(recipe: LabRecipe, tell: Listener) -> None:
    recipe.distfiles.mkdir(parents=True, exist_ok=True)
    _run([str(recipe.directory / "distfiles.sh"), str(recipe.distfiles)], tell)


def _make(engine: Engine, recipe: LabRecipe, reference: str, tell: Listener) -> str:
    spec = ContainerSpec(
        # Two projects may make the same seed at once; each has its own, and the last one stays.
        name=f"bh-lab-{secrets.token_hex(8)}",
        image=_root_image(engine, recipe, tell),
        mounts=(
            Bind(source=recipe.directory, destination="/lab", read_only=True),
            Bind(source=recipe.distfiles, destination=places.DISTFILES),
        ),
        environment={"LC_ALL": "C.UTF-8"},
        labels=recipe.labels,
    )
    tell(Note(unit=UNIT, text="installing Portage and the ebuild repository"))
    try:
        engine.create_container(spec)
        engine.start_container(spec.name)
        output: list[str] = []
        status = engine.execute(
            spec.name,
            ["bash", "-c", "exec bash /lab/install.sh 2>&1"],
            output=lambda piece: output.extend(piece.decode(errors="replace").splitlines()),
        )
        if status != 0:
            raise LabFailed("install.sh", output)
        return engine.commit(spec.name, reference, labels=recipe.labels)
    finally:
        engine.remove_container(spec.name)


def _root_image(engine: Engine, recipe: LabRecipe, tell: Listener) -> str:
    digest = _digest(*(recipe.directory / name for name in ROOT_FILES))
    reference = f"{REPOSITORY}:lab-root-{digest[:16]}"
    image = engine.image(reference)
    if image is not None:
        return image.id
    tell(Note(unit=UNIT, text="making a Debian root filesystem with compilers"))
    recipe.work.mkdir(parents=True, exist_ok=True)
    archive = recipe.work / f"lab-root-{digest[:16]}.tar"
    try:
        _run([str(recipe.directory / "root.sh"), str(archive)], tell)
        return engine.import_image(archive, reference, labels=recipe.labels)
    finally:
        archive.unlink(missing_ok=True)


def _run(command: Sequence[str], tell: Listener) -> None:
    output: list[str] = []
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        for line in process.stdout or ():
            output.append(line.rstrip("\n"))
            tell(StepOutput(unit=UNIT, step=Path(command[0]).stem, line=output[-1]))
    if process.returncode != 0:
        raise LabFailed(Path(command[0]).name, output)


def _digest(*paths: Path) -> str:
    """The hash of files and of all below directories but notes: names, contents, modes."""
    total = hashlib.sha256()
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.suffix == ".md":
                continue
            total.update(f"{file.relative_to(path.parent)}\0{file.lstat().st_mode:o}\0".encode())
            if file.is_symlink():
                total.update(str(file.readlink()).encode())
            elif file.is_file():
                total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()
