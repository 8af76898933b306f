"""Does what a guide says, from its first line to its last: saves its files, adds to them, types its
commands. `python -m tests.docs.guide FILE.md` writes the answers of the program anew.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.docs import blocks as b
from tests.docs import transcript


def follow(document: str, folder: Path) -> None:
    """Do everything in order; what the program answers must be what the guide says."""
    terminal = transcript.Terminal(folder)
    for block in b.blocks(document, "yaml", "csv", "console"):
        if block.language == "console":
            transcript.check(block.text, terminal, block.line)
        elif block.file:
            save(block, folder)


def save(block: b.Block, folder: Path) -> None:
    """Save an example as its file, or add it to what the file holds."""
    file = folder / block.file
    text = block.text
    if block.language == "csv":  # the line that names the file is no row of the table
        text = text.partition("\n")[2]
    if block.is_part:
        text = b.written(b.merged(b.parsed(file.read_text(encoding="utf-8")), b.parsed(text)))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def renewed(document: str, folder: Path) -> str:
    """The guide with the answers that are given now."""
    text = (b.DOCS / document).read_text(encoding="utf-8")
    terminal = transcript.Terminal(folder)
    for block in b.blocks(document, "yaml", "csv", "console"):
        if block.language == "console":
            fresh = transcript.renewed(block.text, terminal)
            text = text.replace(f"```console\n{block.text}```", f"```console\n{fresh}```", 1)
        elif block.file:
            save(block, folder)
    return text


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as where:
        (b.DOCS / sys.argv[1]).write_text(renewed(sys.argv[1], Path(where)), encoding="utf-8")
