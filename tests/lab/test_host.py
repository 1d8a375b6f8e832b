"""Builds from a repository that moves: first run, updates, a second tuple, rust, and the lock."""

import json
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from bh_container.config.pins import Pins, read_pins
from bh_container.config.project import Project
from bh_container.config.settings import resolve
from bh_container.config.wanted import Wanted, read_wanted
from bh_container.engine.podman import PodmanEngine
from bh_container.engine.protocol import ContainerSpec
from bh_container.events import Event, StepOutput, StepStarted
from bh_container.history.identity import PROJECT_LABEL
from bh_container.run.budget import Budget
from bh_container.run.build import build, build_host_for
from bh_container.run.host import STEPS_LABEL
from bh_container.run.seeds import lab_recipe, seed_of
from bh_container.run.update import look_ahead, move_lock
from bh_container.run.workshop import Workshop
from bh_container.seed.lab import lab_seed
from tests.config.tree import write_tree
from tests.conftest import cannot
from tests.lab import gentoo as moving
from tests.lab.gentoo import Gentoo
from tests.lab.targets import CHECKOUT, add_small, make_tiny

pytestmark = pytest.mark.lab

TARGETS = (
    ("AArch64", "aarch64-unknown-linux-musl"),
    ("X86", "x86_64-unknown-linux-musl"),
    ("RISCV", "riscv64-unknown-linux-musl"),
)
"""Nothing is built for the third: its compiler is never there."""

