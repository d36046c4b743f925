"""The e-mails as a browser shows them: on a telephone and on a desk, by day and by night."""

import re

import pytest

from tests.browser.measuring import overflow_pixels, visible_texts
from trackimmo.services.notification.previews import write_previews

NAMES = [
    "config.en",
    "welcome.fr",
    "welcome.en",
    "notification.fr",
    "notification.en",
    "monthly.fr",
    "monthly.en",
    "insufficient.en",
    "error.en",
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
