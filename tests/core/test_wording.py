"""Numbers in sentences."""

import pytest

from core.wording import counted


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 calls"), (1, "1 call"), (2, "2 calls"), (1000, "1,000 calls"), (1001, "1,001 calls")]
)
def test_one_is_told_from_none_and_from_many(number, words):
    assert counted(number, "call") == words
