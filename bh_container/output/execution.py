"""A container of a root filesystem that was built, to execute what is in it."""

import tarfile
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from bh_container.config.cpu import cpu_of
from bh_container.engine.protocol import ContainerSpec, Engine, EngineError
from bh_container.output.binfmt import executable
from bh_container.output.check import Execution, NotStarted
from bh_container.output.checks.root import Root
from bh_container.output.elf import read_elf

REPOSITORY = "localhost/bh-container/check"


@contextmanager
def execution_of(root: Root, engine: Engine) -> Iterator[Execution]:
    """Import the root as an image and start a container of it; both are removed at the end.

    Raises CannotExecute where this machine cannot, and NotStarted when the system does not start.
    """
    init = root.resolve("/sbin/init")
    elf = read_elf(init) if init else None
    if elf is None:
        raise NotStarted("there is no /sbin/init that is a program")
    name = f"bh-check-{uuid.uuid4().hex[:12]}"
    reference = f"{REPOSITORY}:{name}"
    with ExitStack() as stack:
        stack.enter_context(executable(elf, cpu_of(root.target)))
        archive = root.directory.with_name(f"{root.directory.name}.tar")
        with tarfile.open(archive, "w") as tar:
            tar.add(root.directory, arcname=".")
        engine.import_image(archive, reference, labels={})
        stack.callback(engine.remove_image, reference)
        archive.unlink()
        stack.callback(engine.remove_container, name)
        try:
            engine.create_container(ContainerSpec(name=name, image=reference))
            engine.start_container(name)
        except EngineError as error:
            raise NotStarted(str(error)) from error
        yield Execution(container=name, environment=engine.client_environment())
