"""Made-up sales in geo-dvf form, for the demonstration, the tests and the benchmark: deterministic and streamed.

They have what real files have: sales over several lines, repeated lines, dependencies, off-plan lots, land, exchanges,
and lines without price, street or coordinates. The people who read the demonstration should find them plausible;
nobody should take them for real.
"""

import gzip
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from typing import BinaryIO

from trackimmo.dvf.geo import GEO_COLUMNS
from trackimmo.dvf.sample_communes import SampleCommune, sample_communes

FIRST_DAY, LAST_DAY = date(2016, 1, 1), date(2025, 12, 31)
WAYS = ("RUE", "RUE", "RUE", "AV", "BD", "ALL", "CHE", "IMP", "PL", "RTE")
NAMES = (
    "DE LA REPUBLIQUE", "VICTOR HUGO", "DES LILAS", "JEAN JAURES", "DU MOULIN", "DE LA GARE", "PASTEUR", "DES ECOLES",
    "DU GENERAL LECLERC", "DE L EGLISE", "DES ACACIAS", "EMILE ZOLA", "DU STADE", "DE VERDUN", "GEORGE SAND",
    "DES PEUPLIERS", "DE LA FONTAINE", "LOUISE MICHEL", "DU CHATEAU", "DES TILLEULS", "MARIE CURIE", "DE BRETAGNE",
)  # fmt: skip
PLACES = ("LES GRANGES", "LE BOIS ROND", "LA CROIX BLANCHE", "LE PRE NEUF")
CULTURES = (("S", "sols"), ("J", "jardins"), ("AG", "terrains d'agrément"))
FIELDS = (("T", "terres"), ("P", "prés"), ("AB", "terrains a bâtir"), ("BT", "taillis simples"))
OFF_PLAN = "Vente en l'état futur d'achèvement"
LINES_IN_A_BLOCK = 20_000
HEADER = ",".join(GEO_COLUMNS) + "\n"


@dataclass(frozen=True, slots=True)
class Sale:
    """What the lines of one mutation have in common."""

    before_address: str
    number: str
    suffix: str
    street: str
    after_street: str
    parcel: str
    plan: int
    position: str

    def line(self, *, lots: str = ",,,,,,,,,,0", local: str = ",,,", land: str = ",,,,", plan: int = 0) -> str:
        """One line; `lots` fills eleven columns, `local` four, `land` five."""
        place = f"{self.number},{self.suffix},{self.street}"
        parcel = f"{self.parcel}{self.plan + plan:04d}"
        return f"{self.before_address},{place},{self.after_street},{parcel},,,{lots},{local},{land},{self.position}\n"


def write_sample(
    path: Path,
    *,
    lines: int,
    seed: int,
    cities: int = 40,
    first_day: date = FIRST_DAY,
    last_day: date = LAST_DAY,
) -> None:
    """Write exactly `lines` lines below the header: sales in `cities` communes, evenly spread over the days.

    The same arguments give the same bytes. A name that ends in `.gz` is compressed. The communes are the first of
    `sample_communes`; for sales that clients may be assigned, choose days of six to eight years ago.
    """
    random = Random(seed)  # noqa: S311 -- nothing here is secret
    source = islice(_lines(random, sample_communes(cities), first_day, last_day), lines)
    with path.open("wb") as file, _packed(file) if path.suffix == ".gz" else nullcontext(file) as target:
        target.write(HEADER.encode())
        while block := "".join(islice(source, LINES_IN_A_BLOCK)):
            target.write(block.encode())


def sample_of(commune: SampleCommune, *, year: int, lines: int) -> bytes:
    """A file of one commune and one year: exactly `lines` lines below the header, the same bytes every time."""
    random = Random(f"{commune.insee_code} {year}")  # noqa: S311 -- nothing here is secret
    source = islice(_lines(random, [commune], date(year, 1, 1), date(year, 12, 31)), lines)
    return (HEADER + "".join(source)).encode()


def _packed(file: BinaryIO) -> gzip.GzipFile:
    # Without the name and the time that gzip would put into the file.
    return gzip.GzipFile(filename="", mode="wb", compresslevel=1, fileobj=file, mtime=0)


def _lines(random: Random, communes: list[SampleCommune], first_day: date, last_day: date) -> Iterator[str]:
    days = [first_day + timedelta(offset) for offset in range((last_day - first_day).days + 1)]
    kinds = [kind for kind, percent in PERCENT.items() for _ in range(percent)]
    rank = 0
    while True:
        rank += 1
        day = days[int(random.random() * len(days))]
        commune = communes[int(random.random() * len(communes))]
        kind = kinds[int(random.random() * len(kinds))]
        for line in kind(random, commune, rank, day):
            yield line
            if random.random() < 0.05:
                yield line


