"""What is to be built: the host and the targets of a command line, read and checked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bh_container.config.host import Host, load_host
from bh_container.config.llvm import llvm_problems
from bh_container.config.problems import ConfigInvalid, Problem
from bh_container.config.rust import rust_problems
from bh_container.config.target import Target, load_target
from bh_container.errors import BhError


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be built, read and checked."""

    host: Host
    targets: tuple[Target, ...]


def read_wanted(host: Path, targets: Sequence[Path]) -> Wanted:
    """Read the configurations; raise `ConfigInvalid` with the mistakes of all of them."""
    problems: list[Problem] = []
    loaded_targets = []
    loaded_host = None
    try:
        loaded_host = load_host(host)
    except ConfigInvalid as error:
        problems.extend(error.problems)
    for target in targets:
        try:
            loaded_targets.append(load_target(target))
        except ConfigInvalid as error:
            problems.extend(error.problems)
    if loaded_host is not None:
        problems.extend(rust_problems(loaded_host, loaded_targets))
        problems.extend(llvm_problems(loaded_host, loaded_targets))
    if problems or loaded_host is None:
        raise ConfigInvalid(tuple(problems))
    return Wanted(host=loaded_host, targets=tuple(loaded_targets))


def expand_sets(words: Sequence[str], sets: Mapping[str, Sequence[str]]) -> list[str]:
    """Put the targets of a set in the place of its name: `@boards`."""
    expanded: list[str] = []
    for word in words:
        if not word.startswith("@"):
            expanded.append(word)
        elif word[1:] in sets:
            expanded.extend(sets[word[1:]])
        else:
            known = ", ".join(f"@{name}" for name in sorted(sets)) or "none"
            raise BhError(
                f"{word}: there is no such set of targets",
                remedy=f"sets are named in bh-container.yaml; there are: {known}",
            )
    return expanded
