"""What is started for which settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from emojiforge.launch.console import StartupError
from emojiforge.launch.plan import LaunchSettings, app_processes, make_plan
from emojiforge.launch.reaper import MARK


@pytest.fixture
def root(tmp_path: Path) -> Path:
    python = tmp_path / "gpu_worker/.venv/bin/python"
    python.parent.mkdir(parents=True)
    python.touch()
    return tmp_path


def launch(root: Path, **set_by_a_person: str) -> LaunchSettings:
    unset = {"redis_url": "", "runpod_base_url": "", "runpod_api_key": "", "runpod_endpoint_id": "local"}
    return LaunchSettings(root=root, data_dir=root / "var", local_gpu_workers=2, **{**unset, **set_by_a_person})


def test_with_no_settings_redis_and_the_gpu_endpoint_are_ours(root: Path) -> None:
    plan = make_plan(launch(root))
    assert [program.name for program in plan.servers] == ["redis", "gpu"]
    redis, gpu = plan.servers
    assert redis.last
    assert not gpu.last
    assert plan.addresses["REDIS_URL"].startswith("redis://:")
    port = plan.addresses["RUNPOD_BASE_URL"].removeprefix("http://127.0.0.1:").removesuffix("/v2")
    assert list(gpu.command) == [
        str(root / "gpu_worker/.venv/bin/python"),
        "-m",
        "gpu_worker.local_endpoint",
        "--host",
        "127.0.0.1",
        "--port",
        port,
        "--workers",
        "2",
        "--endpoint-id",
        "local",
    ]


def test_the_gpu_endpoint_has_a_key_of_each_run_that_no_command_line_shows(root: Path) -> None:
    plans = [make_plan(launch(root)) for _ in range(2)]
    keys = {plan.addresses["LOCAL_GPU_KEY"] for plan in plans}
    assert len(keys) == 2
    assert not any(keys & set(program.command) for plan in plans for program in plan.servers)


def test_a_redis_of_ones_own_is_used_as_it_is(root: Path) -> None:
    plan = make_plan(launch(root, redis_url="redis://elsewhere:6379/3"))
    assert [program.name for program in plan.servers] == ["gpu"]
    assert plan.addresses["REDIS_URL"] == "redis://elsewhere:6379/3"


@pytest.mark.parametrize(
    ("settings", "address"),
    [
        ({"runpod_api_key": "key"}, None),
        ({"runpod_base_url": "http://gpu:8010/v2"}, "http://gpu:8010/v2"),
    ],
)
def test_no_endpoint_is_started_while_there_is_one_elsewhere(
    root: Path, settings: dict[str, str], address: str | None
) -> None:
    plan = make_plan(launch(root, redis_url="redis://elsewhere", **settings))
    assert plan.servers == ()
    assert plan.addresses.get("RUNPOD_BASE_URL") == address


def test_without_the_workers_packages_the_answer_is_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StartupError, match="make setup"):
        make_plan(launch(tmp_path, redis_url="redis://elsewhere"))


def test_each_queue_has_its_workers_beside_web_and_the_reconciler(root: Path) -> None:
    programs = {program.name: list(program.command[1:]) for program in app_processes(root)}
    assert programs == {
        "web": ["-m", "emojiforge.server"],
        "interactive": ["-m", "emojiforge.worker", "interactive"],
        "bulk": ["-m", "emojiforge.worker", "bulk"],
        "reconciler": [str(root / "manage.py"), "reconcile"],
    }
    plan = make_plan(launch(root))
    assert (plan.web, *plan.others) == app_processes(root)


def test_children_get_the_addresses_the_data_and_the_mark(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "C.UTF-8")
    ours = launch(root, redis_url="redis://elsewhere", runpod_api_key="key")
    environment = make_plan(ours).environment(ours, "abc")
    expected = {"REDIS_URL": "redis://elsewhere", "DATA_DIR": str(root / "var"), MARK: "abc", "LANG": "C.UTF-8"}
    assert expected.items() <= environment.items()
