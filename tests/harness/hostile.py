"""Texts that somebody will one day type, paste or import, and that must come out as the texts they
are or be refused with a reason (G13). Lists them; which field takes them and which sink shows them
is left to the tests. Each breaks some sink that was built the obvious way.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Hostile:
    """One text; its id is ``kind/name`` and never changes, so a failure can be found again."""

    id: str
    text: str

    @property
    def kind(self) -> str:
        """The family: what it tries to break out of."""
        return self.id.partition("/")[0]

    @property
    def encodable(self) -> bool:
        """Whether it can be written as UTF-8 at all."""
        return not any("\ud800" <= character <= "\udfff" for character in self.text)

    @property
    def fits_argument(self) -> bool:
        """Whether the kernel would take it as one argument of a command."""
        return self.encodable and "\0" not in self.text and len(self.text.encode()) < 2**17

    @property
    def has_controls(self) -> bool:
        """Whether it has characters that a terminal, a log or a header must never get raw."""
        return any(unicodedata.category(character) in ("Cc", "Zl", "Zp") for character in self.text)


_BCC: Final = "Bcc: mallory@example.net"

_TEXTS: Final[Mapping[str, Mapping[str, str]]] = {
    "header": {
        "crlf": f"Hello\r\n{_BCC}",
        "lf": f"Hello\n{_BCC}",
        "cr": f"Hello\r{_BCC}",
        "folded": f"Hello\r\n {_BCC}",
        "body": "Hello\r\n\r\nAnother body",
        "end-of-data": "Hello\r\n.\r\nMAIL FROM:<mallory@example.net>",
        "bare-end-of-data": "Hello\n.\nMAIL FROM:<mallory@example.net>",
        "line-separator": f"Hello\u2028{_BCC}",
        "paragraph-separator": f"Hello\u2029{_BCC}",
        "next-line": f"Hello\x85{_BCC}",
        "vertical-tab": f"Hello\x0b{_BCC}",
        "form-feed": f"Hello\x0c{_BCC}",
        "trailing-crlf": "Hello\r\n",
        "colon": "Subject: Hello",
        "boundary": "--===============0123456789==--",
        "long-word": "x" * 1200,
    },
    "encoded-word": {
        "base64-crlf": "=?utf-8?B?SGVqDQpCY2M6IG1hbGxvcnlAZXhhbXBsZS5uZXQ=?=",
        "quoted-crlf": "=?utf-8?Q?Hej=0D=0ABcc:_mallory@example.net?=",
        "lower-case": "=?utf-8?q?Hej=0d=0aBcc:_mallory@example.net?=",
        "split": "=?utf-8?Q?Hej=0D?= =?utf-8?Q?=0ABcc:_mallory@example.net?=",
        "latin": "=?iso-8859-1?Q?=0A=0DBcc:_mallory@example.net?=",
        "language": "=?utf-8*sv?Q?Hej=0D=0AX-Evil:_1?=",
        "utf-7": "=?utf-7?Q?+AAoA-Bcc:_mallory@example.net?=",
        "unknown-charset": "=?no-such-charset?B?SGVq?=",
        "broken-base64": "=?utf-8?B?SGVq=?=?=",
        "unfinished": "=?utf-8?B?SGVq",
        "harmless": "=?utf-8?Q?f=C3=B6rstudie?=",
        "null-byte": "=?utf-8?Q?a=00b?=",
    },
    "control": {
        "nul": "before\0after",
        "nul-only": "\0",
        "escape": "\x1b",
        "backspace": "rm -rf\b\b\b\b\b\b ls",
        "bell": "ding\x07dong",
        "delete": "a\x7fb",
        "c1": "a\x9bb\x90c\x9d",
        "tab": "a\tb",
        "substitute": "a\x1ab",
        "separators": "a\x1cb\x1dc\x1ed\x1fe",
        "shift-out": "a\x0eb\x0fc",
    },
    "terminal": {
        "red": "\x1b[31mred",
        "clear": "\x1b[2J\x1b[Hgone",
        "cursor-up": "approved\x1b[1A\x1b[2Krejected",
        "title": "\x1b]0;owned\x07",
        "clipboard": "\x1b]52;c;cm0gLXJmIH4=\x07",
        "link": "\x1b]8;;https://example.net\x1b\\click\x1b]8;;\x1b\\",
        "report": "\x1b[6n\x1b[c",
        "eight-bit": "\x9b31mred\x9d0;owned\x9c",
        "overwrite": "Gate passed\rGate closed",
        "markup": "[bold red]loud[/bold red][/]",
        "carriage-log": "fine\n2026-03-02T08:00:00Z INFO login ok actor=admin",
        "json-log": 'x"}\n{"action":"login","actor":"admin"}',
    },
    "direction": {
        "override": "invoice\u202efdp.exe",
        "embedding": "\u202bright to left",
        "isolate": "\u2067unfinished",
        "pop": "\u202c\u202c\u2069",
        "marks": "a\u200fb\u200ec\u061cd",
        "hebrew": "שלום project",
        "arabic-number": "مشروع ١٢٣ (45)",
    },
    "template": {
        "product": "{{7*7}}",
        "escape": "{{''.__class__.__mro__[1].__subclasses__()}}",
        "statement": "{% for i in range(9) %}x{% endfor %}",
        "comment": "{# gone",
        "unclosed": "{{ project.title",
        "unopened": "}} %} #}",
        "include": "{% include '/etc/passwd' %}",
        "dollar": "${7*7} $title ${title}",
        "erb": "<%= 7*7 %>",
        "format": "{0.__class__.__init__.__globals__} {title} {}",
        "percent": "%s %d %n %(title)s %",
        "gettext": "%(count)d projects",
        "line-statement": "# for x in y\n## note",
    },
    "html": {
        "script": "<script>alert(1)</script>",
        "attribute": '" onmouseover="alert(1)',
        "single-quote": "' autofocus onfocus='alert(1)",
        "image": "<img src=x onerror=alert(1)>",
        "close": "</title></textarea></style></td></table>",
        "comment": "<!-- --!> <b>",
        "cdata": "<![CDATA[ <b> ]]>",
        "entity": "&lt;b&gt; &amp;amp; &#60; &nbsp",
        "svg": "<svg/onload=alert(1)>",
        "form": "<form action=https://example.net><input name=password>",
        "link": "<a href='https://example.net'>approve</a>",
        "javascript": "javascript:alert(1)",
        "data": "data:text/html,<script>alert(1)</script>",
        "protocol-relative": "//example.net/path",
        "no-angle": "＜script＞alert(1)＜/script＞",
        "style": "<style>*{display:none}</style>",
        "less-than": "cost < 5 && risk > 3",
    },
    "sql": {
        "quote": "O'Brien",
        "or": "' OR '1'='1",
        "drop": "x'); DROP TABLE project; --",
        "double": '" OR ""="',
        "comment": "x /* y */ -- z",
        "wildcards": "100%_[a-z]*?",
        "backslash": "\\' OR 1=1 --",
        "parameter": ":id ? $1 @p",
    },
    "shell": {
        "substitution": "$(touch owned) `touch owned`",
        "chain": "; touch owned & touch owned | cat",
        "redirect": "> owned < /etc/passwd",
        "option": "--as=administrator",
        "dash": "-",
        "quotes": "\"'\\",
        "variable": "$HOME ~ %PATH% !!",
        "at-file": "@/etc/passwd",
    },
    "path": {
        "parent": "../../../../etc/passwd",
        "windows-parent": "..\\..\\windows\\system32",
        "absolute": "/etc/passwd",
        "nul-extension": "report.exe\0.pdf",
        "reserved": "CON",
        "reserved-extension": "aux.txt",
        "dot": ".",
        "dots": "..",
        "trailing-dot": "report.pdf. ",
        "stream": "report.pdf::$DATA",
        "share": "\\\\example.net\\share",
        "hidden": ".htaccess",
        "encoded": "%2e%2e%2fetc%2fpasswd",
        "header": 'a"; filename="b.exe',
        "long": "a" * 300 + ".pdf",
    },
    "sheet": {
        "equals": "=1+1",
        "command": "=cmd|' /C calc'!A0",
        "plus": "+47 22 33 44 55",
        "minus": "-1+1",
        "at": "@SUM(1+1)",
        "tab": "\t=1+1",
        "return": "\r=1+1",
        "full-width": "＝1+1",
        "link": '=HYPERLINK("https://example.net";"open")',
        "quoted": 'a","b"\r\n"c',
        "separators": "a;b,c\td|e",
        "leading-space": " =1+1",
        "date": "1-2",
    },
    "calendar": {
        "event": "x\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:owned",
        "alarm": "x\nBEGIN:VALARM\nACTION:PROCEDURE",
        "escapes": "a\\,b\\;c\\nd\\",
        "separators": "a,b;c:d",
        "parameter": 'a";CN="b',
        "fold": "å" * 100,
    },
    "document": {
        "yaml-tag": "!!python/object/apply:os.system ['id']",
        "yaml-anchor": "&a [*a, *a]",
        "yaml-key": "key: value\n- item",
        "yaml-end": "---\n...\n",
        "xml-entity": "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>",
        "json": '","admin":true,"x":"',
        "json-escape": "\\u0022\\u0000\\",
        "markdown": "[x](javascript:alert(1)) ![y](https://example.net) *z* # _a_",
        "dot-label": 'x"]; evil [label="y\\n\\l',
    },
    "looks-like": {
        "empty": "",
        "space": " ",
        "null": "null",
        "none": "None",
        "false": "false",
        "norway": "no",
        "not-a-number": "NaN",
        "infinity": "1e309",
        "version": "1.10",
        "time": "12:30",
        "octal": "010",
        "negative": "-0",
        "other-digits": "１２３ ٤٥٦ ²",
        "date": "2026-02-30",
        "undefined": "undefined",
        "array": "[object Object]",
    },
    "address": {
        "display": '"Astrid, the <boss>" <astrid@example.org>',
        "two": "a@example.org, b@example.org",
        "comment": "a@example.org(b@example.net)",
        "route": "<@example.net:a@example.org>",
        "quoted-local": '"a@example.net"@example.org',
        "crlf": f"a@example.org\r\n{_BCC}",
        "parameter": "a@example.org> NOTIFY=SUCCESS",
        "percent": "a%example.org@example.net",
        "no-domain": "astrid",
        "unicode": "åse@blåbær.example",
        "mailto": "a@example.org?bcc=b@example.net",
        "group": "board: a@example.org, b@example.org;",
    },
    "unicode": {
        "composed": "förstudie",
        "decomposed": "fo\u0308rstudie",
        "stacked": "Z" + "\u0335\u0322\u0353\u035b" * 40,
        "lone-combining": "\u0301",
        "zero-width": "gate\u200b\u200c\u200d\u2060way",
        "soft-hyphen": "inno\u00advation",
        "byte-order-mark": "\ufefftitle",
        "look-alike": "Рrоjесt",
        "ligature": "ﬁnal oﬃce",
        "sharp-s": "Straße STRASSE",
        "dotless": "Iİıi",
        "full-width": "Ｐｒｏｊｅｃｔ",
        "emoji": "🚢⚓🧭",
        "emoji-family": "👩🏽‍🚀👨‍👩‍👧‍👦",
        "flags": "🇳🇴🇸🇪🇳",
        "astral": "𝔊𝔞𝔱𝔢 𠜎",
        "non-character": "a\uffffb\U0010ffff",
        "private": "a\ue000b",
        "replacement": "a\ufffdb",
        "tag-characters": "ok\U000e0061\U000e0062\U000e007f",
        "variation": "a\ufe0fb\ufe0e",
        "filler": "\u3164\u115f",
        "no-break-space": "\u00a0title\u00a0",
        "wide-space": "a\u3000b\u2003c",
        "lone-surrogate": "a\ud800b",
        "surrogate-escape": "a\udcffb",
        "long-single": "﷽" * 30,
        "expands-in-nfkc": "\ufdfa" * 50,
    },
    "long": {
        "words": "word " * 20_000,
        "one-word": "x" * 100_000,
        "letters-of-two-bytes": "å" * 100_000,
        "emoji": "🚢" * 50_000,
        "lines": "line\n" * 20_000,
        "spaces": " " * 100_000,
        "combining": "e" + "\u0301" * 50_000,
        "brackets": "[" * 100_000,
        "quotes": '"' * 100_000,
        "million": "x" * 1_000_000,
    },
}


def _all() -> Iterator[Hostile]:
    for kind, texts in _TEXTS.items():
        for name, text in texts.items():
            yield Hostile(f"{kind}/{name}", text)


HOSTILE: Final = tuple(_all())


def of_kind(*kinds: str) -> tuple[Hostile, ...]:
    """Give the texts of some families; a family that does not exist is an error."""
    unknown = set(kinds) - _TEXTS.keys()
    if unknown:
        raise ValueError(f"no such family: {sorted(unknown)}")
    return tuple(text for text in HOSTILE if text.kind in kinds)
