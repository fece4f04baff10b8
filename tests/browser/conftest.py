"""A deployment served for real (gunicorn, a worker, a migrated database) and a browser in front of it."""

from __future__ import annotations

import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import URLError
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, sync_playwright

from tests.browser.prepare import PASSWORD, USERNAME
from tests.deployment_fixtures import TEA_CHAT, TEA_NAME

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or ""
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
LANGUAGES = {"zh": "zh-Hans", "en": "en"}
# Nothing here takes seconds unless the machine is busy with other tests.
PATIENCE = 60_000


@contextmanager
def running(*command: str, environment: dict[str, str], log: Path) -> Iterator[None]:
    """A process for the time of the block; what it prints goes to `log`."""
    with log.open("ab") as output:
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=output, stderr=output)
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def free_port() -> int:
    """A port on which nobody listens, below those that systems hand out by themselves."""
    for port in random.sample(range(18_000, 30_000), 50):
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)):
                return port
    raise RuntimeError("no port is free")


def answers(address: str) -> bool:
    """Whether the server is up."""
    try:
        with urllib.request.urlopen(address, timeout=5):
            return True
    except (URLError, ConnectionError, TimeoutError):
        return False


@pytest.fixture(scope="module")
def site(on_postgres: bool, database_address: str) -> Iterator[str]:
    """The address of a deployment with the community Tea lovers in it."""
    if not CHROMIUM:
        pytest.skip("chromium is not installed")
    with tempfile.TemporaryDirectory(prefix="qunyu-browser-") as name:
        folder = Path(name)
        address = ""
        if on_postgres:
            from tests.postgres import create_database

            address = create_database(database_address, f"browser_{uuid4().hex}")
        settings = {
            "QUNYU_DATA": str(folder / "data"),
            "QUNYU_DATABASE_URL": address,
            "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "src"))),
        }
        environment = {**os.environ, **settings, "DJANGO_SETTINGS_MODULE": "qunyu.config.settings"}
        chat = folder / TEA_NAME
        chat.write_text(TEA_CHAT, encoding="utf-8")
        program = str(Path(__file__).with_name("prepare.py"))
        subprocess.run([sys.executable, program, str(chat)], env=environment, cwd=ROOT, check=True)
        yield from serve(environment, folder / "log")


def serve(environment: dict[str, str], log: Path) -> Iterator[str]:
    """The address of a server of the environment's deployment, with a worker beside it."""
    port = free_port()
    server = (
        sys.executable,
        "-m",
        "gunicorn",
        "qunyu.config.wsgi",
        "-b",
        f"127.0.0.1:{port}",
        "-k",
        "gthread",
        "--threads",
        "4",
    )
    work = (sys.executable, str(Path(__file__).with_name("work.py")))
    with (
        running(*server, "--no-control-socket", environment=environment, log=log),
        running(*work, environment=environment, log=log),
    ):
        address = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + 3 * PATIENCE / 1000
        while not answers(f"{address}/sign-in"):
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    # Playwright's loop runs in this thread; Django would take any ORM call of the same thread for one inside of it.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
            yield browser
            browser.close()


@dataclass
class Visit:
    """Somebody signed in at a screen of `width` pixels, reading `language`; `wrong` gathers what the browser complained of."""

    page: Page
    site: str
    width: int
    language: str
    wrong: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        """Opens a page of the site and looks whether it fits."""
        self.page.goto(self.site + path)
        self.fits()

    def fits(self) -> None:
        """Nothing of the page sticks out of the screen."""
        self.page.wait_for_load_state()
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= self.width, f"{self.page.url} is {wide} px wide"

    def says(self, zh: str, en: str) -> None:
        """Waits until the page says so."""
        self.page.get_by_text(zh if self.language == "zh" else en).first.wait_for()

    def click(self, zh: str, en: str) -> None:
        """Clicks a button or link by its name."""
        name = zh if self.language == "zh" else en
        found = self.page.get_by_role("button", name=name).or_(self.page.get_by_role("link", name=name))
        found.first.click()


Visitor = Callable[[int, str], Visit]
Sessions = dict[tuple[int, str], Any]


@pytest.fixture(scope="module")
def sessions(site: str) -> Sessions:
    """The cookies of who signed in at a screen of that width in that language: a password takes long to check, by intent."""
    return {}


@pytest.fixture
def visit(site: str, browser: Browser, sessions: Sessions) -> Iterator[Visitor]:
    """Somebody signed in; afterwards nothing may have gone wrong in the browser."""
    visits: list[Visit] = []

    def enter(width: int, language: str) -> Visit:
        context = browser.new_context(viewport={"width": width, "height": 900})
        context.set_default_timeout(PATIENCE)
        made = Visit(context.new_page(), site, width, language)
        watch(made)
        visits.append(made)
        if (width, language) not in sessions:
            sessions[width, language] = sign_in(made, context)
        context.add_cookies(sessions[width, language])
        made.go("/board")
        set_language(made)
        return made

    yield enter
    for made in visits:
        made.page.context.close()
        assert made.wrong == []


def sign_in(made: Visit, context: BrowserContext) -> Any:
    """Signs in by the form; the cookies of the session."""
    context.add_cookies([{"name": "qunyu_language", "value": made.language, "url": made.site}])
    made.go("/sign-in")
    assert made.page.locator("html").get_attribute("lang") == LANGUAGES[made.language]
    made.page.fill("#username", USERNAME)
    made.page.fill("#password", PASSWORD)
    made.page.keyboard.press("Enter")
    made.page.wait_for_url("**/board")
    return context.cookies()


def watch(made: Visit) -> None:
    """Notes errors of scripts, refusals of the content policy and failed requests."""

    def on_console(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            made.wrong.append(message.text)

    def on_response(response: Response) -> None:
        if response.status >= 400:
            made.wrong.append(f"{response.status} {response.url}")

    made.page.on("console", on_console)
    made.page.on("pageerror", lambda error: made.wrong.append(str(error)))
    made.page.on("response", on_response)


def set_language(made: Visit) -> None:
    """The language is kept with the account, so another visit may have changed it."""
    if made.page.locator("html").get_attribute("lang") != LANGUAGES[made.language]:
        menu = made.page.locator(".navbar-toggler")
        if menu.is_visible():
            menu.click()
        made.page.locator("button[name=language]").first.click()
        # Not by a function: between two pages there is no document element to ask.
        made.page.locator(f"html[lang='{LANGUAGES[made.language]}']").wait_for(state="attached")
