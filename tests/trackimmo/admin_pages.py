"""Where the admin's pages are, and what a form of theirs sends."""


def path_of(model: type, *parts: object) -> str:
    """The list of a model, or `path_of(Model, pk, "change")`."""
    return "/".join(["/admin/trackimmo", model._meta.model_name, *(str(part) for part in parts), ""])


def client_form(**fields) -> dict:
    """A client's form, filled in but for his cities."""
    return {
        "first_name": "Jean",
        "last_name": "Petit",
        "email": "jean@agence.test",
        "language": "fr",
        "status": "active",
        "subscription_type": "pro",
        "addresses_per_report": "10",
        "send_day": "5",
        "unsubscribed_at_0": "",
        "unsubscribed_at_1": "",
        "property_type_preferences": ["house", "land"],
        **fields,
    }
