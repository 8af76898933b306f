"""Catalogues are shipped compiled, from the sources beside them."""

from __future__ import annotations

import io

import pytest
from babel.messages import Catalog
from babel.messages.mofile import read_mo

from tests.catalogues import TRANSLATED, compiled, domains, folder, shipped


def said(catalogue: Catalog) -> list[tuple[object, object]]:
    return [(message.id, message.string) for message in catalogue if message.id]


@pytest.mark.parametrize("language", TRANSLATED)
def test_each_language_has_the_same_catalogues(language: str) -> None:
    kept = {path.name for path in folder(language).iterdir()}

    assert kept == {f"{domain}.{kind}" for domain in domains() for kind in ("mo", "po")}


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("domain", domains())
def test_what_is_shipped_is_compiled_from_its_source(language: str, domain: str) -> None:
    again = read_mo(io.BytesIO(compiled(language, domain)))

    assert said(shipped(language, domain)) == said(again) != []
