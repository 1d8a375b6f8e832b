import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from bh_container.config.problems import ConfigInvalid
from bh_container.config.settings import (
    Flavour,
    HistType,
    Settings,
    Source,
    TmpType,
    resolve,
    table,
)


def write(directory: Path, text: str | None) -> Path:
    file = directory / "bh-container.yaml"
    if text is not None:
        file.write_text(text)
    return file


@pytest.mark.parametrize(
    ("options", "environment", "text", "jobs", "source", "shown"),
    [
        ({"jobs": 1}, {"BUILD_JOBS": "2"}, "jobs: 3", 1, Source.OPTION, "option --jobs"),
        ({"jobs": None}, {"BUILD_JOBS": "2"}, "jobs: 3", 2, Source.ENVIRONMENT,
         "environment BUILD_JOBS"),
        ({}, {"BUILD_JOBS": ""}, "\njobs: 3", 3, Source.FILE, "bh-container.yaml:2"),
        ({}, {}, "seed: lab", None, Source.DEFAULT, "default"),
        ({}, {}, "jobs:", None, Source.DEFAULT, "default"),
        ({}, {}, None, None, Source.DEFAULT, "default"),
    ],
)  # fmt: skip
def test_an_option_comes_before_the_environment_before_the_file(
    tmp_path: Path,
    options: Mapping[str, object | None],
    environment: Mapping[str, str],
    text: str | None,
    jobs: int | None,
    source: Source,
    shown: str,
) -> None:
    settings = resolve(options, environment, write(tmp_path, text))
    origin = settings.origins["jobs"]
    assert (origin.source, str(origin)) == (source, shown)
    assert settings.jobs == jobs if jobs else settings.jobs > 0


@pytest.mark.parametrize(
    ("field", "variable", "text", "value"),
    [
        ("jobs", "BUILD_JOBS", "8", 8),
        ("makeopts", "MAKEOPTS", "-j4 -l4", "-j4 -l4"),
        ("distfiles", "DISTFILES", "/srv/distfiles", Path("/srv/distfiles")),
        ("gentoo_mirrors", "GENTOO_MIRRORS", " a  b ", ("a", "b")),
        ("video_cards_native", "VIDEO_CARDS_NATIVE", "amdgpu radeonsi", ("amdgpu", "radeonsi")),
        ("tmp_type", "TMP_TYPE", "tmpfs", TmpType.TMPFS),
        ("tmp_type", "TMP_TYPE", "none", TmpType.NONE),
        ("tmp_size", "TMP_SIZE", "8G", "8G"),
        ("seed", "BH_SEED", "docker.io/gentoo/stage3:musl", "docker.io/gentoo/stage3:musl"),
        ("podman_url", "BH_PODMAN_URL", "unix:///run/x.sock", "unix:///run/x.sock"),
        ("directory", "BUILD_HELPER_TREE", "/srv/tree", Path("/srv/tree")),
        ("directory", "BH_CONTAINER_ROOT", "/srv/root", Path("/srv/root")),
        ("build_hist", "BUILD_HIST", "none", "none"),
        ("unsigned_seed", "BH_UNSIGNED_SEED", "yes", True),
        ("stage3_flavour", "BH_STAGE3_FLAVOUR", "musl-llvm", Flavour.MUSL_LLVM),
        ("stage3_arch", "BH_STAGE3_ARCH", "armv7a_hardfp", "armv7a_hardfp"),
        ("stage3_key", "BH_STAGE3_KEY", "/srv/key.asc", Path("/srv/key.asc")),
        ("stage3_signers", "BH_STAGE3_SIGNERS", f"{'A' * 40} {'1' * 64}", ("A" * 40, "1" * 64)),
        ("tarball_mirror", "TARBALL_MIRROR", "http://a https://b/c", ("http://a", "https://b/c")),
        ("hist_type", "HIST_TYPE", "files", HistType.FILES),
        ("export", "BH_EXPORT", "yes", True),
        ("mount_hist", "MOUNT_HIST", "yes", True),
        ("umount_ask", "UMOUNT_ASK", "no", False),
        ("ccache", "BH_CCACHE", "yes", True),
        ("ccache", "BH_CCACHE", "Off", False),
    ],
)
def test_a_value_is_the_same_from_everywhere(
    tmp_path: Path, field: str, variable: str, text: str, value: object
) -> None:
    from_environment = resolve({}, {variable: text}, None)
    from_file = resolve({}, {}, write(tmp_path, f"{field}: {text.strip()}\n"))
    from_option = resolve({field: value}, {}, None)
    for settings in (from_environment, from_file, from_option):
        assert getattr(settings, field) == value
        assert isinstance(getattr(settings, field), type(value))


