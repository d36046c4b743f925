"""Damaged lines are skipped and counted; none stops an import or does harm to another."""

import random

import pytest

from tests.trackimmo.sales_files import FLAT, flat, geo_file, import_bytes, skipped, stored_rows
from trackimmo.dvf.blocks import LONGEST_LINE_BYTES
from trackimmo.dvf.summary import SkipReason
from trackimmo.models import Property

pytestmark = pytest.mark.usefixtures("in_scope")

GOOD, OTHER = geo_file(FLAT).splitlines()[1], geo_file(flat(lot1_numero="25")).splitlines()[1]
HEADER = geo_file().rstrip(b"\n")


@pytest.mark.parametrize(
    "line",
    [
        GOOD + b",",
        GOOD.rsplit(b",", 1)[0],
        b",",
        b"",
        GOOD.replace(b"PENETTES", b"P\xe9NETTES"),
        GOOD.replace(b"PENETTES", b"P\xed\xa0\x80NETTES"),
        GOOD.replace(b"PENETTES", b"PENE\0TTES"),
        GOOD.replace(b"PENETTES", b"PENE\rTTES"),
        GOOD.replace(b"PENETTES", b"PENE\x1fTTES"),
        GOOD.replace(b"ALL DES PENETTES", b'"ALL DES PENETTES'),
        GOOD.replace(b"ALL DES PENETTES", b'"ALL" DES PENETTES'),
        GOOD.replace(b",142500,", b",a lot,"),
        GOOD.replace(b",142500,", b",1e999999,"),
        GOOD.replace(b"2018-03-01", b"2018-02-30"),
        GOOD.replace(b"2018-03-01", b"yesterday evening"),
        GOOD.replace(b",75,4,", b",1e400,4,"),
        GOOD.replace(b",75,4,", b",75 m2,4,"),
        GOOD.replace(b"48.193891", b"north"),
        GOOD.replace(b",35024,", b",,"),
        GOOD.replace(b",35024,", b",3502,"),
        GOOD.replace(b",35024,", b",35-24,"),
        GOOD.replace(b",35024,Betton,35,,", b",35024,Betton,35,zzzzz,"),
        b"x" * (3 * LONGEST_LINE_BYTES),
        b"," * 39,
        b"\\.",
    ],
)
def test_a_damaged_line_is_skipped_and_its_neighbours_are_not(line):
    assert line != GOOD
    summary = import_bytes(b"\n".join([HEADER, GOOD, line, OTHER, b""]))
    assert stored_rows(["address_raw"]) == {("1 ALL DES PENETTES",)}
    assert Property.objects.count() == 2
    assert (summary.lines_read, summary.kept_lines) == (3, 2)
    assert skipped(summary) == {SkipReason.MALFORMED: 1}


def test_a_line_longer_than_all_memory_would_be_one_malformed_line():
    endless = b'"' + b"y" * 5_000_000
    summary = import_bytes(b"\n".join([HEADER, GOOD, endless, OTHER]))
    assert (summary.lines_read, Property.objects.count()) == (3, 2)
    assert skipped(summary) == {SkipReason.MALFORMED: 1}


def test_an_open_quotation_mark_ends_with_its_line():
    lines = [GOOD, b'2018-9,"2018-03-01', *[OTHER] * 3]
    summary = import_bytes(b"\n".join([HEADER, *lines]))
    assert Property.objects.count() == 2
    assert skipped(summary) == {SkipReason.MALFORMED: 1, SkipReason.REPEATED: 2}


@pytest.mark.parametrize("seed", range(10))
def test_random_damage_never_stops_an_import(seed):
    noise = random.Random(seed)
    content = bytearray(geo_file(*(flat(lot1_numero=str(lot)) for lot in range(200))))
    for _ in range(100):
        content[noise.randrange(len(HEADER) + 1, len(content))] = noise.randrange(256)
    summary = import_bytes(bytes(content))
    assert summary.lines_read == bytes(content).count(b"\n") - 1 + (content[-1:] != b"\n")
    assert summary.properties == Property.objects.count() > 50
    assert import_bytes(bytes(content)).new_properties == 0
