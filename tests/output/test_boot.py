"""Starting a guest: the command line, the medium, and what the console makes of what it reads."""

import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from bh_container.config.choices import Medium
from bh_container.errors import BhError, MissingProgram
from bh_container.output import boot, machine
from bh_container.output.boot import BootFailed, Console, GuestCommandFailed, accelerator
from bh_container.output.machine import MACHINES, Accelerator, Guest, command_line
from bh_container.output.medium import make_medium
from bh_container.output.program import ProgramFailed

# A shell that does what a guest's console does: it shows what is typed, and runs it. The words
# that Console adds for QEMU's monitor become the shell's unused parameters.
SHELL = 'while IFS= read -r line; do echo "/ # $line"; eval "$line"; done'


def fake(script: str) -> list[str]:
    return ["sh", "-c", script, "guest"]


def console(tmp_path: Path, program: Sequence[str]) -> Console:
    guest = Guest(arch="aarch64", kernel=Path("Image"))
    return Console(guest, log=tmp_path / "console.log", program=program)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with a program for every machine, which is the whole PATH beside the shell's."""
    directory = tmp_path / "programs"
    directory.mkdir()
    for each in MACHINES.values():
        program = directory / each.program
        program.write_text("#!/bin/sh\n", encoding="utf-8")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{directory}:/usr/bin:/bin")
    return directory


def option(words: Sequence[str], name: str) -> str:
    return words[words.index(name) + 1]


