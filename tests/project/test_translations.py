"""The catalogues have every text that people read, in every language, and what is compiled from them is current."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo

from animations.translation.texts import TEMPLATES
from tools.messages import catalogues, collect

COLLECTED = {"django.po": collect.server_texts, "djangojs.po": collect.script_texts}
PLACE = re.compile(r"%\(\w+\)s|\{\w*(?:[:.!][^}]*)?\}|</?\w+[^>]*>")
"""A value or a tag in a text."""

COMMENT = re.compile(r"/\*.*?\*/|(?<![:\"'])//[^\n]*", re.DOTALL)
SENTENCE = re.compile(r'"([A-Z][^"\n]* [^"\n]*[.?!:…])"')


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


def keys(catalog: Catalog) -> set[tuple[str | None, str]]:
    return {key(message) for message in catalog if message.id}


def plurals(catalog: Catalog) -> set[str]:
    return {message.id[1] for message in catalog if isinstance(message.id, list | tuple)}


def test_a_catalogue_has_the_texts_of_the_code_and_no_others(stored: tuple[Path, Catalog]) -> None:
    path, catalog = stored
    assert keys(catalog) == keys(COLLECTED[path.name]()), "run `make messages`"


def test_a_sentence_in_a_script_is_marked_for_translation() -> None:
    marked = {text for _, text in keys(collect.script_texts())} | plurals(collect.script_texts())
    for path in sorted(catalogues.SCRIPTS.parent.rglob("*.js")):
        if path.parent.name not in ("admin", catalogues.SCRIPTS.name):
            assert set(SENTENCE.findall(COMMENT.sub("", path.read_text()))) <= marked, path


def test_every_text_is_translated(stored: tuple[Path, Catalog]) -> None:
    assert [message.id for message in stored[1] if catalogues.untranslated(message)] == []


def test_a_translation_has_the_values_and_tags_of_its_text(stored: tuple[Path, Catalog]) -> None:
    for message in stored[1]:
        source = message.id if isinstance(message.id, str) else message.id[-1]
        for form in forms(message) if source else ():
            assert sorted(PLACE.findall(form)) == sorted(PLACE.findall(source)), (source, form)


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


def test_the_templates_are_those_of_the_code() -> None:
    assert TEMPLATES.read_text().splitlines() == collect.templates(), "run `make messages`"


def test_scripts_can_load_the_catalogue_of_every_language() -> None:
    script = (collect.ROOT / "static/js/i18n.js").read_text()
    assert set(re.findall(r'import\("\./locale/(\w+)\.js"\)', script)) == set(catalogues.languages())
