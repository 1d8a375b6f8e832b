"""The mirrors of the settings: whether they answer."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

import requests

from bh_container.config.choices import STAGE3
from bh_container.config.settings import Settings
from bh_container.run.doctor.facts import Facts
from bh_container.run.doctor.finding import Finding, failure, ok, warning

PATIENCE = 10
"""Seconds to wait for a mirror's answer."""


def network(facts: Facts) -> Iterator[Finding]:
    """Each mirror that was asked. Without a stage3 no first build begins."""
    asked = stage3_mirrors(facts.settings)
    silent = [mirror for mirror in asked if facts.mirrors.get(mirror)]
    lost = bool(asked) and len(silent) == len(asked) and not facts.built
    for mirror, why in facts.mirrors.items():
        if why is None:
            yield ok(f"{mirror} answers")
            continue
        of_seed = mirror in asked
        key = "tarball_mirror (TARBALL_MIRROR)" if of_seed else "gentoo_mirrors (GENTOO_MIRRORS)"
        yield (failure if lost and of_seed else warning)(
            f"{mirror} does not answer ({why})", f"correct {key}"
        )


def stage3_mirrors(settings: Settings) -> tuple[str, ...]:
    """Where the seed comes from, if it is one of a mirror."""
    return settings.tarball_mirror if settings.seed == STAGE3 else ()


def ask_mirrors(mirrors: tuple[str, ...]) -> Mapping[str, str | None]:
    """Why each says nothing, None for one that answers; all are asked at the same time."""
    asked = [one for one in dict.fromkeys(mirrors) if one.startswith(("http://", "https://"))]
    with ThreadPoolExecutor(max_workers=max(1, len(asked))) as threads:
        return dict(zip(asked, threads.map(_silence, asked), strict=True))


def _silence(mirror: str) -> str | None:
    """Any answer at all is one."""
    try:
        requests.head(mirror, timeout=PATIENCE, allow_redirects=False)
    except requests.RequestException as error:
        return type(error).__name__
    return None
