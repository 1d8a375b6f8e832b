"""A host from a stage3 of a mirror: the lab seed, packed, signed and served as Gentoo does."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bh_container.engine.podman import PodmanEngine
from bh_container.engine.protocol import ContainerSpec
from bh_container.history.identity import PROJECT_LABEL, project_id
from bh_container.seed.archive import reference_of
from bh_container.seed.digests import sha512_of
from bh_container.seed.lab import LabRecipe, lab_seed
from bh_container.seed.seed import SEED_LABEL
from tests.lab.conftest import CHECKOUT, SMALL, Lab
from tests.seed.release import Build, Server, serve
from tests.seed.signer import Key, Signer

pytestmark = pytest.mark.lab

CAPABILITY = "security.capability"
NET_RAW = bytes.fromhex("0100000200200000000000000000000000000000")
PACKED = Build(suffix="tar.zst")
FIRST, SECOND = "repositories", "portage"
"""Two host steps: when the second begins, an image with the first is there."""


@dataclass(frozen=True, slots=True)
class Stage3:
    """A tarball of the lab seed, and the key that signs it."""

    file: Path
    key: Key
    signer: Signer


@pytest.fixture(scope="module")
def stage3(
    lab: Lab, podman_engine: PodmanEngine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage3]:
    """The lab seed as catalyst would pack it, with a file capability more."""
    recipe = LabRecipe(
        directory=CHECKOUT / "containerfiles/lab",
        distfiles=CHECKOUT / "volumes/distfiles",
        work=lab.root / "volumes/seeds",
    )
    seed = lab_seed(podman_engine, recipe, lambda _: None)
    file = tmp_path_factory.mktemp("stage3") / "root.tar.zst"
    name = f"bh-test-stage3-{os.getpid()}"
    podman_engine.create_container(ContainerSpec(name=name, image=seed.image))
    try:
        root = podman_engine.mount(name)
        (root / "usr/bin/ping4").touch()
        os.setxattr(root / "usr/bin/ping4", CAPABILITY, NET_RAW)
        words = ["tar", "--create", "--xattrs", "--xattrs-include=*", "--numeric-owner"]
        packer = "--use-compress-program=zstd -1 --threads=2"
        subprocess.run([*words, packer, f"--file={file}", "--directory", root, "."], check=True)
    finally:
        podman_engine.remove_container(name)
    with tempfile.TemporaryDirectory(prefix="bh-sign-") as home:
        signer = Signer(Path(home))
        yield Stage3(file, signer.make("release"), signer)
        signer.close()


@pytest.fixture(scope="module")
def mirror(stage3: Stage3) -> Iterator[Server]:
    """A mirror that has it."""
    with serve() as server:
        build = replace(PACKED, content=stage3.file.read_bytes())
        server.files.update(build.files(stage3.signer, stage3.key))
        yield server


@pytest.fixture
def project(
    stage3: Stage3, mirror: Server, podman_engine: PodmanEngine, tmp_path: Path
) -> Iterator[Lab]:
    """A project of its own, whose seed is the mirror's newest stage3."""
    shutil.copytree(CHECKOUT / "configs", tmp_path / "configs", symlinks=True)
    repositories = tmp_path / "configs/host/target-portage/repos.conf/gentoo.conf"
    repositories.write_text("[gentoo]\nlocation = /var/db/repos/gentoo\nauto-sync = no\n")
    (tmp_path / "key").write_bytes(stage3.key.public)
    (tmp_path / "bh-container.yaml").write_text(
        f"tarball_mirror: {mirror.url}\nstage3_arch: amd64\n"
        f"stage3_key: key\nstage3_signers: {stage3.key.fingerprint}\n"
    )
    yield Lab(tmp_path).small(SMALL)
    label = f"{PROJECT_LABEL}={project_id(tmp_path / 'volumes/project')}"
    for container in podman_engine.containers(label):
        podman_engine.remove_container(container.id)
    identity = sha512_of(stage3.file)
    images = podman_engine.images(f"{SEED_LABEL}={identity}")
    for reference in (*(name for image in images for name in image.references),):
        podman_engine.remove_image(reference)
    podman_engine.remove_image(reference_of(identity))


def test_a_host_starts_from_the_stage3_of_a_mirror(
    project: Lab, stage3: Stage3, podman_engine: PodmanEngine
) -> None:
    """Downloaded, verified, imported; the first step's layer has what only the stage3 had."""
    running = project.start("--seed", "stage3")
    running.wait_for_step(SECOND)
    outcome = running.end_by(signal.SIGINT)
    assert outcome.status == 130, outcome.errors
    assert FIRST in outcome.steps_run("host")
    told = [event["what"] for event in outcome.events if event["event"] == "Transfer"]
    verbs = ("downloading", "verifying", "importing")
    assert list(dict.fromkeys(told)) == [f"{verb} {PACKED.file}" for verb in verbs]

    (image,) = podman_engine.images(f"{SEED_LABEL}={sha512_of(stage3.file)}")
    looker = f"bh-test-host-{os.getpid()}"
    podman_engine.create_container(ContainerSpec(name=looker, image=image.id))
    try:
        root = podman_engine.mount(looker)
        assert os.getxattr(root / "usr/bin/ping4", CAPABILITY) == NET_RAW
    finally:
        podman_engine.remove_container(looker)
