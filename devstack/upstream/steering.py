"""`/control/`: what tests and the demonstration tell the stand-in, and ask it. See `control.UpstreamControl`."""

from dataclasses import asdict
from typing import Any, Final

from devstack.upstream.connection import Connection, Request
from devstack.upstream.faults import ApiFault, PageFault
from devstack.upstream.world import World

PREFIX: Final = "/control/"


def serve_control(world: World, connection: Connection, request: Request) -> None:
    """Do as told at once."""
    try:
        connection.send_json(_do(world, request.path.removeprefix(PREFIX), request.json()))
    except (KeyError, TypeError, ValueError) as error:
        connection.send_json({"error": repr(error)}, 400)


def _do(world: World, what: str, said: dict[str, Any]) -> object:  # noqa: PLR0912 -- a table of cases
    match what:
        case "users" if "users" in said:
            if said.get("replace"):
                world.users.clear()
                world.owners.clear()
            return {user["email"]: world.add(**user).listed for user in said["users"]}
        case "users":
            return {user.email: asdict(user) for user in world.users.values()}
        case "user":
            return asdict(world.users[said["email"]])
        case "pace":
            world.latency_seconds = said.get("latency_seconds", world.latency_seconds)
            world.slow_seconds = said.get("slow_seconds", world.slow_seconds)
            world.retry_after = said.get("retry_after", world.retry_after)
        case "fault":
            user = world.users[said["email"]]
            user.fault = PageFault(said["fault"]) if said["fault"] else None
            user.fault_rate = said["rate"]
        case "rates":
            world.set_rates({PageFault(name): rate for name, rate in said["rates"].items()}, seed=said["seed"])
        case "api":
            world.api_faults = {path: ApiFault(name) for path, name in said["faults"].items()}
        case "expire":
            world.users[said["email"]].token = None
        case "log-in":
            return {"token": world.log_in(world.users[said["email"]])}
        case "rotate":
            return {"token": world.rotate(world.users[said["email"]])}
        case "remove":
            del world.users[said["email"]]
        case "reset":
            world.reset()
        case "forget":
            world.forget()
        case "facts":
            return world.facts()
        case _:
            raise ValueError(what)
    return {}
