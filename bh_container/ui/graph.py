"""The steps that a build would run as a graph, for Mermaid and for Graphviz."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from bh_container.run.outlook import Expected, Outlook


def mermaid(outlooks: Sequence[Outlook]) -> Iterator[str]:
    """Lines of a flowchart (https://mermaid.js.org/syntax/flowchart.html)."""
    yield "flowchart TB"
    yield "    classDef done fill:#dfd,stroke:#8a8"
    yield "    classDef run fill:#fe9,stroke:#a80"
    for number, one in enumerate(outlooks):
        yield f'    subgraph u{number}["{_mermaid(one.unit)}"]'
        for step in one.steps:
            kind = "run" if step.runs else "done"
            yield f'        {_id(number, step)}["{_mermaid(_label(step))}"]:::{kind}'
        yield "    end"
    for start, end in _edges(outlooks):
        yield f"    {start} --> {end}"


def dot(outlooks: Sequence[Outlook]) -> Iterator[str]:
    """Lines of a digraph (https://graphviz.org/doc/info/lang.html)."""
    yield "digraph plan {"
    yield "    node [shape=box, style=filled]"
    for number, one in enumerate(outlooks):
        yield f"    subgraph cluster_{number} {{"
        yield f'        label="{_dot(one.unit)}"'
        for step in one.steps:
            colour = "khaki" if step.runs else "palegreen"
            yield f'        {_id(number, step)} [label="{_dot(_label(step))}", fillcolor={colour}]'
        yield "    }"
    for start, end in _edges(outlooks):
        yield f"    {start} -> {end}"
    yield "}"


def _edges(outlooks: Sequence[Outlook]) -> Iterator[tuple[str, str]]:
    """A chain in each unit; a target's begins behind the host's step of its tuple."""
    host = {step.name: step for step in outlooks[0].steps} if outlooks else {}
    fork = next((s for s in host.values() if ":" in s.name), None)
    common = [step for step in host.values() if fork is None or step.number < fork.number]
    yield from ((_id(0, a), _id(0, b)) for a, b in pairwise(common))
    for step in [s for s in host.values() if s not in common]:
        kind, _, tuple_ = step.name.partition(":")
        before = host.get(f"crossdev:{tuple_}") if kind == "rust" else None
        yield _id(0, before or common[-1]), _id(0, step)
    for number, one in enumerate(outlooks[1:], start=1):
        if one.steps and one.after in host:
            yield _id(0, host[one.after]), _id(number, one.steps[0])
        for before, step in pairwise(one.steps):
            yield _id(number, before), _id(number, step)


def _id(unit: int, step: Expected) -> str:
    return f"s{unit}_{step.number}"


def _label(step: Expected) -> str:
    return "\n".join((step.name, *step.why))


def _mermaid(text: str) -> str:
    """Its entity codes begin with `#`, without `&`."""
    for character in '#"<>[]{}':
        text = text.replace(character, f"\0{ord(character)};")
    return text.replace("\0", "#").replace("\n", "<br>")


def _dot(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
