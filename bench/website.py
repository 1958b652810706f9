"""The website's figures, in one run: the widget's size and start, and its answers against Rasa's own REST channel.

A conversation is held with the widget, over REST from a page in the same browser, and over both channels without a
browser, in turns, so that all meet the same machine. Times in a page are taken there, by its own clock.
"""

from __future__ import annotations

import asyncio
import shutil
import time
import uuid
from typing import Dict, List

import aiohttp
import numpy as np
from playwright.async_api import Browser, Page, async_playwright

from bench.running import free_port, percentile, running
from bench.talk import NO_LIMITS, TALK
from bot.serving.at_hand import at_hand
from bot.web.pages import widget_at

_REST = "/webhooks/rasa_rest/webhook"  # bench.rasa_rest
_CONVERSATIONS = 20
_STARTS = 10
_SLOWDOWN = 4
_FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
# From when the script is asked for until the launcher can be pressed.
_WATCH_FOR_THE_LAUNCHER = """
window.usableAt = new Promise(resolve => {
  const look = () => {
    const chat = document.querySelector("kakaritsuke-chat");
    if (chat && chat.shadowRoot && chat.shadowRoot.querySelector(".launcher")) resolve(performance.now());
    else requestAnimationFrame(look);
  };
  look();
});
"""
_START = """
async () => {
  const usable = await window.usableAt;
  const script = performance.getEntriesByType("resource").find(entry => entry.name.endsWith("kakaritsuke.js"));
  return usable - script.startTime;
}
"""
_SAY = """
async (chat, text) => {
  const root = chat.shadowRoot;
  const said = () => root.querySelectorAll(".message.bot").length;
  const before = said();
  const field = root.querySelector("textarea");
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  const began = performance.now();
  const first = new Promise(resolve => {
    const watch = new MutationObserver(() => {
      if (said() > before) { watch.disconnect(); resolve(performance.now() - began); }
    });
    watch.observe(root, { subtree: true, childList: true });
  });
  root.querySelector("form").requestSubmit();
  const inserted = await first;
  await new Promise(requestAnimationFrame);
  return { inserted, painted: performance.now() - began };
}
"""
# The least that a page can do with REST: each text becomes a paragraph.
_SAY_OVER_REST = """
async ([address, sender, message]) => {
  const began = performance.now();
  const answer = await fetch(address, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ sender, message }),
  });
  for (const reply of await answer.json()) {
    const shown = document.createElement("p");
    shown.textContent = reply.text;
    document.body.append(shown);
  }
  return performance.now() - began;
}
"""


def main() -> None:
    """Prints the figures as the table of docs/performance.md."""
    port = free_port()
    with running(["-m", "bench.rasa_rest", str(port)], NO_LIMITS):
        asyncio.run(_measure(f"http://127.0.0.1:{port}"))


async def _measure(address: str) -> None:
    times: Dict[str, List[float]] = {name: [] for name in ("inserted", "painted", "fetched", "web", "rest")}
    async with async_playwright() as playwright, aiohttp.ClientSession() as rest:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(_FLAGS))
        starts = [await _start_ms(browser, address) for _ in range(_STARTS)]
        for number in range(_CONVERSATIONS + 1):
            told = await _hold_in_browser(browser, address)
            told["fetched"] = await _hold_over_rest_in_browser(browser, address)
            told["rest"] = await _hold_over_rest(rest, address)
            told["web"] = await _hold_over_web(rest, address)
            for name, milliseconds in told.items():
                times[name] += milliseconds if number else []  # the first conversation warms the caches up
        await browser.close()
    size = len(widget_at(at_hand())().packed)
    p50 = {name: float(np.percentile(milliseconds, 50)) for name, milliseconds in times.items()}
    print("| figure | value |\n|---|---|")
    print(f"| widget, gzipped | {size:,} bytes |")
    print(f"| from script tag to usable, CPU slowed {_SLOWDOWN} times | {percentile(starts, 50)} |")
    for name, shown in (
        ("inserted", "from send to the first reply in the page"),
        ("painted", "from send to the frame after it"),
        ("fetched", "the same conversation over Rasa's REST channel, by `fetch` from the page"),
        ("web", "the same conversation over the website's channel, without a browser"),
        ("rest", "the same conversation over Rasa's REST channel, without a browser"),
    ):
        print(f"| {shown}, p50 / p95 | {percentile(times[name], 50)} / {percentile(times[name], 95)} |")
    for shown, name, against in (
        ("of the channel over REST, both without a browser", "web", "rest"),
        ("of the widget over REST, both in the browser", "inserted", "fetched"),
        ("of the widget over REST without a browser", "inserted", "rest"),
    ):
        print(f"| overhead at p50, {shown} | {p50[name] - p50[against]:.1f} ms |")


async def _start_ms(browser: Browser, address: str) -> float:
    context = await browser.new_context(locale="ja-JP")
    page = await context.new_page()
    await page.add_init_script(_WATCH_FOR_THE_LAUNCHER)
    session = await context.new_cdp_session(page)
    await session.send("Emulation.setCPUThrottlingRate", {"rate": _SLOWDOWN})
    await page.goto(address)
    milliseconds = float(await page.evaluate(_START))
    await context.close()
    return milliseconds


async def _hold_in_browser(browser: Browser, address: str) -> Dict[str, List[float]]:
    context = await browser.new_context(locale="ja-JP")
    page = await context.new_page()
    chat = await _begun(page, address)
    told: Dict[str, List[float]] = {"inserted": [], "painted": []}
    for line in TALK:
        shown = await chat.evaluate(_SAY, line)
        for name, milliseconds in shown.items():
            told[name].append(float(milliseconds))
        await chat.locator(".root:not([data-thinking])").wait_for(state="attached")
    await context.close()
    return told


async def _begun(page: Page, address: str):  # type: ignore[no-untyped-def]
    await page.goto(address)
    chat = page.locator("kakaritsuke-chat")
    await chat.locator(".launcher").click()
    await chat.get_by_role("button", name="わかりました。相談をはじめる").click()
    await chat.locator(".choices").last.wait_for()
    return chat


async def _hold_over_rest_in_browser(browser: Browser, address: str) -> List[float]:
    context = await browser.new_context(locale="ja-JP")
    page = await context.new_page()
    await page.goto(address)
    sender, told = uuid.uuid4().hex, []
    for line in ("こんにちは", *TALK):
        told.append(float(await page.evaluate(_SAY_OVER_REST, [_REST, sender, line])))
    await context.close()
    return told[1:]


async def _hold_over_rest(rest: aiohttp.ClientSession, address: str) -> List[float]:
    sender, told = uuid.uuid4().hex, []
    for line in ("こんにちは", *TALK):
        began = time.perf_counter()
        async with rest.post(f"{address}{_REST}", json={"sender": sender, "message": line}) as answer:
            await answer.json()
        told.append(1000 * (time.perf_counter() - began))
    return told[1:]


async def _hold_over_web(web: aiohttp.ClientSession, address: str) -> List[float]:
    async with web.post(f"{address}/web/session", json={}) as opened:
        token = (await opened.json())["token"]
    told = []
    for line in TALK:
        began = time.perf_counter()
        message, headers = {"id": uuid.uuid4().hex, "text": line}, {"Authorization": f"Bearer {token}"}
        async with web.post(f"{address}/web/messages", json=message, headers=headers) as answer:
            await answer.json()
        told.append(1000 * (time.perf_counter() - began))
    return told


if __name__ == "__main__":
    main()
