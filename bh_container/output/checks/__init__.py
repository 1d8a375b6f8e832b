"""The checks that `bh-container check` runs: plain pytest files, with two fixtures.

`root` (see `root.py`) is the root filesystem as a directory of this machine; `host` is
testinfra's, inside a container of it. A target's own `tests/` has both too.
"""
