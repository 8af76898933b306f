from __future__ import annotations

from pathlib import Path

import pytest

from innocities_engine import errors, wording
from innocities_engine.settings import (
    KEY,
    PASSWORD_VARIABLE,
    SETTINGS,
    Mail,
    Settings,
    create,
    load,
)


def test_settings_come_back_as_they_were_made(tmp_path: Path) -> None:
    made = Settings(
        tmp_path / "work",
        organisation="oslo",
        simulated=True,
        language="nb",
        base_url='https://example.org/"quoted"\\',
        mail=Mail(host="mail.example.org", port=2525, sender="innocities@example.org"),
    )
    create(made)

    assert load(made.workspace) == made


def test_nothing_is_made_twice(tmp_path: Path) -> None:
    create(Settings(tmp_path))
    key = load(tmp_path).key

    with pytest.raises(errors.Conflict):
        create(Settings(tmp_path))
    assert load(tmp_path).key == key


def test_where_nothing_was_made_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(errors.NotFound, match="init"):
        load(tmp_path)


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    create(Settings(tmp_path))
    text = 'simulated = "yes"\ncolour = 1\n[mail]\nport = "25"\nhorse = 2\n'
    (tmp_path / SETTINGS).write_text(text)

    with pytest.raises(errors.DefinitionInvalid) as wrong:
        load(tmp_path)

    assert len(wrong.value.faults) == 4
    for name in ("simulated", "colour", "mail.port", "mail.horse"):
        assert name in str(wrong.value)


def test_a_way_to_the_mail_server_that_is_not_known_is_told_with_those_that_are(
    tmp_path: Path,
) -> None:
    create(Settings(tmp_path, mail=Mail(host="mail.example.org", security="plan")))

    with pytest.raises(errors.DefinitionInvalid) as wrong:
        load(tmp_path)

    for told in (SETTINGS, "mail.security", "starttls, tls, plain", "plan"):
        assert told in str(wrong.value)


@pytest.mark.parametrize(
    "address",
    ["http://innocities.example.org", "ftp://innocities.example.org", "innocities.example.org",
     "https://", "https://a:b@example.org", "https://example.org:99999", "https://example.org/?a=b",
     "http://127.0.0.1.example.org"],
)  # fmt: skip
def test_an_address_at_which_links_would_travel_in_the_clear_is_refused(
    tmp_path: Path, address: str
) -> None:
    create(Settings(tmp_path, base_url=address))

    with pytest.raises(errors.DefinitionInvalid) as refused:
        load(tmp_path)
    assert "base_url begins with https://" in str(refused.value)


@pytest.mark.parametrize("address", ["", "https://example.org/a", "http://127.0.0.1:8080",
                                     "http://localhost", "http://[::1]:8080"])  # fmt: skip
def test_an_address_is_safe_or_of_this_machine(tmp_path: Path, address: str) -> None:
    create(Settings(tmp_path, base_url=address))

    assert load(tmp_path).base_url == address


def test_a_language_that_is_not_spoken_is_told_with_those_that_are(tmp_path: Path) -> None:
    create(Settings(tmp_path, language="fi"))

    with pytest.raises(errors.DefinitionInvalid) as wrong:
        load(tmp_path)

    for told in (SETTINGS, "language", ", ".join(wording.LANGUAGES), "fi"):
        assert told in str(wrong.value)


def test_a_file_that_is_no_toml_is_refused_with_its_place(tmp_path: Path) -> None:
    create(Settings(tmp_path))
    (tmp_path / SETTINGS).write_text("simulated = \n")

    with pytest.raises(errors.DefinitionInvalid, match="line 1"):
        load(tmp_path)


def test_a_secret_that_others_may_read_is_not_used(tmp_path: Path) -> None:
    create(Settings(tmp_path))
    assert len(load(tmp_path).key) == 32
    (tmp_path / KEY).chmod(0o640)

    with pytest.raises(errors.NotPermitted, match="chmod 600"):
        _ = load(tmp_path).key


def test_the_password_for_mail_comes_from_a_file_or_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(PASSWORD_VARIABLE, raising=False)
    create(Settings(tmp_path, mail=Mail(password_file="mail.password")))
    secret = tmp_path / "mail.password"
    secret.write_text("from the file\n")
    secret.chmod(0o600)

    assert load(tmp_path).mail_password == "from the file"
    monkeypatch.setenv(PASSWORD_VARIABLE, "from the environment")
    assert load(tmp_path).mail_password == "from the environment"
