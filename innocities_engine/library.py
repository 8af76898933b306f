"""Methods and overlays as files: where they are found, and how a file becomes a `Methodology`. What
a definition may say is decided in `language`; what the database holds is compiled here without
YAML.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from innocities_engine import errors
from innocities_engine.domain.definition import Methodology
from innocities_engine.domain.worded import Worded
from innocities_engine.language.canonical import canonical, digest, rules, rules_digest
from innocities_engine.language.faults import Fault, Faults, Mark
from innocities_engine.language.names import RESERVED
from innocities_engine.language.writing import dump

if TYPE_CHECKING:
    from innocities_engine.language.loading import Read

__all__ = [
    "RESERVED",
    "SHIPPED",
    "Fault",
    "Library",
    "beside",
    "canonical",
    "check",
    "check_resolved",
    "compile_resolved",
    "compile_stored",
    "digest",
    "document",
    "dump",
    "judged",
    "kind",
    "lineage",
    "load",
    "located",
    "order",
    "proved",
    "resolved",
    "rules",
    "rules_digest",
    "schema",
    "template_in",
    "template_text",
    "written",
]

SHIPPED: Final = Path(__file__).resolve().parents[1] / "methodology"
_KIND: Final = re.compile(rb"^schema:\s*[\"']?innocities/(methodology|overlay)/1", re.MULTILINE)
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,62}")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
_VERSION: Final = re.compile(r"\d{1,6}\.\d{1,6}\.\d{1,6}")


class Library:
    """Definitions in folders, as <folder>/<id>/<version>.yaml; the first folder wins."""

    def __init__(self, folders: Sequence[Path] = (SHIPPED,)) -> None:
        self.folders = tuple(folders)

    def ids(self) -> list[tuple[str, str, str]]:
        """Every (id, version, kind); the kind is methodology or overlay."""
        found: dict[tuple[str, str], str] = {}
        for folder in self.folders:
            for path in sorted(folder.glob("*/*.yaml")):
                name, version = path.parent.name, path.stem
                if _NAME.fullmatch(name) and _VERSION.fullmatch(version) and (named := kind(path)):
                    found.setdefault((name, version), named)
        return sorted(
            ((name, version, named) for (name, version), named in found.items()),
            key=lambda one: (one[0], order(one[1])),
        )

    def path(self, name: str, version: str | None = None) -> Path:
        """The file of a definition; without a version, of the newest."""
        if _NAME.fullmatch(name) and (version is None or _VERSION.fullmatch(version)):
            for folder in self.folders:
                pattern = f"{version or '*'}.yaml"
                known = [p for p in (folder / name).glob(pattern) if _VERSION.fullmatch(p.stem)]
                if known:
                    return max(known, key=lambda p: order(p.stem))
        told = f"{name} {version}" if version else name
        folders = ", ".join(map(str, self.folders))
        message = Worded("There is no method {name} in {folders}.", name=told, folders=folders)
        if others := [known for id_, known, _ in self.ids() if id_ == name]:
            there = ", ".join(others)
            message = Worded(
                "There is no method {name} in {folders}; its versions there: {versions}.",
                name=told, folders=folders, versions=there,
            )  # fmt: skip
        raise errors.NotFound(message)

    def resolved(self, name: str, version: str | None = None) -> dict[str, Any]:
        return resolved(self.path(name, version), library=self)

    def methodology(self, name: str, version: str | None = None) -> Methodology:
        return load(self.path(name, version), library=self)


def kind(path: Path) -> str:
    """What a file says that it is: a methodology or an overlay; "" if it says nothing."""
    with path.open("rb") as file:
        found = _KIND.search(file.read(4096))
    return found[1].decode() if found else ""


def order(version: str) -> tuple[int, ...]:
    """By which versions are in order."""
    return tuple(int(part) for part in version.split("."))


def load(path: Path, *, library: Library | None = None) -> Methodology:
    """Read a definition or overlay; `DefinitionInvalid` carries everything that is wrong."""
    method, faults = check(path, library)
    if method is None:
        raise errors.DefinitionInvalid(tuple(f for f in faults if f.severity == "error"))
    return method


def check(
    path: Path, library: Library | None = None
) -> tuple[Methodology | None, tuple[Fault, ...]]:
    """The methodology, if it can be used, and every error and warning."""
    read = judged(path, library)
    return read.method, read.faults


def judged(path: Path, library: Library | None = None) -> Read:
    """All that reading a file tells: the method, what is wrong, and what its comments allow."""
    from innocities_engine.language.loading import read_method  # brings the YAML parser

    return read_method(path, library or _around(path))


def located(path: Path, library: Library | None = None) -> Callable[[tuple[str, ...]], Mark]:
    """Where in the text of a definition a path of ids stands, overlays followed."""
    from innocities_engine.language.loading import read_method

    return read_method(path, library or _around(path)).locate


def proved(digest: str) -> bool:
    """Whether it is a method that ships, each of which was verified before it did."""
    known = json.loads((SHIPPED / "digests.json").read_text(encoding="utf-8"))
    return any(digest in versions.values() for versions in known.values())


def check_resolved(raw: Mapping[str, Any]) -> tuple[Methodology | None, tuple[Fault, ...]]:
    """The same for plain data from elsewhere than a file, which nobody has judged yet."""
    from innocities_engine.language.loading import read_plain

    read = read_plain(raw)
    return read.method, read.faults


def resolved(source: Path | str, *, library: Library | None = None) -> dict[str, Any]:
    """The canonical plain form, after overlays and `like`: what digests and others take."""
    from innocities_engine.language.loading import read_method

    path = source if isinstance(source, Path) else (library or Library()).path(source)
    read = read_method(path, library or _around(path))
    if read.resolved is None or read.method is None:
        raise errors.DefinitionInvalid(tuple(f for f in read.faults if f.severity == "error"))
    return read.resolved


def written(source: Path | str, *, library: Library | None = None) -> dict[str, Any]:
    """The plain form as written, after overlays and before `like`: what an overlay changes."""
    from innocities_engine.language.loading import read_written

    path = source if isinstance(source, Path) else (library or Library()).path(source)
    plain, faults = read_written(path, library or _around(path))
    if plain is None:
        raise errors.DefinitionInvalid(tuple(f for f in faults if f.severity == "error"))
    return plain


def document(path: Path) -> dict[str, Any]:
    """The plain form of one file as it stands, without what it extends."""
    from innocities_engine.language.loading import read_document

    plain, faults = read_document(path)
    if plain is None:
        raise errors.DefinitionInvalid(faults)
    return plain


def lineage(path: Path, library: Library | None = None) -> tuple[str, ...]:
    """The ids of what an overlay extends, and of what that extends; the nearest first."""
    found: list[str] = []
    shelf = library or _around(path)
    while extends := document(path).get("extends"):
        found.append(extends["id"])
        path = shelf.path(extends["id"], extends["version"])
    return tuple(found)


def _around(path: Path) -> Library:
    """Where a definition outside the shipped folder finds what it extends: beside it first."""
    return Library(tuple(dict.fromkeys((beside(path), SHIPPED))))


def beside(path: Path) -> Path:
    """The folder of the methods beside a file, told as the file was: otherwise a fault in one of
    them would be told with another kind of path than one in the file.
    """
    folder = path.resolve().parents[1]
    return folder if path.is_absolute() else Path(os.path.relpath(folder))


def compile_resolved(resolved: Mapping[str, Any]) -> Methodology:
    """The methodology of a resolved plain form; no YAML is read, and the last ones are kept."""
    return compile_stored(canonical(resolved))


@lru_cache(maxsize=64)
def compile_stored(content: bytes) -> Methodology:
    """The methodology of the canonical bytes of a resolved plain form."""
    from innocities_engine.language.compiling import compile_plain

    faults = Faults()
    method = compile_plain(json.loads(content), faults, hashlib.sha256(content).hexdigest())
    if faults.errors:
        raise errors.DefinitionInvalid(tuple(faults.found))
    return method


def template_text(methodology: Methodology, artefact: str, language: str) -> str:
    """The document template of an artefact, in this language or the method's nearest."""
    known = methodology.artefacts.get(artefact)
    if known is None or not known.template:
        raise errors.NotFound(
            Worded("{method} has no template for {thing}.", method=methodology.id, thing=artefact)
        )
    for wanted in (language, *methodology.languages):
        text = template_in(known.template, wanted)
        if text is not None:
            return text
    raise errors.NotFound(
        Worded("The template {name} is not there in any language.", name=known.template)
    )