def _sale(
    random: Random,
    commune: SampleCommune,
    rank: int,
    day: date,
    *,
    square_metres: int,
    share: float = 1.0,
    nature: str = "Vente",
) -> Sale:
    odds = random.random()
    if odds < 0.012:
        nature = ("Echange", "Adjudication", "Expropriation")[rank % 3]
    euros = square_metres * commune.euros_per_square_metre * (0.7 + 0.6 * random.random()) * share
    price = f"{round(euros, 2)}" if odds > 0.985 else f"{max(1, round(euros / 500)) * 500}"
    if 0.5 < odds < 0.504:
        price = ""
    street = int(random.random() * 60)
    name = f"{WAYS[street % len(WAYS)]} {NAMES[street % len(NAMES)]}"
    code = f"{street * 53 + 10:04d}"
    number = str(1 + int(random.random() * 140))
    suffix = "BTA"[rank % 3] if odds < 0.06 else ""
    if 0.2 < odds < 0.24:
        number, name, code = "", PLACES[rank % len(PLACES)], f"B{street + 10:03d}"
    elif 0.3 < odds < 0.31:
        number = suffix = name = code = ""
    longitude = commune.longitude + (random.random() - 0.5) / 12
    latitude = commune.latitude + (random.random() - 0.5) / 16
    return Sale(
        before_address=f"{day.year}-{rank},{day},000001,{nature},{price}",
        number=number,
        suffix=suffix,
        street=name,
        after_street=f"{code},{commune.postal_code},{commune.insee_code},{commune.name},{commune.department_code},,",
        parcel=f"{commune.insee_code}000A{'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[street % 26]}",
        plan=1 + int(random.random() * 9_000),
        position="," if 0.6 < odds < 0.615 else f"{longitude:.6f},{latitude:.6f}",
    )


def _house(random: Random, commune: SampleCommune, rank: int, day: date) -> Iterator[str]:
    surface = 55 + int(random.random() * 120)
    sale = _sale(random, commune, rank, day, square_metres=surface)
    local = f"1,Maison,{surface},{max(1, surface // 24)}"
    for code, culture in CULTURES[: 1 + int(random.random() * 2.2)]:
        yield sale.line(local=local, land=f"{code},{culture},,,{120 + int(random.random() * 900)}")
    if random.random() < 0.3:
        yield sale.line(local="3,Dépendance,,0", land=f"S,sols,,,{20 + rank % 200}")
    if random.random() < 0.15:
        yield sale.line(land=f"J,jardins,,,{80 + rank % 700}", plan=1)


def _flat(random: Random, commune: SampleCommune, rank: int, day: date) -> Iterator[str]:
    surface = 18 + int(random.random() * 82)
    sale = _sale(random, commune, rank, day, square_metres=surface)
    lot = 1 + int(random.random() * 90)
    carrez = f"{surface + random.random():.2f}" if random.random() < 0.6 else ""
    yield sale.line(lots=f"{lot},{carrez},,,,,,,,,1", local=f"2,Appartement,{surface},{max(1, surface // 21)}")
    for extra in range(int(random.random() * 2.4)):
        yield sale.line(lots=f"{lot + 100 + extra},,,,,,,,,,1", local="3,Dépendance,,0")


def _block(random: Random, commune: SampleCommune, rank: int, day: date) -> Iterator[str]:
    flats = 3 + int(random.random() * 12)
    sale = _sale(random, commune, rank, day, square_metres=45 * flats, share=0.8)
    for flat in range(flats):
        surface = 25 + flat * 17 % 45
        yield sale.line(local=f"2,Appartement,{surface},{max(1, surface // 21)}", land=f"S,sols,,,{150 + rank % 400}")
    if random.random() < 0.4:
        yield sale.line(local="4,Local industriel. commercial ou assimilé,90,0", land=f"S,sols,,,{150 + rank % 400}")


def _off_plan(random: Random, commune: SampleCommune, rank: int, day: date) -> Iterator[str]:
    sale = _sale(random, commune, rank, day, square_metres=30 + rank % 60, share=1.2, nature=OFF_PLAN)
    for extra in range(1 + int(random.random() * 2.5)):
        yield sale.line(lots=f"{1 + rank % 80 + 100 * extra},,,,,,,,,,1")


def _land(random: Random, commune: SampleCommune, rank: int, day: date) -> Iterator[str]:
    sale = _sale(random, commune, rank, day, square_metres=60 + rank % 40, share=0.35)
    if rank % 2:
        sale = replace(sale, number="", suffix="")
    for extra in range(1 + int(random.random() ** 3 * 5)):
        code, culture = FIELDS[(rank + extra) % len(FIELDS)]
        yield sale.line(land=f"{code},{culture},,,{200 + int(random.random() * 4_000)}", plan=extra)


def _shop(random: Random, commune: SampleCommune, rank: int, day: date) -> Iterator[str]:
    surface = 30 + int(random.random() * 300)
    sale = _sale(random, commune, rank, day, square_metres=surface, share=0.7)
    yield sale.line(
        local=f"4,Local industriel. commercial ou assimilé,{surface},0", land=f"S,sols,,,{surface + rank % 500}"
    )


def _garage(random: Random, commune: SampleCommune, rank: int, day: date) -> Iterator[str]:
    sale = _sale(random, commune, rank, day, square_metres=6)
    yield sale.line(lots=f"{1 + rank % 300},,,,,,,,,,1", local="3,Dépendance,,0")


PERCENT = {_house: 31, _flat: 42, _block: 2, _off_plan: 8, _land: 10, _shop: 4, _garage: 3}
