"""Debian's chromium, driven by Playwright; without it these tests are skipped."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser with a profile of its own. Not for the session: Playwright's event loop would forbid others the ORM."""
    if CHROMIUM is None:
        pytest.skip("There is no chromium. On Debian: apt-get install chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def pictures(tmp_path_factory) -> Callable[[str], Path]:
    """Where a picture of that name goes: into PICTURES_DIRECTORY if that is set, so that somebody can look at it."""
    directory = Path(os.environ.get("PICTURES_DIRECTORY") or tmp_path_factory.mktemp("pictures"))
    directory.mkdir(parents=True, exist_ok=True)
    return lambda name: directory / f"{name}.png"
