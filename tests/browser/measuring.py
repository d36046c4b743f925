"""What a page looks like, measured in the browser."""

from typing import Any

from playwright.sync_api import Page

# Each visible text with its size and its contrast to what is behind it (WCAG 2.1, 1.4.3), a gradient's worst stop.
TEXTS = """() => {
  const rgba = (color) => color.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => [r, g, b]
    .map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const contrast = (one, other) => {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const style = getComputedStyle(at);
      const stops = style.backgroundImage.match(/rgba?\\([^)]+\\)/g);
      if (stops) return stops.map(rgba);
      const color = rgba(style.backgroundColor);
      if (color.length < 4 || color[3] > 0) return [color];
    }
    return [[255, 255, 255]];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const words = walker.currentNode.textContent.trim();
    if (!words || !element.getClientRects().length || ["STYLE", "TITLE"].includes(element.tagName)) continue;
    const style = getComputedStyle(element);
    const pixels = parseFloat(style.fontSize);
    const isLarge = pixels >= 24 || (pixels >= 18.66 && Number(style.fontWeight) >= 700);
    const lowest = Math.min(...behind(element).map((color) => contrast(rgba(style.color), color)));
    texts.push({words, pixels, contrast: lowest, needs: isLarge ? 3 : 4.5});
  }
  return texts;
}"""


def visible_texts(page: Page) -> list[dict[str, Any]]:
    """Each visible text: `words`, `pixels` (its size), `contrast`, and the contrast it `needs` to be readable."""
    texts: list[dict[str, Any]] = page.evaluate(TEXTS)
    return texts


def overflow_pixels(page: Page) -> int:
    """By how much the page is wider than its window."""
    width: int = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return width
