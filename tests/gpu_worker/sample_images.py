"""Images drawn for these tests."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw, ImageFilter


def encoded(image: Image.Image, kind: str = "PNG") -> bytes:
    target = io.BytesIO()
    image.save(target, kind)
    return target.getvalue()


def duck(side: int) -> Image.Image:
    """Draw a yellow duck in front of a pale blue wall: a subject that any matting model must find."""
    image = Image.new("RGB", (512, 512), (214, 228, 238))
    draw = ImageDraw.Draw(image)
    draw.ellipse((110, 220, 400, 440), fill=(244, 196, 48), outline=(150, 105, 10), width=5)
    draw.ellipse((270, 90, 420, 250), fill=(248, 205, 60), outline=(150, 105, 10), width=5)
    draw.polygon([(405, 150), (480, 175), (405, 195)], fill=(232, 110, 30), outline=(140, 60, 10))
    draw.ellipse((345, 140, 368, 165), fill=(20, 20, 20))
    draw.ellipse((160, 280, 310, 380), fill=(226, 170, 30), outline=(150, 105, 10), width=4)
    return image.filter(ImageFilter.GaussianBlur(1)).resize((side, side), Image.Resampling.LANCZOS)
