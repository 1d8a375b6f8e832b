"""What was compiled for another processor (`-march=native`): no run here goes on with it."""

from collections.abc import Mapping

from bh_container.config.files import FileSet, compiles_native_code
from bh_container.config.target import Target
from bh_container.durable import remove, write_durably
from bh_container.events import Note
from bh_container.plan.native import NATIVE_CODE, is_foreign
from bh_container.plan.step import Done
from bh_container.run.beginning import NONE, Beginning
from bh_container.run.machine import this_processor
from bh_container.run.recover import give_up
from bh_container.run.workshop import Workshop

MARK = ".processor"
"""In a store of binary packages: the features of the processor that they were compiled for."""


def beginning_here(shop: Workshop, target: Target, beginning: Beginning | None) -> Beginning | None:
    """Where a target is to begin; with nothing, where that is another processor's."""
    name, here = target.full_name, this_processor()
    journal = shop.journal(name)
    state = journal.read()
    if state.open and is_foreign(state.open.done, here):
        give_up(shop, target)
    drop_foreign_packages(shop, name, target.files, state.done)
    if beginning is None:
        done = journal.read().done
    else:
        part = beginning.part(name)
        done = part.steps if part else {}
    if not is_foreign(done, here):
        return beginning
    shop.tell(Note(unit=target.name, text=f"{_foreign('it')}: all is built anew"))
    return Beginning(name=NONE, parts={})


def drop_foreign_packages(
    shop: Workshop, unit: str, files: FileSet, done: Mapping[str, Done]
) -> None:
    """Empty a unit's store, where its packages are another processor's, and mark it as this one's.

    A store without a mark is of the steps that are `done`.
    """
    store, here = shop.project.binpkgs(unit), this_processor()
    mark = store / MARK
    made_for = mark.read_text(encoding="utf-8") if mark.exists() else None
    foreign = is_foreign(done, here) if made_for is None else made_for != here
    if foreign:
        shop.tell(Note(unit=unit, text=f"{_foreign('its store')}: no package in it is used"))
        remove(store)
    if compiles_native_code(files) and (foreign or made_for is None):
        store.mkdir(parents=True, exist_ok=True)
        write_durably(mark, here)


def leaves_packages(shop: Workshop, unit: str, done: Mapping[str, Done]) -> bool:
    """Whether packages from elsewhere stay there, being another processor's; then it says so."""
    foreign = is_foreign(done, this_processor())
    if foreign:
        shop.tell(Note(unit=unit, text=f"{_foreign('it')}: its binary packages are left out"))
    return foreign


def _foreign(what: str) -> str:
    return f"{what} was compiled for another processor ({NATIVE_CODE})"