def test_the_first_variable_of_a_row_wins() -> None:
    both = {"BUILD_HELPER_TREE": "/old", "BH_CONTAINER_ROOT": "/new"}
    assert resolve({}, both, None).directory == Path("/new")


def test_makeopts_follow_jobs_where_nobody_sets_them() -> None:
    assert resolve({"jobs": 2}, {}, None).makeopts == "-j1"
    assert resolve({"jobs": 16}, {}, None).makeopts == "-j4"
    assert resolve({"jobs": 7}, {"MAKEOPTS": "-j1"}, None).makeopts == "-j1"


def test_lists_and_sets_of_the_file(tmp_path: Path) -> None:
    text = "gentoo_mirrors: [a, b]\nsets:\n  small: [x, y]\n  big: x y z\n  none: []\n"
    settings = resolve({}, {}, write(tmp_path, text))
    assert settings.gentoo_mirrors == ("a", "b")
    assert settings.sets == {"small": ("x", "y"), "big": ("x", "y", "z"), "none": ()}


def test_a_relative_path_is_relative_to_where_it_was_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    file = write(tmp_path, "distfiles: d\n")
    assert resolve({}, {}, file).distfiles == tmp_path / "d"
    assert resolve({}, {}, Path("../bh-container.yaml")).distfiles.resolve() == tmp_path / "d"
    assert resolve({}, {"DISTFILES": "d"}, file).distfiles == tmp_path / "here/d"
    assert resolve({"distfiles": Path("d")}, {}, file).distfiles == tmp_path / "here/d"
    assert resolve({}, {}, None).distfiles == Path("volumes/distfiles")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("jobs: many", "1: jobs is 'many'; write a number from 1 on"),
        ("jobs: 0", "1: jobs is '0'; write a number from 1 on"),
        ("jobs: [1]", "1: jobs is a list; write a number from 1 on"),
        ("jobs: {a: 1}", "1: jobs is keys; write a number from 1 on"),
        ("ccache: maybe", "1: ccache is 'maybe'; write yes or no"),
        ("tmp_type: disk", "1: tmp_type is 'disk'; write none or tmpfs"),
        (
            "stage3_flavour: uclibc",
            "1: stage3_flavour is 'uclibc'; write musl or musl-hardened or musl-llvm or glibc",
        ),
        (
            "stage3_signers: 2D182910",
            "1: stage3_signers is '2D182910'; write fingerprints of 40 hexadecimal digits",
        ),
        ("stage3_signers: []", "1: stage3_signers is a list; write fingerprints"),
        (
            "tarball_mirror: ftp://a",
            "1: tarball_mirror is 'ftp://a'; write addresses that begin with https:// or http://",
        ),
        ("tmp_size: big", "1: tmp_size is 'big'; write a size such as 30G"),
        ("seed: a b", "1: seed is 'a b'; write one word"),
        ("sets: [a]", "1: sets is a list; write names with a list of words each"),
        ("\njbos: 1", "2: there is no setting 'jbos'; did you mean 'jobs'?"),
        ("wibble: 1", "1: there is no setting 'wibble'; remove it"),
        ("origins: x", "1: there is no setting 'origins'; remove it"),
        ("jobs: 1\nseed: lab\njobs: 2", "3: 'jobs' is there twice; the first is in line 1"),
        ("- jobs", "1: holds no settings; write lines like 'jobs: 8'"),
        ("jobs", "1: holds no settings; write lines like 'jobs: 8'"),
        ("jobs: [1", "1: is no YAML: "),
        ("jobs: &a [*a]", "1: jobs: is nested too deeply, or contains itself; write it plainly"),
        ('seed: "\\UFFFFFFFF"', " is no YAML: "),
        ("a: 1\nb: \x07", "2: is no YAML: special characters are not allowed"),
        ("a: 1\n---\nb: 2", "2: is no YAML: but found another document"),
    ],
)
def test_a_mistake_in_the_file_is_told_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    file = write(tmp_path, text)
    with pytest.raises(ConfigInvalid) as caught:
        resolve({}, {}, file)
    without_column = re.sub(r":(\d+):\d+: ", r":\1: ", str(caught.value))
    assert without_column.startswith(f"{file}:{said}")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("jobs: many", "1:1"),
        ("seed: lab\n  # note\ntmp_size: x", "3:1"),
        ("{seed: lab, wibble: 1}", "1:13"),
        ("{seed: lab, seed: lab}", "1:13"),
        ("jobs: &a [*a]", "1:7"),
        ("format: 2\njobs: 1", "1:1"),
        ("a: 1\nb: [", "2:5"),
    ],
)
def test_a_mistake_in_the_file_is_told_with_its_column(
    tmp_path: Path, text: str, place: str
) -> None:
    file = write(tmp_path, text)
    with pytest.raises(ConfigInvalid) as caught:
        resolve({}, {}, file)
    assert str(caught.value).startswith(f"{file}:{place}: ")


