"""A ZIP of PNGs with a sheet of them and its JSON."""

from __future__ import annotations

import io
import json
import zipfile

from tests.encode.second_reading import png


def read(data: bytes) -> tuple[int, int, list[int], int | None]:
    """Return the width, height and delays in ms of the frames that the JSON names."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        entries = json.loads(archive.read("sheet.json"))["frames"]
        sizes = {png.read(archive.read(entry["filename"]))[:2] for entry in entries}
        assert {(entry["frame"]["w"], entry["frame"]["h"]) for entry in entries} == sizes
        ((width, height),) = sizes
    return width, height, [entry["duration"] for entry in entries], None
