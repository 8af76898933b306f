"""Commands about methods: which there are, what they say, whether they are sound, how they look,
whether the stories told of them are true; and publishing one.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from innocities_engine import errors, library, wording
from innocities_engine.cli import (
    exits,
    inputs,
    layout,
    methods,
    outputs,
    scenarios,
    writes,
)
from innocities_engine.cli.console import Console
from innocities_engine.cli.refusals import fault_lines, plain_fault
from innocities_engine.cli.verbs import Verbs
from innocities_engine.domain.legible import gives_no_reason

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from innocities_engine.authoring.verify import Report
    from innocities_engine.domain.definition import Methodology

verbs = Verbs()


@verbs.verb(
    "list",
    examples=("innocities methodology list", "innocities methodology list --shipped"),
)
@click.option("--shipped", is_flag=True, help="What comes with the program, published or not.")
def listing(console: Console, shipped: bool) -> None:
    """List the methods on which projects can be started here."""
    if shipped:
        known = library.Library().ids()
        data = [{"id": i, "version": v, "kind": k} for i, v, k in known]
        console.show({"shipped": data}, layout.table(known))
        return
    published = console.office.published(console.home.id)
    here = sorted(published, key=lambda p: (p.id, methods.order(p.version)))
    data = [
        {"id": p.id, "version": p.version, "digest": p.digest, "by": p.by, "at": p.at.isoformat()}
        for p in here
    ]
    rows = [
        (p.id, p.version, p.digest[:12], p.by,
         wording.short_day(console.language, p.at.astimezone(console.zone).date()))
        for p in here
    ]  # fmt: skip
    heads = tuple(console.say(f"head.{h}") for h in ("method", "version", "digest", "by", "at"))
    lines = (
        layout.table([heads, *rows]) if rows else layout.paragraph(console.say("list.no_methods"))
    )
    console.show({"methods": data}, lines)


@verbs.verb(
    "check",
    examples=(
        "innocities methodology check smartby-prosjekt",
        "innocities methodology check metode/1.0.0.yaml --json",
    ),
)
@click.argument("method", metavar="FILE|ID")
def check(console: Console, method: str) -> None:
    """Check a method: every fault at once, with its place and what to do about it.

    Ends with 1 if there are errors; warnings alone do no harm.
    """
    path, shelf = methods.source(console, method)
    read = library.judged(path, shelf)
    found, faults = read.method, read.faults
    data = {
        "file": str(path),
        "usable": found is not None,
        "id": found.id if found else None,
        "version": found.version if found else None,
        "digest": found.digest if found else None,
        "faults": [plain_fault(console.language, fault) for fault in faults],
        "allowed": [
            {"file": a.file, "line": a.line, "rule": a.rule, "reason": a.reason}
            for a in read.allowed
        ],
    }
    lines = [line for fault in faults for line in fault_lines(console.language, fault)]
    said = [
        console.say("check.allowed", file=a.file, line=a.line, rule=a.rule, why=a.reason)
        for a in read.allowed
    ]
    said.append(_verdict(console, path, found, faults))
    lines += [line for text in said for line in layout.paragraph(text, hang=2)]
    console.show(data, lines)
    if found is None:
        raise click.exceptions.Exit(exits.REFUSED)


def _verdict(
    console: Console, path: Path, found: Methodology | None, faults: Sequence[library.Fault]
) -> str:
    errors_ = sum(fault.severity == "error" for fault in faults)
    counts = console.counted(errors=errors_, warnings=len(faults) - errors_)
    if found is None:
        return console.say("check.unusable", file=str(path), **counts)
    return console.say("check.usable", id=found.id, version=found.version, **counts)


@verbs.verb(
    "show",
    examples=(
        "innocities methodology show smartby-prosjekt",
        "innocities methodology show innocities-sverige --gate G3 --lang sv",
    ),
)
@click.argument("method", metavar="FILE|ID")
@click.option("--version", default="", help="Else the newest.")
@click.option("--gate", default="", help="Only this gate, with all it asks.")
@click.option("--resolved", is_flag=True, help="The resolved form that the digest is taken of.")
def show(console: Console, method: str, version: str, gate: str, resolved: bool) -> None:
    """Show what a method says: its phases and gates, who decides, what each asks and leads to.

    By its id it is the one published here, else the one that ships with the program.
    """
    if resolved:
        console.show(*_resolved(methods.resolved(console, method, version)))
        return
    from innocities_engine.authoring import described

    found = methods.definition(console, method, version)
    data = described.described(found, _tongue(console))
    if gate:
        from innocities_engine.cli import names

        wanted = names.pick(console, "gate", gate, found.gates)
        data = {**data, "gates": [g for g in data["gates"] if g["gate"] == wanted]}
    console.show(data, _shown(console, data, whole=not gate))


def _resolved(plain: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    return plain, [wording.escaped(library.canonical(plain).decode())]


def _tongue(console: Console) -> str:
    """Methods are read outside any workspace too."""
    return console.language


def _shown(console: Console, data: Mapping[str, Any], *, whole: bool) -> Iterator[str]:
    yield layout.heading(wording.visible(f"{data['title']} ({data['id']} {data['version']})"))
    if data["help"]:
        yield from layout.paragraph(wording.visible(data["help"]), indent=2)
    if whole:
        yield ""
        yield layout.heading(console.say("method.phases"))
        yield from layout.table(_tracks(console, data["phases"]), indent=2)
    for gate in data["gates"]:
        yield ""
        yield layout.heading(wording.visible(f"{gate['gate']} {gate['title']}"))
        rows = [(console.say(f"method.{name}"), value) for name, value in _facts(console, gate)]
        yield from layout.table([(k, wording.visible(v)) for k, v in rows if v], indent=2)


def _tracks(console: Console, phases: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """The phases of the main track, then those that run beside it, with what they ask."""
    for track in sorted({p["track"]: p["main"] for p in phases}.items(), key=lambda t: not t[1]):
        label = console.say("method.main" if track[1] else "method.beside")
        named = (_asking(console, p["title"], p["needs"]) for p in phases if p["track"] == track[0])
        yield label, wording.visible(", ".join(named))


def _need(console: Console, need: Mapping[str, Any]) -> str:
    """What is asked, and on what condition."""
    terms = [
        console.say(f"handbook.{key}", when=when)
        for key, when in (("only_if", need["only_if"]), ("is_conditional", need["required_if"]))
        if when
    ]
    return f"{need['title']} ({'; '.join(terms)})" if terms else str(need["title"])


def _asking(console: Console, named: str, needs: Sequence[Mapping[str, Any]]) -> str:
    asked = ", ".join(_need(console, need) for need in needs)
    return f"{named} ({asked})" if asked else named


def _facts(console: Console, gate: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "in", ", ".join(gate["phases"])
    yield "decides", gate["decides"]
    for required, name in ((True, "needs"), (False, "recommends")):
        asked = [_need(console, n) for n in gate["needs"] if n["required"] is required]
        yield name, ", ".join(asked)
    perhaps = [_need(console, n) for n in gate["needs"] if n["required"] is None]
    yield "perhaps", ", ".join(perhaps)
    yield "criteria", " ".join(c["question"] for c in gate["criteria"])
    yield "rates", gate["rates"]
    yield "advises", ", ".join(a["who"] for a in gate["advises"])
    yield "outcomes", ", ".join(f"{o['outcome']} → {o['leads']}" for o in gate["outcomes"])
    for outcome in gate["outcomes"]:
        then = ", ".join(_need(console, need) for need in outcome["needs"])
        yield "then", f"{outcome['outcome']}: {then}" if then else ""
    yield "basis", gate["basis"]


@verbs.verb(
    "diagram",
    examples=(
        "innocities methodology diagram smartby-prosjekt",
        "innocities methodology diagram smartby-prosjekt --as-mermaid",
    ),
)
@click.argument("method", metavar="FILE|ID")
@click.option("--version", default="", help="Else the newest.")
@click.option("--as-mermaid", "form", flag_value="mermaid", help="As Mermaid text.")
@click.option("--as-dot", "form", flag_value="dot", help="As Graphviz text.")
def diagram(console: Console, method: str, version: str, form: str | None) -> None:
    """Draw the phases of a method and the ways between them: as text, Mermaid or Graphviz."""
    from innocities_engine.authoring import diagram as diagrams
    from innocities_engine.authoring import sentences
    from innocities_engine.authoring.plainly import Plainly

    found = methods.definition(console, method, version)
    ways = diagrams.ways(found, _tongue(console))
    data = {"id": found.id, "version": found.version, "ways": [w.plain() for w in ways]}
    if form == "mermaid":
        lines = list(diagrams.mermaid(found, ways, _tongue(console)))
    elif form == "dot":
        lines = list(diagrams.dot(found, ways, _tongue(console)))
    else:
        plainly = Plainly(found, _tongue(console))
        rows = [sentences.way(plainly, way) for way in ways]
        lines = [*layout.table([(row["from"], row["by"], row["to"]) for row in rows])]
        for title, told in sentences.beside(plainly):
            lines += ["", *layout.paragraph(f"{title}: {told}", hang=2)]
    console.show(data, map(wording.visible, lines))


@verbs.verb(
    "publish",
    writes=True,
    examples=(
        "innocities methodology publish smartby-prosjekt",
        "innocities methodology publish metode/1.1.0.yaml --although 'Nobody runs on 1.0.0 yet'",
    ),
)
@click.argument("method", metavar="FILE|ID")
@click.option("--reason", default="", help="Why, for the record.")
@click.option("--although", default="", metavar="REASON",
              help="Why, in spite of what stands against it; on the record for ever.")  # fmt: skip
@click.option("--note", default="", type=outputs.FILE, metavar="FILE",
              help="Write what has changed since the version before, too.")  # fmt: skip
@click.option("--force", is_flag=True, help="Also over a file that is there.")
def publish(
    console: Console, method: str, reason: str, although: str, note: str, force: bool
) -> None:
    """Publish a method, so that projects can be started on it. It never changes afterwards.

    It has to verify, and a later version has to say by its number what differs from the one before:
    see `verify` and `diff`. Projects that run stay on their version: see `project migrate`.
    """
    from innocities_engine.cli import published

    path, shelf = methods.source(console, method)
    resolved = library.resolved(path, library=shelf)
    why = inputs.prose(console, although or reason, "--although" if although else "--reason")
    if although and gives_no_reason(why):
        raise click.UsageError(console.say("publish.no_reason"))
    since = published.since(console, resolved)
    against = published.too_near(console, since)
    if against and not although:
        raise errors.Refused(message=f"{against}\n{console.say('publish.although')}")
    unproved = _unproved(resolved)
    if unproved and not although:
        _refuse(console, unproved, path, shelf)
    over = published.passed_over(against, unproved)
    publishing = (console.home.id, resolved, console.me, why, over, library.lineage(path, shelf))
    with writes.office(console) as office:
        if note and not console.dry_run:
            # Tried first, otherwise a note would tell of what is then refused.
            writes.rehearsing(console).publish(*publishing)
            content = published.note(since, resolved).encode()
            outputs.write(
                console, {note: content}, force=force, mode=outputs.SHARED, read=(method,)
            )
        kept = office.publish(*publishing)
    data = {
        "id": kept.id,
        "version": kept.version,
        "digest": kept.digest,
        "rules_digest": kept.rules_digest,
        "passed_over": over,
        "verified": unproved is None,
        **published.data(console, since),
        "dry_run": console.dry_run,
    }
    console.show(data, writes.told(console, *published.lines(console, kept, over, since)))


def _unproved(resolved: dict[str, Any]) -> Report | None:
    """What was found where a method does not verify; None where it does. It is the very one that is
    published, whatever becomes of its file meanwhile.
    """
    from innocities_engine.cli import verifying

    report = verifying.proved(library.compile_resolved(resolved))
    return None if report is None or report.sound else report


def _refuse(console: Console, report: Report, path: Path, shelf: library.Library) -> None:
    from innocities_engine.cli import verified

    locate = library.located(path, shelf)
    method = report.world.method
    refused = console.say("verify.refused", id=method.id, version=method.version)
    data = {"published": False, **verified.plain(console, report, locate)}
    console.show(data, [*verified.told(console, report, locate), "", *layout.paragraph(refused)])
    raise click.exceptions.Exit(exits.REFUSED)


@verbs.verb(
    "scenario",
    examples=("innocities methodology scenario base-stans",),
)
@click.argument("files", nargs=-1, required=True, metavar="FILE|NAME…")
def scenario(console: Console, files: Sequence[str]) -> None:
    """Play scenarios, and say which of their sentences are not true. Ends with 1 if any is not.

    All words of a scenario stand in the guide for authors, docs/authors.md, section 13.
    """
    from innocities_engine.authoring import scenario as playing

    paths = [scenarios.found(console, given) for given in files]
    played = [playing.play(p) for p in console.progress(paths, console.say("scenario.playing"))]
    data = {"scenarios": [scenarios.plain(console, story) for story in played]}
    console.show(data, [line for story in played for line in scenarios.verdict(console, story)])
    if any(story.untrue for story in played):
        raise click.exceptions.Exit(exits.REFUSED)
