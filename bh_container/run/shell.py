"""A shell in the container of a run that is not complete, or on a snapshot."""

import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bh_container.config.target import Target
from bh_container.engine.protocol import ContainerSpec, Mount
from bh_container.errors import BhError
from bh_container.history.look import look_labels, open_look
from bh_container.history.snapshot import Snapshot
from bh_container.plan import places
from bh_container.run import host
from bh_container.run.recover import open_run
from bh_container.run.rooms import rooms_of
from bh_container.run.sysroot import SysrootVolume
from bh_container.run.workshop import ENVIRONMENT, Workshop


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """`words` open it, for as long as the engine is open; `script` is the step that began last."""

    words: tuple[str, ...]
    script: str | None


def target_shell(shop: Workshop, target: Target) -> Shell:
    """A shell with the environment of the target's last step; its container is started."""
    run = open_run(shop, target)
    rooms = rooms_of(shop, target, run.id)
    if shop.engine.container(rooms.container):
        # After a reboot the sysroot is not mounted any more.
        rooms.volume.mounts(shop.engine)
    return _shell(shop, target.name, rooms.container, shop.logs(target.full_name, run.id))


@contextmanager
def snapshot_shell(shop: Workshop, snapshot: Snapshot, target: Target | None) -> Iterator[Shell]:
    """A shell on a snapshot's host, with a target's sysroot where a build has it.

    What is done in it is gone at the end; several may be open at once.
    """
    engine, use = shop.engine, f"shell-{secrets.token_hex(2)}"
    with ExitStack() as stack:
        mounts: tuple[Mount, ...] = ()
        if target is not None:
            held = open_look(engine, snapshot, target.full_name, use)
            stack.callback(engine.remove_container, held)
            mounts = SysrootVolume(container=held, target=target).mounts(engine)
        spec = ContainerSpec(
            name=f"bh-{use}-{snapshot.project}-{snapshot.id}",
            image=snapshot.images[host.UNIT],
            mounts=mounts,
            environment=ENVIRONMENT,
            labels=look_labels(snapshot),
        )
        engine.create_container(spec)
        stack.callback(engine.remove_container, spec.name)
        engine.start_container(spec.name)
        if target is not None:
            # As configuration.sh does: the tuple's commands work on this target.
            link = ["ln", "-snf", target.full_name, f"/usr/{target.tuple}"]
            engine.execute(spec.name, link)
        yield Shell(words=tuple(engine.shell_command(spec.name, ["bash"])), script=None)


def host_shell(shop: Workshop) -> Shell:
    """A shell with the environment of the host's last step; its container is started."""
    run = shop.journal(host.UNIT).read().open
    if run is None:
        raise BhError("host: no run has failed or was interrupted", remedy="build a target")
    return _shell(shop, host.UNIT, host.container_of(run.id), shop.logs(host.UNIT, run.id))


def _shell(shop: Workshop, unit: str, container: str, logs: Path) -> Shell:
    if shop.engine.container(container) is None:
        raise BhError(f"{unit}: the container of its run is gone", remedy="resume makes a new one")
    shop.engine.start_container(container)
    written = sorted(
        (file for file in logs.glob("*.env") if file.stat().st_size),
        key=lambda path: path.stat().st_mtime_ns,
    )
    if not written:
        return Shell(words=tuple(shop.engine.shell_command(container, ["bash"])), script=None)
    # Its first line is a comment with the script (run.sh), the rest are variables.
    script = written[-1].read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
    command = ["bash", "--rcfile", f"{places.LOG}/{written[-1].name}", "-i"]
    return Shell(words=tuple(shop.engine.shell_command(container, command)), script=script)
