from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stack.product import Person
from tests.web_process import Web


@pytest.fixture
def person(web: Web, transactional_db: None, tmp_path: Path) -> Iterator[Person]:
    """Sign somebody up with the module's web process."""
    somebody = Person(web.url, tmp_path)
    yield somebody
    somebody.http.close()
