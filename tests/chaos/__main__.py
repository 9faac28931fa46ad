"""Kill every kind of process while people work, and see that nothing is lost: `python -m tests.chaos --seed 1`."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from tests.chaos.actions import act
from tests.chaos.checks import findings
from tests.chaos.kills import kill_many
from tests.chaos.memory import watch_web
from tests.chaos.sockets import listen
from tests.chaos.world import World, say
from tests.postgres import running_postgres
from tests.stack.product import running_product
from tests.work.outages import KEY, FragileEndpoint

NAME: Final = "chaos"


def main() -> int:
    """Return 1 when anything was found."""
    options = parse(sys.argv[1:])
    with ExitStack() as stack:
        folder = options.folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="chaos-")))
        wrong = run(stack, folder, options)
    say("\n".join(wrong) or "Nothing was lost.")
    return bool(wrong)


def run(stack: ExitStack, folder: Path, options: argparse.Namespace) -> list[str]:
    """Start the product with its data in `folder`, kill while people act, and return what is wrong."""
    endpoint = FragileEndpoint(NAME)
    stack.callback(endpoint.stop)
    more = {"RUNPOD_BASE_URL": endpoint.url, "RUNPOD_ENDPOINT_ID": NAME, "RUNPOD_API_KEY": KEY}
    more["GPU_MAX_WORKERS"] = "2"
    if options.database == "postgres":
        more["DATABASE_URL"] = stack.enter_context(running_postgres("max_connections=200")).url()
    product = stack.enter_context(running_product(folder, **more))
    world = World(product, endpoint, random.Random(options.seed))
    began = time.monotonic()
    act_and_kill(world, options)
    say(f"{time.monotonic() - began:.0f} s; kills {dict(world.kills)}; answers {dict(world.answers)}")
    say(f"sockets {dict(world.messages)}")
    here = {"DATA_DIR": str(folder), "REDIS_URL": product.addresses["REDIS_URL"]}
    return findings(world, more | here, swept=not options.unswept)


def act_and_kill(world: World, options: argparse.Namespace) -> None:
    """Let people act while processes die; return when all of them have stopped."""
    people = [world.product.person() for _ in range(options.projects)]
    chances = [random.Random(f"{options.seed}-{number}") for number in range(options.projects)]
    threads = [threading.Thread(target=act, args=(world, *pair)) for pair in zip(people, chances, strict=True)]
    threads += [threading.Thread(target=listen, args=(world, person)) for person in people]
    threads.append(threading.Thread(target=watch_web, args=(world,)))
    for thread in threads:
        thread.start()
    try:
        kill_many(world, options.kills, options.minutes * 60)
    finally:
        world.over.set()
        for thread in threads:
            thread.join()


def parse(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--projects", type=int, default=10)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--folder", type=Path, help="keep data and logs there, to be looked at afterwards")
    parser.add_argument("--unswept", action="store_true", help="do not wait for the sweep of files")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main())
