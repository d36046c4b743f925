"""Tables that are read: the limit on a field holds for the one table, not for the process."""

import csv

import pytest

from core.csv_files import rows_of

LONG = "x" * 200_000


def test_a_table_of_long_fields_leaves_the_limit_of_others_as_it_was():
    rows = rows_of(csv.reader(["a,b\n", f"{LONG},1\n", "2,3\n"]), longest_field=300_000)
    assert next(rows) == (1, ["a", "b"])
    assert next(rows) == (2, [LONG, "1"])
    with pytest.raises(csv.Error, match="field larger than field limit"):
        next(csv.reader([LONG]))
    assert list(rows) == [(3, ["2", "3"])]


def test_rows_begin_on_the_line_where_their_first_field_does():
    lines = ["a,b\n", '1,"two\n', 'lines"\n', "3,4\n"]
    assert [line for line, _ in rows_of(csv.reader(lines), longest_field=100)] == [1, 2, 4]


def test_a_field_beyond_the_limit_is_refused_and_the_limit_is_given_back():
    before = csv.field_size_limit()
    with pytest.raises(csv.Error, match="field larger than field limit"):
        next(rows_of(csv.reader(["12345\n"]), longest_field=4))
    assert csv.field_size_limit() == before
