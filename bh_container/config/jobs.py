"""Parting so many jobs into packages at a time, and compilers for each of them."""

from math import isqrt


def packages_at_a_time(jobs: int) -> int:
    """About the square root: of its two neighbours, the one that leaves fewer jobs unused.

    Where both do, the larger, since most of a small package's time is spent with one process.
    """
    root = isqrt(jobs)
    return max((root, root + 1), key=lambda packages: (jobs // packages * packages, packages))
