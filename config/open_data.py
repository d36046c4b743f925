"""Where communes and sales come from."""

import tempfile
from pathlib import Path

from config.environment import base_address, env, positive

WEB, WEB_OR_FILE = ("http", "https"), ("http", "https", "file")
GEO_API_URL = base_address(env.str("GEO_API_URL", "") or "https://geo.api.gouv.fr", name="GEO_API_URL", schemes=WEB)
# Sales are at {base}/{year}/communes/{department}/{insee}.csv, over http(s) or file. The official site keeps recent
# years only: DVF_YEAR_URLS names another base for a year, "2018=https://mirror.example/csv,2019=file:///srv/dvf".
DVF_BASE_URL = base_address(
    env.str("DVF_BASE_URL", "") or "https://files.data.gouv.fr/geo-dvf/latest/csv",
    name="DVF_BASE_URL",
    schemes=WEB_OR_FILE,
)
DVF_YEAR_URLS: dict[int, str] = env.dict("DVF_YEAR_URLS", {}, subcast_keys=int)
for url in DVF_YEAR_URLS.values():
    base_address(url, name="DVF_YEAR_URLS", schemes=WEB_OR_FILE)
DVF_CACHE_DIR = env.str("DVF_CACHE_DIR", "") or str(Path(tempfile.gettempdir()) / "switchboard-dvf")
DVF_MAX_FILE_MB = positive("DVF_MAX_FILE_MB", 200)
OPEN_DATA_TIMEOUT_SECONDS = positive("OPEN_DATA_TIMEOUT_SECONDS", 10)
# How long a process leaves a host alone that failed it several times in a row.
OPEN_DATA_QUIET_SECONDS = positive("OPEN_DATA_QUIET_SECONDS", 60)
CITY_MAX_AGE_DAYS = positive("CITY_MAX_AGE_DAYS", 90)
