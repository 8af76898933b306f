"""Commands in the words of the oracle, said to the engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from innocities_engine.domain import commands as k
from innocities_engine.domain.project import Condition, Content, Proposal, Recorded
from tests.machine.cases import Case

Spec = Mapping[str, Any]
WHY = "because"


def command_of(case: Case, said: Spec, actor: str) -> k.Command:
    """The engine's command for one of the oracle's."""
    return TRANSLATIONS[said["do"]](case, said, actor)


def content(artefact: str) -> Content:
    return Content("0" * 64, artefact, "link", address="https://example.org/")


def text(value: Any) -> bool | str:
    return value if isinstance(value, bool) else str(value)


def answers(given: Spec | None) -> dict[str, bool | str]:
    return {fact: text(value) for fact, value in (given or {}).items()}


def people(given: Spec | None) -> dict[str, tuple[str, ...]]:
    return {role: tuple(members) for role, members in (given or {}).items()}


def recorded(said: Spec, actor: str) -> Recorded | None:
    if not said.get("recorded"):
        return None
    on = said.get("session")
    present = tuple(said.get("present", ()))
    return Recorded(actor, present, on=day(on) if on else None, body=said.get("body", ""))


def day(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def start(case: Case, said: Spec, actor: str) -> k.Command:
    return k.Start("p1", "o1", "A project", people(said.get("members")))


def assign(case: Case, said: Spec, actor: str) -> k.Command:
    return k.Assign(said["role"], tuple(said["members"]))


def answer(case: Case, said: Spec, actor: str) -> k.Command:
    return k.AnswerFact(said["fact"], text(said["value"]), said.get("need", ""))


def submit(case: Case, said: Spec, actor: str) -> k.Command:
    return k.Submit(said["artefact"], content(said["artefact"]), answers(said.get("form")))


def approve(case: Case, said: Spec, actor: str) -> k.Command:
    return k.Approve(said["artefact"], said.get("version"), recorded(said, actor))


def send_back(case: Case, said: Spec, actor: str) -> k.Command:
    return k.Return(said["artefact"], WHY, said.get("version"))


def withdraw(case: Case, said: Spec, actor: str) -> k.Command:
    return k.Withdraw(said["artefact"], said.get("version"))


def tick_off(case: Case, said: Spec, actor: str) -> k.Command:
    return k.TickOff(said["need"], member=said.get("member", ""))


def accept(case: Case, said: Spec, actor: str) -> k.Command:
    return k.Accept(said["need"])


def waive(case: Case, said: Spec, actor: str) -> k.Command:
    return k.Waive(said["need"], WHY)


def extend(case: Case, said: Spec, actor: str) -> k.Command:
    return k.Extend(said["need"], day(said["due"]), WHY)


def rate(case: Case, said: Spec, actor: str) -> k.Command:
    return k.Rate(said["gate"], {said["criterion"]: said["value"]}, recorded(said, actor))


def advise(case: Case, said: Spec, actor: str) -> k.Command:
    found = recorded(said, actor)
    return k.Advise(said["gate"], said["advice"], said["value"], WHY, found, said.get("read"))


def declare_conflict(case: Case, said: Spec, actor: str) -> k.Command:
    return k.DeclareConflict(said["gate"], WHY, said.get("person", ""))


def present(case: Case, said: Spec, actor: str) -> k.Command:
    return k.Present(said["gate"])


def take_back(case: Case, said: Spec, actor: str) -> k.Command:
    return k.TakeBack(said["gate"])


def raise_gate(case: Case, said: Spec, actor: str) -> k.Command:
    return k.Raise(said["gate"], WHY)


def resume(case: Case, said: Spec, actor: str) -> k.Command:
    return k.Resume(said.get("track", ""))


def decide(case: Case, said: Spec, actor: str) -> k.Command:
    override = WHY if said["do"] == "override" else ""
    found = recorded(said, actor)
    return k.Decide(
        said["gate"], proposal(said), WHY, found, override=override, papers=said.get("read")
    )


def proposal(said: Spec) -> Proposal:
    review = said.get("review")
    return Proposal(
        outcome=said["outcome"],
        to=said.get("to"),
        review_on=day(review) if review else None,
        written={key: conditions(texts) for key, texts in (said.get("conditions") or {}).items()},
        appoint=people(said.get("appoint")),
        answers=answers(said.get("answers")),
        attach={artefact: content(artefact) for artefact in said.get("attach") or {}},
    )


def conditions(texts: list[Spec]) -> tuple[Condition, ...]:
    return tuple(
        Condition(t["text"], t.get("owner", ""), day(t["due"]) if t.get("due") else None)
        for t in texts
    )


def tick(case: Case, said: Spec, actor: str) -> k.Command:
    return k.Tick()


TRANSLATIONS: dict[str, Callable[[Case, Spec, str], k.Command]] = {
    "start": start,
    "assign": assign,
    "answer": answer,
    "submit": submit,
    "approve": approve,
    "return": send_back,
    "withdraw": withdraw,
    "tick_off": tick_off,
    "accept": accept,
    "waive": waive,
    "extend": extend,
    "rate": rate,
    "advise": advise,
    "declare_conflict": declare_conflict,
    "present": present,
    "withdraw_presentation": take_back,
    "raise": raise_gate,
    "resume": resume,
    "decide": decide,
    "override": decide,
    "tick": tick,
}
