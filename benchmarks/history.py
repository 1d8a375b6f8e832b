"""What snapshots cost, against packing or copying the same tree whole.

    python benchmarks/history.py [DIRECTORY] [--rounds 3] [--plot history.svg]

Makes an image of DIRECTORY (by default this machine's /usr/lib/python3), changes one file in a
hundred, and saves that as a snapshot does: a commit. Then exports the tree and restores it as
`history export` and `history import` do. Beside it, the same tree is packed and unpacked whole by
gensquashfs and unsquashfs (or rdsquashfs), and copied by cp --archive. Prints medians of the
rounds, with ratios, and writes a plot.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bh_container.config.choices import HistType
from bh_container.engine.podman import PodmanEngine, open_engine
from bh_container.engine.protocol import ContainerSpec
from bh_container.history.archives import Place, read_archive, write_archive
from bh_container.history.squashfs import LEVEL
from bh_container.history.tree import stream_tree

SAVED, RESTORED = "save", "restore"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One way to save or restore the tree: seconds, and the bytes that it leaves."""

    what: str
    how: str
    seconds: float
    size: int


class Bench:
    """A tree, an image of it, and a directory to work in."""

    def __init__(self, engine: PodmanEngine, tree: Path, scratch: Path) -> None:
        self.engine = engine
        self.scratch = scratch
        self.tree = scratch / "tree"
        self.name = f"bh-bench-{uuid.uuid4().hex[:8]}"
        shutil.copytree(tree, self.tree, symlinks=True)
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


def quiet(done: int, total: int | None) -> None:
    """Nobody looks."""


def timed(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def run(*words: str | Path) -> None:
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def one_round(bench: Bench) -> list[Row]:
    """Every way once."""
    rows, scratch = [], bench.scratch
    jobs = len(os.sched_getaffinity(0))
    with bench.changed() as root:
        reference = f"localhost/bh-container/bench/{bench.name}:changed"
        seconds = timed(lambda: bench.engine.commit(bench.name, reference, labels={}))
        new = bench.engine.layers(reference)[-1].size
        rows.append(Row(what=SAVED, how="snapshot: commit", seconds=seconds, size=new))
        place = Place(directory=scratch, name="export")
        export = Row(
            what=SAVED,
            how="history export",
            seconds=timed(lambda: write_archive(root, place, HistType.SQUASHFS, jobs, quiet)),
            size=place.squashfs.stat().st_size,
        )
        rows.append(export)
        packed = scratch / "whole.sqfs"
        words = ["--keep-time", "--keep-xattr", "--quiet", "--force", "--num-jobs", str(jobs)]
        words += ["--compressor", "zstd", "--comp-extra", f"level={LEVEL}", "--pack-dir"]
        seconds = timed(lambda: run("gensquashfs", *words, root, packed))
        size = packed.stat().st_size
        rows.append(Row(what=SAVED, how="gensquashfs", seconds=seconds, size=size))
        copy = scratch / "copy"
        seconds = timed(lambda: run("cp", "--archive", root, copy))
        rows.append(Row(what=SAVED, how="cp --archive", seconds=seconds, size=bytes_of(copy)))
    rows.extend(restored(bench, reference, place, packed))
    bench.engine.remove_image(reference)
    return rows


def restored(bench: Bench, reference: str, place: Place, packed: Path) -> list[Row]:
    """The tree again, from each of what was saved."""
    engine, scratch, rows = bench.engine, bench.scratch, []

    def open_snapshot() -> None:
        engine.create_container(ContainerSpec(name=bench.name, image=reference))
        engine.mount(bench.name)

    seconds = timed(open_snapshot)
    engine.remove_container(bench.name)
    rows.append(Row(what=RESTORED, how="snapshot: container", seconds=seconds, size=0))
    archive = write_archive(scratch / "copy", place, HistType.SQUASHFS, 1, quiet)
    seconds = timed(lambda: bench.image("restored", read_archive(place, archive, quiet)))
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
        print(f"\n{what:<22} {'seconds':>9} {'ratio':>8} {'MiB':>9}")
        for row in (first, *others):
            ratio = row.seconds / first.seconds
            print(f"{row.how:<22} {row.seconds:>9.2f} {ratio:>7.1f}x {row.size / 2**20:>9.1f}")
    by_name = {(row.what, row.how): row for row in rows}
    plain, ours = by_name[SAVED, "gensquashfs"], by_name[SAVED, "history export"]
    print(f"\nexport at {100 * plain.seconds / ours.seconds:.0f} % of gensquashfs's throughput")


def write_plot(rows: list[Row], file: Path) -> None:
    """Bars of seconds, as SVG."""
    longest = max(row.seconds for row in rows)
    bars = []
    for number, row in enumerate(rows):
        y, width = 30 + 30 * number, 400 * row.seconds / longest
        colour = "#3a7" if row.how.startswith(("snapshot", "history")) else "#999"
        bars.append(
            f'<text x="210" y="{y + 15}" text-anchor="end">{row.what}: {row.how}</text>'
            f'<rect x="220" y="{y}" width="{width:.1f}" height="20" fill="{colour}"/>'
            f'<text x="{225 + width:.1f}" y="{y + 15}">{row.seconds:.2f} s</text>'
        )
    height = 40 + 30 * len(rows)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="720" height="{height}"'
    body = "\n".join(bars)
    file.write_text(f'{head} font-family="sans-serif" font-size="13">\n{body}\n</svg>\n')


def main() -> None:
    """Run the rounds, print the table, write the plot."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("directory", type=Path, nargs="?", default=Path("/usr/lib/python3"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--plot", type=Path, default=Path("history.svg"))
    given = parser.parse_args()
    if os.geteuid() != 0:
        sys.exit("owners and attributes are restored by root")
    with (
        tempfile.TemporaryDirectory(prefix="bh-history-", dir="/var/tmp") as scratch,
        open_engine(None, os.environ) as engine,
    ):
        bench = Bench(engine, given.directory, Path(scratch))
        try:
            rows = medians([one_round(bench) for _ in range(given.rounds)])
        finally:
            bench.close()
    print_table(rows)
    write_plot(rows, given.plot)
    print(f"plot: {given.plot}")


if __name__ == "__main__":
    main()
