"""What made-up people say and hand in while a project goes its way by chance: in the language of
whoever reads it, so that nothing else stands in what is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from innocities_engine.domain import commands as k
from innocities_engine.domain.project import Condition, Content, Proposal


@dataclass(frozen=True, slots=True)
class Words:
    """`reason`: why anything is done; `condition`: what a decider writes, with its number after it;
    `language`: which title of the method the project takes.
    """

    reason: str
    condition: str
    language: str

    def title(self, titles: Mapping[str, str], otherwise: str) -> str:
        return titles.get(self.language) or next(iter(titles.values()), otherwise)

    def said(self, command: k.Command) -> k.Command:
        """The same command, in these words."""
        match command:
            case k.Submit(artefact=artefact, content=content):
                return replace(command, content=_named(content, artefact))
            case k.DecideInRound(decide=decide):
                return replace(command, decide=self._decided(decide))
            case k.Decide():
                return self._decided(command)
            case k.Advise() | k.Raise():
                return replace(command, reason=self.reason)
        return command

    def _decided(self, decide: k.Decide) -> k.Decide:
        return replace(decide, reason=self.reason, proposal=self._proposed(decide.proposal))

    def _proposed(self, offer: Proposal) -> Proposal:
        written = {name: self._written(each) for name, each in offer.written.items()}
        attach = {name: _named(content, name) for name, content in offer.attach.items()}
        return replace(offer, written=written, attach=attach)

    def _written(self, conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
        return tuple(
            replace(each, text=f"{self.condition} {n}") for n, each in enumerate(conditions, 1)
        )


def _named(content: Content, artefact: str) -> Content:
    return replace(content, name=f"{artefact}.md")
