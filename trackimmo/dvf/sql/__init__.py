"""The statements of an import, in the order of their use: stage, copy, judge, count, land, find, then what stores."""

from pathlib import Path
from typing import Final


def statement(name: str) -> str:
    """The statement in `<name>.sql`, without the comment before it."""
    lines = Path(__file__).with_name(f"{name}.sql").read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("--"))


STAGE: Final = statement("stage")
COPY: Final = statement("copy")
JUDGE: Final = statement("judge")
COUNT: Final = statement("count")
LAND: Final = statement("land")
FIND: Final = statement("find")
COUNT_FOUND: Final = statement("count_found")
COMMUNES: Final = statement("communes")
UPDATE_CITIES: Final = statement("update_cities")
LOCATE: Final = statement("locate")
CREATE_CITIES: Final = statement("create_cities")
COMPARE: Final = statement("compare")
UPDATE_PROPERTIES: Final = statement("update_properties")
INSERT_PROPERTIES: Final = statement("insert_properties")
