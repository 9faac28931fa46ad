"""Test the studio's store alone, in Chromium, on the messages that come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from playwright.sync_api import Page

pytestmark = [pytest.mark.browser]
IS_OUTDATED: Final = """async ([first, messages, id]) => {
  const { Store } = await import("/js/live/store.js");
  const store = new Store(first);
  for (const message of messages) store.apply(message);
  const row = [...store.exports.values()].find((one) => one.id === id);
  return store.isOutdated(row);
}"""

FINISHES: Final = """async ([first, answer, messages]) => {
  const { Store } = await import("/js/live/store.js");
  const store = new Store(first);
  store.setProject(answer);
  return messages.map((message) => {
    store.apply(message);
    return store.project.finish;
  });
}"""

STATUS_TEXTS: Final = """async ([first, messages, place = "[data-text]"]) => {
  document.body.innerHTML = `<status-line><span data-text></span><span data-connection></span><span data-cost></span>
    <button data-cancel></button><button data-retry></button><progress></progress><p data-error></p><p data-live></p>
    </status-line>`;
  const { Store } = await import("/js/live/store.js");
  await import("/js/elements/studio/status-line.js");
  const store = new Store(first);
  const line = document.querySelector("status-line");
  line.attach(store);
  const texts = [];
  for (const message of messages) {
    store.apply(message);
    await new Promise((resolve) => setTimeout(resolve, 50));
    texts.push(line.querySelector(place).textContent);
  }
  return texts;
}"""


def frame(chosen: str) -> dict[str, Any]:
    return {"id": "frame", "index": 0, "delay_ms": 80, "status": "ready", "chosen": chosen, "candidates": []}


def export(revision: int, status: str, read_at: int = 2) -> dict[str, Any]:
    """Return a message about an export whose frames were read at a revision."""
    about = {"platform": "slack", "preview": False, "status": status, "frames_revision": read_at}
    row = {"id": "row", "files": [], "checks": [], "created_at": "2026"} | about
    return {"type": "export", "revision": revision, "export": row}


def head(revision: int, finish: dict[str, Any] | None) -> dict[str, Any]:
    return {"type": "project", "revision": revision, "project": {} if finish is None else {"finish": finish}}


def choice(revision: int) -> dict[str, Any]:
    return {"type": "frame", "revision": revision, "frame": frame("other")}


@pytest.mark.parametrize(
    ("messages", "outdated"),
    [
        ([export(2, "queued"), export(3, "running", 3), export(4, "succeeded", 3)], False),
        ([export(2, "queued"), choice(3), export(4, "running", 4), export(5, "succeeded", 4)], False),
        ([export(2, "queued"), export(3, "running", 3), choice(4), export(5, "succeeded", 3)], True),
        ([export(2, "queued"), export(3, "running", 3), export(4, "succeeded", 3), choice(5)], True),
        ([export(2, "running"), export(3, "succeeded"), head(4, {"outline": {"width": 0.1}})], True),
        ([export(2, "running"), export(3, "succeeded"), head(4, {"outline": {"width": 0.1}}), head(5, None)], False),
    ],
)
def test_an_export_is_outdated_by_a_choice_after_its_start(
    script_page: Page, messages: list[dict[str, Any]], outdated: bool
) -> None:
    first = {
        "revision": 1,
        "project": {"frames": [frame("one")]},
        "exports": [],
        "previews": [],
        "frames_revision": 1,
    }
    assert script_page.evaluate(IS_OUTDATED, [first, messages, "row"]) is outdated


@pytest.mark.parametrize("kind", ["snapshot", "project"])
def test_what_was_read_before_an_answer_does_not_take_back_what_the_answer_brought(
    script_page: Page, kind: str
) -> None:
    def at(revision: int, finish: str) -> dict[str, Any]:
        return {"revision": revision, "frames": [frame("one")], "finish": finish}

    def message(revision: int, finish: str) -> dict[str, Any]:
        return {"type": kind, "revision": revision, "project": at(revision, finish), "exports": []}

    first = {"revision": 1, "project": at(1, "plain"), "exports": [], "previews": [], "frames_revision": 1}
    messages = [message(2, "plain"), message(3, "outline"), message(4, "shadow")]
    assert script_page.evaluate(FINISHES, [first, at(3, "outline"), messages]) == ["outline", "outline", "shadow"]


def job(revision: int, kind: str, waiting_since: str | None) -> dict[str, Any]:
    row = {"id": kind, "kind": kind, "status": "queued", "done": 0, "total": 1, "waiting_since": waiting_since}
    return {"type": "job", "revision": revision, "job": row}


@pytest.mark.parametrize("kind", ["generate", "refine"])
def test_the_studio_says_since_when_a_job_waits_for_the_gpu(script_page: Page, kind: str) -> None:
    first = {
        "revision": 1,
        "project": {"status": "working", "job": None, "progress": {}, "frames": [frame("one")]},
        "exports": [],
        "previews": [],
        "frames_revision": 1,
    }
    messages = [job(2, kind, "2026-11-29T12:30:00Z"), job(3, kind, None)]
    waiting, over = script_page.evaluate(STATUS_TEXTS, [first, messages])
    assert waiting.startswith("Waiting for the GPU since ")
    assert ":30" in waiting
    assert "GPU" not in over


def test_the_studio_says_how_long_frames_still_take_and_when_it_is_longer_than_usual(script_page: Page) -> None:
    def cutting(revision: int, done: int, seconds_ago: int) -> dict[str, Any]:
        message = job(revision, "generate", None)
        started = datetime.now(UTC) - timedelta(seconds=seconds_ago)
        running = {"status": "running", "done": done, "total": 60, "started_at": started.isoformat()}
        return message | {"job": message["job"] | running | {"estimate_ms": 180_000}}

    first = {
        "revision": 1,
        "project": {"status": "working", "generator": "clip", "job": None, "progress": {}, "frames": [frame("one")]},
        "exports": [],
        "previews": [],
        "frames_revision": 1,
    }
    messages = [cutting(2, 0, 0), cutting(3, 15, 30), cutting(4, 59, 60), cutting(5, 59, 400)]
    assert script_page.evaluate(STATUS_TEXTS, [first, messages, "[data-cost]"]) == [
        "About 3 minutes left",
        "About 2 minutes left",
        "A few seconds left",
        "Longer than usual",
    ]


def test_an_estimate_is_said_in_words_and_only_where_the_engine_has_run(script_page: Page) -> None:
    texts = script_page.evaluate("""async () => {
      document.body.innerHTML = `<script type="application/json" id="estimates">{"drawing_ms": 80, "drawn_side": 256,
        "mattes": {"rembg": {"once_ms": 400, "frame_ms": 3000}}}</script>`;
      const { estimateText } = await import("/js/elements/motion/estimates.js");
      const clip = (matte, frames) =>
        estimateText(document, { matte, mattes: frames, frames, drawn: frames, size: 256 });
      const drawn = estimateText(document, { matte: "rembg", mattes: 1, frames: 12, drawn: 36, size: 512 });
      return [clip("rembg", 60), clip("rembg", 9), clip("rembg", 2), clip("birefnet", 60), drawn];
    }""")
    assert texts == [
        "60 frames, about 3 minutes here.",
        "9 frames, about 30 seconds here.",
        "2 frames, a few seconds here.",
        "",
        "12 frames, about 10 seconds here.",
    ]
