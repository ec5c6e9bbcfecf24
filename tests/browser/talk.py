"""A resident in the web chat: writes, presses, answers what is asked; with script or without."""

import asyncio
import re
import time

from playwright.async_api import Locator, Page, expect

NUMBER = re.compile(r"BJM-\d{8}-\d{4}")
_PATIENCE = 20.0


class Talk:
    """One conversation on one page."""

    def __init__(self, page: Page, *, script: bool = True) -> None:
        self.page = page
        self._script = script

    @property
    def bubbles(self) -> Locator:
        """Every message, oldest first."""
        return self.page.locator("#log > li")

    @property
    def mine(self) -> Locator:
        """What the resident wrote."""
        return self.page.locator("#log > li.from-me .bubble")

    @property
    def last(self) -> Locator:
        """The newest message."""
        return self.bubbles.last

    async def says(self, words: str) -> str:
        """Write and send; gives the answer's text."""
        before = await self.mine.count()
        await self.page.fill("#words", words)
        await self.page.locator("#composer button").click()
        return await self._answer(before)

    async def presses(self, title: str) -> str:
        """Press a button under the last message."""
        before = await self.mine.count()
        await self.last.get_by_role("button", name=title).click()
        return await self._answer(before)

    async def gets_a_number(self, request: str) -> str:
        """Ask for something and answer whatever is asked back, until there is a number."""
        answer = await self.says(request)
        for _ in range(8):
            found = NUMBER.search(answer)
            if found:
                return found[0]
            answer = await self._reacts(answer)
        raise AssertionError(f"no number after eight turns: {answer}")

    async def _reacts(self, answer: str) -> str:
        offered = await self.last.get_by_role("button").all_inner_texts()
        for title in ("老年助餐", "帮我办", "帮我报名", "就在这里回我"):
            if any(title in each for each in offered):
                return await self.presses(title)
        return await self.says("和平里3栋" if "在哪里" in answer else "13912345521")

    async def _answer(self, before: int) -> str:
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            if await self.mine.count() > before and await self._is_answered():
                await asyncio.sleep(0.3)
                return await self.last.inner_text()
            if self._script:
                await asyncio.sleep(0.05)
            else:
                await self._looks_again()
        raise AssertionError(f"no answer: {await self.page.locator('#log').inner_text()}")

    async def _looks_again(self) -> None:
        await asyncio.sleep(0.3)
        if not await self._is_answered():
            await self.page.get_by_role("link", name="看看有没有回复").click()

    async def _is_answered(self) -> bool:
        return "from-me" not in (await self.last.get_attribute("class") or "")


async def expect_each_once(talk: Talk, words: list[str]) -> None:
    """The resident's own messages stand there once each, in this order."""
    await expect(talk.mine).to_have_text(words, timeout=_PATIENCE * 1000)
