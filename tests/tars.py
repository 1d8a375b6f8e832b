"""Unpacking tars of our own, with every Python that the project runs on."""

import tarfile
from pathlib import Path


def unpack(tar: tarfile.TarFile, to: Path, *, numeric_owner: bool = False) -> None:
    """Unpack all members as they are. The Python of Debian 12, 3.11.2, has no filters."""
    if hasattr(tarfile, "fully_trusted_filter"):
        tar.extraction_filter = tarfile.fully_trusted_filter
    tar.extractall(to, numeric_owner=numeric_owner)  # noqa: S202 (is ours)