def template_in(template: str, language: str) -> str | None:
    """The text of a template in exactly this language."""
    if not _LANGUAGE.fullmatch(language):
        return None
    file = SHIPPED / "templates" / language / template.removeprefix("templates/")
    return file.read_text(encoding="utf-8") if file.is_file() else None


def record_digests(folder: Path = SHIPPED) -> list[str]:
    """Write the digest of every version that has none yet; tell those that changed since."""
    file = folder / "digests.json"
    known = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    library = Library((folder,))
    changed = []
    for name, version, _ in library.ids():
        now = library.methodology(name, version).digest
        if known.setdefault(name, {}).setdefault(version, now) != now:
            changed.append(f"{name} {version}")
    file.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return changed


def schema(kind: str) -> str:
    """The JSON Schema of overlays, or else of methodologies: what editors read."""
    from innocities_engine.language.json_schema import documents

    return documents()[f"{kind or 'methodology'}.schema.json"]


def write_schemas(folder: Path = SHIPPED) -> None:
    """Write the schemas that editors read."""
    from innocities_engine.language.json_schema import documents

    for name, text in documents().items():
        (folder / "schema" / name).write_text(text, encoding="utf-8")


def _main(words: Sequence[str]) -> int:
    match list(words):
        case ["digests"]:
            changed = record_digests()
            for told in changed:
                sys.stderr.write(f"{told} has another content now; give it a new version.\n")
            return 1 if changed else 0
        case ["schemas"]:
            write_schemas()
            return 0
    sys.stderr.write("usage: python -m innocities_engine.library digests | schemas\n")
    return 2


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
