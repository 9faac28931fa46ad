import os

import numpy as np
import pytest

from animations.encode.containers.webm import codec
from animations.encode.containers.webm.client import CLIENT
from tests.encode.images import ball, on, rolling


def test_colours_alpha_and_times_come_back() -> None:
    frames, delays = rolling(4, 100), [40, 120, 80, 33]
    data = codec.encode(frames, delays, crf=12)
    video = codec.decode(data)
    assert (video.codec, video.has_alpha, video.has_sound) == ("vp9", True, False)
    assert (video.width, video.height, video.delays_ms) == (100, 100, (40, 120, 80, 33))
    shown = list(video.frames)
    for frame, seen in zip(frames, shown, strict=True):
        assert np.abs(frame[..., 3].astype(int) - seen[..., 3]).mean() < 1
        for level in (0, 255):
            assert np.abs(on(frame, level) - on(seen, level)).mean() < 1.5, "a dark or light fringe"


def test_a_worse_quality_is_a_smaller_file() -> None:
    frames = rolling(3, 101)
    sizes = [len(codec.encode(frames, [50] * 3, crf)) for crf in (12, 60)]
    assert sizes[1] < sizes[0] / 2


def test_what_is_no_webm_or_is_cut_short_is_refused() -> None:
    data = codec.encode([ball(64, 0)], [50], crf=40)
    assert len(list(codec.decode(data).frames)) == 1
    for broken in (b"", b"\x1a\x45\xdf\xa3", data[:60]):
        with pytest.raises(codec.CodecError, match="WebM"):
            codec.decode(broken)
    assert codec.decode(data).delays_ms == (50,), "a new child takes the place of one that failed"


def test_the_same_frames_are_handed_over_once() -> None:
    codec.encode(rolling(2, 64), [50] * 2, 30)
    before = CLIENT.prepared
    codec.encode(rolling(2, 64), [70] * 2, 50)
    assert before == CLIENT.prepared != ""
    codec.encode(rolling(3, 64), [50] * 3, 50)
    assert before != CLIENT.prepared
    codec.decode(codec.encode(rolling(3, 64), [50] * 3, 50))
    assert CLIENT.prepared == "", "what it holds is let go, and it says so"


def test_a_fork_leaves_the_encoder_to_its_parent() -> None:
    codec.encode(rolling(2, 64), [50] * 2, 30)
    fork = os.fork()
    if not fork:
        os._exit(CLIENT.prepared != "")
    assert os.waitstatus_to_exitcode(os.waitpid(fork, 0)[1]) == 0, "another process would take its answers"
    assert CLIENT.prepared != ""


def test_an_answer_that_nobody_waited_for_is_never_taken_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    data = codec.encode([ball(64, 0)], [50], crf=40)
    with monkeypatch.context() as interrupted:
        interrupted.setattr("animations.encode.containers.webm.client.select.select", interrupt)
        with pytest.raises(KeyboardInterrupt):
            codec.decode(data)
    video = codec.decode(codec.encode(rolling(2, 48), [50] * 2, crf=40))
    assert (video.width, len(list(video.frames))) == (48, 2)


def interrupt(*_: object) -> None:
    raise KeyboardInterrupt
