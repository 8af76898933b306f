"""The definitions that show the features: small, complete, and told truly in the documentation."""

from __future__ import annotations

import pytest

from innocities_engine import library
from tests.features import table
from tests.features.driver import SHELF

MOST_LINES = 40
EXPECTED = {"no-template"}  # a document template is not what these are about
TRANSLATED_ABOVE = {"missing-language"}  # the layer adds a language that its base does not have


@pytest.mark.parametrize("feature", table.ALL)
def test_each_feature_is_shown_by_a_small_definition_without_a_fault(feature: str) -> None:
    file = table.definition(feature)
    found, faults = library.check(file, SHELF)
    assert found is not None
    told = {fault.code for fault in faults}
    assert told - EXPECTED == (TRANSLATED_ABOVE if feature == "F26" else set())
    assert len(file.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


@pytest.mark.parametrize("feature", table.ALL)
def test_each_feature_is_played_by_a_test(feature: str) -> None:
    assert table.test_module(feature) is not None


def test_the_documentation_has_the_table_as_it_is() -> None:
    assert table.DOCUMENT.read_text(encoding="utf-8") == table.text()
