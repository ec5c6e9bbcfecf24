"""Somebody at a browser: a page that complains when anything on it is not as promised."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import BrowserContext, ConsoleMessage, Page, Request

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
AXE_TAGS = ("wcag2a", "wcag2aa", "wcag21aa", "wcag22aa")
SIZES = ("standard", "large", "largest")
TARGETS: Mapping[str, int] = {"standard": 48, "large": 60, "largest": 64}
"""The smallest side of a control by text size, in CSS pixels."""

_REPORT = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`content security policy: ${event.violatedDirective} ${event.blockedURI}`));
"""
_TOO_SMALL = """
(least) => [...document.querySelectorAll("a, button, input, select, textarea, summary")]
  .filter((each) => each.checkVisibility({visibilityProperty: true}) && each.type !== "hidden")
  .filter((each) => !each.matches(".skip, p a, .banner a, label input"))
  .filter((each) => each.closest(".top-name")?.offsetWidth !== 1)  // out of sight until focused
  .map((each) => [each, each.getBoundingClientRect()])
  .filter(([each, box]) => box.height + 0.5 < least || box.width + 0.5 < Math.min(least, 44))
  .map(([each, box]) => `${each.outerHTML.slice(0, 90)} ${box.width}x${box.height}`)
"""
_SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass
class Watch:
    """What went wrong on a page, by itself; `forgives` are words of what a test provokes."""

    origin: str
    found: list[str] = field(default_factory=list)
    forgives: list[str] = field(default_factory=list)

    def over(self, page: Page) -> None:
        """Listen to a page."""
        page.on("request", self._on_request)
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.found.append(f"script: {error}"))

    def problems(self) -> list[str]:
        """Everything that nobody asked for."""
        return [each for each in self.found if not any(word in each for word in self.forgives)]

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.origin}/", "data:", "blob:")):
            self.found.append(f"request to elsewhere: {request.url}")

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.found.append(f"console: {message.text}")


async def watched_page(context: BrowserContext, watch: Watch) -> Page:
    """A new page of this browser under the watch."""
    await context.add_init_script(_REPORT)
    page = await context.new_page()
    watch.over(page)
    return page


async def set_text_size(context: BrowserContext, url: str, size: str) -> None:
    """The reader's choice, as the switch keeps it."""
    await context.add_cookies([{"name": "size", "value": size, "url": url}])


async def sideways(page: Page) -> int:
    """How many pixels the page is wider than the window."""
    pixels: int = await page.evaluate(_SIDEWAYS)
    return pixels


async def too_small(page: Page, size: str) -> list[str]:
    """Controls below the size that this text size promises."""
    found: list[str] = await page.evaluate(_TOO_SMALL, TARGETS[size])
    return found


async def violations(page: Page, tags: Sequence[str] = AXE_TAGS) -> list[str]:
    """
    What axe finds against WCAG 2.2 AA, one line each.

    The window grows to the page's height meanwhile: what merely happens to be
    scrolled half below the composer is no fault of its size.
    """
    window = page.viewport_size or {"width": 360, "height": 740}
    height = await page.evaluate("document.documentElement.scrollHeight")
    await page.set_viewport_size({"width": window["width"], "height": height + 200})
    found = await _axe(page, tags)
    await page.set_viewport_size(window)
    return found


async def _axe(page: Page, tags: Sequence[str]) -> list[str]:
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = await page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", list(tags)
    )
    return [
        f"{each['id']}: {node['html'][:120]} {node.get('failureSummary', '')}"
        for each in found["violations"]
        for node in each["nodes"]
    ]
