"""French property sales (DVF, *demandes de valeurs foncières*): the two published formats, their rules, a generator.

`reading` turns a file of either format into rows of one staging table; the statements in `sql/`, run by `storing`, turn
that table into properties; `sample` writes files of made-up sales. docs/import.md tells the rules.
"""
