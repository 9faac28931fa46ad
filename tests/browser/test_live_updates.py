"""How a page is kept up to date: large projects over the socket, dead lines, no line at all, and what is deleted."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser.conftest import SignIn
from tests.polling import until
from tests.stack.product import PHOTO, Person

pytestmark = [pytest.mark.stack, pytest.mark.browser]
SOCKET = re.compile(r"/ws/projects/")
MADE = 60_000
"""ms: what takes some seconds on a machine that has nothing else to do."""
NOT_LIVE = "No live connection. Looking every few seconds."
GONE = "This emoji was deleted."


def small() -> bytes:
    picture = Image.new("RGBA", (64, 64))
    ImageDraw.Draw(picture).ellipse((8, 8, 56, 56), fill="#c03018")
    kept = io.BytesIO()
    picture.save(kept, "PNG")
    return kept.getvalue()


def clip(frames: int) -> bytes:
    """A ball on white that moves, as a GIF."""
    pictures = []
    for step in range(frames):
        pictures.append(Image.new("RGB", (64, 48), "white"))
        ImageDraw.Draw(pictures[-1]).ellipse((4 + step % 30, 10, 28 + step % 30, 34), fill="#c03018")
    kept = io.BytesIO()
    pictures[0].save(kept, "GIF", save_all=True, append_images=pictures[1:], duration=60, loop=0)
    return kept.getvalue()


def draft(person: Person, **fields: Any) -> dict[str, Any]:
    values = {"prompt": "bounce", "matte": "none", "size": 64, "frame_count": 2, "candidates": 1, "start": "false"}
    return person.upload(small(), **values | fields)


def passed_on(line: WebSocketRoute) -> WebSocketRoute:
    """A line that goes to the real server until the test closes it."""
    line.connect_to_server()
    return line


def versions(person: Person, project: dict[str, Any]) -> set[int]:
    """How many finished candidates the frames have."""
    frames = person.get(f"projects/{project['id']}/")["frames"]
    return {sum(one["status"] == "ready" for one in frame["candidates"]) for frame in frames}


def studio(page: Page, project: dict[str, Any]) -> None:
    page.goto(f"/emojis/{project['id']}/")
    page.evaluate("window.neverReloaded = true")


def ready(page: Page, frames: int) -> None:
    expect(page.get_by_test_id("status")).to_have_attribute("data-status", "ready", timeout=MADE)
    expect(page.get_by_test_id("strip").get_by_role("option")).to_have_count(frames)
    expect(page.get_by_test_id("strip").locator("[data-status=ready]")).to_have_count(frames)


def test_60_frames_of_4_arrive_live_and_so_do_a_retry_and_a_file(sign_in: SignIn, person: Person) -> None:
    page = sign_in(person)
    page.goto("/new/")
    page.get_by_test_id("file").set_input_files(PHOTO / "cat.jpg")
    page.get_by_text("More choices").click()
    page.get_by_label("Frames").first.fill("60")
    page.get_by_role("group", name="Versions of each frame").get_by_text("4", exact=True).click()
    page.get_by_role("group", name="Size in pixels").get_by_role("radio").first.check(force=True)
    page.get_by_label("Keep it as it is").check()
    page.get_by_role("radio", name="Bounce", exact=True).check(force=True)
    page.get_by_test_id("make").click()
    page.wait_for_url("**/emojis/*/")
    page.evaluate("window.neverReloaded = true")
    ready(page, 60)
    page.get_by_test_id("frame-59").click()
    expect(page.get_by_test_id("candidate-3")).to_have_attribute("data-status", "ready")
    page.get_by_label("Say what should be different").fill("spin")
    page.get_by_test_id("retry").click()
    expect(page.get_by_test_id("candidate-4")).to_have_attribute("data-status", "ready", timeout=MADE)
    card = page.get_by_test_id("export-slack")
    card.get_by_role("button", name="Make file").click()
    expect(card.get_by_test_id("download")).to_be_visible(timeout=MADE)
    expect(page.get_by_test_id("status").locator("[data-connection]")).to_have_attribute("data-state", "open")
    assert page.evaluate("window.neverReloaded")


def test_60_frames_of_3_go_on_after_a_reload(sign_in: SignIn, person: Person) -> None:
    project = draft(person, frame_count=60, candidates=3, start="true")
    page = sign_in(person)
    studio(page, project)
    page.reload()
    ready(page, 60)


def test_a_clip_of_60_frames_is_cut_again_on_all_frames_twice(sign_in: SignIn, person: Person) -> None:
    project = person.upload(clip(60), matte="none", size=64)
    page = sign_in(person)
    studio(page, project)
    ready(page, 60)
    page.get_by_test_id("frame-59").click()
    tools = page.get_by_role("group", name="Cut out again with")
    for nth, engine in enumerate(("White background", "Keep it as it is"), start=1):
        tools.get_by_label("All frames, not only this one").check()
        tools.get_by_role("button", name=engine).click()
        until(lambda nth=nth: versions(person, project) == {nth + 1}, MADE / 1000, "another version of each frame")
        for index in (0, 59):
            page.get_by_test_id(f"frame-{index}").click()
            expect(page.get_by_test_id(f"candidate-{nth}")).to_have_attribute("data-status", "ready")
    assert page.evaluate("window.neverReloaded")


def test_a_socket_that_the_server_cuts_is_opened_again_and_catches_up(sign_in: SignIn, person: Person) -> None:
    project = draft(person)
    page = sign_in(person)
    lines: list[WebSocketRoute] = []
    page.route_web_socket(SOCKET, lambda line: lines.append(passed_on(line)))
    studio(page, project)
    connection = page.get_by_test_id("status").locator("[data-connection]")
    expect(connection).to_have_attribute("data-state", "open")
    page.route_web_socket(SOCKET, lambda line: line.close(code=1011))  # whoever comes again is refused
    lines[0].close(code=1011)
    expect(connection).to_have_attribute("data-state", "lost")
    expect(connection).to_have_text("Reconnecting…")
    expect(connection).to_have_text(NOT_LIVE)
    job = person.http.post(f"projects/{project['id']}/generate/", json={}).json()
    ready(page, 2)
    page.unroute_all()
    page.route_web_socket(SOCKET, lambda line: lines.append(passed_on(line)))
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(connection).to_have_text("Back online")
    expect(connection).to_have_text("")
    assert person.finished(job["id"])["status"] == "succeeded"
    assert page.evaluate("window.neverReloaded")


def test_a_silent_line_is_questioned_given_up_and_replaced(sign_in: SignIn, person: Person) -> None:
    project = draft(person)
    page = sign_in(person)
    lines: list[WebSocketRoute] = []
    asked: list[str | bytes] = []
    deaf = [False]

    def route(line: WebSocketRoute) -> None:
        server = line.connect_to_server()
        lines.append(line)
        server.on_message(lambda text: None if deaf[0] else line.send(text))
        line.on_message(lambda text: asked.append(text) or server.send(text))

    page.route_web_socket(SOCKET, route)
    page.clock.install()
    studio(page, project)
    connection = page.get_by_test_id("status").locator("[data-connection]")
    expect(connection).to_have_attribute("data-state", "open")
    page.clock.run_for(16_000)
    assert asked == [], "nothing runs: silence is no news"
    deaf[0] = True
    page.route("**/api/v1/engines/", lambda route: route.abort())
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    page.clock.run_for(16_000)
    assert asked == ['{"type":"resync"}']
    page.clock.run_for(5_100)
    deaf[0] = False
    page.clock.run_for(1_000)
    ready(page, 2)
    assert len(lines) == 2


def test_a_page_without_a_socket_asks_the_api(sign_in: SignIn, person: Person) -> None:
    project = draft(person)
    page = sign_in(person)
    page.add_init_script("window.WebSocket = class { constructor() { throw new Error('forbidden'); } };")
    studio(page, project)
    expect(page.get_by_test_id("status")).to_contain_text(NOT_LIVE)
    page.get_by_role("button", name="Try again").click()
    ready(page, 2)
    card = page.get_by_test_id("export-gif")
    card.get_by_role("button", name="Make file").click()
    expect(card.get_by_test_id("download")).to_be_visible()


@pytest.mark.parametrize("line", ["socket", "polling", "request"])
def test_what_was_deleted_elsewhere_is_said_once_and_its_controls_go(
    sign_in: SignIn, person: Person, line: str
) -> None:
    project = draft(person, frame_count=2, start="true")
    person.finished(project["job"]["id"])
    page = sign_in(person)
    if line != "socket":
        page.route_web_socket(SOCKET, lambda line: None)
    studio(page, project)
    if line == "polling":
        expect(page.get_by_test_id("status")).to_contain_text(NOT_LIVE)
    ready(page, 2)
    page.get_by_test_id("change-motion").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert person.http.delete(f"projects/{project['id']}/").status_code == 204
    if line == "request":
        page.get_by_test_id("generate").click()
    expect(page.get_by_text(GONE)).to_have_count(1)
    expect(page.get_by_text(GONE)).to_be_visible()
    expect(page.get_by_text(GONE)).to_be_focused()
    expect(page.get_by_role("dialog")).to_be_hidden()
    for name in ("retry", "change-motion", "export-slack", "status", "strip"):
        expect(page.get_by_test_id(name)).to_be_hidden()
    expect(page.locator("main").get_by_role("button")).to_have_count(0)
    page.get_by_role("link", name="My emojis").click()
    page.wait_for_url(re.compile(r"/$"))
