"""What snapshots cost, against packing or copying the same tree whole.

    python benchmarks/history.py [DIRECTORY] [--size 1200] [--rounds 5] [--plot history.svg]

Makes an image of what DIRECTORY (by default this machine's /usr/lib) has first, up to so many MiB,
changes one file in a hundred, and saves that as a snapshot does: a commit. Then exports the tree
and restores it as `history export` and `history import` do. Beside it, the same tree is packed and
unpacked whole by gensquashfs and unsquashfs (or rdsquashfs), and copied by cp --archive.

The export and gensquashfs read the same mounted image, at the same level, in turns: the one is
first in every second round, after a round that does not count and has the tree in memory. What
another run has left unwritten is written before each run. Printed are the medians of the rounds
with ratios, and the median of the rounds' shares: gensquashfs's seconds by the export's. The
export includes what gensquashfs does not do, so its row stands twice: as it is, and with fsync(2)
of the file and its SHA-256. Where other work takes the processors, their seconds (user and system)
say more than the clock's: the export's are compared with both too. The import checks the file
first, as the command does. Writes a plot. With --at-least 90 the status is 1 where the export's
share of gensquashfs's throughput is less.
"""

import argparse
import hashlib
import os
import shutil
import stat
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from plot import Row, write_plot

from bh_container.config.choices import HistType
from bh_container.durable import sync
from bh_container.engine.podman import PodmanEngine, open_engine
from bh_container.engine.protocol import ContainerSpec
from bh_container.history.archives import Place, check_archive, read_archive, write_archive
from bh_container.history.snapshot import Archive
from bh_container.history.squashfs import LEVEL
from bh_container.history.tree import stream_tree
from bh_container.history.walk import hard_links, walk

SAVED, RESTORED = "save", "restore"
EXPORT, PLAIN, DURABLE = "history export", "gensquashfs", "gensquashfs, fsync, sha256"

EXPORTED, PACKED = "exported", "packed.sqfs"
JOBS = len(os.sched_getaffinity(0))


class Bench:
    """A tree, an image of it, and a directory to work in."""

    def __init__(self, engine: PodmanEngine, scratch: Path) -> None:
        self.engine = engine
        self.scratch = scratch
        self.tree = scratch / "tree"
        self.name = f"bh-bench-{uuid.uuid4().hex[:8]}"
        self.base = self.image("base", stream_tree(self.tree, quiet))

    def image(self, name: str, content: Iterator[bytes]) -> str:
        reference = f"localhost/bh-container/bench/{self.name}:{name}"
        return self.engine.import_stream(content, reference, labels={"bh-bench": self.name})

    @contextmanager
    def changed(self) -> Iterator[Path]:
        """A container of the image in which one file in a hundred was written again."""
        self.engine.create_container(ContainerSpec(name=self.name, image=self.base))
        root = self.engine.mount(self.name)
        files = [path for path in sorted(root.rglob("*")) if path.is_file()]
        for path in files[::100]:
            if not path.is_symlink():
                path.write_bytes(path.read_bytes() + b"\n")
        try:
            yield root
        finally:
            self.engine.remove_container(self.name)

    def close(self) -> None:
        for image in self.engine.images(f"bh-bench={self.name}"):
            for reference in image.references or (image.id,):
                self.engine.remove_image(reference)


def copy_part(source: Path, to: Path, size: int) -> None:
    """Copy a directory up to so many bytes, by the order of names."""
    to.mkdir()
    for path, status in walk(source):
        if stat.S_ISDIR(status.st_mode):
            (to / path).mkdir()
        elif size > 0:
            shutil.copy2(source / path, to / path, follow_symlinks=False)
            size -= status.st_size


def quiet(done: int, total: int | None) -> None:
    """Nobody looks."""


def timed(act: Callable[[], object]) -> float:
    os.sync()
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def processor() -> float:
    """Seconds of this process and of its programs that have ended."""
    return sum(os.times()[:4])


def run(*words: str | Path) -> None:
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def one_round(bench: Bench, *, export_first: bool) -> list[Row]:
    """Every way once."""
    scratch = bench.scratch
    with bench.changed() as root:
        reference = f"localhost/bh-container/bench/{bench.name}:changed"
        seconds = timed(lambda: bench.engine.commit(bench.name, reference, labels={}))
        new = bench.engine.layers(reference)[-1].size
        rows = [Row(what=SAVED, how="snapshot: commit", seconds=seconds, size=new)]
        ways = (export, plain) if export_first else (plain, export)
        rows += sorted((row for way in ways for row in way(root, scratch)), key=lambda row: row.how)
        copy = scratch / "copy"
        seconds = timed(lambda: run("cp", "--archive", root, copy))
        rows.append(Row(what=SAVED, how="cp --archive", seconds=seconds, size=bytes_of(copy)))
    rows.extend(restored(bench, reference))
    bench.engine.remove_image(reference)
    return rows


def export(root: Path, scratch: Path) -> Iterator[Row]:
    """The tree as `history export` writes it."""
    place = Place(directory=scratch, name=EXPORTED)
    place.squashfs.unlink(missing_ok=True)
    act = partial(write_archive, root, place, HistType.SQUASHFS, JOBS, quiet)
    yield saved(EXPORT, act, place.squashfs)


def plain(root: Path, scratch: Path) -> Iterator[Row]:
    """The tree as gensquashfs writes it, and until that is on the disk and its digest is known."""
    file = scratch / PACKED
    file.unlink(missing_ok=True)
    words: list[str | Path] = ["--keep-time", "--keep-xattr", "--one-file-system", "--quiet"]
    words += ["--num-jobs", str(JOBS), "--compressor", "zstd", "--comp-extra", f"level={LEVEL}"]
    row = saved(PLAIN, partial(run, "gensquashfs", *words, "--pack-dir", root, file), file)
    yield row
    before, started = processor(), time.perf_counter()
    sync(file)
    digest(file)
    more = time.perf_counter() - started
    used = row.processor + processor() - before
    yield replace(row, how=DURABLE, seconds=row.seconds + more, processor=used)


