"""What a native target has of the machine that builds it, and when it is built again."""

import pytest

from bh_container.plan.host import Ground
from bh_container.plan.native import NATIVE_CODE, PROCESSOR, VIDEO_CARDS, Machine
from tests.plan.test_target import ORDER, from_step
from tests.shipped import GROUND, TUPLE, Shipped, changed

OLD = Machine(processor="sse2", video_cards=("amdgpu", "radeonsi"))
NEW = Machine(processor="avx2 sse2", video_cards=("amdgpu", "radeonsi"))
CARDS = Machine(processor="sse2", video_cards=("intel",))


def on(machine: Machine) -> Ground:
    return Ground(seed=GROUND.seed, machine=machine)


@pytest.fixture
def native(shipped: Shipped) -> Shipped:
    return shipped.renamed(f"{TUPLE}.zen-native")


def test_its_configuration_gets_what_the_machine_is_on_every_run(native: Shipped) -> None:
    plan = native.plans(ground=on(OLD)).target
    names = [step.name for step in plan]
    after = ORDER.index("configuration") + 1
    assert names == [*ORDER[:after], "native", *ORDER[after:]]
    assert plan[after].recipe.every_run


@pytest.mark.parametrize(
    ("cards", "lines"),
    [
        (
            ("radeonsi", "amdgpu"),
            ["*/* VIDEO_CARDS: -* radeonsi amdgpu", "*/* LLVM_TARGETS: AMDGPU"],
        ),
        (("intel",), ["*/* VIDEO_CARDS: -* intel"]),
        ((), []),
    ],
)
def test_its_video_cards(native: Shipped, cards: tuple[str, ...], lines: list[str]) -> None:
    plan = native.plans(ground=on(Machine(video_cards=cards))).target
    (step,) = (step for step in plan if step.name == "native")
    assert step.variables["BH_USE"].splitlines() == lines


@pytest.mark.parametrize(("machine", "name"), [(NEW, PROCESSOR), (CARDS, VIDEO_CARDS)])
def test_on_another_machine_it_is_built_again(native: Shipped, machine: Machine, name: str) -> None:
    before, after = native.plans(ground=on(OLD)), native.plans(ground=on(machine))
    assert changed(before, after) == from_step("libc")
    first = {step.name: step.fingerprint for step in before.target}["libc"]
    then = {step.name: step.fingerprint for step in after.target}["libc"]
    assert {key for key in then if first[key] != then[key]} == {name}


def test_any_other_target_has_nothing_of_the_machine(shipped: Shipped) -> None:
    """Neither the setting nor a variable VIDEO_CARDS of the user's environment."""
    before, after = shipped.plans(ground=on(OLD)), shipped.plans(ground=on(NEW))
    assert before == after
    words = [step.variables for step in (*after.host.steps, *after.target)]
    assert not [name for one in words for name in one if "VIDEO_CARDS" in name]
    assert not [text for one in words for text in one.values() if "amdgpu" in text]


def test_a_host_with_cpuflags_is_built_again_on_another_processor(shipped: Shipped) -> None:
    (shipped.configs / "host/cpuflags").touch()
    before, after = shipped.plans(ground=on(OLD)), shipped.plans(ground=on(NEW))
    assert changed(before, after)[0] == "host cpuflags"
    assert changed(before, shipped.plans(ground=on(CARDS))) == []


@pytest.mark.parametrize(("unit", "first"), [("", "libc"), ("host", "host portage")])
def test_native_code_is_built_again_on_another_processor(
    shipped: Shipped, unit: str, first: str
) -> None:
    make_conf = shipped.configs / (unit or shipped.name) / "target-portage/make.conf"
    make_conf.write_text(f'{make_conf.read_text()}\nCFLAGS="-O2 -march=native"\n')
    before, after = shipped.plans(ground=on(OLD)), shipped.plans(ground=on(NEW))
    assert changed(before, after)[0] == (first if unit else f"target {first}")
    steps = {step.name: step for step in (after.host.steps if unit else after.target)}
    assert steps[first.split()[-1]].fingerprint[NATIVE_CODE] == NEW.processor
    assert changed(before, shipped.plans(ground=on(CARDS))) == []