class TestCommandLine:
    @pytest.mark.parametrize(
        ("arch", "name", "port"),
        [
            ("aarch64", "virt", "ttyAMA0"),
            ("x86_64", "q35", "ttyS0"),
            ("riscv64", "virt", "ttyS0"),
        ],
    )
    def test_machine(self, programs: Path, arch: str, name: str, port: str) -> None:
        guest = Guest(arch=arch, kernel=Path("Image"), cmdline="quiet docache")
        words = command_line(guest, Accelerator.TCG)
        assert words[0] == str(programs / MACHINES[arch].program)
        assert option(words, "-machine") == name
        assert option(words, "-append") == f"console={port} panic=-1 quiet docache"
        assert option(words, "-accel") == "tcg"
        assert "-no-reboot" in words

    def test_only_what_the_guest_has(self, programs: Path) -> None:
        words = command_line(Guest(arch="aarch64", kernel=Path("Image")), Accelerator.TCG)
        assert not {"-initrd", "-drive", "-fsdev", "-netdev"} & set(words)

    def test_everything(self, programs: Path) -> None:
        guest = Guest(
            arch="aarch64",
            kernel=Path("Image"),
            initramfs=Path("initramfs"),
            medium=Path("a,b.img"),
            memory_mib=1024,
            network=True,
            shares={"images": Path("dir")},
        )
        words = command_line(guest, Accelerator.TCG)
        assert option(words, "-m") == "1024M"
        assert option(words, "-initrd") == "initramfs"
        assert "file=a,,b.img" in option(words, "-drive")
        assert "readonly=on" in option(words, "-drive")
        assert "readonly=on" in option(words, "-fsdev")
        assert "virtio-9p,fsdev=share0,mount_tag=images" in words
        assert "virtio-net,netdev=net" in words

    def test_kvm_wins_over_the_model(self, programs: Path) -> None:
        words = command_line(Guest(arch="aarch64", kernel=Path("Image")), Accelerator.KVM)
        models = [words[at + 1] for at, word in enumerate(words) if word == "-cpu"]
        assert models == ["cortex-a72", "host"]

    def test_unknown_architecture(self) -> None:
        with pytest.raises(BhError, match="sparc: no QEMU machine"):
            machine.machine("sparc")

    def test_missing_program(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", "/nowhere")
        with pytest.raises(MissingProgram, match="apt-get install qemu-system-arm"):
            command_line(Guest(arch="aarch64", kernel=Path("Image")), Accelerator.TCG)


class TestConsole:
    def test_expect_and_run(self, tmp_path: Path) -> None:
        with console(tmp_path, fake(f"echo login:; {SHELL}")) as guest:
            assert guest.expect(r"log(\w+):", 5)[1] == "in"
            assert guest.run("echo one; echo two") == "one\ntwo"
            assert guest.run("printf 'no newline'") == "no newline"
            assert guest.run("printf '\\033[1;34mdir\\033[m\\r\\n'") == "dir"
            log = "[    7.167109] hrtimer: interrupt took 32537792 ns"
            assert guest.run(f"echo '{log}'; echo 8; echo '{log}'") == "8"
            guest.send("exit 0\n")
            assert guest.wait(5) == 0
        assert "login:" in (tmp_path / "console.log").read_text(encoding="utf-8")

    def test_status_of_a_command(self, tmp_path: Path) -> None:
        with console(tmp_path, fake(SHELL)) as guest:
            assert guest.run("echo no; false", check=False) == "no"
            with pytest.raises(GuestCommandFailed) as failure:
                guest.run("echo no; (exit 7)")
        assert (failure.value.status, failure.value.output) == (7, "no")

    @pytest.mark.parametrize(
        "line",
        [
            "Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)",
            "unable to open an initial console.",
            "bh-init: failed: vda has no net in directory /",
        ],
    )
    def test_boot_failed(self, tmp_path: Path, line: str) -> None:
        # The pattern comes too, but later: what came first decides.
        program = fake(f"echo '[    0.1] {line}'; echo login:; cat")
        with console(tmp_path, program) as guest, pytest.raises(BootFailed) as failure:
            guest.expect("login:", 5)
        assert failure.value.reason == line
        assert failure.value.exit_status == 3
        assert str(tmp_path / "console.log") in str(failure.value)

    def test_success_before_a_failure(self, tmp_path: Path) -> None:
        with console(tmp_path, fake("echo login:; echo 'bh-init: failed: later'; cat")) as guest:
            guest.expect("login:", 5)
            with pytest.raises(BootFailed, match="later"):
                guest.wait(5)

    def test_end_of_qemu(self, tmp_path: Path) -> None:
        program = fake("echo starting; echo 'could not load kernel' >&2; exit 1")
        with console(tmp_path, program) as guest, pytest.raises(BootFailed) as failure:
            guest.expect("login:", 5)
        assert failure.value.reason == "QEMU ended with status 1: could not load kernel"

    def test_timeout(self, tmp_path: Path) -> None:
        with console(tmp_path, fake("echo starting; cat")) as guest:
            with pytest.raises(BootFailed, match=re.escape("no 'login:' within 0.2 s")):
                guest.expect("login:", 0.2)
            with pytest.raises(BootFailed, match=re.escape("did not end within 0.2 s")):
                guest.wait(0.2)

    def test_monitor_does_not_answer(self, tmp_path: Path) -> None:
        with console(tmp_path, fake("exit 0")) as guest:
            assert guest.wait(5) == 0
            with pytest.raises(BootFailed, match="monitor"):
                guest.monitor("info status")

    def test_nothing_is_left(self, tmp_path: Path) -> None:
        pid = tmp_path / "pid"
        with console(tmp_path, fake(f"echo $$ > {pid}; echo login:; exec cat")) as guest:
            guest.expect("login:", 5)
            number = int(pid.read_text(encoding="utf-8"))
            os.kill(number, 0)
        with pytest.raises(ProcessLookupError):
            os.kill(number, 0)

    def test_program_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(FileNotFoundError), console(tmp_path, ["/nowhere/qemu"]):
            pass


class TestAccelerator:
    GUEST = Guest(arch="x86_64", kernel=Path("bzImage"), initramfs=Path("initramfs"))

    @pytest.fixture(autouse=True)
    def machine(self, programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """An x86_64 machine with a /dev/kvm that can be opened."""
        kvm = tmp_path / "kvm"
        kvm.touch()
        monkeypatch.setattr(boot, "_KVM", kvm)
        monkeypatch.setattr("platform.machine", lambda: "x86_64")
        return kvm

    def qemu(self, programs: Path, script: str) -> None:
        (programs / "qemu-system-x86_64").write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")

    def test_kernel_runs(self, programs: Path, tmp_path: Path) -> None:
        self.qemu(programs, f"echo \"$@\" > {tmp_path}/words; echo 'Linux version 6.1'; exec cat")
        assert accelerator(self.GUEST) is Accelerator.KVM
        words = (tmp_path / "words").read_text(encoding="utf-8")
        assert "-accel kvm" in words
        assert "-initrd" not in words

    def test_guest_hangs(self, programs: Path) -> None:
        self.qemu(programs, "echo 'Probing EDD'; exec cat")
        assert accelerator(self.GUEST, patience=0.3) is Accelerator.TCG

    def test_kvm_is_refused(self, programs: Path) -> None:
        self.qemu(programs, "echo 'failed to initialize kvm' >&2; exit 1")
        assert accelerator(self.GUEST) is Accelerator.TCG

    def test_no_kvm(self, programs: Path, machine: Path) -> None:
        self.qemu(programs, "echo 'Linux version 6.1'; exec cat")
        machine.unlink()
        assert accelerator(self.GUEST) is Accelerator.TCG

    def test_another_architecture(self, programs: Path) -> None:
        guest = Guest(arch="aarch64", kernel=Path("Image"))
        assert accelerator(guest) is Accelerator.TCG


class TestMedium:
    @pytest.fixture
    def files(self, tmp_path: Path) -> dict[str, Path]:
        base, net = tmp_path / "1", tmp_path / "2"
        base.write_bytes(os.urandom(3_000_000))
        net.write_bytes(b"net")
        return {"base": base, "images/stack/net": net}

    def test_contents(self, files: dict[str, Path], tmp_path: Path) -> None:
        image = tmp_path / "medium.img"
        make_medium(files, image)
        for name, path in files.items():
            words = ["mcopy", "-n", "-i", str(image), f"::{name}", "-"]
            found = subprocess.run(words, capture_output=True, check=True).stdout
            assert found == path.read_bytes()

    def test_same_files_same_bytes(self, files: dict[str, Path], tmp_path: Path) -> None:
        first, second = tmp_path / "first.img", tmp_path / "second.img"
        make_medium(files, first)
        os.utime(files["base"], (1, 1))
        make_medium(dict(reversed(files.items())), second)
        assert first.read_bytes() == second.read_bytes()

    @pytest.mark.parametrize(
        ("kind", "offset", "magic"),
        [(Medium.EXT4, 1080, b"\x53\xef"), (Medium.ISO, 32769, b"CD001")],
    )
    def test_other_file_systems(
        self, files: dict[str, Path], tmp_path: Path, kind: Medium, offset: int, magic: bytes
    ) -> None:
        image = tmp_path / "medium.img"
        (tmp_path / "link").symlink_to(files["base"])
        make_medium({**files, "base": tmp_path / "link"}, image, kind)
        assert image.stat().st_size > files["base"].stat().st_size
        assert image.read_bytes()[offset : offset + len(magic)] == magic
        assert [path.name for path in tmp_path.iterdir() if path.name[0] == "."] == []

    def test_a_share_is_a_directory(self, files: dict[str, Path], tmp_path: Path) -> None:
        share = tmp_path / "share"
        make_medium({"old": files["base"]}, share, Medium.SHARE)
        make_medium({"images/base": files["base"]}, share, Medium.SHARE)
        found = [path for path in share.rglob("*") if path.is_file()]
        assert found == [share / "images/base"]
        assert found[0].read_bytes() == files["base"].read_bytes()

    def test_an_image_is_replaced(self, files: dict[str, Path], tmp_path: Path) -> None:
        image = tmp_path / "medium.img"
        make_medium(files, image)
        make_medium({"other": files["base"]}, image)
        listing = subprocess.run(
            ["mdir", "-b", "-i", str(image)], capture_output=True, text=True, check=True
        ).stdout
        assert listing.split() == ["::/other"]

    def test_failure_leaves_nothing(self, tmp_path: Path, files: dict[str, Path]) -> None:
        image = tmp_path / "medium.img"
        with pytest.raises(ProgramFailed, match="mmd failed"):
            make_medium({"..": files["base"], "../x": files["base"]}, image)
        assert not image.exists()

    def test_missing_program(
        self, files: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("shutil.which", lambda *words, **options: None)
        with pytest.raises(MissingProgram, match="apt-get install dosfstools"):
            make_medium(files, tmp_path / "medium.img")
