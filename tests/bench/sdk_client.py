"""The SDK's own client, one call per frame; prints the seconds. Runs in the GPU worker's environment."""

from __future__ import annotations

import asyncio
import base64
import io
import os
import sys
import time

import runpod
from PIL import Image
from runpod import AsyncioEndpoint
from runpod.http_client import AsyncClientSession

PATIENCE_S = 300


def picture(index: int) -> str:
    target = io.BytesIO()
    Image.new("RGB", (8, 8), (index, 255 - index, 128)).save(target, "PNG")
    return base64.b64encode(target.getvalue()).decode()


async def main(frames: int) -> float:
    runpod.api_key = os.environ["RUNPOD_API_KEY"]
    async with AsyncClientSession() as session:
        endpoint = AsyncioEndpoint("local", session)

        async def one(index: int) -> None:
            job = await endpoint.run({"task": "rembg", "image": picture(index), "params": {}})
            answer = await job.output(timeout=PATIENCE_S)
            assert answer["alpha"], answer

        begun = time.monotonic()
        await asyncio.gather(*(one(index) for index in range(frames)))
        return time.monotonic() - begun


if __name__ == "__main__":
    sys.stdout.write(f"{asyncio.run(main(int(sys.argv[1]))):.3f}\n")
