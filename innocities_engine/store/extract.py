"""Decide how the record of an organisation leaves the database: as JSON lines that anybody can read
and check with nothing else at hand. Each entry is one line with all that its hash covers, and the
texts behind its seals; the last line is the end of the chain.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from innocities_engine.store import chain
from innocities_engine.store.chain import Finding, Head, Texts
from innocities_engine.store.transactions import Store

END = "end"


def lines(store: Store, organisation: str) -> Iterator[str]:
    """Write the record line by line, as it stands now."""
    end = chain.checkpoint(store, organisation)
    for entry, texts in chain.entries(store, organisation, end.count):
        yield _line({**entry, "payload": entry["payload"].decode(), "texts": _told(texts)})
    yield _line({END: {"count": end.count, "hash": end.hash}})


def split(written: str) -> list[str]:
    """The lines of an export, and no others: texts may hold what ends a line elsewhere."""
    return written.removesuffix("\n").split("\n")


def is_export(lines: Iterable[str]) -> bool:
    """Tell whether any line is one of ours; then what is wrong with the others was changed."""
    return any(_ours(line) for line in lines)


def _ours(line: str) -> bool:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(data, dict) and (END in data or "payload" in data)


def verify(lines: Iterable[str], anchor: Head | None = None) -> Finding | Head:
    """Find the first line that is not what was written; the end of the chain if there is none."""
    end: list[Head] = []
    try:
        read = list(_read(lines, end))
    except _Unreadable as fault:
        return Finding(fault.number, "cannot be read")
    if not end:
        return Finding(len(read) + 1, "is missing")
    return chain.judged(read, end[0], anchor) or end[0]


def _line(data: Mapping[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, sort_keys=True)


def _told(texts: Texts) -> dict[str, Any]:
    return {
        seal: None if salt is None else {"salt": salt.hex(), "text": text}
        for seal, (salt, text) in texts.items()
    }


class _Unreadable(Exception):
    def __init__(self, number: int) -> None:
        self.number = number


def _read(lines: Iterable[str], end: list[Head]) -> Iterator[tuple[Mapping[str, Any], Texts]]:
    for number, line in enumerate(lines, 1):
        try:
            data = json.loads(line, object_pairs_hook=_once)
            if end:
                raise _Unreadable(number)  # nothing comes after the end
            if data.keys() == {END}:
                end.append(_end(data[END]))
            elif data.keys() == {*_COLUMNS, "texts"}:
                known = {seal: _text(behind) for seal, behind in data.pop("texts").items()}
                yield data | {"payload": _bytes(data)}, known
            else:
                raise _Unreadable(number)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
            raise _Unreadable(number) from fault


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a name that is there twice: readers would differ in which they believe."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found


def _end(data: dict[str, Any]) -> Head:
    count, digest = data["count"], data["hash"]
    if len(data) != 2 or type(count) is not int or not isinstance(digest, str):
        raise ValueError
    return Head(count, digest)


_COLUMNS = (*chain.ENTRY, "hash")


def _bytes(data: Mapping[str, Any]) -> bytes:
    return str(data["payload"]).encode()


def _text(behind: Mapping[str, str] | None) -> tuple[bytes | None, str | None]:
    if behind is None:
        return None, None
    salt, text = bytes.fromhex(behind["salt"]), behind["text"]
    text.encode()  # half a character is no text
    if len(behind) != 2 or len(salt) != chain.SALT_BYTES:
        raise ValueError
    return salt, text
