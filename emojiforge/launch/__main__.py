"""The parent of `make run`: `python -m emojiforge.launch`."""

from __future__ import annotations

import http.client
import os
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from emojiforge import settings
from emojiforge.environment import BASE_DIR, env
from emojiforge.launch import reaper
from emojiforge.launch.console import Refusal, say, step_line
from emojiforge.launch.parent_death import end_with_parent
from emojiforge.launch.plan import Plan, Wishes, make_plan
from emojiforge.launch.ports import require_free
from emojiforge.launch.run_file import Record
from emojiforge.launch.supervisor import Supervisor

STARTED: Final = "EMOJIFORGE_STARTED"
"""Environment variable: the monotonic clock when `make run` began, so that the total counts the set-up too."""
MOST_DEATHS: Final = 3
"""Times that web may die before it first answers."""
PATIENCE_S: Final = 120.0


def read_wishes() -> Wishes:
    """The settings, all wrong ones named at once. Raises `Refusal`."""
    if settings.SETTINGS_ERRORS:
        raise Refusal("\n".join(settings.SETTINGS_ERRORS))
    return Wishes(
        root=BASE_DIR,
        data_dir=settings.DATA_DIR,
        redis_url=env.str("REDIS_URL", default=""),
        runpod_base_url=env.str("RUNPOD_BASE_URL", default=""),
        runpod_api_key=settings.RUNPOD_API_KEY,
        runpod_endpoint_id=settings.RUNPOD_ENDPOINT_ID,
        local_gpu_workers=settings.LOCAL_GPU_WORKERS,
    )


def public_host(host: str) -> str:
    """The name under which this machine reaches what listens on `host`."""
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104


def web_answers(host: str, port: int, allowed: list[str]) -> bool:
    """Whether `/healthz` answers 200, asked under a name that web accepts."""
    name = next((entry.lstrip(".") for entry in allowed if entry != "*"), host)
    connection = http.client.HTTPConnection(public_host(host).strip("[]"), port, timeout=2)
    try:
        connection.request("GET", "/healthz", headers={"Host": name})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def start_keeper(record: Record, mark: str) -> tuple[subprocess.Popen[bytes], int]:
    """The process that sweeps up after this one, and the pipe whose end tells it to."""
    ends_with_us, held_by_us = os.pipe()
    command = [
        sys.executable,
        "-I",
        "-S",
        "keeper.py",
        str(ends_with_us),
        mark,
        str(record.addresses),
        str(record.pid),
    ]
    process = subprocess.Popen(  # noqa: S603  (the command is ours)
        command,
        cwd=Path(reaper.__file__).parent,
        stdin=subprocess.DEVNULL,
        pass_fds=(ends_with_us, record.lock),  # the lock is held until everything is swept up
        start_new_session=True,
    )
    os.close(ends_with_us)
    return process, held_by_us


def prepare(supervisor: Supervisor, environment: dict[str, str]) -> None:
    """Database, presets and static files, while the servers start. Raises `Refusal` when it fails."""
    command = [sys.executable, "-m", "emojiforge.launch.prepare"]
    process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603
    while process.poll() is None:
        supervisor.turn(0.2)
        if supervisor.stopping:
            process.terminate()
    if process.returncode and not supervisor.stopping:
        raise Refusal("The data could not be brought up to date; the line above says why.")


def wait_for_web(supervisor: Supervisor) -> None:
    """Until web answers. Raises `Refusal` when it keeps dying or stays silent."""
    give_up = time.monotonic() + PATIENCE_S
    while not supervisor.stopping and not web_answers(settings.HOST, settings.PORT, settings.ALLOWED_HOSTS):
        if supervisor.deaths("web") >= MOST_DEATHS or time.monotonic() > give_up:
            raise Refusal(f"Web does not start; {settings.DATA_DIR / 'logs/web.log'} says why.")
        supervisor.turn(0.1)


def live(supervisor: Supervisor, plan: Plan, environment: dict[str, str], began: float) -> None:
    """Start everything, say where it is, and look after it until somebody asks for the end."""
    for program in plan.servers:
        supervisor.start(program)
    prepare(supervisor, environment)
    if not supervisor.stopping:
        started = time.monotonic()
        # Web has the machine to itself until it answers: that is what the person waits for.
        supervisor.start(plan.web)
        wait_for_web(supervisor)
        say(step_line("web", time.monotonic() - started))
    if not supervisor.stopping:
        for program in plan.others:
            supervisor.start(program)
        say(f"EmojiForge is ready after {time.monotonic() - began:.1f} s. Ctrl-C ends it.")
        say(f"http://{public_host(settings.HOST)}:{settings.PORT}")
    while not supervisor.stopping:
        supervisor.turn(10.0)


def run(began: float) -> None:
    """One run, from the lock to the last child's end. Raises `Refusal`."""
    wishes = read_wishes()
    record = Record(wishes.data_dir)
    record.claim()
    mark = secrets.token_hex(8)
    keeper_process, pipe = start_keeper(record, mark)
    supervisor: Supervisor | None = None
    try:
        require_free(settings.HOST, settings.PORT)
        plan = make_plan(wishes)
        environment = plan.environment(wishes, mark)
        supervisor = Supervisor(environment, wishes.data_dir / "logs")
        supervisor.listen_to_signals()
        record.publish(plan.addresses)
        live(supervisor, plan, environment, began)
    finally:
        if supervisor is not None:
            supervisor.stop()
        os.close(pipe)
        keeper_process.wait()


def main() -> int:
    """The command: 0 after SIGTERM, SIGINT or SIGHUP; 1 and one line when it cannot start."""
    by_make = os.environ.pop(STARTED, "")
    if by_make:
        end_with_parent(signal.SIGTERM)  # make passes SIGTERM on by itself, but cannot when it is killed
    try:
        run(float(by_make or time.monotonic()))
    except Refusal as why:
        sys.stderr.write(f"{why}\n")
        return 1
    except KeyboardInterrupt:  # before the supervisor listens to signals
        return 130
    say("EmojiForge has ended.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
