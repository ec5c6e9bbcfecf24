"""A real server and a real Chromium; every page is watched while it is used."""

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.browser.server import StreetServer
from tests.browser.visitor import Watch, set_text_size, watched_page

_QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-features=Translate,OptimizationHints,MediaRouter,AutofillServerCommunication",
)
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

expect.set_options(timeout=20_000)  # a promise about what comes, none about how fast

OpenPage = Callable[..., Awaitable[Page]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here needs a browser."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, model_folder: Path) -> Iterator[StreetServer]:
    """The sample street, up and running."""
    running = StreetServer(tmp_path_factory.mktemp("street"), model_folder)
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Chromium from the machine, with nothing that calls home."""
    path = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is missing (Debian: chromium)")
        pytest.skip("Chromium is missing (Debian: chromium)")
    flags = [*_QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=path, args=flags)
        yield launched
        await launched.close()


@pytest.fixture
async def watch(server: StreetServer) -> AsyncIterator[Watch]:
    """Fails the test when a page asked another host, broke its policy or logged an error."""
    watching = Watch(server.url)
    yield watching
    assert not watching.problems()


@pytest.fixture
async def open_page(
    browser: Browser, server: StreetServer, watch: Watch
) -> AsyncIterator[OpenPage]:
    """Opens a page of a fresh visitor: `await open_page("/", width=320, size="largest")`."""
    contexts = []

    async def open_it(
        path: str | None = "/",
        *,
        width: int = 360,
        height: int = 740,
        size: str = "standard",
        script: bool = True,
    ) -> Page:
        context = await browser.new_context(
            base_url=server.url,
            viewport={"width": width, "height": height},
            java_script_enabled=script,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
        )
        contexts.append(context)
        context.set_default_timeout(15_000)
        await set_text_size(context, server.url, size)
        page = await watched_page(context, watch)
        if path is not None:
            await page.goto(path)
        return page

    yield open_it
    for context in contexts:
        await context.close()


@pytest.fixture
async def page(open_page: OpenPage) -> Page:
    """A phone with the residents' chat open."""
    return await open_page("/")
