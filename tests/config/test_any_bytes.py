"""Whatever lies in a configuration: it is read, or a user is told; nothing else comes out."""

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bh_container.config.atom import AtomInvalid, atom_names, parse_atom
from bh_container.config.files import portage_lines
from bh_container.config.host import load_host
from bh_container.config.lint.project import lint_project
from bh_container.config.makeconf import read_assignments, read_commented
from bh_container.config.problems import ConfigInvalid, Report
from bh_container.config.project import Project
from bh_container.config.setting import Setting, Source
from bh_container.config.settings import resolve, table
from bh_container.config.target import Target, load_target, read_target
from bh_container.config.wanted import read_wanted
from bh_container.errors import BhError
from bh_container.plan.step import Done
from bh_container.run.journal import Journal, Run
from bh_container.run.outlook import Store, outlook
from bh_container.run.texts import keep_texts
from tests.config.tree import HOST, TARGET, TUPLE, write_tree

PATHS = [
    *TARGET,
    *HOST,
    "bootstrap",
    "busybox.config",
    "cpuflags",
    "initramfs/bin/sh",
    "repos",
    "repos/mine/a/x/x-1.ebuild",
    "repos/mine/profiles/repo_name",
    "split.base",
    "target-portage",
    "target-portage/env/dev-lang/rust",
    "target-portage/env/sys-devel/gcc",
    "target-portage/package.accept_keywords",
    "target-portage/package.env",
    "target-portage/package.use/pam",
    "target-portage/package.use",
    "target-portage/profile/package.provided",
    "target-portage/profile/package.use.force",
    "target-portage/profile/packages",
    "target-portage/repos.conf/mine",
    "target-portage/repos.conf",
    "worlds",
    "worlds/net",
    "worlds/rust.clean",
    "worlds/tree/net",
    "worlds/tree/base",
    "worlds/tree",
]
PIECES = [
    "base net # x \n", "@system\n", "a/b\n", ">=a/b-1:2[c]\n", "[x]\nlocation = /y\n",
    "#INSTALL_MASK=", '"', "'", "(", ")", "${", "$", "\\", "\\\n", "X=", "X+=", "\x00", "\ufeff",
    "RUST_CROSS_TARGETS=", "a:b:c ", "LLVM_TARGETS: ", "CHOST=", "ROOT=", "\r\n", "\x85", "é",
    "[", "%(x)s", "=", ":", "\t", "#sys-libs/pam x\n", "jobs: 1\n", "sets: {a: [b]}\n", "&a *a\n",
    "? ", "- ", "!!int ", '"\\UFFFFFFFF"', "<<: *a\n", "%YAML 9.9\n", "---\n", "...\n", "{",
    "[" * 99, "a/b -c c -\n",
]  # fmt: skip

contents = st.one_of(
    st.binary(max_size=60),
    st.lists(st.sampled_from(PIECES), max_size=8).map(lambda words: "".join(words).encode()),
)


