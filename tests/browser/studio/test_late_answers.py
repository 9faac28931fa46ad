"""Test the studio's scripts alone, in Chromium, where answers of the API come late or in another order."""

from __future__ import annotations

from typing import Any, Final

import pytest
from playwright.sync_api import Page

pytestmark = [pytest.mark.browser]

OPEN: Final = """
  const held = [];
  globalThis.fetch = (url, { body }) => new Promise((resolve) => {
    const answer = (status, row) => resolve(new Response(JSON.stringify(row), { status }));
    held.push({ asked: JSON.parse(body), answer });
  });
  const { Store } = await import("/js/live/store.js");
  const { chooseCandidate } = await import("/js/elements/studio/frames/choose-candidate.js");
  const candidates = ["a", "b", "c"].map((id) => ({ id, status: "ready" }));
  const frame = (chosen) => ({ id: "frame", index: 0, status: "ready", chosen, candidates });
  const project = { id: "emoji", revision: 5, job: null, frames: [frame("a")] };
  const store = new Store({ revision: 5, frames_revision: 5, project, exports: [], previews: [] });
  const shown = () => store.project.frames[0].chosen;
  const settle = () => new Promise((resolve) => setTimeout(resolve));
  const steps = [];
  store.noteStep = (step) => steps.push(step.candidates[0]);
  const place = document.createElement("p");
"""
TWO_CHOICES: Final = f"""async ([first, second]) => {{{OPEN}
  const seen = [];
  const done = ["b", "c"].map((id) => chooseCandidate(store, id, place));
  await settle();
  const sentAtOnce = held.length;
  for (const [at, status] of [first, second].entries()) {{
    held[at].answer(status, status === 200 ? frame(held[at].asked.candidate) : {{}});
    await done[at];
    await settle();
    seen.push(shown());
  }}
  return {{ sentAtOnce, asked: held.map(({{ asked }}) => asked.candidate), seen, steps }};
}}"""
REFUSED: Final = f"""async () => {{{OPEN}
  const done = chooseCandidate(store, "b", place);
  await settle();
  const made = {{ ...frame("b"), candidates: [...candidates, {{ id: "d", status: "ready" }}] }};
  store.apply({{ type: "frame", revision: 6, frame: made }});
  held[0].answer(500, {{}});
  await done;
  return [shown(), store.project.frames[0].candidates.length, place.textContent !== ""];
}}"""
UNDO_AT_ONCE: Final = f"""async () => {{{OPEN}
  const {{ History }} = await import("/js/timeline/history.js");
  const {{ Timeline }} = await import("/js/timeline/timeline.js");
  const history = new History(store);
  store.noteStep = (step) => history.add(step);
  history.add({{ kind: "choose", candidates: ["c"] }});
  chooseCandidate(store, "b", place);
  const undone = new Timeline(store, history).go("undo");
  await settle();
  held[0].answer(200, frame("b"));
  while (held.length < 2) await settle();
  held[1].answer(200, {{ ...project, revision: 7, frames: [frame("a")], undo: {{ candidates: ["b"] }} }});
  await undone;
  sessionStorage.clear();
  return held[1].asked.candidates;
}}"""
OVERTAKEN: Final = f"""async (kind) => {{{OPEN}
  const about = {{ id: "row", kind, platform: "slack", preview: false, frames_revision: 5 }};
  const set = (status) => (kind === "file" ? store.setExport : store.setJob).call(store, {{ ...about, status }});
  const known = () => (kind === "file" ? store.exports.get("slack") : store.jobs.get("row")).status;
  return ["running", "queued", "succeeded", "queued", "running"].map((status) => {{
    set(status);
    return known();
  }});
}}"""

