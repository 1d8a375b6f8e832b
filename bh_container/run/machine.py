"""This machine, as far as what is native to it depends on it."""

import re
from pathlib import Path

from bh_container.config.settings import Settings
from bh_container.plan.native import Machine

CPUINFO = Path("/proc/cpuinfo")
_LINES = {
    "flags": re.compile(
        r"(?:3dnow|abm|aes|amx|avx|bmi|f16c|fma|gfni|mmx|pclmul|phe|pni|popcnt|rdrand|sha|ss?se"
        r"|vaes|vpclmul|xop).*|cx16|lahf_lm|movbe|tbm"
    ),
    "Features": re.compile(".*"),
    "cpu": re.compile(".*"),
    "isa": re.compile(".*"),
}
"""The lines of /proc/cpuinfo that name features, and which words of them count. On x86 these are
what Gentoo has a CPU flag for (profiles/desc/cpu_flags_x86.desc), and what else GCC makes use of by
itself: others come and go with a kernel.
"""


def this_machine(settings: Settings) -> Machine:
    """What native targets are built for."""
    return Machine(processor=this_processor(), video_cards=settings.video_cards_native)


def this_processor() -> str:
    """The features of this machine's processor; none where the kernel does not tell them."""
    try:
        return features(CPUINFO.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return ""


def features(cpuinfo: str) -> str:
    """The features of the first processor of /proc/cpuinfo (proc_cpuinfo(5)), sorted."""
    first: dict[str, str] = {}
    for line in cpuinfo.splitlines():
        key, colon, value = line.partition(":")
        if colon:
            first.setdefault(key.strip(), value)
    words = {
        word
        for key, pattern in _LINES.items()
        for word in first.get(key, "").split()
        if pattern.fullmatch(word)
    }
    return " ".join(sorted(words))
