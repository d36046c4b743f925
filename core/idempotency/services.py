"""Carry a POST out once per key."""

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import orjson
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone
from psycopg.errors import LockNotAvailable
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from core.errors import Conflict, Invalid
from core.idempotency.models import IdempotentAnswer
from core.rendering import to_json

if TYPE_CHECKING:
    from core.api import ApiView

KEPT: Final = timedelta(hours=24)
SANE_KEY: Final = re.compile(r"[\x21-\x7e]{1,255}")
# What a retry is for: the caller was asked to come back, or it was our fault.
NOT_KEPT: Final = frozenset({status.HTTP_429_TOO_MANY_REQUESTS, *range(500, 600)})
Handler = Callable[..., Response]


class KeyReused(Conflict):
    """The key was used for another request."""

    code = "idempotency_key_reused"
    default_message = "This Idempotency-Key was already used with another request."


class StillRunning(Conflict):
    """The first request with this key has not ended."""

    code = "idempotency_key_in_use"
    default_message = "A request with this Idempotency-Key is still running. Try again shortly."


def once(view: "ApiView", handler: Handler, *, key: str) -> Handler:
    """Wrap a view's `post`: the first call runs it, later ones with the same key and body get its answer again.

    Answers of 429, 500 and above are not kept, and their effects are rolled back, so that a retry gets a fresh chance.
    Raises KeyReused, StillRunning, or Invalid for a key that is not 1 to 255 visible ASCII characters.
    """
    if not SANE_KEY.fullmatch(key):
        raise Invalid(fields={"Idempotency-Key": ["Use 1 to 255 visible ASCII characters."]})

    def post(request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ANN401 -- the view's own
        asked = [request.path.removesuffix("/"), sorted(request.query_params.items()), request.data]
        digest = hashlib.sha256(to_json(asked)).hexdigest()
        with transaction.atomic():
            answer = _claim(caller=view.actor.pk, key=key, digest=digest)
            if answer.status is not None:
                return _repeat(answer, digest)
            response = _run(view, handler, request, *args, **kwargs)
            if response.status_code in NOT_KEPT:
                transaction.set_rollback(True)
            else:
                answer.status, answer.body = response.status_code, to_json(response.data)
                answer.save(update_fields=["status", "body"])
            return response

    return post


def _claim(*, caller: str, key: str, digest: str) -> IdempotentAnswer:
    """Our new record, or the finished one of the first request: the unique key makes twins wait for each other."""
    try:
        with transaction.atomic():
            IdempotentAnswer.objects.filter(caller=caller, key=key, created_at__lt=timezone.now() - KEPT).delete()
            return IdempotentAnswer.objects.create(caller=caller, key=key, request_digest=digest)
    except IntegrityError:
        return IdempotentAnswer.objects.get(caller=caller, key=key)
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):  # the twin holds the key for longer than our lock time-out
            raise StillRunning from error
        raise


def _repeat(answer: IdempotentAnswer, digest: str) -> Response:
    if answer.request_digest != digest:
        raise KeyReused
    return Response(orjson.loads(bytes(answer.body)), status=answer.status, headers={"Idempotent-Replayed": "true"})


def _run(
    view: "ApiView",
    handler: Handler,
    request: Request,
    *args: Any,  # noqa: ANN401 -- the view's own
    **kwargs: Any,  # noqa: ANN401 -- the view's own
) -> Response:
    """The handler's answer; an error becomes the answer it would have been, so that it can be kept too."""
    try:
        with transaction.atomic():
            return handler(request, *args, **kwargs)
    except Exception as error:
        return view.handle_exception(error)


def forget_old_answers() -> int:
    """Delete the answers older than 24 hours, of every organization. Returns how many."""
    deleted, _ = IdempotentAnswer.unscoped.filter(created_at__lt=timezone.now() - KEPT).delete()
    return deleted
