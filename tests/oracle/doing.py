"""The work on a project: people, papers, facts, acts, and what exempts from them.

A handler may refuse half-way: it works on a copy of the state that is thrown away then. A right is
told before a blocker.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from . import facts, judging, moments, needs, opening, people
from .model import Context, Need, Passage, Refused, Spec, Version, World
from .people import Asked, Speaker, Subject
from .reading import listed

Handler = Callable[[World, Spec, str], None]


def speaker(command: Spec, actor: str) -> Speaker:
    session = command.get("session")
    return Speaker(
        actor,
        bool(command.get("recorded")),
        tuple(command.get("present", ())),
        date.fromisoformat(str(session)) if session else None,
        body=command.get("body"),
    )


def check(condition: bool, code: str) -> None:
    if not condition:
        raise Refused(code)


def open_passage(w: World, gate: str) -> Passage:
    passage = w.passage(gate) if gate in w.method.gates else None
    if passage is None or passage.status != "open":
        raise Refused("not_open")
    return passage


# People


def assign(w: World, command: Spec, actor: str) -> None:
    set_members(w, command["role"], command["members"])


def set_members(w: World, role: str, members: list[str]) -> None:
    most = (w.method.roles.get(role, {}).get("seats") or {}).get("at_most")
    check(role in w.method.roles, "wrong_state")
    check(most is None or len(members) <= int(most), "wrong_state")
    w.state.members[role] = list(dict.fromkeys(members))


def declare_conflict(w: World, command: Spec, actor: str) -> None:
    """For oneself; whoever records for the deciding body may do it for a member of it."""
    passage = open_passage(w, command["gate"]) if "gate" in command else None
    person = command.get("person") or actor
    stand_ins = {s.stands_in for s in w.substitutes}
    check(people.anybody(w, person) or person in stand_ins, "not_entitled")
    who = judging.decider(w, passage) if passage else None
    check(person == actor or bool(people.recorded_roles(w, who, actor)), "not_entitled")
    (passage.conflicts if passage else w.state.conflicts).add(person)


# Papers


def submit(w: World, command: Spec, actor: str) -> None:
    artefact = command["artefact"]
    check(artefact in w.method.artefacts, "wrong_state")
    asking = [n for n in open_needs(w) if n.kind == "artefact" and needs.name(n) == artefact]
    owners = [w.method.artefacts[artefact].get("by"), *(n.spec.get("by") for n in asking)]
    owned = any(may(w, who, Context(), actor) for who in owners if who is not None)
    check(owned or may_lead(w, actor), "not_entitled")
    check(not w.state.ended or bool(asking), "wrong_state")
    hand_in(w, artefact, actor, command.get("form") or {})


def hand_in(w: World, artefact: str, actor: str, form: Spec) -> Version:
    asked = listed(w.method.artefacts[artefact].get("form"))
    fits = all(f in asked and facts.fits(w.method.facts[f], v) for f, v in form.items())
    check(fits, "wrong_state")
    versions = w.state.versions.setdefault(artefact, [])
    named = (str(source) for source in listed(w.method.artefacts[artefact].get("from")))
    sources = {source: found for source in named if (found := facts.newest(w, source))}
    number = len(versions) + 1
    version = Version(artefact, number, actor, w.now, w.next_seq(), dict(form), sources)
    versions.append(version)
    return version


def approve(w: World, command: Spec, actor: str) -> None:
    """Give a voice on the newest version that stands; it is approved if the quorum now agrees."""
    artefact = command["artefact"]
    version = facts.newest(w, artefact)
    if version is None or command.get("version", version.n) != version.n:
        raise Refused("wrong_state")
    subject = Subject(submitters=frozenset([version.by]))
    groups = approvers(w, artefact)
    mine = [g for g in groups if entitled(w, g, subject, command, actor)]
    check(bool(mine), "not_entitled")
    check(version.status == "submitted", "wrong_state")
    session = speaker(command, actor).session
    if command.get("recorded") and session and "version" not in command:
        check(w.days.of(version.at) <= session, "paper_later")  # whoever names it knows better
    for group in mine:
        speaker(command, actor).give(w, group, subject, version.approvals, "approved")
    if any(people.agreed(w, g, subject, version.approvals, "approved") for g in groups):
        version.status = "approved"


def give_back(w: World, command: Spec, actor: str) -> None:
    """One of those who approve is enough to send a version back."""
    version = facts.newest(w, command["artefact"])
    if version is None or command.get("version", version.n) != version.n:
        raise Refused("wrong_state")
    whos = approvers(w, command["artefact"])
    check(any(people.holds(w, who, actor) for who in whos), "not_entitled")
    check(version.status in ("submitted", "approved"), "wrong_state")
    version.status = "returned"


def entitled(w: World, who: Asked, subject: Subject, command: Spec, actor: str) -> bool:
    if command.get("recorded"):
        return bool(people.recorded_roles(w, who, actor))
    return people.may_speak(w, who, subject, actor)


def approvers(w: World, artefact: str) -> list[Asked]:
    """Who approves the artefact: as it says, else the deciders of the gates that need it."""
    spec = w.method.artefacts[artefact]
    if "approves" in spec:
        found = [people.asked(w, spec["approves"], Context(), approving=True)]
    else:
        needing = [g for g in w.method.gates if w.method.looks_at(g, artefact)]
        waiting = [g for g in needing if is_open(w, g)] or needing
        found = [decider_of_gate(w, gate) for gate in waiting]
    return [who for who in found if who is not None]


def is_open(w: World, gate: str) -> bool:
    passage = w.passage(gate)
    return passage is not None and passage.status == "open"


def decider_of_gate(w: World, gate: str) -> Asked | None:
    passages = w.passages(gate)
    track = w.state.tracks[w.method.track_of_gate(gate)]
    here = judging.at_gate(w, passages[-1]) if passages else opening.at_track(w, gate, track)
    return people.asked(w, w.method.decides(gate)["by"], here, approving=True)


def withdraw(w: World, command: Spec, actor: str) -> None:
    artefact = command["artefact"]
    versions = w.state.versions.get(artefact, [])
    wanted = command.get("version")
    chosen = [v for v in versions if v.n == wanted] if wanted else [facts.newest(w, artefact)]
    version = chosen[0] if chosen else None
    if version is None:
        raise Refused("wrong_state")
    owner = w.method.artefacts[artefact].get("by")
    owned = actor == version.by or may(w, owner, Context(), actor)
    check(owned or may_lead(w, actor), "not_entitled")
    check(version.status in ("submitted", "approved"), "wrong_state")
    version.status = "withdrawn"


# Facts


def answer(w: World, command: Spec, actor: str) -> None:
    fact = command["fact"]
    check(fact in w.method.facts, "wrong_state")
    spec = w.method.facts[fact]
    asking = [n for n in open_needs(w) if n.kind == "fact" and needs.name(n) == fact]
    owners = [spec.get("by"), *(n.spec.get("by") for n in asking)]
    named = [who for who in owners if who is not None]
    check(any(may(w, who, Context(), actor) for who in named or [None]), "not_entitled")
    check("value" not in spec and not w.method.forms_with(fact), "wrong_state")
    check(facts.fits(spec, command["value"]), "wrong_state")
    answers_of(w, fact, command)[fact] = command["value"]


def answers_of(w: World, fact: str, command: Spec) -> dict[str, Any]:
    """Where the answer belongs: to the project, or to the instance of the need that asks it."""
    if fact not in w.method.asked_by_needs:
        return w.state.facts
    asking = [
        n
        for n in w.state.needs
        if fact in listed(n.spec.get("asks")) and needs.status(w, n) in ("open", "dormant")
    ]
    chosen = choose_instance(asking, command, "need" in command)
    if chosen is None:
        raise Refused("wrong_state")
    return chosen.answers


# Acts


def open_needs(w: World) -> list[Need]:
    return [n for n in w.state.needs if needs.status(w, n) == "open"]


def choose_instance(found: list[Need], command: Spec, by_ref: bool = True) -> Need | None:
    """The instance that a command means: by reference, then by occurrence, member or place."""
    if by_ref:
        ref = str(command["need"])
        found = [n for n in found if ref in n.names]
    for word in ("occurrence", "member"):
        if word in command:
            found = [n for n in found if getattr(n, word) == command[word]]
    if "text" in command:
        found = [n for n in found if (n.written or {}).get("text") == command["text"]]
    return found[0] if found else None


def owner(w: World, need: Need) -> Any:
    """Who owns a need: as written, else whoever owns the thing it names, else who leads."""
    if need.written is not None:
        return need.written.get("owner", need.spec.get("by"))
    things = {"artefact": w.method.artefacts, "fact": w.method.facts}.get(need.kind, {})
    default = things.get(needs.name(need), {}).get("by", w.method.leads)
    if need.kind == "gate":
        default = w.method.decides(needs.name(need))["by"]
    return need.spec.get("by", default)


def may(w: World, who: Any, here: Context, actor: str) -> bool:
    """Whether the actor is one of those named; where nobody is named, anybody of the project."""
    if who is None:
        return people.anybody(w, actor)
    if isinstance(who, str) and who not in w.method.roles:
        return actor == who or actor in people.stand_ins(w, who)
    return people.holds(w, people.asked(w, who, here), actor)


def may_lead(w: World, actor: str) -> bool:
    """The project manager may do for the owners what is theirs to do."""
    return w.method.leads is not None and may(w, w.method.leads, Context(), actor)


def tick_off(w: World, command: Spec, actor: str) -> None:
    acts = [n for n in open_needs(w) if n.kind in ("act", "written", "criterion") and not n.ticked]
    need = choose_instance([n for n in acts if speaks_for_member(w, n, actor)], command)
    check(need is not None or choose_instance(acts, command) is None, "not_entitled")
    if need is None or "done" in need.spec:
        raise Refused("wrong_state")
    owned = need.member is not None or may(w, owner(w, need), Context(), actor)
    check(owned or may_lead(w, actor), "not_entitled")
    check(not any(needs.holds_shut(w, other, need) for other in w.state.needs), "need_open")
    need.ticked = (w.now, actor)


def speaks_for_member(w: World, need: Need, actor: str) -> bool:
    """Of an act that each member owes: the member, a stand-in, or the recorder of the body."""
    if need.member is None or need.role is None or actor == need.member:
        return True
    return actor in people.stand_ins(w, need.member) or people.may_record(w, need.role, actor)


def accept(w: World, command: Spec, actor: str) -> None:
    need = choose_instance(open_needs(w), command)
    if need is None:
        raise Refused("wrong_state")
    who, subject = voice_on(w, need, needs.accepters(need))
    by_record = not people.may_speak(w, who, subject, actor)
    stepped_aside = need.passage is not None and actor in need.passage.conflicts
    check(not (by_record and stepped_aside), "not_entitled")
    give = Speaker(actor, by_record, by_word=True)
    give.give(w, who, subject, need.acceptances, "accepted")
    check(need.ticked is not None, "wrong_state")
    if people.agreed(w, who, subject, need.acceptances, "accepted"):
        need.accepted = w.now


def waive(w: World, command: Spec, actor: str) -> None:
    found = [n for n in w.state.needs if needs.status(w, n) == "open" or needs.holding(w, n)]
    need = choose_instance(found, command)
    if need is None:
        raise Refused("wrong_state")
    who, subject = voice_on(w, need, need.spec.get("waives"))
    speaker(command, actor).give(w, who, subject, need.waivers, "waived")
    if people.agreed(w, who, subject, need.waivers, "waived"):
        need.waived = w.now


def voice_on(w: World, need: Need, who: Any) -> tuple[Asked | None, Subject]:
    """Who is asked about a need, and who is kept out. "decider": any one of those who decided."""
    if who == "decider" and need.decision is not None:
        parts = tuple(Asked("role", role) for role in need.decision.roles)
        return Asked("any", parts=parts), Subject(need.passage)
    return people.asked(w, who, needs.context(w, need)), Subject(need.passage)


def extend(w: World, command: Spec, actor: str) -> None:
    need = choose_instance(open_needs(w), command)
    if need is None or is_statutory(w, need):
        raise Refused("wrong_state")
    check(may_extend(w, need, actor), "not_entitled")
    check(needs.due_moment(w, need) is not None or need.written is not None, "wrong_state")
    need.extended = facts.read_date(command["due"])


def may_extend(w: World, need: Need, actor: str) -> bool:
    """Whoever decides the gate or confirms the need, or records it; else who leads the project."""
    if need.passage is None:
        return may_lead(w, actor)
    who, _ = voice_on(w, need, needs.accepters(need))
    decides = people.asked(
        w, w.method.decides(need.passage.gate)["by"], judging.at_gate(w, need.passage)
    )
    return may_confirm(w, decides, actor) or may_confirm(w, who, actor)


def may_confirm(w: World, who: Asked | None, actor: str) -> bool:
    return people.holds(w, who, actor) or bool(people.recorded_roles(w, who, actor))


def is_statutory(w: World, need: Need) -> bool:
    moment = needs.due_moment(w, need)
    return need.written is None and moments.is_statutory(w, moment, needs.context(w, need))


HANDLERS: dict[str, Handler] = {
    "assign": assign,
    "declare_conflict": declare_conflict,
    "submit": submit,
    "approve": approve,
    "return": give_back,
    "withdraw": withdraw,
    "answer": answer,
    "tick_off": tick_off,
    "accept": accept,
    "waive": waive,
    "extend": extend,
}
