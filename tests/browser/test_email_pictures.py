"""The e-mails as a browser shows them: on a telephone and on a desk, by day and by night."""

import re

import pytest

from core.mail.previews import write_previews
from tests.browser.measuring import overflow_pixels, visible_texts
from trackimmo.views.unsubscribe import unsubscribe_page

NAMES = [
    "config.en",
    "welcome.fr",
    "whatsapp-account.en",
    "welcome.en",
    "notification.fr",
    "notification.en",
    "monthly.fr",
    "monthly.en",
    "insufficient.en",
    "error.en",
    "audit-changed.en",
    "checkin-expired.en",
    "agents-reminder.en",
    "agents-overdue.en",
]
WIDTHS = [375, 800]
THUMB_PIXELS = 44


@pytest.fixture(scope="module")
def previews(tmp_path_factory):
    """The directory with every e-mail."""
    directory = tmp_path_factory.mktemp("previews")
    assert sorted(one.name for one in write_previews(directory)) == sorted(NAMES)
    return directory


@pytest.fixture(scope="module")
def window(browser):
    """A page, and what it asked for since the list was emptied."""
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    return page, asked


@pytest.fixture
def show(window, previews):
    """Open a preview in a window of that width; returns the page. Whatever it asks the network for is a failure."""
    page, asked = window

    def open_page(name, width):
        asked.clear()
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": width, "height": 800})
        url = (previews / f"{name}.html").as_uri()
        page.goto(url)
        return page

    yield open_page
    assert len(asked) == 1
    assert asked[0] == page.url


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", NAMES)
def test_it_fits_and_can_be_read(show, pictures, name, width):
    page = show(name, width)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.screenshot(path=pictures(f"{name}-{width}-{scheme}"), full_page=True)
        assert overflow_pixels(page) <= 0
        texts = visible_texts(page)
        assert len(texts) > 5
        assert [text for text in texts if text["pixels"] < 13] == []
        assert [text for text in texts if text["contrast"] < text["needs"]] == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", NAMES)
def test_the_headline_is_seen_at_once_and_the_button_can_be_hit(show, name, width):
    page = show(name, width)
    headline = page.locator("h1")
    assert headline.count() == 1
    assert headline.is_visible()
    box = headline.bounding_box()
    assert box["y"] + box["height"] < 300
    assert headline.inner_text() == page.title()
    button = page.locator("a.button")
    assert button.count() == 1
    assert button.is_visible()
    assert button.bounding_box()["height"] >= THUMB_PIXELS
    assert re.match(r"https?://|mailto:", button.get_attribute("href"))


def test_the_preheader_is_there_and_not_seen(show):
    page = show("welcome.fr", 800)
    preheader = page.locator(".preheader")
    assert preheader.text_content().startswith("10\N{NO-BREAK SPACE}adresses, le 1er de chaque mois")
    assert not preheader.is_visible()


def test_a_narrow_window_is_filled_and_a_wide_one_is_not(show):
    page = show("notification.fr", 375)
    card = page.locator(".card")
    assert card.bounding_box()["width"] == 375
    page.set_viewport_size({"width": 800, "height": 800})
    assert card.bounding_box()["width"] == 600


def test_night_is_dark(show):
    page = show("notification.fr", 375)
    card = "getComputedStyle(document.querySelector('.card')).backgroundColor"
    assert page.evaluate(card) == "rgb(255, 255, 255)"
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(card) == "rgb(29, 29, 41)"


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(
    ("state", "status", "answer"),
    [
        ("asks", 200, {"unsubscribed": False}),
        ("done", 200, {"unsubscribed": True}),
        ("lost", 404, {"detail": "This link is not valid."}),
        ("failed", 429, {"detail": "Rate limit exceeded: 60 requests per 60 seconds. Try again in 9 seconds."}),
    ],
)
def test_the_page_behind_the_link_is_of_one_look_with_the_mails(
    window, pictures, state, status, answer, language, width
):
    page, asked = window
    page.set_viewport_size({"width": width, "height": 800})
    asked.clear()
    page.set_content(unsubscribe_page(language=language, status=status, answer=answer))
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.screenshot(path=pictures(f"unsubscribe.{state}.{language}-{width}-{scheme}"), full_page=True)
        assert overflow_pixels(page) <= 0
        assert [text for text in visible_texts(page) if text["contrast"] < text["needs"] or text["pixels"] < 13] == []
    assert asked == []
    assert page.locator("h1").count() == 1
    button = page.locator("button.button")
    assert button.count() == (1 if state == "asks" else 0)
    assert state != "asks" or button.bounding_box()["height"] >= THUMB_PIXELS
