from __future__ import annotations

import pytest

from tests.methodology.checking import CHECKS
from tests.methodology.inventory import Row, rows


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.id)
def test_a_row_of_the_inventory_holds(row: Row) -> None:
    CHECKS[row.kind](row.method, **row.arguments)
