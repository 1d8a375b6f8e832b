"""Moving the lock forward: what would change is known before anything does."""

from bh_container.config.pins import write_pins
from bh_container.config.project import Project
from bh_container.config.wanted import Wanted
from bh_container.run.pin import Move, move, needs_of
from bh_container.run.seeds import next_seed, syncs_by_default
from bh_container.run.workshop import Workshop


def look_ahead(shop: Workshop, wanted: Wanted, *, newest_seed: bool = False) -> Move:
    """What the lock would become if it moved now; nothing is written.

    The stage3 of a mirror stays, unless the `newest_seed` is asked for.
    """
    needs = needs_of(wanted.host, wanted.targets, syncs=syncs_by_default(shop))
    return move(shop, next_seed(shop, newest=newest_seed), needs)


def move_lock(shop: Workshop, forward: Move) -> None:
    """Have the lock say this from now on."""
    if forward.changes:
        write_pins(shop.project.lock, forward.pins)


def built_targets(project: Project) -> list[str]:
    """The names of the targets that have been built before."""
    directories = project.target_directories()
    return [path.name for path in directories if project.journal_file(path.name).exists()]
