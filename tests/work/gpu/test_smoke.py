from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from animations.work.gpu import smoke
from tests.work.fake_endpoint import FakeEndpoint

MISSING = {"status": "FAILED", "error": '{"code": "model_unavailable", "message": "not here"}'}


def test_each_task_is_called_once_and_timed(endpoint: FakeEndpoint) -> None:
    outcomes = smoke.run()
    tasks = ["info", "rembg", "sam", "birefnet", "sam_clip"]
    assert [run["task"] for run in endpoint.runs] == [each.task for each in outcomes] == tasks
    assert [(each.delay_ms, each.execution_ms, each.failed) for each in outcomes][1:] == [(20, 1500, False)] * 4
    assert all(0 < each.total_ms < 5000 for each in outcomes)
    assert outcomes[0].message == "can run rembg, sam, birefnet, sam_clip"


def test_the_mattes_that_came_back_are_described(endpoint: FakeEndpoint) -> None:
    said = {each.task: each.message for each in smoke.run()}
    assert said["rembg"] == "a matte of 512×512 px, 35% subject, by drawn"
    assert said["sam_clip"].startswith("4 mattes")


def test_what_the_endpoint_cannot_run_is_named_and_is_no_failure(
    endpoint: FakeEndpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    endpoint.tasks = {}
    endpoint.answers = {task: MISSING for task in ("sam", "sam_clip")}
    call_command("gpu_smoke")
    printed = capsys.readouterr().out
    assert printed.count("not available: not here") == 2
    assert printed.count("a matte of 512×512 px") == 2
    assert "total ms" in printed


def test_a_task_that_should_run_and_fails_fails_the_command(
    endpoint: FakeEndpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    endpoint.answers = {"sam": MISSING, "birefnet": {"status": "COMPLETED", "output": {"alpha": "", "model": "m"}}}
    with pytest.raises(CommandError, match="Failed: sam, birefnet"):
        call_command("gpu_smoke")
    assert "FAILED: internal: The GPU sent no whole picture back." in capsys.readouterr().out


def test_an_endpoint_that_answers_nothing_useful_fails_all(endpoint: FakeEndpoint) -> None:
    endpoint.answer = {"status": "FAILED", "error": "broken"}
    outcomes = smoke.run()
    assert [each.failed for each in outcomes] == [True] * 5
    assert "broken" in outcomes[0].message