def saved(how: str, act: Callable[[], object], file: Path) -> Row:
    """What it takes to write a file."""
    os.sync()
    before, seconds = processor(), timed(act)
    used, size = processor() - before, file.stat().st_size
    return Row(what=SAVED, how=how, seconds=seconds, size=size, processor=used)


def digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def restored(bench: Bench, reference: str) -> list[Row]:
    """The tree again, from each of what was saved."""
    engine, scratch, rows = bench.engine, bench.scratch, list[Row]()
    packed = scratch / PACKED
    place = Place(directory=scratch, name=EXPORTED)

    def open_snapshot() -> None:
        engine.create_container(ContainerSpec(name=bench.name, image=reference))
        engine.mount(bench.name)

    seconds = timed(open_snapshot)
    engine.remove_container(bench.name)
    rows.append(Row(what=RESTORED, how="snapshot: container", seconds=seconds, size=0))
    links = hard_links(scratch / "copy")
    known = digest(place.squashfs)
    archive = Archive(kind=HistType.SQUASHFS, sha256=known, size=0, links=links)

    def bring() -> None:
        check_archive(place, archive)
        bench.image("restored", read_archive(place, archive, quiet))

    seconds = timed(bring)
    size = engine.layers(f"localhost/bh-container/bench/{bench.name}:restored")[0].size
    rows.append(Row(what=RESTORED, how="history import", seconds=seconds, size=size))
    unpacked, again = scratch / "unpacked", scratch / "again"
    unpacker: list[str | Path] = ["unsquashfs", "-quiet", "-dest", unpacked, packed]
    how = "unsquashfs"
    if shutil.which("unsquashfs") is None:
        unpacked.mkdir()
        options = ["--unpack-path", "/", "--chmod", "--chown", "--set-xattr", "--set-times"]
        how, unpacker = "rdsquashfs", ["rdsquashfs", *options, "--unpack-root", unpacked, packed]
    seconds = timed(lambda: run(*unpacker))
    rows.append(Row(what=RESTORED, how=how, seconds=seconds, size=bytes_of(unpacked)))
    seconds = timed(lambda: run("cp", "--archive", scratch / "copy", again))
    rows.append(Row(what=RESTORED, how="cp --archive", seconds=seconds, size=bytes_of(again)))
    for path in (scratch / "copy", unpacked, again):
        shutil.rmtree(path)
    return rows


def bytes_of(directory: Path) -> int:
    files = (path for path in directory.rglob("*") if not path.is_symlink())
    return sum(path.stat().st_size for path in files if path.is_file())


def medians(rounds: list[list[Row]]) -> list[Row]:
    return [
        Row(
            what=same[0].what,
            how=same[0].how,
            seconds=statistics.median(row.seconds for row in same),
            size=same[0].size,
        )
        for same in zip(*rounds, strict=True)
    ]


def print_table(rows: list[Row]) -> None:
    """Seconds and bytes, and how many times those of the snapshot."""
    for what in (SAVED, RESTORED):
        first, *others = [row for row in rows if row.what == what]
        print(f"\n{what:<28} {'seconds':>9} {'ratio':>8} {'MiB':>9}")
        for row in (first, *others):
            ratio = row.seconds / first.seconds
            print(f"{row.how:<28} {row.seconds:>9.2f} {ratio:>7.1f}x {row.size / 2**20:>9.1f}")


def share(rounds: list[list[Row]], than: str) -> float:
    """The export's throughput in percent of another way's: the median of all rounds."""
    pairs = []
    for rows in rounds:
        ways = {row.how: row for row in rows if row.what == SAVED}
        pairs.append((ways[than], ways[EXPORT]))
    found = [100 * other.seconds / ours.seconds for other, ours in pairs]
    low, high = min(found), max(found)
    middle = statistics.median(found)
    print(f"export at {middle:.0f} % of the throughput of {than} ({low:.0f} to {high:.0f} %)")
    used = statistics.median(100 * other.processor / ours.processor for other, ours in pairs)
    print(f"{than} takes {used:.0f} % of the export's processor time")
    return middle


def main() -> None:
    """Run the rounds, print the table, write the plot."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("directory", type=Path, nargs="?", default=Path("/usr/lib"))
    parser.add_argument("--size", type=int, default=1200, help="MiB")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--at-least", type=float, default=0, help="percent")
    parser.add_argument("--plot", type=Path, default=Path("history.svg"))
    given = parser.parse_args()
    if os.geteuid() != 0:
        sys.exit("owners and attributes are restored by root")
    with (
        tempfile.TemporaryDirectory(prefix="bh-history-", dir="/var/tmp") as scratch,
        open_engine(None, os.environ) as engine,
    ):
        copy_part(given.directory, Path(scratch, "tree"), given.size << 20)
        bench = Bench(engine, Path(scratch))
        try:
            one_round(bench, export_first=True)
            rounds = [one_round(bench, export_first=n % 2 == 0) for n in range(given.rounds)]
        finally:
            bench.close()
    rows = medians(rounds)
    print_table(rows)
    print()
    reached = share(rounds, PLAIN)
    share(rounds, DURABLE)
    write_plot(rows, given.plot)
    print(f"plot: {given.plot}")
    if reached < given.at_least:
        sys.exit(f"that is less than {given.at_least:.0f} %")


if __name__ == "__main__":
    main()
