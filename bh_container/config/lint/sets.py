"""Sets of targets in the settings, against the targets that there are."""

from collections.abc import Iterator

from bh_container.config.document import words_of_names
from bh_container.config.lint.finding import Finding, error
from bh_container.config.lint.words import nearest, text_of, word_at
from bh_container.config.project import Project, TargetUnknown

_KEY = "sets"


def sets(project: Project) -> Iterator[Finding]:
    """Words in a set that name no target, or more than one."""
    file = project.settings_file
    text = text_of(file)
    known = {*project.target_words().keys(), *project.target_words().values()}
    for name, word, start in words_of_names(text, _KEY):
        try:
            project.find_target(word)
        except TargetUnknown as unknown:
            what = f"the set '{name}' has '{word}', which names no target"
            remedy = nearest(word, known, unknown.remedy or "")
            if unknown.candidates:
                what = f"the set '{name}' has '{word}', which names more than one target"
                remedy = f"write one of them: {', '.join(unknown.candidates)}"
            yield error(word_at(file, text, start, word), what, remedy)