RETRIES: Final = """async () => {
  document.body.innerHTML = `<retry-box><form><input name="prompt"><p data-error></p><button type="submit"></button>
    <select name="candidates"><option>2</option></select></form><button data-words="more"></button>
    <retry-result><p data-text></p><p data-error></p><div data-made hidden><img data-shown><div data-choices></div>
    <button data-use></button></div></retry-result></retry-box>`;
  globalThis.fetch = async () => new Response(JSON.stringify({ id: "job", kind: "retry", status: "queued" }));
  const { Store } = await import("/js/live/store.js");
  const { RetryBox } = await import("/js/elements/studio/frames/retry-box.js");
  const candidate = (id, status = "ready") => ({ id, status, error: status === "failed" ? "It fell over." : "" });
  const frames = ["a", "b", "c"].map((id, index) =>
    ({ id, index, status: "ready", chosen: `${id}0`, candidates: [candidate(`${id}0`)] }));
  const project = { id: "emoji", revision: 5, job: null, frames };
  const store = new Store({ revision: 5, frames_revision: 5, project, exports: [], previews: [] });
  const box = document.querySelector("retry-box");
  box.attach(store);
  const settle = () => new Promise((resolve) => setTimeout(resolve, 20));
  const field = box.querySelector("[name=prompt]");
  const texts = () => ["[data-text]", "[data-error]"].map((place) => box.querySelector(place).textContent);
  const made = (index, status) => {
    const frame = store.project.frames[index];
    const candidates = [...frame.candidates, candidate(`${frame.id}1`, status)];
    store.apply({ type: "frame", revision: 6, frame: { ...frame, candidates } });
  };
  field.value = "jump higher";
  box.querySelector("[data-words]").click();
  await settle();
  const kept = field.value;
  store.select("b");
  await settle();
  box.querySelector("form").requestSubmit();
  await settle();
  const sent = field.value;
  store.select("c");
  made(0, "ready");
  made(1, "failed");
  await settle();
  const seen = [texts()];
  for (const id of ["a", "b"]) {
    store.select(id);
    await settle();
    seen.push(texts());
  }
  return { kept, sent, seen };
}"""
DOWNLOAD: Final = f"""async (kind) => {{{OPEN}
  document.body.innerHTML = `<quick-download data-platform="slack"><div class="split"><button data-save></button>
    <details><summary></summary><button data-platform="slack">Slack</button></details>
    <button data-share></button></div>
    <div data-result></div><p data-error></p></quick-download>`;
  const {{ QuickDownload }} = await import("/js/elements/studio/exports/quick-download.js");
  const {{ History }} = await import("/js/timeline/history.js");
  const {{ Timeline }} = await import("/js/timeline/timeline.js");
  const {{ Draft }} = await import("/js/elements/studio/finish/draft.js");
  document.querySelector("quick-download").attach(store);
  const change = {{
    choice: () => chooseCandidate(store, "b", place),
    timeline: () => new Timeline(store, new History(store)).arrange([{{ frame: "frame", delay_ms: 160 }}]),
    finish: () => {{
      const draft = new Draft(store);
      draft.change({{ outline: "yellow" }});
      draft.keep();
    }},
  }};
  change[kind]();
  document.querySelector("[data-save]").click();
  for (let turn = 0; turn < 5; turn++) await settle();
  const before = held.map(({{ asked }}) => "platforms" in asked);
  const answer = {{ ...project, ...frame("b"), frames: [frame("b")], undo: {{ frames: [] }} }};
  held[0].answer(200, answer);
  while (held.length < 2) await settle();
  sessionStorage.clear();
  return [before, held[1].asked.platforms];
}}"""


def test_what_a_retry_made_is_shown_once_its_frame_is_looked_at_and_words_are_kept_that_were_not_sent(
    script_page: Page,
) -> None:
    found = script_page.evaluate(RETRIES)
    assert (found["kept"], found["sent"]) == ("jump higher", "")
    nothing, ready, failed = found["seen"]
    assert nothing == ["", ""]
    assert "Made 1 new version" in ready[0]
    assert failed == ["", "It fell over."]


@pytest.mark.parametrize("kind", ["choice", "timeline", "finish"])
def test_a_file_is_asked_for_once_what_it_shall_show_is_saved(script_page: Page, kind: str) -> None:
    assert script_page.evaluate(DOWNLOAD, kind) == [[False], ["slack"]]


@pytest.mark.parametrize(
    ("first", "second", "seen", "steps"),
    [
        (200, 200, ["c", "c"], ["a", "b"]),
        (500, 200, ["c", "c"], ["b"]),
        (200, 500, ["c", "b"], ["a"]),
    ],
)
def test_of_two_choices_in_quick_succession_the_later_stays_whatever_comes_of_the_first(
    script_page: Page, first: int, second: int, seen: list[str], steps: list[str]
) -> None:
    found: dict[str, Any] = script_page.evaluate(TWO_CHOICES, [first, second])
    assert (found["sentAtOnce"], found["asked"]) == (1, ["b", "c"])
    assert (found["seen"], found["steps"]) == (seen, steps)


def test_a_choice_that_is_refused_takes_nothing_back_that_came_meanwhile(script_page: Page) -> None:
    assert script_page.evaluate(REFUSED) == ["a", 4, True]


def test_undo_waits_for_a_choice_that_is_not_answered_yet(script_page: Page) -> None:
    assert script_page.evaluate(UNDO_AT_ONCE) == ["a"]


@pytest.mark.parametrize("kind", ["file", "refine", "generate"])
def test_what_has_ended_does_not_begin_again_by_an_answer_that_was_overtaken(script_page: Page, kind: str) -> None:
    assert script_page.evaluate(OVERTAKEN, kind) == ["running", "queued", "succeeded", "succeeded", "succeeded"]
