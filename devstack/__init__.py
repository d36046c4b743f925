"""The embedded servers and the process supervisor behind `make up` and the tests.

Development and tests only: nothing here is installed or imported in production. `Stack` starts PostgreSQL,
Valkey, MongoDB, a mail sink and a stand-in of the open-data sites as child processes on free loopback ports;
`python -m devstack up` runs the whole platform on them. Nothing here imports Django, except `prepare`, which is run
as a process of its own.
"""
