"""Frames as one Pillow image that has many: each is made when the encoder seeks it, and let go with the next."""

from collections.abc import Iterable, Sequence
from typing import Any, Literal

from PIL import Image

from animations.imaging.arrays import Frame


def write_frames(
    kind: Literal["AVIF", "WEBP"], frames: Iterable[Frame], delays_ms: Sequence[int], **settings: Any
) -> bytes:
    """Write `frames` (equal H×W×4 straight RGBA), taken one by one, as Pillow's format `kind` with its `settings`."""
    image, file = _MultiFrameImage(frames, len(delays_ms)), _Whole()
    image.save(file, kind, save_all=True, duration=list(delays_ms), **settings)  # type: ignore[arg-type]
    return file.data


class _MultiFrameImage(Image.Image):
    """An image of `count` frames. Encoders seek each in its turn, and at the end where they began."""

    def __init__(self, frames: Iterable[Frame], count: int) -> None:
        super().__init__()
        self.n_frames, self.is_animated = count, count > 1
        self._coming = iter(frames)
        self._place = -1
        self.seek(0)

    def seek(self, frame: int) -> None:
        """Show the frame of that index; one that has been shown is gone. Raises `EOFError` after the last."""
        if frame >= self.n_frames:
            raise EOFError
        if frame > self._place:
            shown = Image.fromarray(next(self._coming))
            self.im, self._mode, self._size, self._place = shown.im, shown.mode, shown.size, frame


class _Whole:
    """A file that is written in one go, and not copied."""

    def __init__(self) -> None:
        self.data = b""

    def write(self, data: bytes) -> int:
        self.data += data
        return len(data)
