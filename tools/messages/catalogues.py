"""Keep the catalogues of a language: the `.po` files that people translate, and what is compiled from them."""

from __future__ import annotations

import io
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings

from tools.messages import collect

SCRIPTS: Final = collect.ROOT / "static/js/locale"
HEAD: Final = (
    'msgid ""\nmsgstr ""\n"Language: {language}\\n"\n"Plural-Forms: {plural_forms}\\n"\n'
    '"Content-Type: text/plain; charset=utf-8\\n"\n'
)
MADE: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""In the head of what is compiled, so that the same texts give the same bytes."""
PLURAL: Final = re.compile(r"plural=(.+?);?$")


def languages() -> list[str]:
    """Return the languages that are translated into."""
    return [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def folder(language: str) -> Path:
    """Return where a language has its catalogues."""
    return Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES"


def update(language: str) -> list[str]:
    """Bring the catalogues up to date and compile them. Returns the texts that lack a translation."""
    server = _merge(folder(language) / "django.po", collect.server_texts(), language)
    scripts = _merge(folder(language) / "djangojs.po", collect.script_texts(), language)
    (folder(language) / "django.mo").write_bytes(as_mo(server))
    (SCRIPTS / f"{language}.js").write_text(as_module(scripts))
    return [_source(message) for catalog in (server, scripts) for message in catalog if untranslated(message)]


def read(path: Path, language: str) -> Catalog:
    """Return a catalogue as it is stored."""
    with path.open("rb") as file:
        return read_po(file, locale=language)


def untranslated(message: Message) -> bool:
    """Return whether a message, other than the head of its catalogue, lacks one of its forms or is a guess."""
    forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return bool(message.id) and (message.fuzzy or not all(forms))


def as_mo(catalog: Catalog) -> bytes:
    """Compile what Django reads. What is not translated is left out, and so stays English."""
    translated = Catalog(catalog.locale, creation_date=MADE, revision_date=MADE)
    for message in catalog:
        if message.id and not untranslated(message):
            translated[message.id] = message
    compiled = io.BytesIO()
    write_mo(compiled, translated)
    return compiled.getvalue()


def as_module(catalog: Catalog) -> str:
    """Compile what `static/js/i18n.js` imports."""
    messages = {_source(message): message.string for message in catalog if message.id and not untranslated(message)}
    lines = json.dumps(messages, ensure_ascii=False, indent=0, sort_keys=True)
    plural = PLURAL.search(catalog.plural_forms)
    assert plural
    arguments = "n" if "n" in plural[1] else ""
    return (
        "// Made by `make messages`.\n"
        "/** @type {Record<string, string|string[]>} */\n"
        f"export const messages = {lines};\n"
        "/** @type {(n: number) => number} */\n"
        f"export const plural = ({arguments}) => Number({plural[1]});\n"
    )


def _source(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _merge(path: Path, collected: Catalog, language: str) -> Catalog:
    """Add new texts, drop those that are gone, and store the rest as it is."""
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(HEAD.format(language=language, plural_forms=Catalog(locale=language).plural_forms))
    head, _, _ = path.read_text().partition("\n\n")
    catalog = read(path, language)
    catalog.update(collected, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    with path.open("wb") as file:
        file.write(f"{head.strip()}\n\n".encode())
        write_po(file, catalog, sort_output=True, omit_header=True, width=110, include_lineno=False)
    return read(path, language)
