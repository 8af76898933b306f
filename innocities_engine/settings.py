"""Decide where an installation keeps its things and how it is set up: one folder with one file of
settings and one of secrets, which nobody else may read.  What the settings mean for mail is left to
the notifications.
"""

from __future__ import annotations

import ipaddress
import json
import os
import secrets
import stat
import tomllib
from contextlib import suppress
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from innocities_engine import disk, errors

VERSION: Final = "0.1.0"
SETTINGS: Final = "innocities.toml"
KEY: Final = "installation.key"
LINK_KEY: Final = "links.key"
KEY_BYTES: Final = 32
LANGUAGES: Final = ("sv", "nb", "en")  # those of the wording, which stands above
SECURITIES: Final = ("starttls", "tls", "plain")
PASSWORD_VARIABLE: Final = "INNOCITIES_MAIL_PASSWORD"  # noqa: S105  # the name of one


@dataclass(frozen=True, slots=True)
class Mail:
    """How letters leave. `security`: starttls, tls, or plain (only on this machine)."""

    host: str = ""
    port: int = 587
    security: str = "starttls"
    user: str = ""
    password_file: str = ""
    sender: str = ""
    domain: str = "innocities.invalid"


@dataclass(frozen=True, slots=True)
class Settings:
    """One installation. `simulated`: its clock may be set, and its letters stay in a folder.

    `organisation` and `person` are meant where a command names no other; `language` is that of
    help, which is told without a look into the database.
    """

    workspace: Path
    organisation: str = ""
    person: str = ""
    simulated: bool = False
    language: str = ""
    base_url: str = ""
    mail: Mail = field(default_factory=Mail)

    @property
    def mailbox(self) -> Path:
        return self.workspace / "mailbox"

    @property
    def lacks_server(self) -> bool:
        """Whether letters have to wait because no server for them is set."""
        return not self.simulated and not self.mail.host

    @property
    def key(self) -> bytes:
        """The secret from which identities of letters are made."""
        return bytes.fromhex(_secret(self.workspace / KEY))

    @property
    def link_key(self) -> bytes:
        """The secret that signs links for people without an account; made when first asked for."""
        path = self.workspace / LINK_KEY
        if not path.exists():
            new_link_key(self.workspace)
        return bytes.fromhex(_secret(path))

    @property
    def mail_password(self) -> str:
        """The password for mail, from the environment or a file, never from a command."""
        given = os.environ.get(PASSWORD_VARIABLE, "")
        path = self.mail.password_file
        return given or (_secret(self.workspace / path) if path else "")


def create(settings: Settings) -> None:
    """Make the folder of an installation with its settings and its key."""
    folder = settings.workspace
    if (folder / SETTINGS).exists():
        raise occupied(folder)
    folder.mkdir(parents=True, exist_ok=True)
    new_key(folder)
    new_link_key(folder)
    disk.write(folder / SETTINGS, _toml(settings).encode())


def occupied(folder: Path) -> errors.Conflict:
    said = f"{folder} holds an installation already"
    return errors.Conflict(message=said).named("workspace", folder=folder)


def new_key(folder: Path) -> None:
    """Make the secret of an installation."""
    disk.write(folder / KEY, f"{secrets.token_hex(KEY_BYTES)}\n".encode(), mode=0o600)


def new_link_key(folder: Path) -> None:
    """Make the secret that signs links, unless there is one: of two at once the first one stays."""
    made = folder / f"{LINK_KEY}.{os.getpid()}.{secrets.token_hex(4)}"
    disk.write(made, f"{secrets.token_hex(KEY_BYTES)}\n".encode(), mode=0o600)
    with suppress(FileExistsError):
        os.link(made, folder / LINK_KEY)
    made.unlink()
    disk.flush(folder)


def nearest(folder: Path) -> Path | None:
    """The nearest folder upward that is an installation."""
    return next((each for each in (folder, *folder.parents) if (each / SETTINGS).exists()), None)


def load(workspace: Path) -> Settings:
    """Read the settings of an installation; name each that is unknown or of a wrong kind."""
    path = workspace / SETTINGS
    if not path.exists():
        raise errors.NotFound(f"there is no installation in {workspace}; make one with “init”")
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise errors.DefinitionInvalid(
            (f"{path}: {fault}",), "The settings cannot be read."
        ) from fault
    mail = found.pop("mail", {})
    faults = _faults(Settings, found, "") or _tongue(found)
    faults += _address(found)
    faults += _faults(Mail, mail, "mail.") or _security(mail)
    if faults:
        raise unusable(workspace, *faults)
    return Settings(workspace=workspace, mail=Mail(**mail), **found)


def unusable(workspace: Path, *faults: str) -> errors.DefinitionInvalid:
    """What is wrong with the settings of an installation, and in which file."""
    return errors.DefinitionInvalid(
        faults, f"The settings in {workspace / SETTINGS} cannot be used."
    )


def _faults(kind: type, found: Any, prefix: str) -> tuple[str, ...]:
    if not isinstance(found, dict):
        return (f"{prefix.rstrip('.')} is a table of settings",)
    known = {f.name: f.type for f in fields(kind) if f.name not in ("workspace", "mail")}
    unknown = [f"there is no setting {prefix}{name}" for name in found if name not in known]
    wrong = [
        f"{prefix}{name} is {_words(known[name])}, not {value!r}"
        for name, value in found.items()
        if name in known and type(value).__name__ != known[name]
    ]
    return (*unknown, *wrong)


def _security(mail: dict[str, Any]) -> tuple[str, ...]:
    given = mail.get("security", SECURITIES[0])
    if given in SECURITIES:
        return ()
    return (f"mail.security is one of {', '.join(SECURITIES)}, not {given!r}",)


def _tongue(found: dict[str, Any]) -> tuple[str, ...]:
    given = found.get("language", "")
    if given in ("", *LANGUAGES):
        return ()
    return (f"language is one of {', '.join(LANGUAGES)}, not {given!r}",)


def _address(found: dict[str, Any]) -> tuple[str, ...]:
    """Links must not travel in the clear, but on this machine."""
    given = found.get("base_url", "")
    with suppress(ValueError):
        there = urlsplit(str(given))
        named = there.hostname and there.port != 0 and not (there.query or there.fragment)
        safe = there.scheme == "https" or (
            there.scheme == "http" and is_loopback(there.hostname or "")
        )
        if given == "" or (named and safe and "@" not in there.netloc):
            return ()
    return (
        f"base_url begins with https://, or with http:// for this machine alone, not {given!r}",
    )


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches it."""
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


def _words(kind: Any) -> str:
    return {"bool": "true or false", "int": "a whole number"}.get(kind, "a text")


def _toml(settings: Settings) -> str:
    own = [(f.name, getattr(settings, f.name)) for f in fields(Settings)]
    lines = [_line(name, value) for name, value in own if name not in ("workspace", "mail")]
    mail = [_line(f.name, getattr(settings.mail, f.name)) for f in fields(Mail)]
    return "\n".join([*lines, "", "[mail]", *mail, ""])


def _line(name: str, value: str | bool | int) -> str:
    return f"{name} = {json.dumps(value)}"


def _secret(path: Path) -> str:
    try:
        mode = path.stat().st_mode
    except FileNotFoundError as fault:
        raise errors.NotFound(f"the secret {path} is missing") from fault
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise errors.NotPermitted(f"others may read {path}; take that away with “chmod 600 {path}”")
    return path.read_text(encoding="utf-8").strip()
