"""Test a clip on its way through the pages: chosen, cut to a range, made, compared, and cut out again."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import PHONE, READY_MS, SignIn, assert_fits, expect_ready, project_url
from tests.browser.images import animated_file, animation, ball, blank, video_file
from tests.polling import until
from tests.stack.product import PHOTO, Person

pytestmark = [pytest.mark.stack, pytest.mark.browser]
DELAYS = (40, 80, 120, 200, 60)
"""ms of the frames of the test's clip, all different."""
PIXEL_ART = Path(__file__).parents[1] / "data" / "cases" / "pixel.gif"


def make_emoji_of_clip(page: Page) -> None:
    """Make an emoji of a clip on white, which needs no GPU, and wait for its frames."""
    page.goto("/new/")
    page.get_by_test_id("file").set_input_files(animated_file("GIF", DELAYS))
    page.get_by_text("More choices").click()
    page.get_by_label("White background").check()
    page.get_by_test_id("make").click()
    page.wait_for_url("**/emojis/*/")
    expect_ready(page, len(DELAYS))


def test_pixel_art_is_shown_without_blur(sign_in: SignIn, person: Person) -> None:
    project = person.upload(PIXEL_ART.read_bytes(), "pixel.gif", matte="none", size=256)
    assert person.finished(project["job"]["id"])["status"] == "succeeded"
    page = sign_in(person)
    page.goto(f"/emojis/{project['id']}/")
    expect_ready(page, project["frame_count"])
    count_colours = """canvas => {
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        return new Set(new Uint32Array(data.buffer)).size;
    }"""
    player = page.locator("frame-player canvas")
    until(lambda: player.evaluate(count_colours) > 1, 10, "a frame in the player")
    assert player.evaluate(count_colours) <= 5
    assert player.evaluate("canvas => getComputedStyle(canvas).imageRendering") == "pixelated"


def test_the_new_page_detects_clips_and_counts_the_frames_of_a_range(sign_in: SignIn, person: Person) -> None:
    page = sign_in(person)
    page.goto("/new/")
    clip, summary = page.get_by_test_id("clip"), page.get_by_test_id("clip-summary")
    gallery = page.get_by_role("group", name="Or pick a motion")
    for kind in ("GIF", "WEBP", "PNG", "AVIF"):
        page.get_by_test_id("file").set_input_files(animated_file(kind, DELAYS))
        expect(summary).to_have_text("5 frames, 0.50 s.")
        expect(gallery).to_be_hidden()
        page.get_by_test_id("file").set_input_files(PHOTO / "cat.jpg")
        expect(clip).to_be_hidden()
        expect(gallery).to_be_visible()

    page.get_by_test_id("file").set_input_files(animated_file("GIF", DELAYS))
    page.get_by_label("To, in seconds").fill("0.24")
    page.get_by_label("To, in seconds").press("Tab")
    expect(summary).to_have_text("3 frames, 0.24 s.")
    page.get_by_label("Frame rate").select_option(label="10 per second")
    expect(summary).to_have_text("2 frames, 0.24 s.")
    page.get_by_role("slider", name="From").press("End")
    expect(clip.get_by_role("alert")).to_have_text("The end must come after the beginning.")
    page.get_by_test_id("make").click()
    expect(page).to_have_url(re.compile("/new/$"))

    page.get_by_label("Animate its first frame").check(force=True)
    expect(gallery).to_be_visible()
    expect(page.get_by_text("Which part")).to_be_hidden()


def test_a_clip_is_made_compared_and_cut_out_again(sign_in: SignIn, person: Person) -> None:
    page = sign_in(person)
    make_emoji_of_clip(page)
    expect(page.get_by_text("The clip’s own motion", exact=True)).to_be_visible()
    expect(page.get_by_label("Say what should be different")).to_be_hidden()
    state = person.get(project_url(page))
    assert tuple(frame["delay_ms"] for frame in state["frames"]) == DELAYS

    page.get_by_test_id("frame-2").click()
    expect(page.get_by_test_id("candidate-0")).to_contain_text("White background")
    line = page.get_by_role("slider", name="Line between the picture and its cutout")
    before = page.get_by_test_id("viewer").locator("[data-before]")
    expect(before).to_have_js_property("naturalWidth", 73)  # cropped to what the frames show
    expect(before).to_have_css("clip-path", "inset(0px 50% 0px 0px)")
    line.press("ArrowRight")
    expect(before).to_have_css("clip-path", "inset(0px 49% 0px 0px)")
    line.click(position={"x": 2, "y": 20})
    expect(before).to_have_css("clip-path", re.compile(r"inset\(0px (99|100)% 0px 0px\)"))
    page.get_by_role("button", name="Matte", exact=True).click()
    expect(page.get_by_test_id("viewer").locator("[data-after]")).to_have_attribute("src", re.compile("alpha"))

    editor = page.get_by_test_id("editor")
    page.keyboard.press("e")
    editor.get_by_role("button", name="Engine").click()
    editor.get_by_role("button", name="Keep it as it is").click()
    expect(editor.get_by_role("status")).to_have_text("Cut out again with: Keep it as it is.")
    editor.get_by_role("button", name="Done").click()
    again = page.get_by_test_id("candidate-1")
    expect(again).to_have_attribute("aria-pressed", "true")
    expect(again).to_contain_text("Kept as it is")
    expect(page.get_by_test_id("candidate-0")).to_have_attribute("aria-pressed", "false")
    page.goto("/")
    expect(page.get_by_test_id("emoji-card")).to_contain_text("Its own motion")


