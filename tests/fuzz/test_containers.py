"""What takes files apart knows every kind that is sent: one that it did not know would be damaged by chance alone."""

from __future__ import annotations

import random
from pathlib import Path

from tests.fuzz.containers import container_of
from tests.fuzz.part_mutations import all_parts, change_part
from tests.fuzz.sample_files import whole_files


def test_every_kind_of_file_is_put_together_as_it_was_taken_apart(tmp_path: Path) -> None:
    for kind, files in whole_files(tmp_path).items():
        for name, data in files.items():
            container = container_of(data)
            assert container, name
            parts = list(container.split(data[container.head :]))
            again = data[: container.head] + b"".join(map(container.join, parts))
            if kind == "webm":  # a length has as many bytes as its writer likes
                assert list(container.split(again)) == parts, name
            else:
                assert again == data, name
            assert len(all_parts(container, data)) > 1, name


def test_a_damaged_part_mostly_leaves_the_container_whole(tmp_path: Path) -> None:
    for kind, files in whole_files(tmp_path).items():
        data = next(iter(files.values()))
        damaged = {change_part(random.Random(seed), data, data, invert) for seed in range(40)} - {data}
        whole = [file for file in damaged if container_of(file) is container_of(data)]
        assert len(whole) > 10, kind


def invert(chance: random.Random, data: bytearray) -> None:
    data[chance.randrange(len(data))] ^= 0xFF
