"""A stage3 from a mirror as an image of the real Podman's."""

import lzma
import os
import tarfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from bh_container.engine.podman import PodmanEngine
from bh_container.engine.protocol import ContainerSpec
from bh_container.seed.archive import reference_of
from bh_container.seed.choose import Sources, choose_seed
from bh_container.seed.lab import LabRecipe
from bh_container.seed.mirror import Mirrors
from bh_container.seed.seed import Seed
from tests.conftest import member
from tests.seed.conftest import Keys
from tests.seed.release import Build, Server, drops
from tests.seed.signer import Signer

pytestmark = pytest.mark.podman

CAPABILITY = "security.capability"
NET_RAW = bytes.fromhex("0100000200200000000000000000000000000000")
"""What `setcap cap_net_raw+ep` writes: capabilities(7), VFS_CAP_REVISION_2."""


@pytest.fixture
def stage3(busybox_archive: Path, tmp_path: Path) -> Build:
    """A root filesystem with a file capability, as catalyst packs it, that no other test has."""
    path = tmp_path / "stage3.tar"
    with tarfile.open(busybox_archive) as given, tarfile.open(path, "w") as tar:
        for entry in given:
            tar.addfile(entry, given.extractfile(entry) if entry.isreg() else None)
        ping = member("./bin/ping4", tarfile.REGTYPE)
        ping.pax_headers = {
            f"SCHILY.xattr.{CAPABILITY}": NET_RAW.decode(),
            "comment": uuid.uuid4().hex,
        }
        tar.addfile(ping)
    return Build(content=lzma.compress(path.read_bytes(), preset=0), suffix="tar.xz")


@pytest.fixture
def sources(mirrors: Mirrors, server: Server, stage3: Build, signer: Signer, keys: Keys) -> Sources:
    """A mirror that has it."""
    server.files.update(stage3.files(signer, keys.release))
    nowhere = mirrors.directory
    lab = LabRecipe(directory=nowhere, distfiles=nowhere, work=nowhere)
    return Sources(lab=lab, mirrors=mirrors)


@pytest.fixture
def seed(
    podman_engine: PodmanEngine, sources: Sources, server: Server, stage3: Build
) -> Iterator[Seed]:
    """It was downloaded, verified and imported, over a connection that broke twice."""
    server.instead[stage3.path] = drops(server, stage3.path, 2)
    seed = choose_seed(podman_engine, "stage3", sources, lambda _: None)
    yield seed
    podman_engine.remove_image(reference_of(seed.identity))


@pytest.fixture
def host(podman_engine: PodmanEngine, seed: Seed, session_label: str) -> Iterator[Path]:
    """The root of a host image: the seed, and a layer with what a step left."""
    key, _, value = session_label.partition("=")
    step, looker = (f"bh-test-{uuid.uuid4().hex}" for _ in range(2))
    reference = f"localhost/bh-container/test/host:{value}"
    labels = {key: value}
    try:
        podman_engine.create_container(ContainerSpec(name=step, image=seed.image, labels=labels))
        podman_engine.start_container(step)
        assert podman_engine.execute(step, ["touch", "/a-step-was-here"]) == 0
        image = podman_engine.commit(step, reference, labels=labels)
        podman_engine.create_container(ContainerSpec(name=looker, image=image, labels=labels))
        yield podman_engine.mount(looker)
    finally:
        for name in (step, looker):
            podman_engine.remove_container(name)
        podman_engine.remove_image(reference)


def test_file_capabilities_are_there_in_the_host_image(host: Path) -> None:
    assert (host / "a-step-was-here").is_file()
    assert os.getxattr(host / "bin/ping4", CAPABILITY) == NET_RAW
