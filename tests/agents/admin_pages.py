"""Where the admin's pages of AI agents are, what their forms send, and what is stored then."""

import lxml.html


def path_of(model: type, *parts: object) -> str:
    """The list of a model, or `path_of(Model, pk, "change")`."""
    return "/".join(["/admin/agents", model._meta.model_name, *(str(part) for part in parts), ""])


def sent_by(page, **others: str) -> dict[str, str]:
    """What a browser sends of the form on a page that nobody has filled in but for these fields."""
    assert page.status_code == 200
    [form] = [form for form in lxml.html.fromstring(page.content).forms if form.get("id", "").endswith("_form")]
    return {name: value.lstrip("\n") for name, value in form.form_values() if not name.startswith("_")} | others


def errors_of(page) -> dict[str, list[str]]:
    """What a form says of each field that is wrong; of the whole under `__all__`."""
    assert page.status_code == 200
    return {name: list(words) for name, words in page.context["adminform"].form.errors.items()}


def changed(row, **fields):
    """The row as it is stored now, which has these values."""
    row.refresh_from_db()
    assert {name: getattr(row, name) for name in fields} == fields
    return row
