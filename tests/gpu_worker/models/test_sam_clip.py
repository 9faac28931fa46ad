"""SAM 2.1 through a clip: clicks on some frames, alphas on all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from transformers import Sam2VideoInferenceSession, Sam2VideoModel, Sam2VideoProcessor

from gpu.contract import WireError
from gpu_worker.services import sam_clip_service, sam_tracker
from gpu_worker.services.prompts import ClipPrompt, Prompt
from gpu_worker.services.sam_clip_service import SamClipService, fit_prompts_to_clip
from gpu_worker.services.sam_model import alpha_from_logits, preprocess
from gpu_worker.services.sam_tracker import LazyFrames, SamTracker, session_points
from gpu_worker.services.unavailable import UnavailableService

CLICK = Prompt(((30, 20),), (1,))
BOX = Prompt(((60, 30),), (1,), (40, 10, 85, 50))
SIZE = (90, 60)


@pytest.fixture(scope="module")
def tracker(checkpoint: Path) -> SamTracker:
    return sam_tracker.load(checkpoint, "cpu")


@pytest.fixture(scope="module")
def clip(make_image: Any) -> list[Image.Image]:
    """Return five frames of an image that moves."""
    wide = make_image(130, 60, 4)
    return [wide.crop((step, 0, step + 90, 60)) for step in range(0, 40, 8)]


@pytest.fixture
def service(tracker: SamTracker) -> SamClipService:
    return SamClipService(["sam2.1-hiera-tiny"], "cpu", lambda name: tracker)


def library_processor(side: int) -> Any:
    """Build transformers' own processor without its image and video parts, which need torchvision."""
    processor = Sam2VideoProcessor.__new__(Sam2VideoProcessor)
    processor.target_size, processor.point_pad_value = side, -10
    return processor


def library_alphas(tracker: SamTracker, clip: list[Image.Image], frame: int, prompt: Prompt) -> list[Any]:
    """Track the library's own way: the whole clip in the session, its processor's prompts, forward, then back."""
    video = torch.cat([preprocess(image, tracker.side) for image in clip])
    session = Sam2VideoInferenceSession(video, SIZE[1], SIZE[0], dtype=torch.float32)
    library_processor(tracker.side).add_inputs_to_inference_session(
        session,
        frame,
        1,
        input_points=[[[list(point) for point in prompt.points]]],
        input_labels=[[list(prompt.labels)]],
        input_boxes=[[list(prompt.box)]] if prompt.box else None,
    )
    model, found = tracker._model, {}
    with torch.inference_mode():
        model(session, frame_idx=frame)
        for reverse in (False, True):
            for step in model.propagate_in_video_iterator(session, start_frame_idx=frame, reverse=reverse):
                found[step.frame_idx] = alpha_from_logits(step.pred_masks[0, 0], SIZE)
    return [found[number] for number in sorted(found)]


@pytest.mark.parametrize("prompt", [CLICK, BOX])
def test_prompts_reach_the_session_as_by_the_librarys_processor(prompt: Prompt) -> None:
    session = Sam2VideoInferenceSession(video_height=60, video_width=90)
    library_processor(128).add_inputs_to_inference_session(
        session,
        0,
        1,
        input_points=[[[list(point) for point in prompt.points]]],
        input_labels=[[list(prompt.labels)]],
        input_boxes=[[list(prompt.box)]] if prompt.box else None,
    )
    points, labels = session_points(prompt, SIZE, 128, "cpu")
    expected = session.point_inputs_per_obj[0][0]
    assert (points - expected["point_coords"]).abs().max() <= 1e-4
    assert torch.equal(labels.long(), expected["point_labels"].long())


def test_a_click_on_the_first_frame_gives_the_librarys_alphas(tracker: SamTracker, clip: list[Image.Image]) -> None:
    found = tracker.track(clip, [ClipPrompt(0, 0, CLICK)])
    for alpha, expected in zip(found, library_alphas(tracker, clip, 0, CLICK), strict=True):
        assert alpha.shape == (60, 90)
        assert np.array_equal(alpha, expected)


def test_a_click_on_the_last_frame_is_followed_back_in_time(tracker: SamTracker, clip: list[Image.Image]) -> None:
    found = tracker.track(clip, [ClipPrompt(4, 0, BOX)])
    for alpha, expected in zip(found, library_alphas(tracker, clip, 4, BOX), strict=True):
        assert np.array_equal(alpha, expected)


def test_a_click_in_the_middle_reaches_every_frame_on_both_sides(
    tracker: SamTracker, clip: list[Image.Image]
) -> None:
    seen: list[tuple[int, bool]] = []
    hook = tracker._model.register_forward_hook(
        lambda _module, _arguments, named, found: seen.append((found.frame_idx, named.get("reverse", False))),
        with_kwargs=True,
    )
    found = tracker.track(clip, [ClipPrompt(2, 0, CLICK)])
    hook.remove()
    assert len(found) == 5
    assert [step for step in seen if step[0] != 2] == [(3, False), (4, False), (1, True), (0, True)]


