"""Outside a scope nothing can be read; inside one, nothing of another organization."""

import pytest

from accounts.models import User
from core import tenancy
from trackimmo.models import City

pytestmark = pytest.mark.django_db


@pytest.fixture
def cities(ours, theirs):
    return [
        City.unscoped.create(organization=company.organization, insee_code="75056", name=company.organization.name)
        for company in (ours, theirs)
    ]


@pytest.mark.parametrize(
    "query",
    [
        City.objects.all,
        City.objects.count,
        lambda: City.objects.filter(name="Demo"),
        lambda: City.objects.create(insee_code="01001", name="x"),
        lambda: User.objects.get(email="admin@demo.test"),
    ],
)
def test_a_query_outside_a_scope_raises(cities, query):
    with pytest.raises(tenancy.TenantScopeMissing):
        query()
    assert City.unscoped.count() == 2


def test_a_scope_shows_its_own_rows_only(cities, ours):
    with tenancy.scope(ours.organization.pk):
        assert [city.name for city in City.objects.all()] == ["Demo"]
        assert not City.objects.filter(pk=cities[1].pk).exists()
        assert City.objects.update(name="Renamed") == 1
    cities[1].refresh_from_db()
    assert cities[1].name == "Other"


def test_a_new_row_is_born_into_the_scope(cities, theirs):
    with tenancy.scope(theirs.organization.pk):
        assert City.objects.create(insee_code="01001", name="x").organization_id == theirs.organization.pk
        made, created = City.objects.get_or_create(insee_code="01002", defaults={"name": "y"})
        assert (made.organization_id, created) == (theirs.organization.pk, True)


def test_a_queryset_keeps_the_scope_it_was_made_in(cities, ours, theirs):
    with tenancy.scope(ours.organization.pk):
        rows = City.objects.all()
    with tenancy.scope(theirs.organization.pk):
        assert [city.name for city in rows] == ["Demo"]


def test_a_related_manager_needs_a_scope_too(cities):
    with pytest.raises(tenancy.TenantScopeMissing):
        cities[0].properties.count()


def test_scopes_nest_and_close(ours, theirs):
    with tenancy.scope(ours.organization.pk):
        with tenancy.scope(theirs.organization.pk):
            assert tenancy.current_organization_id() == theirs.organization.pk
        assert tenancy.current_organization_id() == ours.organization.pk
        with tenancy.no_scope():
            assert tenancy.organization_in_scope() is None
    assert tenancy.organization_in_scope() is None
