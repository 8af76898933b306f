"""V8: every template is there in every language. That every text is said in every language is told
by the check of the text.
"""

from __future__ import annotations

from collections.abc import Iterator

from innocities_engine import errors, library
from innocities_engine.authoring.verify.findings import Finding
from innocities_engine.domain.definition import Methodology
from innocities_engine.domain.legible import says_nothing


def templates(method: Methodology) -> Iterator[Finding]:
    for artefact in method.artefacts.values():
        if not artefact.template:
            continue
        path = ("artefacts", artefact.id, "template")
        params = {"artefact": artefact.id, "template": artefact.template}
        try:
            text = library.template_text(method, artefact.id, method.languages[0])
        except errors.NotFound:
            yield Finding("V8", "template_missing", path, params)
            continue
        if says_nothing(text):
            yield Finding("V8", "template_empty", path, params)
            continue
        for language in method.languages[1:]:
            if library.template_in(artefact.template, language) is None:
                more = params | {"language": language}
                yield Finding("V8", "template_language", path, more, "warning")
