"""The DGFiP's own files, `valeursfoncieres-YYYY.txt`: pipes, decimal commas, codes without their leading zeros.

What is put together here is put together as Etalab does it for geo-dvf, so that a sale has the same keys in both.
"""

from typing import Final

from trackimmo.dvf.formats import Fields, Format

NOTHING: Final = b""


def _convert(fields: Fields) -> Fields:
    (
        sale_date, nature, price, local_code, land, number, suffix, way, street, postal_code,
        commune, commune_name, department, prefix, section, plan,
        lot1, lot2, lot3, lot4, lot5, surface, rooms, culture, special_culture,
    ) = fields  # fmt: skip
    department = department.zfill(2)
    insee_code = department + commune.zfill(5 - len(department))
    return (
        sale_date, nature, price.replace(b",", b"."), local_code, land,
        number, suffix, way + b" " + street if way else street, postal_code.zfill(5) if postal_code else NOTHING,
        insee_code, commune_name, NOTHING,
        insee_code + prefix.zfill(3) + section.zfill(2) + plan.zfill(4), NOTHING,
        lot1, lot2, lot3, lot4, lot5, surface, rooms, culture, special_culture, NOTHING, NOTHING,
    )  # fmt: skip


RAW: Final = Format(
    title="a raw DGFiP file",
    delimiter="|",
    is_quoted=False,
    columns=(
        "Date mutation", "Nature mutation", "Valeur fonciere", "Code type local", "Surface terrain",
        "No voie", "B/T/Q", "Type de voie", "Voie", "Code postal",
        "Code commune", "Commune", "Code departement", "Prefixe de section", "Section", "No plan",
        "1er lot", "2eme lot", "3eme lot", "4eme lot", "5eme lot",
        "Surface reelle bati", "Nombre pieces principales", "Nature culture", "Nature culture speciale",
    ),
    convert=_convert,
)  # fmt: skip
