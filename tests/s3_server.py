"""A real server of S3's API on this machine, with one private bucket."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from tests.polling import until

KEY: Final = "the-key"
SECRET: Final = "the/secret+of=this"
BUCKET: Final = "emoji"
WEED: Final = Path(sys.executable).with_name("weed")


@dataclass
class S3Server:
    """The server's process and address."""

    process: subprocess.Popen[bytes]
    port: int

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def storage_url(self) -> str:
        """Return the bucket's address as `STORAGE_URL` wants it."""
        return f"s3://{KEY}:{SECRET.replace('/', '%2F').replace('+', '%2B')}@{self.host}/{BUCKET}"

    @cached_property
    def client(self) -> Any:
        once = Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1})
        return boto3.client(
            "s3",
            endpoint_url=f"http://{self.host}",
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
            region_name="us-east-1",
            config=once,
        )

    def has_bucket(self) -> bool:
        """Make the bucket, once the server can."""
        assert self.process.poll() is None, "the server has ended"
        try:
            self.client.create_bucket(Bucket=BUCKET)
            self.client.put_object(Bucket=BUCKET, Key="ready", Body=b"1")
            self.client.delete_object(Bucket=BUCKET, Key="ready")
        except (BotoCoreError, ClientError):
            return False
        return True

    def object_names(self) -> list[str]:
        """Return the names of all objects."""
        listed = self.client.list_objects_v2(Bucket=BUCKET)
        return [each["Key"] for each in listed.get("Contents", [])]


def distinct_free_ports(count: int) -> list[int]:
    """Return ports of 127.0.0.1 that nobody listens on now, each another one: all are held until all are known."""
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [probe.getsockname()[1] for probe in probes]


@contextmanager
def running_s3(folder: Path) -> Iterator[S3Server]:
    """Run one with its data in `folder`."""
    rights = ["Admin", "Read", "Write", "List", "Tagging"]
    app = {"name": "app", "credentials": [{"accessKey": KEY, "secretKey": SECRET}], "actions": rights}
    configuration = folder / "s3.json"
    configuration.write_text(json.dumps({"identities": [app]}))
    names = [f"{part}.{port}" for part in ("master", "volume", "filer", "s3") for port in ("port", "port.grpc")]
    options: dict[str, object] = dict(zip(names, distinct_free_ports(len(names)), strict=True))
    options |= {"dir": folder, "ip": "127.0.0.1", "ip.bind": "127.0.0.1", "s3.config": configuration}
    options |= {"filer": "true", "s3": "true", "master.telemetry": "false", "master.volumeSizeLimitMB": 64}
    options |= {"volume.max": 20, "s3.port.iceberg": 0, "s3.port.lance": 0}
    command = [str(WEED), "server", *(f"-{name}={value}" for name, value in options.items())]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    server = S3Server(process, int(str(options["s3.port"])))
    try:
        until(server.has_bucket, 60, "the bucket")
        yield server
    finally:
        server.client.close()
        process.kill()  # it takes half a minute to end by itself
        process.wait(20)
