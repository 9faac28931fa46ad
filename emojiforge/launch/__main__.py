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
from emojiforge.launch.console import StartupError, say, step_line
from emojiforge.launch.parent_death import end_with_parent
from emojiforge.launch.plan import LaunchSettings, Plan, make_plan
from emojiforge.launch.ports import require_free
from emojiforge.launch.run_file import RunFile
from emojiforge.launch.supervisor import Supervisor

STARTED: Final = "EMOJIFORGE_STARTED"
"""Environment variable: the monotonic clock when `make run` began, so that the total counts the set-up too."""
MAX_DEATHS: Final = 3
"""Times that web may die before it first answers."""
PATIENCE_S: Final = 120.0


def read_settings() -> LaunchSettings:
    """Read the settings and name all wrong ones at once. Raises `StartupError`."""
    if settings.SETTINGS_ERRORS:
        raise StartupError("\n".join(settings.SETTINGS_ERRORS))
    return LaunchSettings(
        root=BASE_DIR,
        data_dir=settings.DATA_DIR,
        redis_url=env.str("REDIS_URL", default=""),
        runpod_base_url=env.str("RUNPOD_BASE_URL", default=""),
        runpod_api_key=settings.RUNPOD_API_KEY,
        runpod_endpoint_id=settings.RUNPOD_ENDPOINT_ID,
        local_gpu_workers=settings.LOCAL_GPU_WORKERS,
        webhook_base=settings.PUBLIC_URL,
    )


def public_host(host: str) -> str:
    """Return the name under which this machine reaches what listens on `host`."""
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104


def web_answers(host: str, port: int, allowed: list[str]) -> bool:
    """Return whether `/healthz` answers 200, asked under a name that web accepts."""
    name = next((entry.lstrip(".") for entry in allowed if entry != "*"), host)
    connection = http.client.HTTPConnection(public_host(host).strip("[]"), port, timeout=2)
    try:
        connection.request("GET", "/healthz", headers={"Host": name})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def start_reaper(run_file: RunFile, mark: str) -> tuple[subprocess.Popen[bytes], int]:
    """Start the process that sweeps up after this one; return it, and the pipe whose end starts the sweep."""
    ends_with_us, held_by_us = os.pipe()
    command = [
        sys.executable,
        "-I",
        "-S",
        Path(reaper.__file__).name,
        str(ends_with_us),
        mark,
        str(run_file.addresses),
        str(run_file.pid),
    ]
    process = subprocess.Popen(  # noqa: S603  (the command is ours)
        command,
        cwd=Path(reaper.__file__).parent,
        stdin=subprocess.DEVNULL,
        pass_fds=(ends_with_us, run_file.lock),  # the lock is held until everything is swept up
        start_new_session=True,
    )
    os.close(ends_with_us)
    return process, held_by_us


def prepare(supervisor: Supervisor, environment: dict[str, str]) -> None:
    """Prepare the database, presets and static files while the servers start. Raises `StartupError` when it fails."""
    command = [sys.executable, "-m", "emojiforge.launch.prepare"]
    process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, process_group=0)  # noqa: S603
    while process.poll() is None:
        supervisor.run_once(0.2)
        if supervisor.stopping:
            process.terminate()
    if process.returncode and not supervisor.stopping:
        raise StartupError("The data could not be brought up to date; what stands above says why.")


def wait_for_web(supervisor: Supervisor) -> None:
    """Wait until web answers. Raises `StartupError` when it keeps dying or stays silent."""
    give_up = time.monotonic() + PATIENCE_S
    while not supervisor.stopping and not web_answers(settings.HOST, settings.PORT, settings.ALLOWED_HOSTS):
        if supervisor.deaths("web") >= MAX_DEATHS or time.monotonic() > give_up:
            raise StartupError(f"Web does not start; {settings.DATA_DIR / 'logs/web.log'} says why.")
        supervisor.run_once(0.1)


def serve(supervisor: Supervisor, plan: Plan, environment: dict[str, str], began: float) -> None:
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
        supervisor.run_once(10.0)


def run(began: float) -> None:
    """Run the product, from the lock to the last child's end. Raises `StartupError`."""
    launch = read_settings()
    run_file = RunFile(launch.data_dir)
    run_file.claim()
    mark = secrets.token_hex(8)
    reaper_process, pipe = start_reaper(run_file, mark)
    supervisor: Supervisor | None = None
    try:
        require_free(settings.HOST, settings.PORT)
        plan = make_plan(launch)
        environment = plan.environment(launch, mark)
        supervisor = Supervisor(environment, launch.data_dir / "logs")
        supervisor.listen_to_signals()
        run_file.publish(plan.addresses)
        serve(supervisor, plan, environment, began)
    finally:
        if supervisor is not None:
            supervisor.stop()
        os.close(pipe)
        reaper_process.wait()


def main() -> int:
    """Run the command: 0 after SIGTERM, SIGINT or SIGHUP; 1 and a line for each reason when it cannot start."""
    by_make = os.environ.pop(STARTED, "")
    if by_make:
        end_with_parent(signal.SIGTERM)  # make passes SIGTERM on by itself, but cannot when it is killed
    try:
        run(float(by_make or time.monotonic()))
    except StartupError as why:
        sys.stderr.write(f"{why}\n")
        return 1
    except OSError as why:  # a full disk, or a folder that may not be written
        sys.stderr.write(f"EmojiForge cannot start: {why}. Make room in {settings.DATA_DIR}, or set DATA_DIR.\n")
        return 1
    except KeyboardInterrupt:  # before the supervisor listens to signals
        return 130
    say("EmojiForge has ended.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
