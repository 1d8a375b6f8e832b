"""The box of a target, for the steps that cannot do without one."""

from bh_container.config.box import Box
from bh_container.config.target import Target


def box_of(target: Target) -> Box:
    """The box of a target that has one; the configuration's checks see to that."""
    if target.box is None:
        raise AssertionError(f"{target.full_name} has no box")
    return target.box


def saved_config_of(target: Target) -> tuple[str, str]:
    """The box's package and the file that is its saved configuration in the root, where the target
    has one; else twice nothing."""
    box = target.box
    if box is None or not target.files.under(box.config).files:
        return "", ""
    return box.package, box.config
