"""How it looks: lines end where Japanese does, no letters are small, the page's style stays out; dark, and contrast."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.async_api import Browser, Page, expect

from bot.web.widget import Telephone
from tests.web.chat import Chat
from tests.web.parts import HELP, fact, referral, step
from tests.web.scripted_server import AT_HAND, ScriptedServer, choices, message
from tests.web.test_accessibility import serious_findings

WHOLE = ("商工会議所", "わからない", "ほしいとき", "借り入れ")
SAID = (
    "お近くの商工会議所で、はじめの相談ができます。何から手をつけたらよいかわからないときも、どうぞ。",
    "話を聞いてほしいときは、みどり野市の商工会議所へ。手続きがよくわからない方も、お気軽にどうぞ。",
    "銀行からの借り入れのことで、だれに聞けばよいかわからない。そんなときも、聞いてほしいときも、お書きください。",
)
ROAD = referral(
    step("first", "まず", "商工会議所", fact("なぜ", SAID[0])),
    step("next", "次に", "みどり野商工会議所の経営相談室"),
    step("if_needed", "必要なら", "弁理士"),
)
_BROKEN = """(chat, words) => {
  const found = [];
  const walker = document.createTreeWalker(chat.shadowRoot.querySelector(".panel"), NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode()); ) {
    for (const word of words) {
      for (let at = node.data.indexOf(word); at >= 0; at = node.data.indexOf(word, at + 1)) {
        const range = document.createRange();
        range.setStart(node, at);
        range.setEnd(node, at + word.length);
        const lines = new Set([...range.getClientRects()].map((box) => Math.round(box.top)));
        if (lines.size > 1) found.push(`${word} in ${node.data}`);
      }
    }
  }
  const drawn = [...chat.shadowRoot.querySelectorAll("svg text")].map((text) => text.textContent);
  return [...found, ...drawn.filter((line) => line.endsWith("商工") || line.startsWith("会議所"))];
}"""
_SMALL = """chat => [...chat.shadowRoot.querySelectorAll("*")]
  .filter((e) => e.checkVisibility() && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
  .filter((e) => !e.closest("style, svg, .visually-hidden") && parseFloat(getComputedStyle(e).fontSize) < 15)
  .map((e) => `${getComputedStyle(e).fontSize} ${e.outerHTML.slice(0, 60)}`)"""
_LOOKS = """chat => [...chat.shadowRoot.querySelectorAll(".panel *")].filter((e) => e.checkVisibility()).map((e) => {
  const s = getComputedStyle(e);
  return [s.fontFamily, s.fontSize, s.letterSpacing, s.lineHeight, s.wordSpacing, s.textTransform, s.color,
    s.textIndent, s.fontWeight, s.visibility, s.opacity, s.direction].join("|");
})"""
HOSTILE = {
    "a page that spaces everything": "* { letter-spacing: .5em; line-height: 3; word-spacing: 1em; text-indent: 2em; }",
    "a page with fonts and colours for all": """* { font: italic 700 9px/1 cursive !important; color: red !important;
        text-transform: uppercase; text-align: center; } html { font-size: 50%; }""",
    "a page that hides and turns": """kakaritsuke-chat, body > * { opacity: .2 !important; transform: scale(.5);
        filter: blur(2px); writing-mode: vertical-rl; visibility: hidden; display: inline-block !important;
        width: 10px; overflow: hidden; }
        button, p, dialog, a { display: none !important; }""",
}


@pytest.fixture
def talkative(scripted: ScriptedServer) -> ScriptedServer:
    """It says sentences, a road, help lines and more choices."""
    scripted.at_hand = replace(AT_HAND, telephone=Telephone("0000-00-0000", "経営相談室", "平日9時から17時"))
    scripted.answer = lambda text: [
        *(message(line) for line in SAID),
        message("どうぞ。", ROAD),
        message("お電話もできます。", HELP),
        message("どれですか。", choices("何に困っているかわからない", "資金繰り・借り入れや返済", "ほかのこと")),
    ]
    return scripted


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
@pytest.mark.parametrize("letters", [(), ("文字を大きく", "もっと大きく")])
async def test_words_stay_whole(
    browser: Browser, talkative: ScriptedServer, width: int, letters: "tuple[str, ...]"
) -> None:
    context = await browser.new_context(viewport={"width": width, "height": 800}, locale="ja-JP")
    page = await context.new_page()
    await page.goto(talkative.address)
    chat = await Chat(page).begin()
    for name in letters:
        await chat.tool(name)
    await chat.say("商標のこと")
    broken = await chat.element.evaluate(_BROKEN, list(WHOLE))
    await context.close()
    assert broken == []


async def test_no_letters_are_smaller_than_15_pixels(page: Page, talkative: ScriptedServer) -> None:
    await page.goto(talkative.address)
    chat = Chat(page)
    await chat.launcher.click()
    in_the_notice = await chat.element.evaluate(_SMALL)
    await chat.button("わかりました。相談をはじめる").click()
    await expect(chat.choices).to_be_visible()
    await chat.say("商標のこと")
    for summary in await chat.element.locator("summary").all():
        await summary.evaluate("summary => { summary.parentNode.open = true; }")
    await chat.button("メニュー").click()
    assert in_the_notice + await chat.element.evaluate(_SMALL) == []


@pytest.mark.parametrize("css", HOSTILE.values(), ids=HOSTILE.keys())
async def test_a_page_with_a_hostile_style_changes_nothing(page: Page, talkative: ScriptedServer, css: str) -> None:
    await page.goto(talkative.address)
    chat = await Chat(page).begin()
    before, place = await chat.element.evaluate(_LOOKS), await chat.panel.bounding_box()
    await page.evaluate(
        "css => { const s = new CSSStyleSheet(); s.replaceSync(css); document.adoptedStyleSheets = [s]; }", css
    )
    assert (await chat.element.evaluate(_LOOKS), await chat.panel.bounding_box()) == (before, place)


@pytest.fixture
async def dark(page: Page, talkative: ScriptedServer) -> Chat:
    await page.emulate_media(color_scheme="dark")
    await page.goto(talkative.address)
    return Chat(page)


async def test_axe_finds_nothing_serious_in_the_dark(dark: Chat, page: Page) -> None:
    await dark.launcher.click()
    found = await serious_findings(page)
    await dark.button("わかりました。相談をはじめる").click()
    await expect(dark.choices).to_be_visible()
    await dark.say("商標のこと")
    for summary in await dark.element.locator("summary").all():
        await summary.evaluate("summary => { summary.parentNode.open = true; }")
    found += await serious_findings(page)
    await dark.button("メニュー").click()
    found += await serious_findings(page)
    await dark.button("相談の例").click()
    assert found + await serious_findings(page) == []


async def test_in_the_dark_the_ground_is_dark(dark: Chat) -> None:
    await dark.begin()
    assert await dark.record.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(22, 27, 25)"


async def test_a_page_with_a_ground_of_its_own_keeps_it_in_the_dark(dark: Chat, page: Page) -> None:
    await page.evaluate(
        """() => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync("kakaritsuke-chat { --kakaritsuke-ground: #fffaf0; }");
          document.adoptedStyleSheets = [sheet];
        }"""
    )
    await dark.begin()
    assert await dark.record.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(255, 250, 240)"
    assert await dark.field.evaluate("e => getComputedStyle(e).color") == "rgb(38, 48, 43)"


async def test_axe_finds_nothing_serious_in_forced_colours(page: Page, talkative: ScriptedServer) -> None:
    await page.emulate_media(forced_colors="active")
    await page.goto(talkative.address)
    chat = await Chat(page).begin()
    await chat.say("商標のこと")
    await chat.button("メニュー").click()
    assert await serious_findings(page) == []