def put_file(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def put_directory(path: Path, content: bytes) -> None:
    path.mkdir()


def put_named_child(path: Path, content: bytes) -> None:
    path.mkdir()
    name = content.replace(b"/", b"").replace(b"\0", b"")[:200] or b"x"
    if name not in (b".", b".."):
        (path / os.fsdecode(name)).write_bytes(content)


def put_dangling_link(path: Path, content: bytes) -> None:
    path.symlink_to("nowhere")


def put_loop(path: Path, content: bytes) -> None:
    path.symlink_to(path.name)


def put_link_upward(path: Path, content: bytes) -> None:
    path.symlink_to("..")


def put_pipe(path: Path, content: bytes) -> None:
    os.mkfifo(path)


Put = Callable[[Path, bytes], None]
puts: st.SearchStrategy[Put] = st.sampled_from(
    [put_file] * 6
    + [put_directory, put_named_child, put_dangling_link, put_loop, put_link_upward, put_pipe]
)
changes = st.dictionaries(st.sampled_from(PATHS), st.tuples(puts, contents), max_size=5)


def spoil(directory: Path, wanted: Mapping[str, tuple[Put, bytes]]) -> None:
    for name, (put, content) in wanted.items():
        path = directory / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.is_dir() and not path.is_symlink():
                continue
            path.unlink(missing_ok=True)
            put(path, content)
        except OSError:
            continue  # what is above it has been spoilt already


T = TypeVar("T")


def read_or_told(load: Callable[[], T]) -> T | None:
    """What was read; None where the user is told what cannot be, a line for each mistake."""
    try:
        return load()
    except ConfigInvalid as error:
        assert error.problems
        assert str(error).encode()
        assert len(str(error).splitlines()) == len(error.problems)
    except BhError as error:
        assert str(error).encode()
    return None


@pytest.mark.parametrize(
    "put", [put_directory, put_named_child, put_dangling_link, put_loop, put_link_upward, put_pipe]
)
def test_what_is_spoilt_is_told(tmp_path: Path, put: Put) -> None:
    """Else the tests below would find nothing, whatever they try."""
    directory = write_tree(tmp_path / f"{TUPLE}.x", TARGET)
    assert read_or_told(lambda: load_target(directory)) is not None
    spoil(directory, {"worlds/base": (put, b"a/b\n")})
    assert read_or_told(lambda: load_target(directory)) is None


@given(wanted=changes)
@settings(max_examples=200, deadline=None)
def test_a_target_of_anything(wanted: Mapping[str, tuple[Put, bytes]]) -> None:
    with TemporaryDirectory() as scratch:
        directory = write_tree(Path(scratch) / f"{TUPLE}.x", TARGET)
        spoil(directory, wanted)

        def load() -> Target:
            target = load_target(directory)
            assert re.fullmatch("[0-9a-f]{64}", target.files.digest())
            portage_lines(target.files, "package.use", {"a/b"})
            return target

        target = read_or_told(load)
        if target is not None:
            assert target.lists[0].name == "base"
            assert all(one.atoms for one in target.lists)


@given(wanted=changes)
@settings(max_examples=100, deadline=None)
def test_a_host_of_anything(wanted: Mapping[str, tuple[Put, bytes]]) -> None:
    with TemporaryDirectory() as scratch:
        directory = write_tree(Path(scratch) / "host-x", HOST)
        spoil(directory, wanted)
        host = read_or_told(lambda: load_host(directory))
        assert host is None or host.world


@given(target=changes, host=changes, yaml=contents)
@settings(max_examples=60, deadline=None)
def test_lint_of_anything(
    target: Mapping[str, tuple[Put, bytes]], host: Mapping[str, tuple[Put, bytes]], yaml: bytes
) -> None:
    with TemporaryDirectory() as scratch:
        project = Project(Path(scratch))
        spoil(write_tree(project.configs / f"{TUPLE}.x", TARGET), target)
        spoil(write_tree(project.host_directory(), HOST), host)
        project.settings_file.write_bytes(yaml)
        for finding in lint_project(project, project.target_directories()):
            problem = finding.problem
            assert len(str(problem).splitlines()) == 1
            assert problem.column is None or problem.column > 0
            assert (problem.line is None) <= (problem.column is None)


@given(target=changes, host=changes, before=changes)
@settings(max_examples=40, deadline=None)
def test_a_plan_of_anything(
    target: Mapping[str, tuple[Put, bytes]],
    host: Mapping[str, tuple[Put, bytes]],
    before: Mapping[str, tuple[Put, bytes]],
) -> None:
    """What a run is said to have seen is anything, too: the reasons are made of both."""
    with TemporaryDirectory() as scratch:
        project = Project(Path(scratch))
        directory = write_tree(project.configs / f"{TUPLE}.x", {**TARGET, "split.initramfs": ""})
        spoil(directory, before)
        seen = read_target(directory, Report())
        keep_texts(project, directory.name, ("1", None), seen)
        record_run(project.journal_file(directory.name))
        spoil(directory, target)
        spoil(write_tree(project.host_directory(), HOST), host)

        def load() -> bool:
            wanted = read_wanted(project.host_directory(), project.target_directories())
            options = resolve({}, {}, None)
            for one in outlook(project, options, wanted, Store(images=None, identity="")):
                assert all(step.why or step.follows for step in one.pending)
                assert "".join(why for step in one.steps for why in step.why).encode()
            return True

        read_or_told(load)


def record_run(file: Path) -> None:
    """A complete run of steps with some fingerprint."""
    journal = Journal(file)
    journal.run_opened(Run(id="1", base="base"))
    for name in ("libc", "world", "final:base"):
        journal.step_done(name, Done(key="k", fingerprint={"$BH_ATOMS": "a/b"}, seconds=1.0))
    journal.run_completed("x", "image")


@given(content=contents)
@settings(max_examples=200, deadline=None)
def test_settings_of_anything(content: bytes) -> None:
    with TemporaryDirectory() as scratch:
        file = Path(scratch) / "bh-container.yaml"
        file.write_bytes(content)
        found = read_or_told(lambda: resolve({}, {}, file))
        sources = {origin.source for origin in found.origins.values()} if found else set()
        assert sources <= {Source.FILE, Source.DEFAULT}


@given(text=st.text(max_size=20), row=st.sampled_from([row for row in table() if row.variables]))
@settings(max_examples=200)
def test_a_variable_of_anything(text: str, row: Setting) -> None:
    found = read_or_told(lambda: resolve({}, dict.fromkeys(row.variables, text), None))
    if found is not None:
        said = found.origins[row.name].source
        assert said is (Source.ENVIRONMENT if text else Source.DEFAULT)


@given(text=st.one_of(st.text(), st.lists(st.sampled_from(PIECES)).map("".join)))
@settings(max_examples=200)
def test_assignments_of_anything(text: str) -> None:
    for assignment in read_assignments(text).values():
        assert 1 <= assignment.line <= text.count("\n") + 1
    commented = read_commented(text, "INSTALL_MASK")
    assert commented is None or "INSTALL_MASK=" in text


@given(text=st.one_of(st.text(), st.from_regex(r"[<>=~]?[a-z]+/[a-z+-]+(-[0-9.]+)?(:[0-9])?")))
@settings(max_examples=200)
def test_an_atom_of_anything(text: str) -> None:
    try:
        package = parse_atom(text).package
    except AtomInvalid as error:
        assert str(error)
    else:
        assert atom_names(text, frozenset({package}))


@pytest.mark.parametrize("depth", [10, 30, 5_000])
def test_a_deeply_nested_file(tmp_path: Path, depth: int) -> None:
    file = tmp_path / "bh-container.yaml"
    file.write_text("sets: " + "[" * depth + "]" * depth)
    found = read_or_told(lambda: resolve({}, {}, file))
    assert found is None, "a set is no list of lists"
