"""The words for a video model: a template of ours, with a person's words set in that cannot leave their place."""

import re
import unicodedata

PLACEHOLDERS = ("style", "subject", "motion")
MAX_WORDS = 200  # characters of one custom text
MAX_TEMPLATE = 2000

DEFAULT_TEMPLATE = (
    "A {style} sticker of {subject}. It moves like this: {motion}. The movement is clear and lively, and it ends in "
    "exactly the pose it began with, so that the clip loops without a seam. The camera stays still, the subject "
    "stays centred and whole in the frame. Plain flat white background, no shadow, no ground, no text."
)

_BRACES = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_NEUTRAL = str.maketrans({"{": "(", "}": ")", "[": "(", "]": ")", "<": "(", ">": ")", "\\": "/", "'": "’", "`": "’"})
_QUOTES = re.compile('["“”„‟«»]')


class TemplateError(ValueError):
    """A template that cannot be used: the message names the placeholder or the place."""


def check_template(template: str) -> None:
    """Accept a template of text and the placeholders {style}, {subject} and {motion} ("{{" and "}}" are braces).

    Raises TemplateError for an unknown placeholder (by name), a lone brace, no {motion}, or over 2000 characters.
    """
    if len(template) > MAX_TEMPLATE:
        raise TemplateError(f"the template must be at most {MAX_TEMPLATE} characters long")
    found = [match for match in _BRACES.finditer(template) if match[0] not in ("{{", "}}")]
    for match in found:
        if match[1] is None:
            raise TemplateError(f"a lone {match[0]} stands at character {match.start() + 1}; write {match[0] * 2}")
        if match[1] not in PLACEHOLDERS:
            known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
            raise TemplateError(f"unknown placeholder {{{match[1]}}}; the placeholders are {known}")
    if "motion" not in (match[1] for match in found):
        raise TemplateError("the placeholder {motion} is missing")


def render_prompt(template: str, *, style: str, subject: str, motion: str) -> str:
    """Put the three texts into `template`, on one line.

    Texts are set in once and never read as template: braces, brackets, quotes, backslashes, line breaks and control
    characters lose their power, and each text is cut at 200 characters. Raises TemplateError like
    `check_template`.
    """
    check_template(template)
    texts = {"style": _escaped(style), "subject": _escaped(subject), "motion": _escaped(motion)}

    def filled(match: re.Match[str]) -> str:
        return texts[match[1]] if match[1] is not None else match[0][0]

    return " ".join(_BRACES.sub(filled, template).split())


def _escaped(words: str) -> str:
    """Reduce text to one line of plain words, which could stand in the middle of any sentence."""
    visible = "".join(letter if _printable(letter) else " " for letter in unicodedata.normalize("NFKC", words))
    plain = " ".join(_QUOTES.sub("", visible.translate(_NEUTRAL)).split())
    if len(plain) > MAX_WORDS:
        cut = plain[:MAX_WORDS]
        plain = cut.rsplit(" ", 1)[0] if " " in cut else cut
    return plain.strip(" .,;:!?")


def _printable(letter: str) -> bool:
    return unicodedata.category(letter)[0] != "C" and unicodedata.category(letter) not in ("Zl", "Zp")
