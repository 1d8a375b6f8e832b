"""A boot whose images are copied into memory, after which their drive is taken away."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bh_container.config.choices import Medium
from bh_container.output.boot import Console
from bh_container.output.build import Build
from bh_container.output.config_image import pack_config
from bh_container.output.start import Wish, guest_of


@contextmanager
def booted_in_memory(build: Build, scratch: Path, directory: str = "") -> Iterator[Console]:
    """A shell in the whole stack of a build and a configuration on top, which has its /etc/motd.

    The images are in a directory of an ext4 medium that no parameter names.
    """
    (scratch / "mine/etc").mkdir(parents=True)
    (scratch / "mine/etc/motd").write_text("mine")
    pack_config(scratch / "mine", scratch / "config")
    wish = Wish(
        config=scratch / "config",
        docache=True,
        medium=Medium.EXT4,
        directory=directory,
        cmdline="quiet init=/bin/sh",
    )
    guest = guest_of(build, wish, scratch / "medium")
    with Console(guest, log=scratch / "console.log") as console:
        console.expect("bh-init: medium /dev/vda released", 60)
        console.expect(f"bh-init: stack config:{':'.join(reversed(build.images))}", 60)
        console.expect("bh-init: starting /bin/sh", 60)
        console.monitor("drive_del medium")
        assert console.run("cat /etc/motd") == "mine"
        yield console
