from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stack.product import PHOTO, Person, Product, running


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with running(tmp_path_factory.mktemp("product")) as started:
        yield started


@pytest.fixture
def person(product: Product) -> Person:
    return product.person()


@pytest.fixture(scope="session")
def photo() -> bytes:
    """A sample picture with a background, as a person would try it."""
    pictures = sorted(path for path in Path(PHOTO).iterdir() if path.suffix == ".jpg")
    return pictures[0].read_bytes()
