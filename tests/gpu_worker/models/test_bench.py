"""The benchmark's table of frames per second."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from gpu_worker.bench import __main__ as bench
from gpu_worker.bench import rows
from gpu_worker.bench.rows import Row
from gpu_worker.bench.timer import MIN_RUNS, ModelTimer, Timer
from gpu_worker.services import sam_model
from gpu_worker.services.birefnet_service import BiRefNetService
from gpu_worker.services.sam_model import SamModel

QUICK = Timer(seconds=0.0)


class Model:
    def run(self, seconds: float) -> float:
        time.sleep(seconds)
        return seconds


def test_a_rate_counts_frames_without_the_first_run() -> None:
    calls: list[int] = []

    def work() -> None:
        calls.append(1)
        time.sleep(0.02)

    rate, own = QUICK.time(work, 10)
    assert len(calls) == 1 + MIN_RUNS
    assert 10 / 0.1 < rate <= 10 / 0.02
    assert own is None


def test_our_own_code_is_what_is_not_spent_in_the_models_methods() -> None:
    model, clock, settled = Model(), ModelTimer(lambda: settled.append(1)), list[int]()
    clock.watch(model, "run")

    def work() -> None:
        model.run(0.02)
        time.sleep(0.02)

    _, own = QUICK.time(work, 1, clock)
    assert own == pytest.approx(1.0, abs=0.8)
    assert len(settled) == 1 + MIN_RUNS
    assert model.run(0.0) == 0.0


def test_sample_images_differ_and_have_the_size() -> None:
    first, second = rows.sample_images(2, 40)
    assert first.size == (40, 40)
    assert first.tobytes() != second.tobytes()


def test_sams_rows_are_the_encoder_by_batch_and_the_service_against_float32(checkpoint: Path) -> None:
    model = sam_model.load(checkpoint, "cpu")
    encoder = list(rows.encoder_rows(model, QUICK, (1, 2)))
    assert [(row.label, row.batch) for row in encoder] == [
        ("sam encoder, float32, 128²", 1),
        ("sam encoder, float32, 128²", 2),
    ]
    assert encoder[0].ratio == 1.0
    halves: list[bool] = []

    def load(half: bool) -> SamModel:
        halves.append(half)
        return model

    service = list(rows.sam_rows(load, QUICK, (1, 2)))
    assert halves == [False, True]
    assert [row.batch for row in service] == [1, 1, 2]
    assert all(row.own is not None and row.frames_per_s > 0 for row in service)
    assert service[2].ratio == pytest.approx(service[2].frames_per_s / service[0].frames_per_s)


def test_a_graph_is_timed_one_by_one_on_a_cpu(graph: Any) -> None:
    (row,) = rows.onnx_rows("birefnet", BiRefNetService({"a": graph(batch="N")}), QUICK)
    assert (row.label, row.batch) == ("birefnet service, cpu", 1)
    assert row.own is not None


def test_the_table_names_the_device_first(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("U2NET_HOME", str(tmp_path))
    monkeypatch.delenv("SAM_WEIGHTS", raising=False)
    assert bench.main(["--seconds", "0"]) == 0
    head, device, model, *lines = capsys.readouterr().out.splitlines()
    assert head.split() == ["batch", "frames/s", "ratio", "own", "code"]
    assert device == bench.device_name(sam_model.choose_device())
    assert "random weights" in model
    shown = "\n".join(lines)
    for what in ("sam encoder", "sam service", "sam_clip service", "rembg: No weights", "birefnet: No weights"):
        assert what in shown


def test_a_row_reads_as_a_line_of_the_table() -> None:
    assert str(Row("sam", 4, 12.345, 1.5, 0.031)).split() == ["sam", "4", "12.35", "1.50", "3.1%"]
