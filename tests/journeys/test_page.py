"""People on the local page: a real browser, the real application, the real advisor on the starter advisories.

No model is loaded: the rules and the words decide, which is how Satark answers where a model is missing.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from page_server import served_page

from bot.commands.parts import Parts
from bot.people import People
from bot.presenters import fixed_texts
from knowledge.advisor.advisor import Advisor
from knowledge.database import build_engine
from knowledge.library import LibraryKeeper
from knowledge.retriever import RetrieverKeeper
from knowledge.starter import STARTER_FOLDER, load_records

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SEED_QUESTION = "Is this overseas job offer safe? Helper in Russia, 2 lakh a month, tourist visa, agent asks 3.5 lakh"
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 820}

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed here: the page cannot be opened")


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    folder: Path = tmp_path_factory.mktemp("page")
    engine = build_engine(f"sqlite:///{folder / 'satark.sqlite3'}")
    load_records(engine, STARTER_FOLDER, _now())
    library = LibraryKeeper(engine, _now)
    retriever = RetrieverKeeper(library.current, None, folder)
    yield Parts(Advisor(library.current, retriever.current), People(engine, _now), library.current)
    engine.dispose()


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def address(parts: Parts) -> Iterator[str]:
    with served_page(parts) as served:
        yield served


@pytest.fixture
def open_page(browser, address) -> Iterator[Callable[..., object]]:
    """Open the page as a new visitor; at the end, no error may stand in the browser's console."""
    contexts, problems = [], []

    def open_it(size=DESKTOP, **options):
        context = browser.new_context(viewport=size, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(8000)
        page.note_problem = lambda line: problems.append(line.text) if line.type in ("error", "warning") else None
        page.on("console", page.note_problem)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(address)
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert problems == []


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_seed_question_gets_its_reply_and_a_button_opens_the_evidence(open_page, size):
    page = open_page(size)

    _ask(page, SEED_QUESTION)
    reply = page.locator(".theirs").first
    reply.wait_for()
    page.get_by_role("button", name=fixed_texts.BUTTON_EVIDENCE).click()
    evidence = page.locator(".theirs").nth(1)
    evidence.wait_for()

    assert "tourist visa" in reply.inner_text()
    assert "Russia" in evidence.inner_text()
    assert page.evaluate("() => document.documentElement.scrollWidth") <= size["width"]
    assert page.locator("header").bounding_box()["y"] == 0
    assert evidence.bounding_box()["y"] >= page.locator("header").bounding_box()["height"] - 1


def test_start_offers_languages_and_hindi_is_remembered(open_page):
    page = open_page()
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="हिन्दी").click()
    page.locator(".theirs").nth(1).wait_for()

    _ask(page, SEED_QUESTION)
    reply = page.locator(".theirs").nth(2)
    reply.wait_for()

    assert any("\u0900" <= letter <= "\u097f" for letter in reply.inner_text())


def test_a_file_is_chosen_with_the_paper_clip_and_answered(open_page):
    page = open_page(PHONE)
    offer = {"name": "offer.txt", "mimeType": "text/plain", "buffer": SEED_QUESTION.encode()}

    with page.expect_file_chooser() as choosing:
        page.get_by_role("button", name="Send a picture or file").click()
    choosing.value.set_files(offer)
    page.locator(".theirs").nth(1).wait_for()

    assert "offer.txt" in page.locator(".mine").first.inner_text()
    assert SEED_QUESTION in page.locator(".theirs").first.inner_text()
    assert page.evaluate("() => document.documentElement.scrollWidth") <= PHONE["width"]


def test_what_was_said_is_still_there_after_a_reload_and_its_buttons_work(open_page):
    page = open_page()
    _ask(page, SEED_QUESTION)
    page.locator(".theirs").first.wait_for()

    page.reload()
    page.get_by_role("button", name=fixed_texts.BUTTON_WHAT_TO_DO).click()
    page.locator(".theirs").nth(1).wait_for()

    assert page.locator(".mine").count() == 1


def test_the_page_goes_on_after_a_restart_of_the_server(parts, browser):
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(8000)
    with served_page(parts) as address:
        page.goto(address)
        _ask(page, SEED_QUESTION)
        page.locator(".theirs").first.wait_for()
    _ask(page, "And Cambodia?")
    page.get_by_role("button", name="Try again").wait_for()

    with served_page(parts, port=int(address.rpartition(":")[2])):
        page.get_by_role("button", name=fixed_texts.BUTTON_EVIDENCE).click()
        page.locator(".theirs").nth(1).wait_for()
        page.get_by_role("button", name="Try again").click()
        page.locator(".theirs").nth(2).wait_for()

    assert page.locator(".trouble").count() == 0
    context.close()


def test_shift_enter_makes_a_new_line_and_enter_sends(open_page):
    page = open_page()
    page.get_by_label("Your message").fill("Helper job")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("tourist visa to Russia")

    page.keyboard.press("Enter")
    page.locator(".theirs").first.wait_for()

    assert page.locator(".mine .words").inner_text() == "Helper job\ntourist visa to Russia"


def test_a_message_with_markup_stays_words(open_page):
    page = open_page()

    _ask(page, "<img src=x onerror=alert(1)> tourist visa <b>helper</b> job in Russia")
    page.locator(".theirs").first.wait_for()

    assert page.locator(".log img").count() == 0
    assert "<b>helper</b>" in page.locator(".mine").inner_text()


def test_markup_from_a_message_becomes_only_allowed_elements(open_page):
    page = open_page()
    page.remove_listener("console", page.note_problem)  # the browser reports that it blocked what stands below

    made = page.evaluate(
        """() => {
          const box = document.createElement("div");
          box.append(elementsFromTelegram(
            '<b onclick="x()">bold</b><script>bad()</scr' + 'ipt><img src=x onerror=bad()>'
            + '<a href="javascript:bad()">j</a><a href="https://example.org/?a=1&amp;b=2">good</a>'
            + '<tg-spoiler>s</tg-spoiler><style>p{}</style>'));
          return box.innerHTML;
        }"""
    )

    assert "<b>bold</b>" in made
    assert 'href="https://example.org/?a=1&amp;b=2"' in made
    assert not any(bad in made for bad in ("onclick", "<script", "<img", "javascript:", "<style"))


def test_the_command_menu_opens_and_is_used_by_keyboard(open_page):
    page = open_page()
    page.get_by_role("button", name="Menu").focus()
    page.keyboard.press("Enter")
    page.get_by_role("option").first.wait_for()

    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.locator(".theirs").first.wait_for()

    assert page.locator(".mine .words").inner_text() == "/agent"


def test_urdu_runs_from_right_to_left(open_page):
    page = open_page()

    _ask(page, "روس میں نوکری؟")
    page.locator(".mine").wait_for()

    assert page.evaluate("() => document.querySelector('.mine .words').matches(':dir(rtl)')")


def _ask(page, words: str) -> None:
    page.get_by_label("Your message").fill(words)
    page.keyboard.press("Enter")


def _now() -> dt.datetime:
    return dt.datetime(2026, 11, 20, 6, 0, tzinfo=dt.UTC)
