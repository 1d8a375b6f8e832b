"""Cross-compile Gentoo systems inside Podman containers."""

__version__ = "0.1.0"
