"""Crop all frames of a clip to one box, so that small art fills its emoji and nothing jumps."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final

import cv2
import numpy as np

from animations.imaging.arrays import Alpha, Size
from animations.imaging.boxes import Box, align_box, box_of, crop_to, scale_box, union_box
from animations.imaging.pixel_art import block_side, is_pixel_art
from animations.matte.compose import ClipFrame
from animations.matte.engines import needs_gpu
from animations.models import Candidate, Job, Project
from animations.work import crop_note
from animations.work.clip_frames.extract import ClipFrames, OpenClip
from animations.work.lease import Lease

GAIN: Final = 1.5
"""How many times larger than its crop a clip must be, by area, for the crop to be worth it."""
GPU_GAIN: Final = 3.0
"""The same where mattes come from the GPU, one by one: nothing is shown until the last has come."""

Finish = Callable[[Candidate, ClipFrame, Alpha | None, int], None]
"""Finish a candidate with its frame and matte; None keeps the frame's own alpha. Of pixel art, the side in px of the
frame's blocks comes with it, else 0."""
CountHeld = Callable[[int], None]
"""Count so many frames that are held back as progress."""


class Framing:
    """Crop a clip's matted frames to one box, the union of what they show, and finish their candidates.

    Until it is known whether a crop gains anything, frames are held back; in most clips the first one decides it.
    The box belongs to the generation: a run that starts again and a frame that is matted again use the same.
    """

    def __init__(
        self, lease: Lease, clip: OpenClip, frames: ClipFrames, finish: Finish, count_held: CountHeld
    ) -> None:
        """Begin with `frames`, whole: those of the job's candidates."""
        self._lease, self._clip, self._frames = lease, clip, frames
        self._finish, self._count_held = finish, count_held
        self._held: list[tuple[Candidate, Alpha | None]] = []
        self._seen: Box | None = None
        self._gain = GPU_GAIN if _needs_gpu(lease.job) else GAIN
        self._parts: ClipFrames | None = None
        self._box: Box | None = None
        self._block = 0
        self._is_decided = True
        self._begin(lease.job)

    def _begin(self, job: Job) -> None:
        """Read the generation's layout, or begin one. A refine has but some of the frames, so it cannot decide."""
        project = Project.objects.only("framing", "clip_layout").get(pk=job.project_id)
        if project.clip_layout:
            self._box, self._block = _box(project.clip_layout["box"]), project.clip_layout.get("block", 0)
            self._parts = self._clip.extract(self._frames.paths, self._box) if self._box else None
        elif job.kind == Job.Kind.GENERATE and self._frames.paths:
            self._block = block_of(self._frames)
            self._is_decided = False
            if project.framing == Project.Framing.WHOLE:
                self._decide(None)

    @property
    def box(self) -> Box | None:
        """The crop, in px of the clip; None for the whole, or while that is open."""
        return self._box

    def add(self, candidate: Candidate, alpha: Alpha | None) -> None:
        """Take a frame with its matte, which is as large as the frame. Raises `WorkFailed`, `LeaseLost`."""
        if self._is_decided:
            self._crop_and_finish(candidate, alpha)
            return
        self._held.append((candidate, alpha))
        self._seen = union_box(self._seen, self._box_of(candidate, alpha))
        if self._seen and self._crop() is None:
            self._decide(None)
        else:
            self._count_held(len(self._held))

    def close(self) -> None:
        """Finish what is held back: no more frames come. Raises `WorkFailed`, `LeaseLost`."""
        if self._held:
            self._decide(self._crop())

    def _crop(self) -> Box | None:
        """Return the crop so far. Pixel art needs no margin: it has no soft edge."""
        if not self._block:
            return crop_to(self._seen, self._frames.size, self._gain)
        box = crop_to(self._seen, self._frames.size, self._gain, margin=0)
        return align_box(box, self._block) if box else None

    def _box_of(self, candidate: Candidate, alpha: Alpha | None) -> Box | None:
        """Return what a frame shows, in px of the clip."""
        frame = self._frames.read(candidate.recipe["clip_index"])
        shown = _visible_alpha(frame, alpha)
        if shown is None:
            return (0, 0, *self._frames.size)
        found = box_of(shown)
        return scale_box(found, frame.size, self._frames.size) if found else None

    def _decide(self, box: Box | None) -> None:
        if box:
            self._parts = self._clip.extract(self._frames.paths, box)
        with self._lease.revise():
            project = self._lease.job.project
            Project.objects.filter(pk=project.pk).update(clip_layout={"box": box, "block": self._block})
            project.add_note(crop_note.CODE, crop_note.describe_crop(box, self._frames.size))
        self._box, self._is_decided = box, True
        held_back, self._held = self._held, []
        for candidate, alpha in held_back:
            self._crop_and_finish(candidate, alpha)

    def _crop_and_finish(self, candidate: Candidate, alpha: Alpha | None) -> None:
        number = candidate.recipe["clip_index"]
        if self._box is None or self._parts is None:
            frame = self._frames.read(number)
            self._finish(candidate, frame, alpha, self._block * frame.size[0] // self._frames.size[0])
            return
        part = self._parts.read(number)
        if alpha is not None:
            alpha = crop_alpha(alpha, self._box, self._frames.size, part.size)
        self._finish(candidate, part, alpha, self._block * part.size[0] // (self._box[2] - self._box[0]))


def block_of(frames: ClipFrames) -> int:
    """Return the side, in px of the clip, of the blocks that make up all its frames; 0 for what is no pixel art."""
    common = 0
    for number in sorted(frames.paths):
        rgba = frames.read(number).rgba
        width, side = rgba.shape[1], block_side(rgba)
        if frames.size[0] % width or (side and not is_pixel_art(rgba, side)):
            return 0
        common = math.gcd(common, side * frames.size[0] // width)
    return common


def crop_alpha(alpha: Alpha, box: Box, size: Size, to: Size) -> Alpha:
    """Return the part of an alpha that lies within `box` of a canvas of `size` px, at the size `to`."""
    height, width = alpha.shape
    across, down = width / size[0], height / size[1]
    wide, high = (box[2] - box[0]) * across / to[0], (box[3] - box[1]) * down / to[1]
    # cv2 counts the centre of the first pixel as 0: place p of the part is read at (p + ½)·wide − ½ of the whole.
    back = np.array(
        [[wide, 0, box[0] * across + wide / 2 - 0.5], [0, high, box[1] * down + high / 2 - 0.5]], np.float64
    )
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    part: Alpha = cv2.warpAffine(alpha, back, to, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return part


def _needs_gpu(job: Job) -> bool:
    return any(map(needs_gpu, job.candidates.order_by().values_list("engine", flat=True).distinct()))


def _box(numbers: Sequence[int] | None) -> Box | None:
    if not numbers:
        return None
    left, top, right, bottom = numbers
    return left, top, right, bottom


def _visible_alpha(frame: ClipFrame, alpha: Alpha | None) -> Alpha | None:
    """Return how opaque a frame's pixels are once it is cut out; None for a frame that is opaque all over."""
    if alpha is None or frame.own_alpha is None:
        return frame.own_alpha if alpha is None else alpha
    return np.minimum(alpha, frame.own_alpha)
