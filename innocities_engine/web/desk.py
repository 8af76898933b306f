"""Decide what the holder of a link sees and what becomes of a form: the page is made of what the
engine shows this person, and a form is the same command that the command line would issue for them.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from innocities_engine import errors, wording
from innocities_engine.domain.commands import Advise, Command, Decide, Submit
from innocities_engine.engine import Engine, View
from innocities_engine.links import Holder, Links
from innocities_engine.office import Office
from innocities_engine.store import files
from innocities_engine.store.people import Organisation, Person
from innocities_engine.typed import Unusable
from innocities_engine.web import asks, deciding, forms, pages, papers
from innocities_engine.web.ask import Ask, Teller
from innocities_engine.web.forms import Faults, Form, Upload

CHOSEN: Final = ("choice", "choices")  # of these the first button takes the cursor
NONCE: Final = re.compile(r"[A-Za-z0-9_-]{16,64}")
NONCE_BYTES: Final = 18
# How each kind of trouble is answered over HTTP; what has a sentence of its own here names it.
STATUSES: Final[Mapping[str, int]] = {
    "not-found": 404,
    "not-permitted": 403,
    "refused": 409,
    "conflict": 409,
    "already-decided": 409,
    "round-over": 409,
    "key-reused": 422,
    "invalid": 422,
    "unavailable": 503,
    "no-access": 503,
    "uncertain": 503,
}
OWN: Final[Mapping[str, str]] = {
    "not-found": "outdated",
    "not-permitted": "not_permitted",
    "key-reused": "reused",
    "unavailable": "unavailable",
    "no-access": "unavailable",
    "uncertain": "uncertain",
}


@dataclass(frozen=True)
class Services:
    """What the pages are made of. `speak` names things, `explain` tells why something is refused;
    `pass_time` lets the clock of a simulation go on before each change.
    """

    engine: Engine
    office: Office
    links: Links
    speak: Callable[[View, str], Teller]
    explain: Callable[[View, str, errors.EngineError], Sequence[str]]
    pass_time: Callable[[], None]


@dataclass(frozen=True)
class Seen:
    """A project as the holder of a link sees it."""

    holder: Holder
    home: Organisation
    person: Person
    view: View
    language: str


@dataclass(frozen=True)
class Rejected:
    """A form that was not taken: what was sent, why, and by field what is wrong with it."""

    form: Form
    reasons: Sequence[str] = ()
    faults: Mapping[str, str] = field(default_factory=dict)
    status: int = 422


def seen(services: Services, token: str) -> Seen:
    """What the holder of a link sees; a link that does not hold is not there."""
    holder = services.links.holder(token)
    view = services.engine.view(holder.organisation, holder.project, holder.person)
    home = services.office.organisation(holder.organisation)
    person = services.office.person(holder.organisation, holder.person)
    return Seen(holder, home, person, view, wording.spoken(person.language or home.language))


def act(services: Services, found: Seen, form: Form) -> Rejected | None:
    """Do what a form asks for, once however often it is sent; else tell why not."""
    try:
        if not NONCE.fullmatch(form.nonce):
            raise Faults({"": Unusable("outdated")})
        _issue(services, found, form, forms.command(form, found.view.method))
    except Faults as faults:
        return _faulty(services, found, form, faults)
    except errors.EngineError as error:
        if error.code not in STATUSES:  # a fault of ours
            raise
        return _refused(services, found, form, error)
    return None


def chosen(services: Services, found: Seen, form: Form) -> Rejected | None:
    """Why a choice cannot be put before whoever made it to be confirmed; None where it can."""
    try:
        forms.reason_of_choice(form)
        if _confirming(services.speak(found.view, found.language), found, form) is None:
            raise Faults({"": Unusable("outdated")})
    except Faults as faults:
        return _faulty(services, found, form, faults)
    return None


def _confirming(t: Teller, found: Seen, form: Form | None) -> Ask | None:
    return deciding.confirming(t, found.holder.person, form) if form else None


def paper(services: Services, found: Seen, artefact: str, n: str) -> tuple[str, Path]:
    """A file that an ask of this person is about: how it is called, and where it stands, sound."""
    t = services.speak(found.view, found.language)
    content = papers.wanted(asks.of(t, found.holder.person), artefact, n).content
    with files.opened(services.engine.store, found.holder.organisation, content.sha256):
        place = files.path(services.engine.store, found.holder.organisation, content.sha256)
    return content.name or f"{artefact}-{n}", place


def _issue(services: Services, found: Seen, form: Form, command: Command) -> None:
    services.pass_time()
    holder = found.holder
    place = (holder.organisation, holder.project, command, holder.person)
    key = f"form:{holder.person}:{holder.project}:{form.nonce}"
    if isinstance(command, Submit) and form.upload is not None:
        _keep(services, place, key, form.upload)
    reason = command.reason if isinstance(command, Advise | Decide) else ""
    services.engine.execute(*place, reason=reason, idempotency_key=key)


def _keep(
    services: Services, place: tuple[str, str, Command, str], key: str, upload: Upload
) -> None:
    """Keep a file for good before anybody is told of it; not one that is going to be refused."""
    try:
        services.engine.execute(*place, idempotency_key=key, dry_run=True)
    except errors.EngineError:
        return  # it is refused again when it is meant, and remembered
    upload.file.seek(0)
    files.keep(services.engine.store, place[0], upload.file)


def _faulty(services: Services, found: Seen, form: Form, faults: Faults) -> Rejected:
    told = {}
    for name, fault in faults.found.items():
        put_in = {"option": wording.say(found.language, "web.this_field"), **fault.put_in}
        if fault.text == "value":
            fact = found.view.method.facts[str(fault.put_in["fact"])]
            put_in["expected"] = wording.say(
                found.language, f"expected.{fact.type.value}",
                choices=", ".join(fact.choices), currency=fact.currency,
            )  # fmt: skip
        told[name] = wording.say(found.language, f"web.fault_{fault.text}", **put_in)
    general = [told.pop("")] if "" in told else []
    return Rejected(form, general, told)


def _refused(services: Services, found: Seen, form: Form, error: errors.EngineError) -> Rejected:
    own = "" if error.text else OWN.get(error.code, "")
    said = [wording.say(found.language, f"web.fault_{own}")] if own else []
    return Rejected(
        form,
        said or services.explain(found.view, found.language, error),
        status=STATUSES[error.code],
    )


# ---------------------------------------------------------------- the page


def shown(
    services: Services,
    found: Seen,
    root: str,
    done: str = "",
    rejected: Rejected | None = None,
    choice: Form | None = None,
) -> str:
    """The page of a link; with a form that was not taken, what was typed in it is kept. A choice is
    shown alone, to be confirmed.
    """
    t = services.speak(found.view, found.language)
    if rejected is not None and rejected.form.act == "decide":
        choice = rejected.form
    confirm = _confirming(t, found, choice)
    asked = [confirm] if confirm else asks.of(t, found.holder.person)
    every = [_filled(t, n, each, rejected) for n, each in enumerate([*asked, asks.comment(t)])]
    taken_back = rejected is not None and not any(each["rejected"] for each in every)
    return pages.page(
        language=found.language,
        root=root,
        say=t.say,
        day=t.day,
        project=found.view.project.title,
        organisation=found.home.name,
        person=found.person.name,
        asks=every[:-1],
        comment=every[-1],
        confirms=confirm is not None,
        elsewhere=() if confirm else deciding.elsewhere(t, found.holder.person),
        done=done if done in forms.ACTS else "",
        rejected=rejected,
        typed=forms.texts(rejected.form) if rejected and taken_back else (),
        errors=_errors(every, rejected),
    )


def _filled(t: Teller, n: int, ask: Ask, rejected: Rejected | None) -> Mapping[str, object]:
    """A form with what was typed in it before, if it was this one."""
    form = rejected.form if rejected else Form()
    mine = bool(rejected) and (form.act, form.subject, form.need) == ask.key
    faults = rejected.faults if rejected and mine else {}
    fields = [
        {
            "field": each,
            "id": f"f{n}-{m}",
            "typed": tuple(form.fields.get(each.name, ())) if mine else (),
            "fault": faults.get(each.name, ""),
        }
        for m, each in enumerate(ask.fields)
    ]
    button = t.say(f"web.do_{ask.act.replace('-', '_')}")
    nonce = secrets.token_urlsafe(NONCE_BYTES)
    return {"ask": ask, "id": f"f{n}", "fields": fields, "button": button, "nonce": nonce,
            "rejected": mine}  # fmt: skip


def _errors(
    every: Sequence[Mapping[str, object]], rejected: Rejected | None
) -> Sequence[tuple[str, str]]:
    """What is wrong, each with where it is mended."""
    if rejected is None:
        return ()
    places = {
        each["field"].name: f"{each['id']}-1" if each["field"].kind in CHOSEN else each["id"]
        for form in every
        if form["rejected"]
        for each in form["fields"]  # type: ignore[attr-defined]  # a list of fields, as made above
    }
    near = next((str(form["id"]) for form in every if form["rejected"]), "typed")
    general = [(near, reason) for reason in rejected.reasons]
    return [*general, *((places.get(name, near), told) for name, told in rejected.faults.items())]
