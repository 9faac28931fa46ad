"""Collect the texts that people read, add new ones to the catalogues, and compile these. `make messages` runs it."""

from __future__ import annotations

import sys

import django

if __name__ == "__main__":
    django.setup()
    from animations.translation.texts import TEMPLATES
    from tools.messages import catalogues, collect

    TEMPLATES.write_text("".join(f"{template}\n" for template in collect.templates()))
    for language in catalogues.languages():
        missing = catalogues.update(language)
        sys.stdout.write(f"{language}: {len(missing)} texts to translate\n")
        sys.stdout.writelines(f"  {text}\n" for text in missing)
