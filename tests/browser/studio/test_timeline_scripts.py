"""Test the timeline's scripts alone, in Chromium: other orders, the undo stack, and frames that stand out."""

from __future__ import annotations

from typing import Any, Final

import pytest
from playwright.sync_api import Page

pytestmark = [pytest.mark.browser]

CHANGES: Final = """async ([places, limits]) => {
  const script = await import("/js/timeline/places.js");
  const { duplicate, inOrder, lengthOf, moveBy, moveTo, remove, retime, stretch } = script;
  const names = (found) => found.map(({ frame }) => frame).join("");
  const delays = (found) => found.map(({ delay_ms }) => delay_ms);
  const some = new Set(["b", "d"]);
  const frames = places.map(({ frame }, index) => ({ id: frame, index, delay_ms: 80 }));
  return {
    toFront: names(moveTo(places, some, 0)),
    toEnd: names(moveTo(places, some, places.length)),
    between: names(moveTo(places, some, 3)),
    left: names(moveBy(places, some, -1)),
    leftOfFirst: names(moveBy(places, new Set(["a"]), -1)),
    right: names(moveBy(places, new Set(["b"]), 1)),
    rightOfLast: names(moveBy(places, new Set(["e"]), 1)),
    duplicated: names(duplicate(places, some)),
    removed: names(remove(places, some)),
    held: delays(retime(places, some, (delay) => delay * 20, limits)),
    stretched: delays(stretch(places, 1000, limits)),
    shortest: delays(stretch(places, 100, limits)),
    total: lengthOf(stretch(places, 999, limits)),
    shown: inOrder(frames, [...places.slice(3), places[0], places[0], { frame: "gone", delay_ms: 20 }]),
  };
}"""

OUTLIERS: Final = """async (values) => {
  const { outliersOf } = await import("/js/timeline/outliers.js");
  return outliersOf(values.map((value) => new Uint8ClampedArray(16).fill(value)));
}"""

UNDO: Final = """async ([project, steps]) => {
  const sent = [];
  let revision = project.revision;
  let shown = project.frames;
  let [generation, chosen, poster] = [2, "new", project.poster];
  globalThis.fetch = async (url, { body }) => {
    const { frames, revision: seen, ...asked } = JSON.parse(body);
    if ("poster" in asked) {
      poster = asked.poster;
      return new Response(JSON.stringify({ ...project, revision: ++revision, frames: shown, poster }));
    }
    if (url.endsWith("generations/choose/")) {
      if (asked.generation === 0) return new Response("{}", { status: 400 });
      const undo = { generation };
      generation = asked.generation;
      return new Response(JSON.stringify({ ...project, revision: ++revision, frames: shown, undo }));
    }
    if (url.endsWith("/choose/")) {
      const undo = { candidates: [chosen] };
      [chosen] = asked.candidates;
      return new Response(JSON.stringify({ ...project, revision: ++revision, frames: shown, undo }));
    }
    if (seen < revision) return new Response("{}", { status: 409 });
    const undo = { frames: shown.map(({ id, delay_ms }) => ({ frame: id, delay_ms })), revision: ++revision };
    sent.push(frames.map(({ frame }) => frame).join(""));
    shown = frames.map(({ frame, delay_ms }, index) => ({ id: frame, index, delay_ms, candidates: [] }));
    return new Response(JSON.stringify({ ...project, revision, frames: shown, undo }));
  };
  const { Store } = await import("/js/live/store.js");
  const { History } = await import("/js/timeline/history.js");
  const { Timeline } = await import("/js/timeline/timeline.js");
  const now = () => ({ ...project, revision, frames: shown });
  const first = { exports: [], previews: [], frames_revision: 1 };
  const load = () => new Store({ ...first, revision, project: now() });
  let store = load();
  let timeline = new Timeline(store, new History(store));
  const errors = [];
  const placesOf = (names) => [...names].map((frame) => ({ frame, delay_ms: 80 }));
  for (const step of steps) {
    timeline.onError = (error) => errors.push(error.message);
    if (step === "reload") {
      store = load();
      timeline = new Timeline(store, new History(store));
    } else if (step === "elsewhere") {
      revision += 1;
      shown = [...shown].reverse();
      store.setProject(now());
    } else if (typeof step === "object") {
      timeline.history.add(step);
    } else if (step === "undo" || step === "redo") await timeline.go(step);
    else if (step.includes(" ")) await Promise.all(step.split(" ").map((names) => timeline.arrange(placesOf(names))));
    else await timeline.arrange(placesOf(step));
  }
  sessionStorage.clear();
  const { canUndo, canRedo } = timeline.history;
  const order = store.project.frames.map(({ id }) => id).join("");
  return { sent, errors, generation, chosen, poster, shown: order, canUndo, canRedo };
}"""


