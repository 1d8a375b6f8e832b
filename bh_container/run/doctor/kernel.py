"""What the running kernel can do."""

from collections.abc import Iterator
from dataclasses import dataclass

from bh_container.run.doctor.facts import Facts, Kernel
from bh_container.run.doctor.finding import Finding, failure, ok, warning
from bh_container.run.doctor.install import as_root


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """Something of the kernel: its filesystem or device, its module, its option, who wants it."""

    name: str
    module: str
    option: str
    wanted: str
    device: bool = False
    needed: bool = False


FEATURES = (
    Feature(name="overlay", module="overlay", option="OVERLAY_FS", wanted="builds", needed=True),
    Feature(
        name="squashfs",
        module="squashfs",
        option="SQUASHFS",
        wanted="mounting an image by hand",
    ),
    Feature(
        name="loop-control",
        module="loop",
        option="BLK_DEV_LOOP",
        wanted="mounting an image by hand",
        device=True,
    ),
    Feature(
        name="binfmt_misc",
        module="binfmt_misc",
        option="BINFMT_MISC",
        wanted="bh-container check of a foreign architecture",
    ),
)
"""`loop` and `squashfs` are for people: no build mounts anything (docs/architecture.md)."""


def kernel(facts: Facts) -> Iterator[Finding]:
    """The features in turn, and whether QEMU is fast for targets of this machine's kind."""
    yield ok(f"Linux {facts.kernel.release}")
    for feature in FEATURES:
        yield _look_for(feature, facts)
    if "kvm" in facts.kernel.devices:
        yield ok("/dev/kvm: targets of this architecture boot at full speed")


def _look_for(feature: Feature, facts: Facts) -> Finding:
    if _present(feature, facts.kernel):
        return ok(feature.module)
    if feature.module in facts.kernel.modules:
        if not feature.needed:
            return ok(f"{feature.module}, a module that is not loaded yet")
        return warning(
            f"{feature.module} is a module that is not loaded",
            f"{as_root(facts)}modprobe {feature.module}",
        )
    tell = failure if feature.needed else warning
    return tell(
        f"the kernel has no {feature.module}, for {feature.wanted}",
        f"a kernel with CONFIG_{feature.option}=y",
    )


def _present(feature: Feature, kernel: Kernel) -> bool:
    return feature.name in (kernel.devices if feature.device else kernel.filesystems)
