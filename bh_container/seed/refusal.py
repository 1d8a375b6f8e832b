"""The family of errors that mean: this file, or this mirror, is not to be used."""

from bh_container.errors import BhError


class Refused(BhError):
    """What a mirror serves, or a file on this machine, cannot be taken for a seed.

    Where there is another mirror, it is asked instead.
    """
