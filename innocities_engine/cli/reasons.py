"""Decide how a reason why not is told: what is the matter, with which thing, who can mend it and by
when, and what to type next. One way for each code of the closed list; the words stand in the
catalogue, whether there is a reason is found by the engine.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from innocities_engine import wording
from innocities_engine.cli import papers_read, unmoved, unopened, vacancy
from innocities_engine.cli.blocked import Blocked, Reason, question
from innocities_engine.cli.needed import answering, empty, need_open, submitting
from innocities_engine.cli.teller import Teller
from innocities_engine.domain import judgements, needs, people, rounds
from innocities_engine.domain.gates import Blocker
from innocities_engine.domain.project import Passage, VoiceKind
from innocities_engine.domain.situation import passage_scope
from innocities_engine.domain.whens import civil_day

if TYPE_CHECKING:
    from innocities_engine.domain.definition import Criterion


def reason(t: Teller, blocker: Blocker, passage: Passage | None = None) -> Reason:
    """Tell one reason why not; where nobody is left to mend it, whom to appoint comes first."""
    told = TOLD[blocker.code](Blocked(t, blocker, passage))
    appoint, command = vacancy.appointing(t, blocker)
    return Reason(f"{told.text} {appoint}", command) if appoint else told


# ---------------------------------------------------------------- what is judged and advised


def _criterion(b: Blocked) -> Criterion | None:
    return b.gate.criteria.get(b.subject) if b.gate else None


def _asked(b: Blocked) -> str:
    criterion = _criterion(b)
    return (criterion and b.t.text(criterion.question)) or b.subject


def _unrated(b: Blocked) -> Reason:
    gate = b.gate.id if b.gate else "GATE"
    then = b.t.command("rate", gate, f"{b.subject}=met", roles=_silent(b))
    return b.tell("criterion_unrated", then, question=_asked(b))


def _silent(b: Blocked) -> tuple[str, ...]:
    """Whoever has not judged yet; where all have, those who may judge anew."""
    s, gate, passage = b.t.s, b.gate, b.passage
    if gate is None or passage is None or b.subject not in gate.criteria:
        return b.blocker.who
    by = judgements.raters_of(gate, gate.criteria[b.subject])
    who = people.asked(s, by, passage_scope(s, passage)).who
    ballot = judgements.ballot(s, passage, VoiceKind.VERDICT, b.subject)
    return people.silent(s, who, ballot) or b.blocker.who


def _below(b: Blocked) -> Reason:
    gate = b.gate.id if b.gate else "GATE"
    must = b.params.get("must", "")
    then = b.command("rate", gate, f"{b.subject}={must}")
    return b.tell(
        "criterion_below",
        then,
        question=_asked(b),
        verdict=verdict(b.t, b.params.get("verdict", "")),
        must=verdict(b.t, must),
    )


def verdict(t: Teller, value: str) -> str:
    """A value of a scale, in words where it is one of the usual."""
    key = f"verdict.{value}"
    return t.say(key) if wording.knows(key) else value


def _advice(b: Blocked) -> Reason:
    voice = b.gate.advises.get(b.subject) if b.gate else None
    title = (voice and b.t.text(voice.title)) or b.subject
    gate = b.gate.id if b.gate else "GATE"
    first = next(iter(b.gate.outcomes), "go") if b.gate else "go"
    value = next(iter(voice.scale), first) if voice else first
    return b.tell("advice_missing", b.command("advise", gate, b.subject, value), thing=title)


def _blocking_gate(b: Blocked) -> Reason:
    return b.tell("gate_blocks", b.t.command("why", b.subject))


def _answer_first(b: Blocked) -> Reason:
    facts = [f for f in b.subject.split(", ") if f in b.t.method.facts]
    if not facts:
        return b.tell("answer_first_other")
    asked = " ".join(question(b.t, fact) for fact in facts)
    about = b.params.get("for", "").rpartition("/")[2]
    return b.tell("answer_first", answering(b, facts), question=asked, about=_about(b, about))


def _about(b: Blocked, about: str) -> str:
    criterion = b.gate.criteria.get(about) if b.gate else None
    if criterion is not None:
        return b.t.text(criterion.question)
    return b.t.say("words.who_decides") if about in ("decides", "") else b.t.owed(about)


# ---------------------------------------------------------------- who


def _role_empty(b: Blocked) -> Reason:
    return empty(b, b.subject, "role_empty")


def _quorum(b: Blocked) -> Reason:
    return b.tell("quorum_impossible", b.t.command("show"))


def _not_entitled(b: Blocked) -> Reason:
    me = b.t.person(b.t.me)
    if b.params.get("needs") == "declaration":
        then = b.t.command("tick-off", *_declarations(b.t))
        return b.tell("not_entitled_declaration", then, me=me)
    text = "not_entitled" if b.blocker.who else "not_entitled_nobody"
    return b.tell(text, me=me)


def _declarations(t: Teller) -> list[str]:
    """What the reader still owes for a voice of their own."""
    owed = (n for n in t.project.needs.values() if n.member == t.me and n.status in needs.UNMET)
    return [t.typed(instance) for instance in owed][:1]


def _of_person(b: Blocked) -> Reason:
    """A reason that is about somebody, not about a thing of the method."""
    return b.tell(b.blocker.code, thing=b.t.person(b.subject), subject=b.t.person(b.subject))


def _too_few_present(b: Blocked) -> Reason:
    present, needed = b.params.get("present", ""), b.params.get("needed", "")
    text = "too_few_present_none" if present == "0" else "too_few_present"
    return b.tell(text, present=present, needed=needed)


def _bad_session(b: Blocked) -> Reason:
    first, last = (b.day_or_same(b.params.get(name, "")) for name in ("first", "last"))
    return b.tell("bad_session", day=b.day_or_same(b.subject), first=first, last=last)


def _too_many_votes(b: Blocked) -> Reason:
    votes, present = b.params.get("votes", ""), b.params.get("present", "")
    return b.tell("too_many_votes", votes=votes, present=present)


def _seated(b: Blocked) -> Reason:
    heir, at_least = b.t.person(b.params.get("heir", "")), b.params.get("at_least", "1")
    return b.tell("heir_seated", heir=heir, at_least=at_least)


# ---------------------------------------------------------------- what is open, and what it must be


def _not_offered(b: Blocked) -> Reason:
    if "times" in b.params:
        return b.tell("not_offered_times", times=b.params["times"])
    return b.tell("not_offered", b.t.command("why", b.subject.partition(".")[0]))


def _not_open(b: Blocked) -> Reason:
    told = b.tell("not_open", b.t.command("show"))
    gate = b.t.method.gates.get(b.subject)
    why = unopened.why(b.t, gate) if gate is not None else ""
    return Reason(f"{told.text} {why}", told.next) if why else told


def _wrong_state(b: Blocked) -> Reason:
    state = re.sub(r"\W+", "_", b.params.get("state", ""))
    key = f"wrong_state_{state}"
    if wording.knows(f"blocker.{key}"):
        return b.tell(key, n=b.params.get("version", ""))
    if b.subject in b.t.project.tracks:
        return _not_held(b)
    return b.tell("wrong_state", state=status(b.t, b.params.get("state", "")))


def _not_held(b: Blocked) -> Reason:
    """A track that cannot be resumed, with where it stands and not where it began."""
    track = b.t.project.tracks[b.subject]
    key = "not_held_main" if b.subject == b.t.method.main_root else "not_held"
    state = track.end or track.status.value
    return b.tell(key, phase=b.t.name(track.phase), state=status(b.t, state))


def status(t: Teller, value: str) -> str:
    """A state in words."""
    key = f"status.{value.replace(' ', '_')}"
    return t.say(key) if wording.knows(key) else value


def _carry(b: Blocked) -> Reason:
    kind = b.params.get("kind", "")
    if b.subject == "to":
        return b.tell("carry_missing_to", "--to PHASE", one_of=b.params.get("one_of", ""))
    options = {
        "role": f"--appoint {b.subject}=PERSON",
        "fact": f"--answer {b.subject}=…",
        "artefact": f"--attach {b.subject}=FILE",
        "date": "--review-on DATE",
    }
    text = "_".join(["carry_missing", *kind.split()])
    written = f'--condition "{b.subject}: TEXT; OWNER; DATE"'
    return b.tell(text, options.get(kind, written), at_least=b.params.get("at_least", "1"))


def _bad_value(b: Blocked) -> Reason:
    params = b.params
    if "form" in params:
        form = params["form"]
        return b.tell("bad_value_form", submitting(b, form), of=b.t.name(form))
    if "of" in params:
        text = "bad_value_not_asked" if params["asked"] else "bad_value_no_form"
        return b.tell(text, of=b.t.name(params["of"]), asked=params["asked"])
    for name in ("at_most", "owner", "due"):
        if name in params:
            return b.tell(f"bad_value_{name}", value=b.day_or_same(params[name]))
    expected = params.get("expected", "")
    slug = re.sub(r"\W+", "_", expected).strip("_")
    key = f"bad_value_{slug}"
    if slug and wording.knows(f"blocker.{key}"):
        return b.tell(key)
    return b.tell("bad_value", expected=expected)


def _clock_or_same(t: Teller, value: str) -> str:
    try:
        return t.clock(datetime.fromisoformat(value))
    except ValueError:
        return value


def _rests(b: Blocked) -> Reason:
    person, at = b.t.person(b.params.get("by", "")), b.params.get("at", "")
    return b.tell(b.blocker.code, person=person, clock=_clock_or_same(b.t, at))


# ---------------------------------------------------------------- what is told of the past


def _bad_day(b: Blocked) -> Reason:
    text = "bad_day_started" if b.subject == "started" else "bad_day"
    return b.tell(text, day=b.day_or_same(b.params.get("on", "")))


def _not_on_the_way(b: Blocked) -> Reason:
    stood, day = b.params.get("stood", ""), b.day_or_same(b.params.get("on", ""))
    if stood not in b.t.method.phases:
        return b.tell("not_on_the_way_ended", day=day)
    return b.tell("not_on_the_way", day=day, stood=b.t.name(stood))


def _elsewhere(b: Blocked) -> Reason:
    return b.tell("elsewhere", stands=b.t.name(b.params.get("stands", "")))


# ---------------------------------------------------------------- what may be started


def _not_startable(b: Blocked) -> Reason:
    places = b.params.get("places", "")
    if not places:
        return b.tell("not_startable_never", method=b.subject)
    told = wording.listed(b.t.language, [_place(b.t, each) for each in places.split(", ")])
    return b.tell("not_startable", b.t.command("show"), method=b.subject, places=told)


def _place(t: Teller, place: str) -> str:
    """A phase, or a gate with the outcome chosen there."""
    gate, dot, outcome = place.partition(".")
    return f"{t.gate(gate)}: {outcome}" if dot else t.name(place)


def _enough_started(b: Blocked) -> Reason:
    then = b.t.command("show")
    return b.tell("enough_started", then, method=b.subject, at_most=b.params.get("at_most", ""))


# ---------------------------------------------------------------- warnings


def _no_meeting(b: Blocked) -> Reason:
    role = b.t.method.roles.get(b.subject)
    calendar = (role and role.meets) or b.subject
    command = b.t.to_type("calendar", "meetings", "add", calendar, "DATE")
    return b.tell("no_meeting", command)


def _stale(b: Blocked) -> Reason:
    return b.tell("stale", submitting(b, b.subject), n=b.params.get("version", ""))


# ---------------------------------------------------------------- rounds


def _waits_for_round(b: Blocked) -> Reason:
    """For the round it is in, or for the day on which the next one opens."""
    if b.params.get("round"):
        n = b.params["round"].rpartition(":")[2]
        return b.tell("waits_for_round_open", b.t.to_type("round", "show", b.subject), n=n)
    passage = b.t.project.open_passage(b.subject)
    when = civil_day(b.t.s, rounds.opens(b.t.s, passage)) if passage else None
    key = "waits_for_round" if when else "waits_for_round_undated"
    day = b.t.day(when) if when else ""
    return b.tell(key, b.t.to_type("round", "show", b.subject), day=day)


def _round(b: Blocked) -> Reason:
    """What is said against taking a whole round so."""
    place = b.subject if b.subject in b.t.method.gates else ""
    gate = place or (b.gate.id if b.gate else "")
    known = {"n": "", "names": "", "takes": "", "chosen": "", "places": ""} | dict(b.params)
    return b.tell(b.blocker.code, b.t.to_type("round", "show", gate), **known)


ROUND: Final = (
    "not_in_round", "round_takes", "round_departs", "round_fewer", "round_tie", "round_open",
    "round_empty", "no_round",
)  # fmt: skip

TOLD: Final[Mapping[str, Callable[[Blocked], Reason]]] = {
    "need_open": need_open,
    "criterion_below": _below,
    "criterion_unrated": _unrated,
    "advice_missing": _advice,
    "gate_blocks": _blocking_gate,
    "answer_first": _answer_first,
    "role_empty": _role_empty,
    "quorum_impossible": _quorum,
    "not_offered": _not_offered,
    "not_open": _not_open,
    "carry_missing": _carry,
    "not_entitled": _not_entitled,
    "wrong_state": _wrong_state,
    "bad_value": _bad_value,
    "bad_day": _bad_day,
    "not_on_the_way": _not_on_the_way,
    "elsewhere": _elsewhere,
    "not_startable": _not_startable,
    "enough_started": _enough_started,
    "no_meeting": _no_meeting,
    "stale": _stale,
    "rests_on_it": _rests,
    "rests_on_move": _rests,
    "no_seat": _of_person,
    "too_few_present": _too_few_present,
    "bad_session": _bad_session,
    "too_many_votes": _too_many_votes,
    "which_body": lambda b: b.tell("which_body"),
    "paper_changed": papers_read.changed,
    "paper_later": papers_read.later,
    "holds_nothing": _of_person,
    "heir_is_oneself": _of_person,
    "heir_seated": _seated,
    "heir_silent": lambda b: b.tell("heir_silent"),
    "has_left": _of_person,
    "last_administrator": _of_person,
    "still_held": _of_person,
    "waits_for_round": _waits_for_round,
    "not_shareable": lambda b: b.tell("not_shareable"),
    "nothing_to_share": lambda b: b.tell("nothing_to_share", b.t.command("share")),
    "not_shared": lambda b: b.tell("not_shared"),
    **unmoved.TOLD,
    **dict.fromkeys(ROUND, _round),
}


def plain(t: Teller, blocker: Blocker, passage: Passage | None = None) -> dict[str, Any]:
    """A reason as data, with its sentence."""
    told = reason(t, blocker, passage)
    return {
        "code": blocker.code,
        "subject": blocker.subject,
        "params": dict(blocker.params),
        "who": list(blocker.who),
        "people": list(t.speakers(blocker.who)),
        "due": blocker.due.isoformat() if blocker.due else None,
        "text": told.text,
        "next": told.next,
    }
