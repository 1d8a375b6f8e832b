"""What is asked of the machine and the network before hours are spent on a first build."""

import os
from collections.abc import Iterable

from bh_container.config.target import Target
from bh_container.errors import BhError
from bh_container.events import Note
from bh_container.run.doctor.examine import examine
from bh_container.run.doctor.finding import Finding, Grade
from bh_container.run.doctor.look import Meeting, Question, look
from bh_container.run.workshop import Workshop

UNIT = "host"


class MachineUnfit(BhError):
    """This machine cannot build anything, for these reasons."""

    def __init__(self, failures: Iterable[Finding]) -> None:
        lines = [f"{one.what}\n  {one.remedy}" for one in failures]
        super().__init__("\n".join(lines), remedy="bh-container doctor looks at all of the machine")


def warn(shop: Workshop, targets: Iterable[Target]) -> None:
    """Tell what may stop a build of these targets late, and raise `MachineUnfit` for what would
    stop it for certain; a target that was built before has shown that it can be.
    """
    units = tuple(target.full_name for target in targets)
    new = [unit for unit in units if shop.journal(unit).read().last is None]
    if not new:
        return
    question = Question(
        settings=shop.settings,
        project=shop.project,
        new=len(new),
        together=units,
        mirrors=shop.settings.gentoo_mirrors,
    )
    facts = look(question, Meeting(podman=shop.engine.about()), os.environ)
    found = [finding for _, finding in examine(facts, early=True)]
    if failures := [one for one in found if one.grade is Grade.FAILURE]:
        raise MachineUnfit(failures)
    for one in found:
        if one.grade is Grade.WARNING:
            shop.tell(Note(unit=UNIT, text=f"{one.what}: {one.remedy}"))
