"""A real registry server, which listens on this machine alone."""

import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import cannot

CONFIGURATION = """\
version: 0.1
storage: {{filesystem: {{rootdirectory: {directory}}}}}
http: {{addr: "127.0.0.1:0"}}
"""


@contextmanager
def own_registry(directory: Path) -> Iterator[str]:
    """Where a registry listens that keeps what it is given below `directory`, and has nothing."""
    program = shutil.which("docker-registry")
    if program is None:
        cannot("there is no docker-registry: apt-get install docker-registry")
    file = directory / "registry.yml"
    file.write_text(CONFIGURATION.format(directory=directory / "registry"))
    with subprocess.Popen(
        [program, "serve", file], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stderr is not None
        found = (re.search(r"listening on (127\.0\.0\.1:\d+)", line) for line in server.stderr)
        address = next(match[1] for match in found if match)
        # A server whose log nobody reads stops when the pipe is full.
        reader = threading.Thread(target=server.stderr.read)
        reader.start()
        try:
            yield f"{address}/boards"
        finally:
            server.kill()
            reader.join()
            server.stderr.close()
