"""The guide for authors works as it stands: whoever types along gets what it says."""

from __future__ import annotations

from pathlib import Path

from innocities_engine import library
from tests.docs import blocks as b
from tests.docs import guide

DOCUMENT = "authors.md"


def test_whoever_follows_the_guide_gets_what_it_says(tmp_path: Path) -> None:
    guide.follow(DOCUMENT, tmp_path)
    assert library.load(tmp_path / "lakeside" / "1.0.0.yaml").id == "lakeside"


def test_the_guide_says_where_every_example_is_to_be_put() -> None:
    assert all(block.file for block in b.blocks(DOCUMENT, "yaml"))


def test_what_the_guide_takes_for_a_fault_is_one_of_the_program() -> None:
    told = (
        (b.DOCS / DOCUMENT).read_text(encoding="utf-8").partition("## 3.")[2].partition("## 4.")[0]
    )
    source = "\n".join(
        file.read_text(encoding="utf-8")
        for file in (Path(library.__file__).parent / "language").glob("*.py")
    )
    codes = [row.split("`")[1] for row in told.splitlines() if row.startswith("| `")]
    assert len(codes) >= 8
    assert [code for code in codes if f'"{code}"' not in source] == []
