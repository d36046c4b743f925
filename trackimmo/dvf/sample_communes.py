"""The places of made-up sales: real communes first, invented ones when more are asked for."""

from dataclasses import dataclass

CENTIMES_OF_A_DEGREE = 100


@dataclass(frozen=True, slots=True)
class SampleCommune:
    """A commune, the middle of it, what a built square metre costs there, in euros, and how many people live there."""

    insee_code: str
    name: str
    postal_code: str
    department_code: str
    longitude: float
    latitude: float
    euros_per_square_metre: int
    population: int


REAL = (
    SampleCommune("64260", "Hendaye", "64700", "64", -1.7745, 43.3624, 4_400, 18_102),
    SampleCommune("76575", "Saint-Étienne-du-Rouvray", "76800", "76", 1.1046, 49.3786, 1_700, 29_518),
    SampleCommune("35024", "Betton", "35830", "35", -1.6430, 48.1820, 3_100, 12_964),
    SampleCommune("35051", "Cesson-Sévigné", "35510", "35", -1.6054, 48.1211, 3_600, 18_761),
    SampleCommune("35197", "Mouazé", "35250", "35", -1.5771, 48.2406, 2_300, 1_712),
    SampleCommune("69266", "Villeurbanne", "69100", "69", 4.8903, 45.7667, 3_700, 163_684),
    SampleCommune("75111", "Paris 11e Arrondissement", "75011", "75", 2.3795, 48.8594, 9_800, 138_170),
    SampleCommune("69383", "Lyon 3e Arrondissement", "69003", "69", 4.8697, 45.7535, 4_600, 100_679),
    SampleCommune("33063", "Bordeaux", "33000", "33", -0.5874, 44.8624, 4_500, 267_991),
    SampleCommune("35238", "Rennes", "35000", "35", -1.6820, 48.1159, 4_000, 230_890),
    SampleCommune("44109", "Nantes", "44000", "44", -1.5481, 47.2316, 3_800, 327_734),
    SampleCommune("13201", "Marseille 1er Arrondissement", "13001", "13", 5.3831, 43.2998, 2_900, 37_599),
    SampleCommune("31555", "Toulouse", "31000", "31", 1.4324, 43.6007, 3_500, 514_819),
    SampleCommune("06088", "Nice", "06000", "06", 7.2387, 43.7119, 4_900, 357_737),
    SampleCommune("59350", "Lille", "59000", "59", 3.0468, 50.6311, 3_300, 238_246),
    SampleCommune("67482", "Strasbourg", "67000", "67", 7.7675, 48.5713, 3_400, 293_771),
    SampleCommune("34172", "Montpellier", "34000", "34", 3.8742, 43.6100, 3_300, 310_240),
    SampleCommune("78646", "Versailles", "78000", "78", 2.1191, 48.8039, 7_100, 84_095),
    SampleCommune("01053", "Bourg-en-Bresse", "01000", "01", 5.2461, 46.2052, 1_800, 42_372),
    SampleCommune("29232", "Quimper", "29000", "29", -4.0940, 47.9906, 2_000, 64_385),
    SampleCommune("63113", "Clermont-Ferrand", "63000", "63", 3.1149, 45.7871, 2_200, 146_351),
    SampleCommune("14118", "Caen", "14000", "14", -0.3679, 49.1846, 2_600, 109_400),
    SampleCommune("2A004", "Ajaccio", "20000", "2A", 8.7017, 41.9347, 3_600, 76_320),
    SampleCommune("2B033", "Bastia", "20200", "2B", 9.4328, 42.6864, 2_500, 46_867),
    SampleCommune("97411", "Saint-Denis", "97400", "974", 55.4457, -20.9329, 2_500, 155_634),
    SampleCommune("97209", "Fort-de-France", "97200", "972", -61.0667, 14.6411, 2_100, 75_506),
)
PREFIXES = ("Saint-Aubin", "Villeneuve", "Montigny", "Beaulieu", "Châtillon", "La Roche", "Fontaine", "Neuville")
SUFFIXES = ("sur-Orne", "en-Plaine", "le-Vieux", "les-Bains", "sous-Bois", "du-Lac", "la-Forêt", "d'Aval")
INVENTED_DEPARTMENTS = tuple(f"{number:02d}" for number in range(1, 96) if number != 20)


def sample_communes(count: int) -> list[SampleCommune]:
    """The first `count` communes; the same ones every time, each with a code of its own."""
    return [REAL[rank] if rank < len(REAL) else _invented(rank - len(REAL)) for rank in range(count)]


def _invented(rank: int) -> SampleCommune:
    department = INVENTED_DEPARTMENTS[rank % len(INVENTED_DEPARTMENTS)]
    # From 700 on, where few departments have a real commune; never among the real codes above.
    number = 700 + rank // len(INVENTED_DEPARTMENTS)
    prefix = PREFIXES[rank % len(PREFIXES)]
    suffix = SUFFIXES[rank // len(PREFIXES) % len(SUFFIXES)]
    return SampleCommune(
        insee_code=f"{department}{number:03d}",
        name=f"{prefix}-{suffix}",
        postal_code=f"{department}{number % 90:02d}0",
        department_code=department,
        longitude=-1.5 + rank % 700 / CENTIMES_OF_A_DEGREE,
        latitude=43.5 + rank % 600 / CENTIMES_OF_A_DEGREE,
        euros_per_square_metre=1_200 + rank * 37 % 2_800,
        population=400 + rank * 97 % 19_000,
    )