def test_the_formats_version_is_no_setting(tmp_path: Path) -> None:
    assert resolve({}, {}, write(tmp_path, "format: 1\njobs: 3\n")).jobs == 3


def test_a_build_in_memory_has_its_temporary_files_there(tmp_path: Path) -> None:
    memory = {"MNT_TYPE": "tmpfs", "MNT_OPTS": "mode=0755,size=12G"}
    settings = resolve({}, memory, None)
    assert (settings.tmp_type, settings.tmp_size) == (TmpType.TMPFS, "12G")
    other = resolve({}, {**memory, "TMP_SIZE": "1G", "TMP_TYPE": "none"}, None)
    assert (other.tmp_type, other.tmp_size) == (TmpType.NONE, "1G")
    assert resolve({}, {"MNT_OPTS": "size=12G"}, None).tmp_size == "30G"


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    file = write(tmp_path, "tmp_size: x\nwibble: 1\n")
    with pytest.raises(ConfigInvalid) as caught:
        resolve({"jobs": "no"}, {"TMP_TYPE": "no"}, file)
    assert sorted(map(str, caught.value.problems)) == sorted(
        [
            "command line: --jobs is 'no'; write a number from 1 on",
            "environment: TMP_TYPE is 'no'; write none or tmpfs",
            f"{file}:1:1: tmp_size is 'x'; write a size such as 30G",
            f"{file}:2:1: there is no setting 'wibble'; remove it",
        ]
    )


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "{}"])
def test_an_empty_file_says_nothing(tmp_path: Path, text: str) -> None:
    settings = resolve({}, {}, write(tmp_path, text))
    assert {origin.source for origin in settings.origins.values()} == {Source.DEFAULT}


def test_every_row_has_help_and_every_field_is_a_row() -> None:
    names = {row.name for row in table()}
    assert names == set(Settings.__dataclass_fields__) - {"origins"}
    assert all(row.help for row in table())
    variables = [variable for row in table() for variable in row.variables]
    assert len(variables) == len(set(variables))
