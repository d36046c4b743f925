"""The audit log in the Django admin as a browser shows it: on a telephone and on a desk, by day and by night."""

from datetime import timedelta

import pytest
from django.test import Client as Browser
from playwright.sync_api import expect

from audit.documents import AUDIT_LOGS
from core.testing.mongo import start_empty
from tests.audit.writing import NOON, PROGRAM, write, write_many
from tests.browser.measuring import overflow_pixels, visible_texts

pytestmark = pytest.mark.django_db(transaction=True)

LIST = "/admin/audit/entry/"
WIDTHS = [390, 1280]
LONG = "a-value-without-any-blank-" * 12


@pytest.fixture(scope="module", autouse=True)
def _beside_playwrights_event_loop():
    """Django takes the thread that Playwright's loop runs in for an asynchronous one; the tests are not."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield


@pytest.fixture
def entries(ours):
    """Entries of people, of a program and of the platform, with values short and long."""
    start_empty(AUDIT_LOGS)
    write_many(ours, 50, by=ours.client)
    write(ours, by=PROGRAM, action="export", resource_ids=(LONG,), at=NOON + timedelta(hours=1))
    changes = {"name": ("Sara", "Sarah"), "text": (None, LONG), **{f"field_{one}": (one, one + 1) for one in range(6)}}
    ids = write(ours, by=ours.admin, resource_type="user", resource_ids=(str(ours.client.pk),), changes=changes)
    write(ours, at=NOON + timedelta(hours=2))
    return ids


@pytest.fixture
def page(browser, live_server, ours, entries):
    """A window in which a superuser of ours is logged in."""
    ours.admin.is_staff = ours.admin.is_superuser = True
    ours.admin.save(update_fields=["is_staff", "is_superuser"])
    login = Browser()
    login.force_login(ours.admin)
    window = browser.new_context(base_url=live_server.url)
    window.add_cookies([{"name": "sessionid", "value": login.cookies["sessionid"].value, "url": live_server.url}])
    yield window.new_page()
    window.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_its_pages_fit_and_can_be_read(page, entries, pictures, width):
    page.set_viewport_size({"width": width, "height": 900})
    addresses = {
        "list": LIST,
        "wrong": f"{LIST}?user=nobody&date_from=x",
        "nothing": f"{LIST}?action=sing",
        "entry": f"{LIST}{entries[0]}/change/",
    }
    seen = {
        "list": {"export", "campaign"},
        "wrong": {"Neither an e-mail address nor the id of a user.", "Enter a valid date."},
        "nothing": {"There are no such entries."},
        "entry": {"field_5", LONG},
    }
    for name, address in addresses.items():
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.goto(address)
            page.wait_for_load_state("networkidle")
            page.screenshot(path=pictures(f"audit-{name}-{width}-{scheme}"), full_page=name != "list")
            assert overflow_pixels(page) <= 0, name
            told = {text["words"] for text in visible_texts(page)}
            assert told >= seen[name], name


def test_one_filters_leafs_and_opens_an_entry(page, entries):
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto(LIST)
    action = page.get_by_label("Action", exact=True)
    expect(action).to_be_hidden()
    page.get_by_role("button", name="Filters").click()
    expect(action).to_be_visible()
    action.fill("update")
    page.get_by_role("button", name="Filter", exact=True).click()
    rows = page.locator("#result_list tbody tr")
    expect(rows).to_have_count(50)
    page.get_by_role("link", name="Older").click()
    expect(rows).to_have_count(2)
    page.get_by_role("link", name="Newer").click()
    expect(rows).to_have_count(50)
    rows.first.locator("th a").click()
    expect(page.get_by_text("the platform")).to_be_visible()
