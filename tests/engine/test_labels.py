"""Labels have to come back as they were given."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bh_container.engine.labels import changes_for, decode_labels, encode_labels, label_filter
from bh_container.engine.protocol import EngineError


@given(st.dictionaries(st.from_regex(r"[a-z][a-z0-9./_-]*", fullmatch=True), st.text()))
def test_every_value_comes_back(labels: dict[str, str]) -> None:
    assert decode_labels(encode_labels(labels)) == labels


@given(st.text())
def test_nothing_that_a_containerfile_could_misread_is_left(value: str) -> None:
    (change,) = changes_for({"key": value})
    assert change.startswith("LABEL key=")
    assert not set(change.removeprefix("LABEL key=")) & set("\"'`\\$ \t\n#=<{[")


@pytest.mark.parametrize("value", ["sha256:0123abcdef", "aarch64-unknown-linux-musl.rpi4", "a/b@1"])
def test_a_plain_value_stays_readable(value: str) -> None:
    assert encode_labels({"key": value}) == {"key": value}


@pytest.mark.parametrize("key", ["", "a b", "a=b", "a\nb", '"a"', "-a"])
def test_a_key_that_podman_would_misread_is_refused(key: str) -> None:
    with pytest.raises(EngineError, match="name of a label"):
        encode_labels({key: "value"})


@pytest.mark.parametrize(
    ("label", "expected"),
    [("key", "key"), ("key=value", "key=value"), ("key=a b=c", "key=a%20b%3Dc"), ("key=", "key=")],
)
def test_a_filter_asks_for_what_is_stored(label: str, expected: str) -> None:
    assert json.loads(label_filter(label)["filters"]) == {"label": [expected]}
    assert label_filter(None) == {}


def test_no_labels_at_all() -> None:
    assert decode_labels(None) == {}
    assert changes_for({}) == []
