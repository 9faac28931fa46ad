"""Have Lighthouse score the main pages, on a desktop and on a phone: `make lighthouse`.

Chromium and the product run as in the browser tests. Lighthouse slows a phone's network and processor down by
calculation; a busy machine lowers the scores of performance all the same. Exits with 1 where one is too low.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

from playwright.sync_api import BrowserContext, sync_playwright

from emojiforge.launch.chromium import executable
from emojiforge.launch.console import say
from emojiforge.launch.ports import free_port
from tests.browser.conftest import ARGUMENTS
from tests.screens.screens import Cast
from tests.stack.product import PHOTO, ROOT, Product, running_product

FOLDER: Final = ROOT / "requirements" / "lighthouse"
COMMAND: Final = FOLDER / "node_modules" / ".bin" / "lighthouse"
LEAST: Final = {"performance": 98, "accessibility": 100, "best-practices": 100}
DEVICES: Final = {"desktop": ["--preset=desktop"], "phone": []}
TIMEOUT_S: Final = 180.0
LARGE: Final[dict[str, Any]] = {"prompt": "bounce", "frame_count": 60, "candidates": 4, "size": 128}


class Visit(NamedTuple):
    """A page, and which of the cast opens it."""

    name: str
    path: str
    who: str | None = "maker"


def main() -> int:
    """Print the table; return 1 when a score is too low."""
    _install()
    with tempfile.TemporaryDirectory() as data, running_product(Path(data)) as product:
        cast = Cast(product)
        missed = 0
        say(f"{'page':20} {'on':8} " + " ".join(f"{name:>14}" for name in LEAST))
        with opened_browser() as (context, port):
            for visit in visits(cast, product):
                sign_in(context, cast, visit.who)
                for device, options in DEVICES.items():
                    scores = scores_of(f"{product.base}{visit.path}", port, options)
                    missed += any(scores[name] < least for name, least in LEAST.items())
                    say(f"{visit.name:20} {device:8} " + " ".join(f"{scores[name]:14}" for name in LEAST))
    return 1 if missed else 0


def _install() -> None:
    if not COMMAND.exists():
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run(command, cwd=FOLDER, check=True, timeout=600)


def visits(cast: Cast, product: Product) -> list[Visit]:
    """Return the pages, with studios of 12 × 3 and of 60 × 4 candidates."""
    maker = cast.people["maker"]
    large = maker.upload((PHOTO / "cat.jpg").read_bytes(), "cat.jpg", **LARGE)
    assert maker.finished(large["job"]["id"], seconds=300)["status"] == "succeeded"
    return [
        Visit("landing", "/", None),
        Visit("my emojis", "/"),
        Visit("new", "/new/"),
        Visit("studio, 12 × 3", cast.addresses["studio"]),
        Visit("studio, 60 × 4", f"/emojis/{large['id']}/"),
    ]


@contextmanager
def opened_browser() -> Iterator[tuple[BrowserContext, int]]:
    """Open a Chromium that Lighthouse reaches at a port; what signs in here is signed in there."""
    port = free_port()
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as profile:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=executable(), args=[*ARGUMENTS, f"--remote-debugging-port={port}"]
        )
        yield context, port
        context.close()


def sign_in(context: BrowserContext, cast: Cast, who: str | None) -> None:
    """Sign this one of the cast in, or everybody out."""
    context.clear_cookies()
    if who is not None:
        context.add_cookies([{"name": "sessionid", "value": cast.people[who].token, "url": cast.base}])


def scores_of(url: str, port: int, options: list[str]) -> dict[str, int]:
    """Return a page's scores, 0 to 100, by category."""
    command = [
        str(COMMAND),
        url,
        f"--port={port}",
        f"--only-categories={','.join(LEAST)}",
        "--output=json",
        "--quiet",
        *options,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=TIMEOUT_S)
    if done.returncode:  # on a busy machine Chromium may begin its trace too late; once more, it does not
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=TIMEOUT_S)
    categories = json.loads(done.stdout)["categories"]
    return {name: round(100 * categories[name]["score"]) for name in LEAST}


if __name__ == "__main__":
    sys.exit(main())
