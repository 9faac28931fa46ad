"""What is compiled from the catalogues is current, and translations keep the values of their texts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo

from tools.messages import catalogues, collect

COLLECTED = {"django.po": collect.server_texts, "djangojs.po": collect.script_texts}
PLACE = re.compile(r"%\(\w+\)s|\{\w*(?:[:.!][^}]*)?\}|</?\w+[^>]*>")
"""A value or a tag in a text."""


def all_catalogues() -> list[tuple[str, str]]:
    return [(language, file) for language in catalogues.languages() for file in COLLECTED]


@pytest.fixture(params=all_catalogues(), ids="-".join)
def stored(request: pytest.FixtureRequest) -> tuple[Path, Catalog]:
    language, file = request.param
    path = catalogues.folder(language) / file
    return path, catalogues.read(path, language)


def forms(message: Message) -> list[str]:
    """Return a message's translations."""
    found = message.string if isinstance(message.string, list | tuple) else [message.string]
    return [form or "" for form in found]


def key(message: Message) -> tuple[str | None, str]:
    return message.context, message.id if isinstance(message.id, str) else message.id[0]


def test_a_translation_has_the_values_and_tags_of_its_text(stored: tuple[Path, Catalog]) -> None:
    for message in stored[1]:
        source = message.id if isinstance(message.id, str) else message.id[-1]
        for form in forms(message) if source else ():
            assert not form or sorted(PLACE.findall(form)) == sorted(PLACE.findall(source)), (source, form)


def test_what_is_compiled_is_current() -> None:
    for language in catalogues.languages():
        folder = catalogues.folder(language)
        with (folder / "django.mo").open("rb") as file:
            compiled = read_mo(file)
        catalog = catalogues.read(folder / "django.po", language)
        translated = {key(each): forms(each) for each in catalog if each.id and any(forms(each))}
        assert {key(each): forms(each) for each in compiled if each.id} == translated, "run `make messages`"
        module = (catalogues.SCRIPTS / f"{language}.js").read_text()
        assert module == catalogues.as_module(catalogues.read(folder / "djangojs.po", language))
