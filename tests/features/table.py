"""The table of features as text, from the definitions that show them. `python -m
tests.features.table` writes it to the documentation; a test finds it there unchanged.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.features.driver import DEFINITIONS, method

HERE = Path(__file__).parent
DOCUMENT = HERE.parents[1] / "docs" / "features.md"
ALL = tuple(f"F{n:02}" for n in range(1, 34))
INTRODUCTION = """\
# Features

Published innovation methods force these features on a definition language: each occurs in at \
least one real method of a municipality, a port, an energy company or their funders.
For each one stands here how the language says it, the small definition that shows it, and the \
test that plays it, in both directions: what is accepted and what is refused, where it leads, by \
when, and who is reminded.
How the language is written is told in [language.md](language.md).

| | the feature | how it is said | definition | test |
|---|---|---|---|---|
"""


def definition(feature: str) -> Path:
    return DEFINITIONS / f"{feature}.yaml"


def test_module(feature: str) -> Path | None:
    return next(HERE.glob(f"test_{feature.lower()}_*.py"), None)


def text() -> str:
    return INTRODUCTION + "".join(f"{row}\n" for row in _rows())


def _rows() -> Iterator[str]:
    for feature in ALL:
        module = test_module(feature)
        assert module is not None, feature
        found = method(feature)
        name = f"F{int(feature[1:])}"
        said, how = found.title["en"], found.help["en"].replace("|", "\\|")
        yield f"| {name} | {said} | {how} | {_link(definition(feature))} | {_link(module)} |"


def _link(file: Path) -> str:
    return f"[{file.name}](../{file.relative_to(HERE.parents[1])})"


if __name__ == "__main__":
    DOCUMENT.write_text(text(), encoding="utf-8")
