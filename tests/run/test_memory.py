"""What is in memory."""

import pytest

from bh_container.config.settings import resolve
from bh_container.engine.protocol import Tmpfs
from bh_container.plan import places
from bh_container.run.memory import TEMPORARY, memory_mounts

TMP, VAR = TEMPORARY
ANYBODY = "mode=1777"


@pytest.mark.parametrize("compiling", [places.PORTAGE_TMP, "/usr/a.b/tmp"])
@pytest.mark.parametrize(
    ("environment", "size"),
    [
        ({}, None),
        ({"TMP_TYPE": "none", "TMP_SIZE": "3G"}, None),
        ({"TMP_TYPE": "tmpfs", "TMP_SIZE": "3G"}, "3G"),
        ({"MNT_TYPE": "tmpfs", "MNT_OPTS": "size=5G"}, "5G"),
    ],
)
def test_what_is_mounted(environment: dict[str, str], size: str | None, compiling: str) -> None:
    expected = {TMP: ANYBODY, VAR: ANYBODY, compiling: f"size={size}"} if size else {}
    assert memory_mounts(resolve({}, environment, None), compiling) == tuple(
        Tmpfs(destination=place, options=options) for place, options in sorted(expected.items())
    )
