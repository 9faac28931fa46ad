from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from animations.work import smoke
from tests.work.fake_endpoint import FakeEndpoint


def test_each_task_is_called_once_and_timed(endpoint: FakeEndpoint) -> None:
    outcomes = smoke.run()
    assert [run["task"] for run in endpoint.runs] == ["info", "rembg", "sam", "birefnet"]
    assert [(each.task, each.execution_ms, each.error) for each in outcomes][1:] == [
        ("rembg", 1500, ""),
        ("sam", 1500, ""),
        ("birefnet", 1500, ""),
    ]


def test_a_task_that_cannot_be_had_is_named(endpoint: FakeEndpoint, capsys: pytest.CaptureFixture[str]) -> None:
    endpoint.answer = {"status": "FAILED", "error": '{"code": "model_unavailable", "message": "not here"}'}
    with pytest.raises(CommandError, match="No matte"):
        call_command("gpu_smoke")
    assert capsys.readouterr().out.count("model_unavailable: not here") == 4