def test_later_clicks_change_the_frames_between(tracker: SamTracker, clip: list[Image.Image]) -> None:
    one = tracker.track(clip, [ClipPrompt(0, 0, CLICK)])
    two = tracker.track(clip, [ClipPrompt(0, 0, CLICK), ClipPrompt(4, 0, BOX)])
    assert np.array_equal(one[0], two[0])
    assert not np.array_equal(one[4], two[4])
    assert any(not np.array_equal(one[frame], two[frame]) for frame in (1, 2, 3))


def test_several_objects_are_merged_into_one_alpha(tracker: SamTracker, clip: list[Image.Image]) -> None:
    both = tracker.track(clip, [ClipPrompt(1, 0, CLICK), ClipPrompt(1, 1, BOX)])
    alone = [tracker.track(clip, [ClipPrompt(1, 0, prompt)]) for prompt in (CLICK, BOX)]
    for joined, first, second in zip(both, *alone, strict=True):
        assert np.mean((joined > 127) == ((first > 127) | (second > 127))) > 0.99


def test_an_object_that_is_first_clicked_later_is_followed_too(tracker: SamTracker, clip: list[Image.Image]) -> None:
    found = tracker.track(clip, [ClipPrompt(0, 0, CLICK), ClipPrompt(3, 1, BOX)])
    assert len(found) == 5


def test_frames_are_prepared_when_the_session_asks_for_them(clip: list[Image.Image]) -> None:
    frames = LazyFrames(clip, 128, "cpu", torch.bfloat16)
    assert (len(frames), list(frames)) == (5, [0, 1, 2, 3, 4])
    assert frames[3].dtype == torch.bfloat16
    assert torch.equal(frames[3], preprocess(clip[3], 128)[0].to(torch.bfloat16))


def test_the_whole_clip_goes_into_one_call(service: SamClipService, clip: list[Image.Image]) -> None:
    params = {"prompts": [{"frame": 2, "points": [[30, 20, 1]]}]}
    assert service.check(params) == "sam2.1-hiera-tiny"
    assert service.batch_size(params) == 60
    assert service.unavailable_reason() is None
    assert service.describe() == {"device": "cpu", "batch": 60, "batch_axis_free": True, "loaded": []}
    alphas = service.infer(clip, params)
    assert [alpha.shape for alpha in alphas] == [(60, 90)] * 5
    assert service.describe()["loaded"] == ["sam2.1-hiera-tiny"]
    assert service.tracker("sam2.1-hiera-tiny") is service.tracker("sam2.1-hiera-tiny")


@pytest.mark.parametrize("params", [{}, {"points": [[1, 1, 1]]}, {"prompts": [{"frame": 5, "points": [[1, 1, 1]]}]}])
def test_prompts_that_do_not_fit_the_clip_are_refused(
    service: SamClipService, clip: list[Image.Image], params: dict[str, Any]
) -> None:
    with pytest.raises(WireError) as caught:
        service.infer(clip, params)
    assert caught.value.code == "bad_params"


def test_frames_of_different_sizes_are_no_clip() -> None:
    with pytest.raises(WireError, match="one size"):
        fit_prompts_to_clip([ClipPrompt(0, 0, CLICK)], [(90, 60), (60, 90)])
    (fitted,) = fit_prompts_to_clip([ClipPrompt(0, 0, Prompt((), (), (-9, 0, 20, 500)))], [SIZE])
    assert fitted == ClipPrompt(0, 0, Prompt((), (), (0, 0, 20, 60)))


def test_the_clip_service_is_there_with_the_weights_and_says_what_to_do_without(
    checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clip: list[Image.Image]
) -> None:
    monkeypatch.setenv("SAM_WEIGHTS", str(checkpoint))
    service = sam_clip_service.load()
    assert service.models == ("sam2.1-hiera-tiny",)
    assert len(service.infer(clip[:2], {"prompts": [{"points": [[30, 20, 1]]}]})) == 2
    monkeypatch.setenv("SAM_WEIGHTS", str(tmp_path))
    assert isinstance(unavailable := sam_clip_service.load(), UnavailableService)
    assert str(tmp_path) in unavailable.unavailable_reason()


def test_a_clip_is_followed_in_half_precision_too(checkpoint: Path, clip: list[Image.Image]) -> None:
    model = Sam2VideoModel.from_pretrained(str(checkpoint))
    found = SamTracker(model, "cpu", torch.bfloat16).track(clip[:3], [ClipPrompt(1, 0, BOX)])
    assert {weight.dtype for weight in model.parameters()} == {torch.bfloat16}
    assert [alpha.shape for alpha in found] == [(60, 90)] * 3
