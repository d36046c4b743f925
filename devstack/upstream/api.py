"""`/api/autocheckin/`: the list of users, their tokens, and what is reported of them."""

import hmac
from typing import Any, Final

from devstack.upstream.connection import Connection, Request
from devstack.upstream.faults import ApiFault
from devstack.upstream.page import due
from devstack.upstream.world import World, timestamp

PREFIX: Final = "/api/autocheckin/"
METHODS: Final = {"test": "GET", "users": "GET", "update": "POST", "log": "POST"}
STATES: Final = ("Normal", "Fail")


def serve_api(world: World, connection: Connection, request: Request, *, key: str) -> None:
    """Answer after the latency."""
    path = request.path.partition("?")[0].removeprefix(PREFIX)
    world.api_requests[path] += 1
    if _fault(world, path) is not ApiFault.HANG:
        due(world.latency_seconds, lambda: _answer(world, connection, request, path, key=key))


def _fault(world: World, path: str) -> ApiFault | None:
    return world.api_faults.get(path) or world.api_faults.get("*")


def _answer(world: World, connection: Connection, request: Request, path: str, *, key: str) -> None:
    given = request.headers.get("x-checkout-key")
    if given is None or not hmac.compare_digest(given.encode(), key.encode()):
        status = 401 if given is None else 403
        connection.send_json({"success": False, "message": "Invalid API key"}, status)
    elif METHODS.get(path) != request.method:
        connection.send_json({"success": False, "message": "Not found"}, 404)
    elif (fault := _fault(world, path)) is not None:
        _go_wrong(world, connection, request, path, fault)
    else:
        connection.send_json(*_result(world, path, request))


def _result(world: World, path: str, request: Request) -> tuple[dict[str, Any], int]:
    try:
        said = request.json()
    except ValueError:
        return {"success": False, "message": "Bad JSON"}, 400
    match path:
        case "users":
            listed = [
                {
                    "email": user.email,
                    "checkintoken": user.listed,
                    "checkinReport": user.report,
                    "checkinReportTime": user.report_time,
                }
                for user in world.users.values()
            ]
            return {"success": True, "autoCheckinUsers": listed}, 200
        case "update":
            return {"success": True, "result": {"changedRows": _update(world, said)}}, 200
        case "log":
            return _log(world, said)
    return {"success": True}, 200


def _update(world: World, said: dict[str, str]) -> int:
    """As MySQL counts: a row that is set to what it was has not changed."""
    user = world.users.get(said.get("email", ""))
    if user is None or user.listed != said.get("oldtoken") or said.get("newtoken") in {None, "", user.listed}:
        return 0
    user.listed = said["newtoken"]
    world.has_changed = True
    return 1


def _log(world: World, said: dict[str, str]) -> tuple[dict[str, Any], int]:
    user, state = world.users.get(said.get("email", "")), said.get("state", "")
    if user is None or state not in STATES:
        return {"success": False, "message": "Unknown user or state"}, 400
    user.report, user.report_time = state, timestamp()
    user.log.append({"state": state, "message": said.get("message", ""), "time": user.report_time})
    world.has_changed = True
    return {"success": True}, 200


def _go_wrong(world: World, connection: Connection, request: Request, path: str, fault: ApiFault) -> None:
    world.faults[f"api {fault}"] += 1
    match fault:
        case ApiFault.ERROR:
            connection.send(500, b"<h1>500 | Server Error</h1>")
        case ApiFault.TOO_MANY:
            after = () if world.retry_after is None else (f"Retry-After: {world.retry_after}",)
            connection.send_json({"success": False, "message": "Too many requests"}, 429, *after)
        case ApiFault.GARBAGE:
            connection.send(200, b"<!DOCTYPE html><title>Maintenance</title>")
        case ApiFault.UNSUCCESSFUL:
            connection.send_json({"success": False, "message": "Something went wrong"})
        case ApiFault.REDIRECT:
            connection.send(302, b"", "Location: https://elsewhere.invalid/")
        case ApiFault.LOST_ANSWER:
            _result(world, path, request)
            connection.drop()
        case _:
            connection.drop()
