"""A stand-in of the two publishers of open data, for machines without internet: `python -m demo.open_data PORT`.

It answers as geo.api.gouv.fr does (`/geo/communes?code=…`) and as the place of the geo-dvf files does
(`/dvf/{year}/communes/{department}/{insee}.csv`). The communes are those of our sample, the sales are made up; both are
the same at every start. It needs neither Django nor a database.
"""
