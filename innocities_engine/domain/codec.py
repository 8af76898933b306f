"""Decide how values of the domain are written as JSON bytes and read back, the same in every
release: every field by name, fields that hold their default left out, mappings in their own order
since rules walk them.  Free text is handed to whoever seals it; what a seal is, and where bytes are
kept, is left to the store.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, TypeAlias, TypeVar, Union, get_args, get_origin, get_type_hints

from innocities_engine.domain import commands, events
from innocities_engine.domain.happening import Happening
from innocities_engine.domain.round_events import RoundOpened, RoundTaken

T = TypeVar("T")
Plain: TypeAlias = Any  # what JSON can say
Seal: TypeAlias = Callable[[str], str]
Reveal: TypeAlias = Callable[[str], str]
Encoder: TypeAlias = Callable[[Any, Seal | None], Plain]
Decoder: TypeAlias = Callable[[Any, Reveal], Any]

SEALED: Final = "#"  # the only key of a sealed text; no id of a method can be spelled so
EVENTS: Final[Mapping[str, type]] = {kind.__name__: kind for kind in get_args(events.Event)}
BESIDE: Final[Mapping[str, type[Happening]]] = {
    kind.__name__: kind for kind in (RoundOpened, RoundTaken)
}
COMMANDS: Final[Mapping[str, type]] = {kind.__name__: kind for kind in get_args(commands.Command)}

# What people write in their own words: it may name somebody, so it must be possible to blank it.
FREE_TEXT: Final = frozenset(
    {
        "Adopted.about",
        "Adopted.lessons",
        "Adopted.title",
        "Answer.value",
        "Child.title",
        "Commented.text",
        "Condition.text",
        "ConflictDeclared.reason",
        "Content.address",
        "Content.name",
        "Correction.reason",
        "Decision.reason",
        "DecisionCorrected.reason",
        "FactAnswered.value",
        "GateOverridden.reason",
        "MailPause.reason",
        "MailPaused.reason",
        "Migration.reason",
        "MigrationUndone.reason",
        "NeedExtended.reason",
        "NeedInstance.reason",
        "NeedInstance.text",
        "NeedWaived.reason",
        "Origin.title",
        "Project.title",
        "ProjectMigrated.reason",
        "ProjectStarted.title",
        "ProjectTakenIn.reference",
        "Proposal.answers",
        "Recorded.minutes",
        "Recorded.present",
        "ReminderRaised.about",
        "RoundTaken.departing",
        "Shared.about",
        "Shared.lessons",
        "Shared.theme",
        "Shared.title",
        "Version.answers",
        "VersionReturned.reason",
    }
)


def dump(value: object, seal: Seal | None = None) -> bytes:
    """Write a value of the domain; with `seal`, each free text is replaced by what it returns."""
    kind: Any = type(value)
    plain = _encoder(kind)(value, seal)
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()


def load(kind: type[T], raw: bytes, reveal: Reveal = str) -> T:
    """Read a value that `dump` wrote; `reveal` gives the text behind a seal."""
    wanted: Any = kind
    value: T = _decoder(wanted)(json.loads(raw), reveal)
    return value


def instant(at: datetime) -> str:
    """Write an instant in UTC and always with microseconds, so that text order is time order."""
    if at.tzinfo is None:
        raise ValueError(f"{at} has no zone")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@cache
def _encoder(kind: Any) -> Encoder:
    return _encoder_of(kind, free=False) or _unchanged


def _is_record(kind: Any) -> bool:
    return is_dataclass(kind)


def _unchanged(value: Any, _seal: Seal | None) -> Plain:
    return value


@cache
def _decoder(kind: Any) -> Decoder:
    return _decoder_of(kind, free=False) or _unchanged


def _encoder_of(kind: Any, *, free: bool) -> Encoder | None:
    """The encoder of an annotation; None where JSON says the value as it is."""
    if _is_record(kind):
        return _record_encoder(kind)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _optional_encoder(arguments, free=free)
    if origin is tuple:
        return _items_encoder(_encoder_of(arguments[0], free=free))
    if origin is Mapping:
        return _values_encoder(_encoder_of(arguments[1], free=free))
    if kind is str and free:
        return _sealed
    return _SCALAR_ENCODERS.get(kind)


_SCALAR_ENCODERS: Final[Mapping[Any, Encoder]] = {
    datetime: lambda value, _: instant(value),
    date: lambda value, _: value.isoformat(),
}


def _sealed(value: Any, seal: Seal | None) -> Plain:
    sealed = seal is not None and isinstance(value, str) and value
    return {SEALED: seal(value)} if sealed else value  # type: ignore[misc]  # checked above


def _optional_encoder(arguments: tuple[Any, ...], *, free: bool) -> Encoder | None:
    inner = next(filter(None, (_encoder_of(a, free=free) for a in arguments)), None)
    if inner is None or inner is _sealed:
        return inner
    return lambda value, seal: None if value is None else inner(value, seal)


def _items_encoder(item: Encoder | None) -> Encoder:
    if item is None:
        return lambda value, _: list(value)
    return lambda value, seal: [item(each, seal) for each in value]


def _values_encoder(item: Encoder | None) -> Encoder:
    if item is None:
        return lambda value, _: dict(value)
    return lambda value, seal: {key: item(each, seal) for key, each in value.items()}


@cache
def _record_encoder(kind: Any) -> Encoder:
    hints = get_type_hints(kind)
    plan = tuple(
        (f.name, _default(f), _encoder_of(hints[f.name], free=_is_free(kind, f)))
        for f in fields(kind)
    )

    def encode(value: Any, seal: Seal | None) -> Plain:
        plain = {}
        for name, default, encoder in plan:
            held = getattr(value, name)
            if held != default:
                plain[name] = held if encoder is None else encoder(held, seal)
        return plain

    return encode


def _is_free(kind: type, f: Field[Any]) -> bool:
    return f"{kind.__name__}.{f.name}" in FREE_TEXT


def _default(f: Field[Any]) -> Any:
    return f.default if f.default_factory is MISSING else f.default_factory()


def _decoder_of(kind: Any, *, free: bool) -> Decoder | None:
    if _is_record(kind):
        return _record_decoder(kind)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _optional_decoder(arguments, free=free)
    if origin is tuple:
        item = _decoder_of(arguments[0], free=free) or _unchanged
        return lambda value, reveal: tuple(item(each, reveal) for each in value)
    if origin is Mapping:
        return _values_decoder(_decoder_of(arguments[1], free=free))
    return _scalar_decoder(kind, free=free)


def _scalar_decoder(kind: Any, *, free: bool) -> Decoder | None:
    if kind is str and free:
        return _revealed
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return lambda value, _: kind(value)
    return _SCALAR_DECODERS.get(kind)


_SCALAR_DECODERS: Final[Mapping[Any, Decoder]] = {
    datetime: lambda value, _: datetime.fromisoformat(value),
    date: lambda value, _: date.fromisoformat(value),
}


def _revealed(value: Any, reveal: Reveal) -> Any:
    return reveal(value[SEALED]) if isinstance(value, dict) else value


def _optional_decoder(arguments: tuple[Any, ...], *, free: bool) -> Decoder | None:
    if len(set(arguments) - {NoneType, bool, int, str}) > 1:
        raise TypeError(f"cannot tell the members of {arguments} apart")
    inner = next(filter(None, (_decoder_of(a, free=free) for a in arguments)), None)
    if inner is None or inner is _revealed:
        return inner
    return lambda value, reveal: None if value is None else inner(value, reveal)


def _values_decoder(item: Decoder | None) -> Decoder | None:
    if item is None:
        return None
    return lambda value, reveal: {key: item(each, reveal) for key, each in value.items()}


@cache
def _record_decoder(kind: Any) -> Decoder:
    hints = get_type_hints(kind)
    plan = {f.name: _decoder_of(hints[f.name], free=_is_free(kind, f)) for f in fields(kind)}

    def decode(value: Any, reveal: Reveal) -> Any:
        return kind(
            **{
                name: held if (decoder := plan[name]) is None else decoder(held, reveal)
                for name, held in value.items()
            }
        )

    return decode
