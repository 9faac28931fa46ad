"""Test how a page is kept up to date: large projects, cut and silent sockets, no socket at all, and deletion."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, WebSocketRoute, expect

from animations.consumers.close_codes import CloseCode
from tests.browser.conftest import SignIn, expect_ready
from tests.browser.images import cut_out_ball, small_clip
from tests.polling import until
from tests.stack.product import PHOTO, Person

pytestmark = [pytest.mark.stack, pytest.mark.browser]
SOCKET = re.compile(r"/ws/projects/")
MADE_S = 60
NOT_LIVE = "No live connection. Checking every few seconds."
DELETED = "This emoji was deleted."
SERVER_ERROR = 1011


class Sockets:
    """The sockets that a page opens to the real server. The test closes them as a server does that is in trouble."""

    def __init__(self, page: Page) -> None:
        self.opened: list[WebSocketRoute] = []
        self.accepts = True
        page.route_web_socket(SOCKET, self._route)

    def close(self) -> None:
        """Close the latest socket and accept no other."""
        self.accepts = False
        self.opened[-1].close(code=SERVER_ERROR)

    def _route(self, socket: WebSocketRoute) -> None:
        if self.accepts:
            socket.connect_to_server()
            self.opened.append(socket)
        else:
            socket.close(code=SERVER_ERROR)


def draft(person: Person, **fields: Any) -> dict[str, Any]:
    """Upload a picture without making its frames."""
    values = {"prompt": "bounce", "matte": "none", "size": 64, "frame_count": 2, "candidates": 1, "start": "false"}
    return person.upload(cut_out_ball(), "picture.png", **values | fields)


def wait_for_candidates(person: Person, project: dict[str, Any], count: int) -> None:
    """Wait until each frame has so many candidates that are ready."""

    def have_enough() -> bool:
        frames = person.get(f"projects/{project['id']}/")["frames"]
        ready = (sum(candidate["status"] == "ready" for candidate in frame["candidates"]) for frame in frames)
        return set(ready) == {count}

    until(have_enough, MADE_S, f"{count} candidates of each frame")


def open_studio(page: Page, project: dict[str, Any]) -> None:
    """Open the studio, and mark the page so that a reload shows."""
    page.goto(f"/emojis/{project['id']}/")
    page.evaluate("window.neverReloaded = true")


def connection_notice(page: Page) -> Locator:
    return page.get_by_test_id("status").locator("[data-connection]")


def test_60_frames_of_4_arrive_live_and_so_do_a_retry_and_a_file(sign_in: SignIn, person: Person) -> None:
    page = sign_in(person)
    page.goto("/new/")
    page.get_by_test_id("file").set_input_files(PHOTO / "cat.jpg")
    page.get_by_text("More choices").click()
    page.get_by_label("Loop length").fill("60")
    page.get_by_role("group", name="Versions of each frame").get_by_text("4", exact=True).click()
    page.get_by_role("group", name="Size in pixels").get_by_role("radio").first.check(force=True)
    page.get_by_label("Keep it as it is").check()
    expect(page.get_by_test_id("estimate")).to_have_text("60 frames, a few seconds here.")
    page.get_by_role("radio", name="Bounce", exact=True).check(force=True)
    page.get_by_test_id("make").click()
    page.wait_for_url("**/emojis/*/")
    page.evaluate("window.neverReloaded = true")
    expect_ready(page, 60)
    page.get_by_test_id("frame-59").click()
    expect(page.get_by_test_id("candidate-3")).to_have_attribute("data-status", "ready")
    page.get_by_label("Say what should be different").fill("spin")
    page.get_by_test_id("retry").click()
    expect(page.get_by_test_id("candidate-4")).to_have_attribute("data-status", "ready", timeout=MADE_S * 1000)
    card = page.get_by_test_id("export-slack")
    card.get_by_role("button", name="Make file").click()
    expect(card.get_by_test_id("download")).to_be_visible(timeout=MADE_S * 1000)
    expect(connection_notice(page)).to_have_attribute("data-state", "open")
    assert page.evaluate("window.neverReloaded")


def test_60_frames_of_3_go_on_after_a_reload(sign_in: SignIn, person: Person) -> None:
    project = draft(person, frame_count=60, candidates=3, start="true")
    page = sign_in(person)
    open_studio(page, project)
    page.reload()
    expect_ready(page, 60)


def test_a_clip_of_60_frames_is_cut_again_on_all_frames_twice(sign_in: SignIn, person: Person) -> None:
    project = person.upload(small_clip(60), matte="none", size=64, frame_count=60)
    page = sign_in(person)
    open_studio(page, project)
    expect_ready(page, 60)
    page.get_by_test_id("frame-59").click()
    editor = page.get_by_test_id("editor")
    for nth, engine in enumerate(("White background", "Keep it as it is"), start=1):
        page.keyboard.press("e")
        expect(editor).to_be_visible()
        editor.get_by_label("All frames").check(force=True)
        editor.get_by_role("button", name="Engine").click()
        editor.get_by_role("button", name=engine).click()
        wait_for_candidates(person, project, nth + 1)
        editor.get_by_role("button", name="Done").click()
        for index in (0, 59):
            page.get_by_test_id(f"frame-{index}").click()
            expect(page.get_by_test_id(f"candidate-{nth}")).to_have_attribute("data-status", "ready")
    assert page.evaluate("window.neverReloaded")


def test_a_socket_that_the_server_closes_is_reopened_and_catches_up(sign_in: SignIn, person: Person) -> None:
    project = draft(person)
    page = sign_in(person)
    sockets = Sockets(page)
    open_studio(page, project)
    notice = connection_notice(page)
    expect(notice).to_have_attribute("data-state", "open")

    sockets.close()
    expect(notice).to_have_attribute("data-state", "lost")
    expect(notice).to_have_text("Reconnecting…")
    expect(notice).to_have_text(NOT_LIVE)
    job = person.http.post(f"projects/{project['id']}/generate/", json={}).json()
    expect_ready(page, 2)

    sockets.accepts = True
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(notice).to_have_text("Back online")
    expect(notice).to_have_text("")
    assert len(sockets.opened) == 2
    assert person.finished(job["id"])["status"] == "succeeded"
    person.http.patch(f"projects/{project['id']}/", json={"name": "Renamed elsewhere"}).raise_for_status()
    expect(page.get_by_label("Name of this emoji")).to_have_value("Renamed elsewhere")
    assert page.evaluate("window.neverReloaded")


class MutedSockets:
    """Sockets of a page to the real server, whose messages to the page can be held back."""

    def __init__(self, page: Page) -> None:
        self.opened = 0
        self.sent: list[str | bytes] = []
        self.muted = False
        page.route_web_socket(SOCKET, self._route)

    def _route(self, socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        self.opened += 1

        def to_page(message: str | bytes) -> None:
            if not self.muted:
                socket.send(message)

        def to_server(message: str | bytes) -> None:
            self.sent.append(message)
            server.send(message)

        server.on_message(to_page)
        socket.on_message(to_server)


def test_a_silent_socket_is_asked_for_a_snapshot_then_replaced(sign_in: SignIn, person: Person) -> None:
    project = draft(person)
    page = sign_in(person)
    sockets = MutedSockets(page)
    page.clock.install()
    open_studio(page, project)
    expect(connection_notice(page)).to_have_attribute("data-state", "open")
    page.clock.run_for(16_000)
    assert sockets.sent == [], "nothing runs, so silence is expected"
    sockets.muted = True
    page.route("**/api/v1/engines/", lambda route: route.abort())
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    page.clock.run_for(16_000)
    assert sockets.sent == ['{"type":"resync"}']
    page.clock.run_for(5_100)
    sockets.muted = False
    page.clock.run_for(1_000)
    expect_ready(page, 2)
    assert sockets.opened == 2


def test_a_page_without_a_socket_polls_the_api(sign_in: SignIn, person: Person) -> None:
    project = draft(person)
    page = sign_in(person)
    page.add_init_script("window.WebSocket = class { constructor() { throw new Error('forbidden'); } };")
    open_studio(page, project)
    expect(page.get_by_test_id("status")).to_contain_text(NOT_LIVE)
    page.get_by_role("button", name="Try again").click()
    expect_ready(page, 2)
    card = page.get_by_test_id("export-slack")
    card.get_by_role("button", name="Make file").click()
    expect(card.get_by_test_id("download")).to_be_visible()


def test_a_page_that_is_one_of_too_many_polls_and_asks_for_a_socket_after_a_while(
    sign_in: SignIn, person: Person
) -> None:
    refused: list[WebSocketRoute] = []

    def refuse(socket: WebSocketRoute) -> None:
        refused.append(socket)
        socket.close(code=CloseCode.TOO_MANY.value)

    page = sign_in(person)
    page.route_web_socket(SOCKET, refuse)
    page.clock.install()
    open_studio(page, draft(person))
    expect(connection_notice(page)).to_have_attribute("data-state", "lost")
    page.clock.run_for(25_000)
    expect(connection_notice(page)).to_have_text(NOT_LIVE)
    assert len(refused) == 1
    page.clock.run_for(40_000)
    assert len(refused) in {2, 3}


@pytest.mark.parametrize("channel", ["socket", "polling", "request"])
def test_a_project_deleted_elsewhere_is_announced_once_and_loses_its_controls(
    sign_in: SignIn, person: Person, channel: str
) -> None:
    project = draft(person, frame_count=2, start="true")
    person.finished(project["job"]["id"])
    page = sign_in(person)
    if channel != "socket":
        page.route_web_socket(SOCKET, lambda socket: None)
    open_studio(page, project)
    if channel == "polling":
        expect(page.get_by_test_id("status")).to_contain_text(NOT_LIVE)
    expect_ready(page, 2)
    page.get_by_test_id("change-motion").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert person.http.delete(f"projects/{project['id']}/").status_code == 204
    if channel == "request":
        page.get_by_test_id("generate").click()
    expect(page.get_by_text(DELETED)).to_have_count(1)
    expect(page.get_by_text(DELETED)).to_be_visible()
    expect(page.get_by_text(DELETED)).to_be_focused()
    expect(page.get_by_role("dialog")).to_be_hidden()
    for name in ("retry", "change-motion", "export-slack", "status", "strip"):
        expect(page.get_by_test_id(name)).to_be_hidden()
    expect(page.locator("main").get_by_role("button")).to_have_count(0)
    page.get_by_test_id("deleted-notice").get_by_role("link", name="My emojis").click()
    page.wait_for_url(re.compile(r"/$"))
