"""Images on their way to a registry and back."""

import ipaddress
import json
from collections.abc import Iterator

from bh_container.engine.api import Answer, Api, Parameters, path_of
from bh_container.engine.images import split_reference
from bh_container.engine.protocol import EngineError

PIECE = 1 << 16


def push_image(api: Api, image: str, reference: str) -> None:
    """Send an image; raises `EngineError` with the registry's refusal."""
    split_reference(reference)
    params = {"destination": reference, "tlsVerify": _verify(reference), "quiet": "false"}
    for _ in _report(api, path_of("images", image, "push"), params):
        pass


def pull_image(api: Api, reference: str) -> str:
    """Bring an image. Podman reports an image that is not there in a line, with status 200."""
    split_reference(reference)
    params = {"reference": reference, "tlsVerify": _verify(reference), "policy": "always"}
    ids = [line["id"] for line in _report(api, "images/pull", params) if line.get("id")]
    if not ids:
        raise EngineError(f"Podman brought no image for {reference}")
    return str(ids[-1])


def is_local(reference: str) -> bool:
    """Whether the registry of a reference is on this machine."""
    host = reference.partition("/")[0].rpartition(":")[0] or reference.partition("/")[0]
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _verify(reference: str) -> str:
    return "false" if is_local(reference) else "true"


def _report(api: Api, path: str, params: Parameters) -> Iterator[dict[str, str]]:
    """What Podman says, line by line; raises `EngineError` for a line that is an error."""
    api.service.ensure()
    with api.answer("POST", path, params=params, stream=True) as answer:
        answer.refuse()
        for line in _lines(answer):
            found = json.loads(line)
            if error := found.get("error"):
                raise EngineError(f"Podman: {str(error).strip()}")
            yield found


def _lines(answer: Answer) -> Iterator[bytes]:
    rest = b""
    while piece := answer.read(PIECE):
        *lines, rest = (rest + piece).split(b"\n")
        yield from filter(None, lines)
    if rest:
        yield rest
