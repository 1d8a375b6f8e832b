"""A step in a real container."""

import sys
import uuid
from pathlib import Path

import pytest

from bh_container import steps
from bh_container.engine.podman import PodmanEngine
from bh_container.engine.protocol import Bind, ContainerSpec
from bh_container.plan import places
from bh_container.plan.step import Recipe, chain
from bh_container.run.budget import Budget
from bh_container.run.interrupt import Interrupt
from bh_container.run.journal import Journal, Run
from bh_container.run.step import Bench, run_step

pytestmark = pytest.mark.podman

MIB = 1 << 20
OF_THIS_MACHINE = ("/bin", "/lib", "/lib64", "/usr")
HOLD = "import time; held = bytes([1]) * (200 << 20); time.sleep(1)"
SCRIPT = f"""\
head --bytes=400M /dev/zero >/var-file
python{sys.version_info.major} -c '{HOLD}'
"""


@pytest.fixture
def bench(
    podman_engine: PodmanEngine, busybox_image: str, session_label: str, tmp_path: Path
) -> Bench:
    """A container with this machine's own programs, and the scripts that run a step."""
    scripts, logs = tmp_path / "steps", tmp_path / "logs"
    scripts.mkdir()
    logs.mkdir()
    for name in ("run.sh", "memory.sh"):
        (scripts / name).write_text((steps.DIRECTORY / name).read_text())
    (scripts / "hold.sh").write_text(SCRIPT)
    machine = [
        Bind(source=Path(place).resolve(), destination=place, read_only=True)
        for place in OF_THIS_MACHINE
        if Path(place).exists()
    ]
    name = f"bh-test-{uuid.uuid4().hex}"
    key, _, value = session_label.partition("=")
    podman_engine.create_container(
        ContainerSpec(
            name=name,
            image=busybox_image,
            mounts=(
                *machine,
                Bind(source=scripts, destination=places.STEPS, read_only=True),
                Bind(source=logs, destination=places.LOG),
            ),
            labels={key: value},
        )
    )
    podman_engine.start_container(name)
    journal = Journal(tmp_path / "journal.jsonl")
    journal.run_opened(Run(id="1", base="base"))
    return Bench(
        unit="box",
        container=name,
        logs=logs,
        total=1,
        engine=podman_engine,
        journal=journal,
        tell=lambda _: None,
        interrupt=Interrupt(),
        budget=Budget(total=1, parties=1),
    )


def test_its_memory_is_in_the_journal(bench: Bench) -> None:
    """That of its processes: not of the files that the kernel has cached for it."""
    (step,) = chain(
        [Recipe(name="hold", script="hold.sh")], after="seed", scripts={"hold.sh": SCRIPT}
    )
    run_step(bench, step, 1, last=None)
    memory = bench.journal.read().done["hold"].memory
    assert memory is not None
    assert 200 * MIB <= memory <= 260 * MIB
