"""The command that puts an overlay on a later version of the method that it changes."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from innocities_engine import errors, library
from innocities_engine.authoring import diff as diffs
from innocities_engine.authoring import rebase as rebasing
from innocities_engine.cli import exits, inputs, methods, outputs, rebased
from innocities_engine.cli.console import Console
from innocities_engine.cli.verbs import Verbs

verbs = Verbs()


@verbs.verb(
    "rebase",
    examples=(
        "innocities methodology rebase tillegg/1.0.0.yaml grunn/2.0.0.yaml",
        (
            "innocities methodology rebase tillegg/1.0.0.yaml grunn/2.0.0.yaml"
            " --choose T-02/1=ours --out tillegg/2.0.0.yaml --note endringer.md"
        ),
    ),
)
@click.argument("overlay", metavar="FILE|ID[@VERSION]")
@click.argument("base", metavar="FILE|ID[@VERSION]")
@click.option("--choose", "chosen", multiple=True, metavar="CHANGE/N=ours|theirs",
              help="Where both changed the same: what the overlay says, or the base.")  # fmt: skip
@click.option("--to-version", "version", default="", metavar="VERSION",
              help="Of the overlay; else the lowest that says what differs.")  # fmt: skip
@click.option("--out", default="", type=outputs.FILE, metavar="FILE",
              help="Write the overlay; without, nothing is written.")  # fmt: skip
@click.option("--note", default="", type=outputs.FILE, metavar="FILE",
              help="Write down what changed, in the overlay's language.")  # fmt: skip
@click.option("--back", is_flag=True, help="Also onto a version before the one it stands on.")
@click.option("--force", is_flag=True, help="Also over a file that is there.")
def rebase(
    console: Console, overlay: str, base: str, chosen: tuple[str, ...], version: str, out: str,
    note: str, back: bool, force: bool,
) -> None:  # fmt: skip
    """Put an overlay on a later version of the method that it changes.

    What the base renamed is followed, what it does itself now is left out. Where both changed the
    same thing it says so, with what can be chosen, and ends with 1 until everything is chosen.
    """
    there = _there(console, overlay, base)
    _leads_on(console, there, back=back)
    wanted = _chosen(console, chosen)
    done = rebasing.rebase(there.overlay, there.old, there.new, wanted)
    _all_needed(console, wanted, done)
    told = rebased.Told(there.overlay, there.old, there.new, done)
    if done.conflicts:
        console.show(rebased.data(console, told, None, ()), rebased.lines(console, told))
        raise click.exceptions.Exit(exits.REFUSED)
    text, found, version = _made(console, there, done, version)
    files = {out: text.encode()} if out else {}
    if note:
        files[note] = rebased.note(told, version).encode()
    usable = not any(f.severity == "error" for f in found)
    if usable:
        outputs.write(console, files, force=force, mode=outputs.SHARED, making=True)
    data = rebased.data(console, told, version, found, files=list(files) if usable else ())
    console.show(data, [*rebased.lines(console, told), *rebased.verdict(console, version, found)])
    if not usable:
        raise click.exceptions.Exit(exits.REFUSED)
    for name in files:
        console.talk("diff.written", file=name)


@dataclass(frozen=True, slots=True)
class _There:
    """The overlay as its file stands, and both versions of its base as written."""

    text: str
    overlay: dict[str, Any]
    stacked: dict[str, Any]  # resolved, as it is today
    old: dict[str, Any]
    new: dict[str, Any]
    base: Path
    shelf: library.Library


def _there(console: Console, overlay: str, base: str) -> _There:
    path, shelf = methods.source(console, overlay)
    said = library.document(path)
    if "extends" not in said:
        raise errors.NotFound(console.say("rebase.no_overlay", file=path.name))
    under = shelf.path(said["extends"]["id"], said["extends"]["version"])
    newer, around = methods.source(console, base)
    return _There(
        path.read_bytes().decode("utf-8"),
        said,
        library.resolved(path, library=shelf),
        library.written(under, library=shelf),
        library.written(newer, library=around),
        newer,
        library.Library(tuple(dict.fromkeys((*around.folders, *shelf.folders)))),
    )


def _leads_on(console: Console, there: _There, *, back: bool) -> None:
    """Refuse what is no later version of its base: what is offered then is not what was meant."""
    stands, wanted = there.old["version"], there.new["version"]
    names = {"overlay": there.overlay["id"], "base": there.old["id"], "version": stands}
    if there.new["id"] != there.old["id"]:
        given = f"{there.new['id']} {wanted}"
        raise click.UsageError(console.say("rebase.other_method", given=given, **names))
    if library.order(wanted) == library.order(stands):
        raise click.UsageError(console.say("rebase.same_version", **names))
    if library.order(wanted) < library.order(stands) and not back:
        raise click.UsageError(console.say("rebase.goes_back", given=wanted, **names))


def _chosen(console: Console, given: Sequence[str]) -> dict[str, rebasing.Choice]:
    known = {choice.value: choice for choice in rebasing.Choice}
    found = inputs.pairs(console, given, "--choose")
    for name, choice in found.items():
        if choice not in known:
            raise click.UsageError(console.say("rebase.choice", given=f"{name}={choice}"))
    return {name: known[choice] for name, choice in found.items()}


def _all_needed(
    console: Console, chosen: Mapping[str, rebasing.Choice], done: rebasing.Rebased
) -> None:
    """Refuse a choice where there is none: a name that is spelt wrong looks just like one."""
    made = {note.operation.name for note in done.notes if note.kind.startswith("chosen")}
    offered = {c.operation.name: c.offered for c in done.conflicts}
    for name, choice in chosen.items():
        if name not in made and choice not in offered.get(name, ()):
            raise click.UsageError(
                console.say("rebase.no_choice", given=f"{name}={choice.value}",
                            known=", ".join(offered) or "–")
            )  # fmt: skip


def _made(
    console: Console, there: _There, done: rebasing.Rebased, version: str
) -> tuple[str, tuple[library.Fault, ...], str]:
    """The file of the overlay on its new base, what is wrong with it, and which version it is."""
    draft = version or _next(there.overlay["version"])
    text = rebasing.written(there.text, there.overlay, done, base=there.new, version=draft)
    resolved, found = _resolved(there, text, draft)
    if resolved is None:
        return text, found, draft
    differs = diffs.weighed(diffs.compare(there.stacked, resolved), there.stacked, resolved)
    bump = max(diffs.demanded(differs), diffs.Bump.PATCH)
    least = diffs.least(there.overlay["version"], bump)
    if version and diffs.made(there.overlay["version"], version) < bump:
        raise click.UsageError(console.say("rebase.too_near", given=version, least=least))
    if version:
        return text, found, version
    text = rebasing.written(there.text, there.overlay, done, base=there.new, version=least)
    return text, found, least


def _next(version: str) -> str:
    return diffs.least(version, diffs.Bump.PATCH)


def _resolved(
    there: _There, text: str, version: str
) -> tuple[dict[str, Any] | None, tuple[library.Fault, ...]]:
    """Check it as it will be found, beside its new base."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder, there.overlay["id"], f"{version}.yaml")
        base = Path(folder, there.new["id"], f"{there.new['version']}.yaml")
        for path in (made, base):
            path.parent.mkdir(exist_ok=True)
        base.write_bytes(there.base.read_bytes())
        made.write_text(text, encoding="utf-8")
        shelf = library.Library((Path(folder), *there.shelf.folders))
        method, found = library.check(made, shelf)
        plain = library.resolved(made, library=shelf) if method is not None else None
    return plain, tuple(_renamed(fault, f"{folder}/") for fault in found)


def _renamed(fault: library.Fault, folder: str) -> library.Fault:
    """Where it was checked is gone by now: a fault names each file as it will be called."""
    hint = fault.hint
    if "file" in hint.values:
        hint = hint.having(file=str(hint.values["file"]).removeprefix(folder))
    return replace(fault, file=fault.file.removeprefix(folder), hint=hint)
