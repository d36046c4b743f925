"""Who a webhook comes from: Meta signs each with the app's secret, as a whole.

https://developers.facebook.com/docs/graph-api/webhooks/getting-started#validate-payloads
"""

import hashlib
import hmac
from typing import Final

PREFIX: Final = "sha256="
# "Webhooks payloads can be up to 3MB", and none is split: https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks.
# In bytes it may be 3,000,000 or this; what is refused is lost, so the larger one counts.
LONGEST_BODY: Final = 3 * 1024 * 1024


def signature_of(body: bytes, *, secret: str) -> str:
    """What stands in `X-Hub-Signature-256` of a webhook with this body."""
    return PREFIX + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def is_signed(body: bytes, *, signature: str, secret: str) -> bool:
    """Whether the signature is the body's, found out in a time that tells nothing."""
    return hmac.compare_digest(signature_of(body, secret=secret).encode(), signature.encode())


def is_same(told: str, known: str) -> bool:
    """Whether two secrets are the same, found out in a time that tells nothing."""
    return hmac.compare_digest(told.encode(), known.encode())
