"""geo-dvf: the sales as CSV, cleaned and located by Etalab (https://files.data.gouv.fr/geo-dvf/)."""

from typing import Final

from trackimmo.dvf.formats import Format

GEO_COLUMNS: Final = (
    "id_mutation", "date_mutation", "numero_disposition", "nature_mutation", "valeur_fonciere",
    "adresse_numero", "adresse_suffixe", "adresse_nom_voie", "adresse_code_voie", "code_postal",
    "code_commune", "nom_commune", "code_departement", "ancien_code_commune", "ancien_nom_commune",
    "id_parcelle", "ancien_id_parcelle", "numero_volume",
    "lot1_numero", "lot1_surface_carrez", "lot2_numero", "lot2_surface_carrez", "lot3_numero", "lot3_surface_carrez",
    "lot4_numero", "lot4_surface_carrez", "lot5_numero", "lot5_surface_carrez", "nombre_lots",
    "code_type_local", "type_local", "surface_reelle_bati", "nombre_pieces_principales",
    "code_nature_culture", "nature_culture", "code_nature_culture_speciale", "nature_culture_speciale",
    "surface_terrain", "longitude", "latitude",
)  # fmt: skip

GEO: Final = Format(
    title="geo-dvf CSV",
    delimiter=",",
    is_quoted=True,
    # In the order of `sql/copy.sql`.
    columns=(
        "date_mutation", "nature_mutation", "valeur_fonciere", "code_type_local", "surface_terrain",
        "adresse_numero", "adresse_suffixe", "adresse_nom_voie", "code_postal",
        "code_commune", "nom_commune", "ancien_code_commune", "id_parcelle", "ancien_id_parcelle",
        "lot1_numero", "lot2_numero", "lot3_numero", "lot4_numero", "lot5_numero",
        "surface_reelle_bati", "nombre_pieces_principales",
        "code_nature_culture", "code_nature_culture_speciale", "longitude", "latitude",
    ),
)  # fmt: skip
