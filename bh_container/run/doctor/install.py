"""The command that installs a package on this machine."""

from bh_container.run.doctor.facts import Facts

_DEBIAN, _GENTOO = "debian", "gentoo"


def install(facts: Facts, *, debian: str, gentoo: str) -> str:
    """A command to paste, or the packages' names where the distribution is another one."""
    if _DEBIAN in facts.distribution:
        return f"{as_root(facts)}apt-get install {debian}"
    if _GENTOO in facts.distribution:
        return f"{as_root(facts)}emerge {gentoo}"
    return f"Debian: apt-get install {debian}; Gentoo: emerge {gentoo}"


def as_root(facts: Facts) -> str:
    """What has to stand before a command that needs root."""
    return "" if facts.account.number == 0 else "sudo "
