"""What files take on the disk."""

import os
import subprocess
from pathlib import Path

from bh_container.run.space import space_of


def test_as_much_as_du_says(tmp_path: Path) -> None:
    (tmp_path / "directory/below").mkdir(parents=True)
    (tmp_path / "directory/file").write_bytes(bytes(100_000))
    os.link(tmp_path / "directory/file", tmp_path / "second-name")
    (tmp_path / "link").symlink_to("/usr")
    (tmp_path / "to-directory").symlink_to("directory")
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(1 << 30)
    words = ["du", "--summarize", "--block-size=1", str(tmp_path)]
    found = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    assert space_of(tmp_path) == int(found.split()[0])
    assert space_of(tmp_path / "directory/file") >= 100_000
    assert space_of(tmp_path / "nothing") == 0
