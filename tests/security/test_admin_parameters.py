"""Whatever somebody types into the admin's address bar, it is his fault and not ours."""

import pytest
from django.contrib import admin
from django.urls import reverse

from tests.accounts.conftest import admin_client
from trackimmo.models import Client

pytestmark = pytest.mark.django_db(transaction=True)  # an error of the database must not reach the next request

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
STRANGE = ("\x00", "99999", "9" * 24, "-1", "x" * 5000)


@pytest.fixture
def staff_client(ours):
    ours.admin.is_staff = ours.admin.is_superuser = True
    ours.admin.save()
    return admin_client(ours.admin)


def parameters_of(model: type) -> list[str]:
    """What the list page of a model can be asked."""
    filters = [name for name in admin.site._registry[model].list_filter if isinstance(name, str)]
    return ["q", "p", "o", "id__exact", "created_at__year", "state", "topic", *(f"{name}__exact" for name in filters)]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_no_parameter_of_a_list_is_an_error_of_ours(staff_client, model):
    path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    for name in parameters_of(model):
        for value in STRANGE:
            assert staff_client.get(path, {name: value}).status_code in {200, 302, 400}, (name, value)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_no_id_of_an_object_is_an_error_of_ours(staff_client, model):
    path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    for value in ("%00", "99999", "x" * 500, "%ff", "_00"):
        assert staff_client.get(f"{path}{value}/change/").status_code in {302, 400, 404}, value


@pytest.mark.parametrize("city", ["nope", "\x00", "9" * 40, "00000000-0000-4000-8000-000000000000"])
def test_a_made_up_choice_in_a_form_is_an_error_of_the_form(staff_client, city):
    form = {"first_name": "A", "last_name": "B", "email": "a@b.test", "chosen_cities": city}
    assert staff_client.post("/admin/trackimmo/client/add/", form).status_code in {200, 400}
    assert not Client.unscoped.exists()
