"""What every page of the Django admin has."""

import re

import pytest
from django.contrib.staticfiles import finders

from tests.accounts.conftest import admin_client

pytestmark = pytest.mark.django_db


def test_it_says_which_clock_its_times_are_of_and_has_an_icon(ours):
    ours.admin.is_staff = ours.admin.is_superuser = True
    ours.admin.save()
    page = admin_client(ours.admin).get("/admin/").content.decode()
    assert "All times are UTC" in page
    [icon] = re.findall(r'<link[^>]+rel="icon"[^>]*>', page)
    assert 'type="image/svg+xml"' in icon
    assert 'href="/static/core/favicon.svg"' in icon
    assert finders.find("core/favicon.svg")
