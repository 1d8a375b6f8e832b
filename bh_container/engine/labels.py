"""Labels of images and containers, in a form that every version of Podman keeps as it is.

Podman takes the labels of an import or a commit as lines of a Containerfile, and its versions do
not agree on quotes, blanks and `$` in them. Percent signs (RFC 3986) mean nothing to any of them.
"""

import re
from collections.abc import Mapping
from urllib.parse import quote, unquote

from bh_container.engine.protocol import EngineError

SAFE = "/:@+,._-~"
"""What may stand in a value as it is, besides letters and digits."""

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*")


def encode_labels(labels: Mapping[str, str]) -> dict[str, str]:
    """What Podman is given for our labels. Raises `EngineError` for a key that it would misread."""
    for key in labels:
        if not _KEY.fullmatch(key):
            raise EngineError(f"{key!r} cannot be the name of a label")
    return {key: quote(value, safe=SAFE) for key, value in labels.items()}


def decode_labels(labels: Mapping[str, str] | None) -> dict[str, str]:
    """Our labels again, from what Podman answers."""
    return {key: unquote(value) for key, value in (labels or {}).items()}


def changes_for(labels: Mapping[str, str]) -> list[str]:
    """The `changes` of an import or a commit that set these labels."""
    return [f"LABEL {key}={value}" for key, value in encode_labels(labels).items()]


def label_filter(label: str | None) -> dict[str, str]:
    """The parameters that ask for a label: a key, or `key=value`; none without one."""
    if label is None:
        return {}
    key, equals, value = label.partition("=")
    (coded,) = encode_labels({key: value}).values()
    return {"filters": f'{{"label": ["{key}{equals}{coded}"]}}'}
