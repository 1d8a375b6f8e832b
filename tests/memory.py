"""`python -m tests.memory GIB`: a directory in memory with so much room; status 1: there is none.

Tests make and remove files by the ten thousand. On ext4 that can take longer than the tests
themselves, since for minutes it looks at each inode that was freed before it takes another one.
"""

import os
import sys
import tempfile

PLACE = "/dev/shm"  # noqa: S108 - it is asked what it can do


def in_memory(room: int) -> bool:
    """Whether the place has so many bytes, runs programs, and keeps attributes.

    A tmpfs does the last since Linux 6.6.
    """
    try:
        found = os.statvfs(PLACE)
        with tempfile.NamedTemporaryFile(dir=PLACE) as file:
            os.setxattr(file.name, "user.note", b"kept")
    except OSError:
        return False
    return found.f_bavail * found.f_frsize >= room and not found.f_flag & os.ST_NOEXEC


if __name__ == "__main__":
    if not in_memory(int(sys.argv[1]) << 30):
        sys.exit(1)
    print(PLACE)  # noqa: T201 - for script/test
