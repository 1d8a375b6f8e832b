"""What one Podman does differently from another, as far as a build meets it.

`script/podman5` has a second Podman on one machine; the `podman` tests pass against both.
"""

from dataclasses import dataclass
from enum import StrEnum

from bh_container.engine.about import Version

OLDEST: Version = (4, 0)
"""The first Podman whose API has the version that is asked for: `bh_container.engine.api`."""

TESTED: tuple[Version, ...] = ((4, 3), (5, 4))
"""The versions that the tests run against."""


class Feature(StrEnum):
    """Something that a Podman does and another does not."""

    PLAIN_IMPORTS = "plain-imports"
    DEPRECATES_CGROUPS_1 = "deprecates-cgroups-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What is so since a version of Podman."""

    feature: Feature
    since: Version
    what: str


DIFFERENCES = (
    Difference(
        feature=Feature.PLAIN_IMPORTS,
        since=(5,),
        what="imports no xz, zstd or bzip2; archives are unpacked on the way, by those programs",
    ),
    Difference(
        feature=Feature.DEPRECATES_CGROUPS_1,
        since=(5,),
        what="warns of cgroups of version 1; a service of ours is told not to",
    ),
)
"""5.4 was seen to be so, and 4.3 not; `since` is the major version between them."""


def differs(feature: Feature, version: Version) -> bool:
    """Whether a Podman of that version has the feature."""
    return any(row.feature is feature and row.since <= version for row in DIFFERENCES)


def differences(version: Version) -> tuple[str, ...]:
    """What is special about a Podman of that version, beside those before it."""
    return tuple(row.what for row in DIFFERENCES if row.since <= version)