FIRST = "aarch64-unknown-linux-musl"
TARGET = f"{FIRST}.moving"
COMPILES = re.compile(r">>> Emerging \(\d+ of \d+\) (\S+?)::")
SECOND = "x86_64-unknown-linux-musl"
SYNC = ["snapshot", "git", "repositories"]
BUILD = ["cpuflags", "portage", "toolchain", "perl", "world", f"crossdev:{FIRST}"]
WORLD = "app-misc/moving-host\nllvm-core/clang\nsys-devel/crossdev\n"
SWITCH = "\nI_KNOW_WHAT_I_AM_DOING_CROSS=yes\n"
RUST = {
    "target-portage/env/dev-lang/rust": "RUST_CROSS_TARGETS=( "
    + " ".join(f'"{llvm}:{tuple_}:{tuple_}"' for llvm, tuple_ in TARGETS)
    + " )\n",
    "target-portage/profile/package.use.force/llvm_targets": "*/* LLVM_TARGETS: AArch64 RISCV\n",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run: the host's checkpoints that ran, what emerge compiled, and the host image.

    `packages` are those of the target's images; None where the host alone was built.
    """

    ran: list[str]
    compiled: list[str]
    image: str
    packages: object = None


@dataclass(slots=True, kw_only=True)
class Yard:
    """A project on the moving repository; `events` are those of the newest run."""

    shop: Workshop
    gentoo: Gentoo
    events: list[Event] = field(default_factory=list)
    targets: list[str] = field(default_factory=lambda: [TARGET])

    @property
    def host(self) -> Path:
        return self.shop.project.configs / "host-amd64-musl"

    @property
    def wanted(self) -> Wanted:
        configs = self.shop.project.configs
        return read_wanted(configs / "host", [configs / target for target in self.targets])

    def build(self) -> Run:
        """Build the host and the targets as the lock says."""
        self.events.clear()
        (result,) = build(self.shop, self.wanted)
        packages = json.loads((result / "manifest.json").read_text())["packages"]
        return replace(self._run(self.host_image()), packages=packages)

    def build_host(self) -> Run:
        """Build the host alone."""
        self.events.clear()
        return self._run(self.host_image())

    def host_image(self) -> str:
        """The host that the lock asks for, built where it is not there yet."""
        return build_host_for(self.shop, self.wanted, seed_of(self.shop)).image

    def update(self) -> tuple[tuple[str, ...], Run]:
        """Move the lock forward; what changes in it, and what is built then."""
        forward = look_ahead(self.shop, self.wanted)
        move_lock(self.shop, forward)
        return forward.changes, self.build()

    def _run(self, image: str) -> Run:
        steps = [event for event in self.events if isinstance(event, StepStarted)]
        # The box of the initramfs is compiled whenever a run comes to it, and is no package.
        outputs = [e for e in self.events if isinstance(e, StepOutput) and e.step != "box"]
        starts = [match for e in outputs if (match := COMPILES.match(e.line))]
        return Run(
            ran=[e.step for e in steps if e.unit == "host" and e.step != "configuration"],
            compiled=[match[1] for match in starts],
            image=image,
        )

    def empty_volumes(self) -> None:
        """Remove everything that can be made again; images stay in Podman's store, and ours."""
        for path in self.shop.project.volumes.iterdir():
            if path != self.shop.project.identity_file:
                shutil.rmtree(path)

    def second_target(self) -> None:
        """Add a target for another tuple."""
        configs = self.shop.project.configs
        name = f"{SECOND}.second"
        add_small(configs, SECOND, "second")
        self.targets.append(name)

    @contextmanager
    def root(self, image: str) -> Iterator[Path]:
        """An image's files."""
        name = f"bh-test-{image[:12]}-{self.shop.identity}"
        self.shop.engine.create_container(ContainerSpec(name=name, image=image))
        try:
            yield self.shop.engine.mount(name)
        finally:
            self.shop.engine.remove_container(name)


@pytest.fixture(scope="module")
def yard(tmp_path_factory: pytest.TempPathFactory, podman_engine: PodmanEngine) -> Iterator[Yard]:
    """The shipped host with a small world and the small target, in a project of their own."""
    if os.geteuid() != 0:
        cannot("the lab seed is made with mmdebstrap, as root")
    root = tmp_path_factory.mktemp("host")
    shutil.copytree(CHECKOUT / "configs", root / "configs", symlinks=True)
    (root / "containerfiles").symlink_to(CHECKOUT / "containerfiles")
    settings = resolve(
        {"seed": "lab", "jobs": 2, "distfiles": CHECKOUT / "volumes/distfiles"}, {}, None
    )
    events: list[Event] = []
    shop = Workshop(
        engine=podman_engine,
        project=Project(root),
        settings=settings,
        tell=events.append,
        budget=Budget(total=2, parties=1),
    )
    seed = lab_seed(podman_engine, lab_recipe(shop), events.append)
    name = f"bh-test-host-{shop.identity}"
    podman_engine.create_container(ContainerSpec(name=name, image=seed.image))
    original = podman_engine.mount(name) / "var/db/repos/gentoo"
    with (
        moving.serve_gentoo(original, root / "gentoo") as gentoo,
        moving.serve_snapshots() as mirror,
    ):
        podman_engine.remove_container(name)
        shop = replace(shop, settings=replace(settings, gentoo_mirrors=(mirror,)))
        yard = Yard(shop=shop, gentoo=gentoo, events=events)
        gentoo.add("app-misc/moving-host-1")
        gentoo.add("app-misc/moving-target-1")
        gentoo.add("llvm-core/clang-19", moving.CLANG)
        gentoo.add("dev-lang/rust-1", moving.RUST)
        gentoo.commit()
        (yard.host / "worlds/base").write_text(WORLD)
        (yard.host / "cpuflags").touch()
        target = add_small(shop.project.configs, FIRST, TARGET.partition(".")[2])
        (target / "worlds/rust.clean").write_text("dev-libs/openssl\n")
        make_tiny(target, "app-misc/moving-target")
        (yard.host / "target-portage/repos.conf/gentoo.conf").write_text(
            "[DEFAULT]\nmain-repo = gentoo\n\n[gentoo]\nlocation = /var/db/repos/gentoo\n"
            f"sync-type = git\nsync-uri = {gentoo.uri}\nauto-sync = yes\n"
        )
        yield yard
    for container in podman_engine.containers(f"{PROJECT_LABEL}={shop.identity}"):
        podman_engine.remove_container(container.name)
    for image in podman_engine.images(f"{PROJECT_LABEL}={shop.identity}"):
        for reference in image.references:
            podman_engine.remove_image(reference)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What happened to the host, in this order."""

    first: Run
    first_lock: Pins
    nothing_new: tuple[tuple[str, ...], Run]
    seconds_of_nothing: float
    again: Run
    moved: tuple[tuple[str, ...], Run]
    second: Run
    rust: Run


@pytest.fixture(scope="module")
def story(yard: Yard) -> Story:
    """Everything that is looked at below, once."""
    lock = yard.shop.project.lock
    first = yard.build()
    first_lock = read_pins(lock)
    started = time.monotonic()
    nothing_new = yard.update()
    seconds = time.monotonic() - started
    yard.gentoo.add("app-misc/moving-host-2")
    yard.gentoo.add("app-misc/moving-target-2")
    yard.gentoo.commit()
    yard.empty_volumes()
    again = yard.build()
    moved = yard.update()
    yard.second_target()
    second = yard.build_host()
    write_tree(yard.host, RUST)
    for name, text in {
        "worlds/base": "dev-lang/rust\n",
        "target-portage/make.conf": SWITCH,
    }.items():
        with (yard.host / name).open("a") as file:
            file.write(text)
    return Story(
        first=first,
        first_lock=first_lock,
        nothing_new=nothing_new,
        seconds_of_nothing=seconds,
        again=again,
        moved=moved,
        second=second,
        rust=yard.build_host(),
    )


def test_a_first_run(yard: Yard, story: Story) -> None:
    # The layers of the snapshot and of git may be there: they do not depend on the repository.
    first = [*SYNC, *BUILD]
    assert story.first.ran == first[-len(story.first.ran) :]
    assert story.first.ran[-len(BUILD) - 1] == "repositories"
    image = yard.shop.engine.image(story.first.image)
    assert image is not None
    assert set(json.loads(image.labels[STEPS_LABEL])) == set(first)
    assert "app-misc/moving-host-1" in story.first.compiled


def test_the_first_run_makes_the_lock(yard: Yard, story: Story) -> None:
    lock = story.first_lock
    assert lock.seed is not None
    assert lock.seed.identity.startswith("lab-")
    assert list(lock.repositories) == [yard.gentoo.uri]
    assert lock.snapshot is not None


def test_an_update_with_nothing_new(story: Story) -> None:
    changes, run = story.nothing_new
    assert changes == ()
    assert (run.ran, run.compiled, run.image) == ([], [], story.first.image)
    assert run.packages == story.first.packages
    assert story.seconds_of_nothing < 20


def test_the_same_lock_gives_the_same_packages(story: Story) -> None:
    """The repository has moved meanwhile, and nothing of the first run was left but the host."""
    assert story.again.ran == []
    assert "app-misc/moving-target-1" in story.again.compiled
    assert story.again.packages == story.first.packages != {}


def test_an_update_builds_exactly_what_is_new(yard: Yard, story: Story) -> None:
    changes, run = story.moved
    old = story.first_lock.repositories[yard.gentoo.uri]
    (line,) = changes
    assert line.startswith(f"{yard.gentoo.uri}: {old[:12]} -> ")
    assert run.ran == ["repositories", *BUILD]
    assert run.compiled == ["app-misc/moving-host-2", "app-misc/moving-target-2"]


def test_a_second_tuple_is_one_layer_more(yard: Yard, story: Story) -> None:
    _, before = story.moved
    assert story.second.ran == [f"crossdev:{SECOND}"]
    assert {name.partition("/")[0] for name in story.second.compiled} <= {f"cross-{SECOND}"}
    layers = yard.shop.engine.layers(story.second.image)
    assert layers[:-1] == yard.shop.engine.layers(before.image)


def test_rust_has_each_target_that_has_a_compiler(yard: Yard, story: Story) -> None:
    crossdev = [f"crossdev:{FIRST}", f"crossdev:{SECOND}"]
    rust = [f"rust:{FIRST}", f"rust:{SECOND}"]
    assert story.rust.ran == [*BUILD[1:-1], *crossdev, *rust]
    with yard.root(story.rust.image) as root:
        found = {path.name for path in (root / "usr/lib/rust/lib/rustlib").iterdir()}
        assert found == {"x86_64-unknown-linux-musl", FIRST, SECOND}
        assert not (root / f"usr/{FIRST}.skeleton/var/db/pkg/dev-libs").exists()
    # Once for the host alone, and once for both tuples.
    assert story.rust.compiled.count("dev-lang/rust-1") == 2


def test_the_processors_flags_stay(yard: Yard, story: Story) -> None:
    with yard.root(story.rust.image) as root:
        text = (root / "etc/portage/package.use/00cpu-flags").read_text()
    assert text.startswith("*/* CPU_FLAGS_X86: ")


def test_clang_has_a_name_for_each_tuple(yard: Yard, story: Story) -> None:
    with yard.root(story.rust.image) as root:
        for tuple_ in (FIRST, SECOND):
            assert (root / f"usr/lib/llvm/19/bin/{tuple_}-clang").readlink() == Path("clang")


def test_the_skeleton_is_merged(yard: Yard, story: Story) -> None:
    with yard.root(story.first.image) as root:
        skeleton = root / f"usr/{FIRST}.skeleton"
        links = {name: str((skeleton / name).readlink()) for name in ("bin", "lib", "lib64")}
        assert links == {"bin": "usr/bin", "lib": "usr/lib", "lib64": "usr/lib"}


def test_nothing_of_the_users_was_written(yard: Yard, story: Story) -> None:
    text = (yard.host / "target-portage/make.conf").read_text()
    assert text.endswith(SWITCH)
    assert not list((yard.host / "target-portage").rglob("cross-*"))