def test_a_crop_is_noted_and_undone(sign_in: SignIn, person: Person) -> None:
    page = sign_in(person)
    make_emoji_of_clip(page)
    notes, project = page.get_by_test_id("notes"), project_url(page)
    expect(notes).to_contain_text("Cropped to what it shows: 73 × 33 of 96 × 72 pixels.")
    assert_fits(page, 320, 1280)
    notes.get_by_role("button", name="Keep the whole picture").click()
    expect(notes).to_contain_text("The whole picture is kept", timeout=READY_MS)
    expect_ready(page, len(DELAYS))
    assert person.get(project)["framing"] == "whole"
    notes.get_by_role("button", name="Crop it to what it shows").click()
    expect(notes).to_contain_text("Cropped to what it shows", timeout=READY_MS)
    expect_ready(page, len(DELAYS))
    assert person.get(project)["framing"] == "crop"


def test_a_video_is_played_and_scrubbed(sign_in: SignIn, person: Person) -> None:
    page = sign_in(person)
    page.goto("/new/")
    page.get_by_test_id("file").set_input_files(video_file(seconds=2))
    shown = page.get_by_label("The chosen clip")
    expect(shown).to_be_visible()
    expect(page.get_by_test_id("clip-summary")).to_have_text("Up to 24 frames, 2.00 s.")
    page.get_by_label("Frame rate").select_option(label="As it is, up to 60 frames")
    expect(page.get_by_test_id("clip-summary")).to_have_text("Up to 60 frames, 2.00 s.")
    page.get_by_label("Frame rate").select_option(label="12 per second")
    expect(page.get_by_test_id("clip-summary")).to_have_text("24 frames, 2.00 s.")
    shown.evaluate("video => { video.play = async () => {}; }")
    page.get_by_label("From, in seconds").fill("1.5")
    page.get_by_label("From, in seconds").press("Enter")
    expect(shown).to_have_js_property("currentTime", 1.5)
    expect(page.get_by_test_id("clip-summary")).to_have_text("6 frames, 0.50 s.")
    assert person.get("projects/")["count"] == 0, "Enter in a field sent the clip"


def test_the_pages_say_that_long_frames_are_shortened(sign_in: SignIn, person: Person) -> None:
    page = sign_in(person)
    page.goto("/new/")
    page.get_by_test_id("file").set_input_files(animated_file("GIF", (12_000, 100)))
    summary = page.get_by_test_id("clip-summary")
    expect(summary).to_have_text("2 frames, 10.00 s. No picture is shown for longer than 9.90 s.")
    end = page.get_by_label("To, in seconds")
    expect(end).to_have_value("12.10")
    end.fill("9")
    end.press("Tab")
    expect(page.get_by_test_id("clip").get_by_role("alert")).to_contain_text("leave out its end")
    end.fill("")
    end.press("Tab")
    expect(summary).to_contain_text("2 frames")
    page.get_by_text("More choices").click()
    page.get_by_label("Keep it as it is").check()
    page.get_by_test_id("make").click()
    page.wait_for_url("**/emojis/*/")
    expect_ready(page, 2)
    expect(page.get_by_test_id("notes")).to_contain_text("are shown for 9.90 s")


def test_a_person_who_waits_is_told_that_the_gpu_is_full(sign_in: SignIn, person: Person, photo: bytes) -> None:
    project = person.upload(photo, prompt="sway", matte="none", start="false", frame_count=2, candidates=1)
    page = sign_in(person)
    state: dict[str, Any] = {"code": "full", "message": "The GPU is out of capacity, 3 in queue", "queue": 3}
    page.route("**/api/v1/engines/", lambda route: fulfil_json(route, {"engines": [], "state": state, "as_of": None}))
    page.route_web_socket("**/ws/projects/*/", lambda socket: None)  # nothing arrives
    page.route(f"**/api/v1/projects/{project['id']}/", lambda route: route.abort())
    page.goto(f"/emojis/{project['id']}/")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_test_id("status")).to_contain_text(state["message"])
    page.unroute_all()
    person.finished(person.get(f"projects/{project['id']}/")["job"]["id"], seconds=90)
    page.reload()
    expect_ready(page, 2)
    expect(page.get_by_test_id("status")).not_to_contain_text("GPU is")


def test_a_frame_that_failed_is_named_and_tried_again(sign_in: SignIn, person: Person) -> None:
    project = person.upload(animation([ball(0), ball(2), blank(), ball(4)]), matte="white")
    person.finished(project["job"]["id"], seconds=90)
    page = sign_in(person)
    page.goto(f"/emojis/{project['id']}/")
    failures = page.get_by_role("group", name="Frames that failed")
    expect(failures).to_contain_text("Frame 3")
    expect(failures).to_contain_text("No subject was found in this frame.")
    failures.get_by_role("button", name="Try frame 3 again").click()
    expect(page.get_by_role("heading", name="Frame 3")).to_be_visible()
    expect(page.get_by_test_id("candidate-1")).to_have_attribute("data-status", "failed")
    failures.get_by_role("button", name="Keep the background of frame 3").click()
    expect(page.get_by_test_id("candidate-2")).to_have_attribute("aria-pressed", "true")
    expect(failures).to_be_hidden()


def fulfil_json(route: Route, body: dict[str, Any]) -> None:
    route.fulfill(status=200, content_type="application/json", body=json.dumps(body))


def test_a_clip_fits_on_a_phone(sign_in: SignIn, person: Person) -> None:
    page = sign_in(person, viewport=PHONE, reduced_motion="reduce")
    page.goto("/new/")
    page.get_by_test_id("file").set_input_files(animated_file("GIF", DELAYS))
    page.get_by_text("More choices").click()
    expect(page.get_by_test_id("clip-summary")).to_be_visible()
    assert_fits(page, 390)
