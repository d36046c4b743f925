"""Which key opens check-in."""

from accounts.authentication import ApiKeyAuthentication


class CheckoutKeyAuthentication(ApiKeyAuthentication):
    """`x-checkout-key`, as the upstream's own API has it."""

    header = "x-checkout-key"
    scope = "checkin"
