"""Redis of one's own: one on the PATH, else the bundled one; on loopback, behind a password."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import redis

from emojiforge.launch.ports import free_port
from emojiforge.launch.redis_server import configure, find_server
from tests.polling import until


def test_a_server_on_the_path_comes_first(tmp_path: Path) -> None:
    own = tmp_path / "valkey-server"
    own.touch(mode=0o755)
    assert find_server(path=str(tmp_path)) == own
    redis_itself = tmp_path / "redis-server"
    redis_itself.touch(mode=0o755)
    assert find_server(path=str(tmp_path)) == redis_itself


def test_without_one_on_the_path_the_bundled_server_really_serves(tmp_path: Path) -> None:
    server = configure(find_server(path=str(tmp_path)), tmp_path / "redis", free_port())
    process = subprocess.Popen(server.command, stdout=subprocess.DEVNULL)
    try:
        with redis.Redis.from_url(server.url) as client:
            until(lambda: answers(client))
            client.set("key", "value")
            assert client.get("key") == b"value"
            assert client.config_get("bind") == {"bind": "127.0.0.1"}
        stranger = redis.Redis.from_url(server.url.replace(server.url.split(":")[2].split("@")[0], "guess"))
        with pytest.raises(redis.AuthenticationError):
            stranger.ping()
        stranger.close()
    finally:
        process.terminate()
        process.wait(10)
    assert [path.name for path in (tmp_path / "redis").iterdir()] == ["redis.conf"]
    assert (tmp_path / "redis/redis.conf").stat().st_mode & 0o777 == 0o600


def answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False