def test_other_orders_of_a_loop(script_page: Page) -> None:
    places = [{"frame": name, "delay_ms": 80} for name in "abcde"]
    found = script_page.evaluate(CHANGES, [places, {"frames": [2, 60], "delay": [20, 1000]}])
    assert {name: found[name] for name in ("toFront", "toEnd", "between")} == {
        "toFront": "bdace", "toEnd": "acebd", "between": "acbde"
    }  # fmt: skip
    assert [found[name] for name in ("left", "leftOfFirst", "right", "rightOfLast")] == [
        "bdace", "abcde", "acbde", "abcde"
    ]  # fmt: skip
    assert (found["duplicated"], found["removed"]) == ("abcdbde", "ace")
    assert found["held"] == [80, 1000, 80, 1000, 80]
    assert found["stretched"] == [200] * 5
    assert found["shortest"] == [20] * 5
    assert found["total"] == 999
    assert [(frame["id"], frame["index"]) for frame in found["shown"]] == [("d", 0), ("e", 1), ("a", 2)]


@pytest.mark.parametrize(
    ("values", "outliers"),
    [
        ([10, 12, 14, 90, 14, 12, 10, 9], [3]),
        ([10, 12, 14, 16, 18, 16, 14, 12], []),
        ([10, 60, 10, 60, 10, 60, 10, 60], []),
        ([10, 12, 14, 90, 92, 94, 92, 90], []),
        ([10, 90, 10, 9], []),
    ],
)
def test_a_frame_stands_out_that_differs_from_both_neighbours_more_than_is_usual(
    script_page: Page, values: list[int], outliers: list[int]
) -> None:
    assert script_page.evaluate(OUTLIERS, values) == outliers


def project(order: str = "abc") -> dict[str, Any]:
    frames = [{"id": name, "index": at, "delay_ms": 80, "candidates": []} for at, name in enumerate(order)]
    return {"id": "emoji", "revision": 5, "frames": frames}


@pytest.mark.parametrize(
    ("steps", "shown", "can_undo", "can_redo"),
    [
        (["bca", "cab"], "cab", True, False),
        (["bca", "cab", "undo"], "bca", True, True),
        (["bca", "cab", "undo", "undo"], "abc", False, True),
        (["bca", "cab", "undo", "undo", "redo", "redo"], "cab", True, False),
        (["ab", "undo"], "abc", False, True),
        (["bca", "cab", "undo", "acb"], "acb", True, False),
        (["bca", "cab", "reload", "undo", "undo", "reload", "redo"], "bca", True, True),
    ],
)
def test_every_step_is_undone_and_redone_also_after_a_reload(
    script_page: Page, steps: list[str], shown: str, can_undo: bool, can_redo: bool
) -> None:
    found = script_page.evaluate(UNDO, [project(), steps])
    assert found["errors"] == []
    assert (found["shown"], found["canUndo"], found["canRedo"]) == (shown, can_undo, can_redo)


def test_steps_that_are_asked_for_at_once_are_sent_one_after_the_other(script_page: Page) -> None:
    found = script_page.evaluate(UNDO, [project(), ["bca cab acb", "undo"]])
    assert (found["sent"][-2:], found["errors"]) == (["acb", "abc"], [])
    assert len(found["sent"]) == 2


def test_what_was_changed_elsewhere_cannot_be_undone_here(script_page: Page) -> None:
    found = script_page.evaluate(UNDO, [project(), ["bca", "cab", "elsewhere", "undo"]])
    assert (found["shown"], found["canUndo"]) == ("bac", False)
    assert "changed elsewhere" in found["errors"][0]


CHOICE: Final = {"kind": "choose", "candidates": ["old"]}
MOTION: Final = {"kind": "generation", "generation": 1}


@pytest.mark.parametrize(
    ("steps", "state"),
    [
        ([CHOICE, MOTION, "undo"], (1, "new")),
        ([CHOICE, MOTION, "undo", "undo"], (1, "old")),
        ([CHOICE, MOTION, "undo", "undo", "redo"], (1, "new")),
        ([CHOICE, MOTION, "undo", "undo", "reload", "redo", "redo"], (2, "new")),
    ],
)
def test_choices_and_motions_are_undone_and_redone(
    script_page: Page, steps: list[Any], state: tuple[int, str]
) -> None:
    found = script_page.evaluate(UNDO, [project(), steps])
    assert found["errors"] == []
    assert (found["generation"], found["chosen"]) == state


def test_the_frame_shown_when_still_is_undone_and_redone(script_page: Page) -> None:
    first: list[Any] = [{"kind": "still", "poster": None}, "undo"]
    assert [
        script_page.evaluate(UNDO, [project() | {"poster": 2}, steps])["poster"] for steps in (first[:1], first)
    ] == [
        2,
        None,
    ]
    found = script_page.evaluate(UNDO, [project() | {"poster": 2}, [*first, "redo"]])
    assert (found["errors"], found["poster"], found["canUndo"]) == ([], 2, True)


def test_steps_before_one_whose_frames_are_gone_are_dropped_with_it(script_page: Page) -> None:
    gone = {"kind": "generation", "generation": 0}
    found = script_page.evaluate(UNDO, [project(), [CHOICE, gone, "undo"]])
    assert (len(found["errors"]), found["canUndo"], found["chosen"]) == (1, False, "new")
