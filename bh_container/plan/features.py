"""FEATURES that a configuration's files ask for, and that make.conf need not name."""

from collections.abc import Mapping

from bh_container.config.files import FileSet

FEATURES = "FEATURES"
GETBINPKG = "getbinpkg"
BINHOSTS = "target-portage/binrepos.conf"


def with_binhost(tuning: Mapping[str, str], files: FileSet) -> Mapping[str, str]:
    """The environment with which emerge also looks at the binary hosts of binrepos.conf.

    Portage adds what the environment says to the FEATURES of make.conf (make.conf(5)).
    """
    if not any(files.under(BINHOSTS)):
        return tuning
    return {**tuning, FEATURES: " ".join(filter(None, (tuning.get(FEATURES), GETBINPKG)))}
