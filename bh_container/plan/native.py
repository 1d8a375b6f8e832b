"""Native targets: what the machine that builds them is, and how that enters their configuration.

A target whose name contains `native` is for the machine that it is built on. What any target, or
the host, compiles with `-march=native` may run nowhere else.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bh_container.config.files import FileSet, compiles_native_code
from bh_container.config.target import Target
from bh_container.plan.step import Done, Recipe

PROCESSOR = "this machine's processor"
NATIVE_CODE = "-march=native"
"""What a step reads whose packages hold native code: the processor's features."""
VIDEO_CARDS = "VIDEO_CARDS_NATIVE"
LLVM_OF_CARDS = {"amdgpu": "AMDGPU"}
"""Cards whose drivers compile with LLVM, and the target that it needs for that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """The machine that builds: its processor's features, and VIDEO_CARDS_NATIVE."""

    processor: str = ""
    video_cards: tuple[str, ...] = ()


UNKNOWN = Machine()


def native_recipes(target: Target, machine: Machine, tuning: Mapping[str, str]) -> Iterable[Recipe]:
    """After the copy of the configuration: what a native target's has more."""
    if target.native:
        yield Recipe(
            name="native",
            script="target/native.sh",
            environment={"BH_USE": "\n".join(_lines(machine.video_cards))},
            tuning=tuning,
            every_run=True,
        )


def native_reads(target: Target, machine: Machine) -> Mapping[str, str]:
    """What a native target's packages depend on: on another machine they are built again."""
    code = native_code_reads(target.files, machine)
    if not target.native:
        return code
    return {**code, **processor_reads(machine), VIDEO_CARDS: " ".join(machine.video_cards)}


def processor_reads(machine: Machine) -> Mapping[str, str]:
    """The same of whatever is built with this processor's CPU flags."""
    return {PROCESSOR: machine.processor}


def native_code_reads(files: FileSet, machine: Machine) -> Mapping[str, str]:
    """The same of what is compiled with `-march=native`."""
    return {NATIVE_CODE: machine.processor} if compiles_native_code(files) else {}


def is_foreign(steps: Mapping[str, Done], processor: str) -> bool:
    """Whether one of these steps was done for a processor with other features."""
    return any(done.fingerprint.get(NATIVE_CODE, processor) != processor for done in steps.values())


def _lines(cards: Iterable[str]) -> Iterable[str]:
    """As lines of package.use: they hold for the target alone, unlike the environment."""
    cards = list(cards)
    if cards:
        yield f"*/* VIDEO_CARDS: -* {' '.join(cards)}"
    if llvm := [LLVM_OF_CARDS[card] for card in cards if card in LLVM_OF_CARDS]:
        yield f"*/* LLVM_TARGETS: {' '.join(llvm)}"
