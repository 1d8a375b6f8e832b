"""What one Podman does differently from another, as far as a build meets it.

Each row was seen with the `podman` tests, which pass against 4.3 and 5.4 (`script/podman5`).
"""

from dataclasses import dataclass

from bh_container.engine.about import Version

OLDEST: Version = (4, 0)
"""The first Podman whose API has the version that is asked for: `bh_container.engine.api`."""

TESTED: tuple[Version, ...] = ((4, 3), (5, 4))
"""The versions that the tests run against."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What is so from one version (`since`) up to, and without, another (`until`)."""

    what: str
    since: Version = ()
    until: Version | None = None

    def concerns(self, version: Version) -> bool:
        """Whether a Podman of that version is like this."""
        return self.since <= version and (self.until is None or version < self.until)


DIFFERENCES = (
    Difference(
        until=(5,),
        what="its lists fail while another process removes an image: they are asked for again",
    ),
    Difference(
        since=(5,),
        what="it imports no xz, zstd or bzip2: archives are unpacked on the way, by those programs",
    ),
    Difference(
        since=(5,),
        what="it warns of cgroups of version 1 on every call: a service of ours is told not to",
    ),
)


def differences(version: Version) -> tuple[str, ...]:
    """What is special about a Podman of that version."""
    return tuple(row.what for row in DIFFERENCES if row.concerns(version))
