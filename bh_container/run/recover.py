"""What becomes of a run that has failed: its target starts over, or the run is given up."""

import shutil

from bh_container.config.target import Target
from bh_container.errors import BhError
from bh_container.run.journal import Run
from bh_container.run.rooms import give_back, rooms_of
from bh_container.run.workshop import Workshop, new_run


class NothingOpen(BhError):
    """A command for a failed run was given, and there is none."""

    def __init__(self, target: Target) -> None:
        super().__init__(
            f"{target.name}: no run has failed or was interrupted",
            remedy=f"start one: bh-container build {target.name}",
        )


def open_run(shop: Workshop, target: Target) -> Run:
    """The run of a target that is not complete; raises `NothingOpen`."""
    state = shop.journal(target.full_name).read()
    if state.open is None:
        raise NothingOpen(target)
    return state.open


def start_over(shop: Workshop, target: Target) -> None:
    """Undo what the open run did in the sysroot, and open one that has every step to run.

    Finished binary packages are kept: the new run installs them instead of compiling.
    """
    run, journal = open_run(shop, target), shop.journal(target.full_name)
    rooms = rooms_of(shop, target, run.id)
    give_back(shop, rooms)
    rooms.binpkgs.publish()
    journal.run_dropped()
    fresh = rooms_of(shop, target, new_run())
    fresh.volume.create(shop.engine, run.base, shop.labels(target.full_name))
    journal.run_opened(Run(id=fresh.run, base=run.base, seed=run.seed), done={})


def give_up(shop: Workshop, target: Target) -> None:
    """Keep the open run's binary packages, and its containers to look at; release the rest.

    The next build starts from the last complete run. The containers go with `podman rm`.
    """
    run = open_run(shop, target)
    rooms = rooms_of(shop, target, run.id)
    if shop.engine.container(rooms.container):
        shop.engine.stop_container(rooms.container)
    rooms.binpkgs.publish()
    shutil.rmtree(rooms.out, ignore_errors=True)
    shop.journal(target.full_name).run_dropped()
