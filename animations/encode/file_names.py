"""Names of downloads: every letter of every script stays, what a file system cannot take is replaced.

The rules are those of Windows ("Naming Files, Paths, and Namespaces"), which are the strictest.
"""

import re
import unicodedata
from typing import Final

from animations.encode.graphemes import truncate
from animations.encode.platforms import Platform

NO_NAME: Final = "emoji"
MAX_BYTES: Final = 180
"""Of a title in UTF-8: file systems take 255 in all, and browsers add “ (1)” and the like."""
_FORBIDDEN: Final = re.compile(r"[/\\:*?<>|]")
_DEVICE: Final = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|\s*$)", re.IGNORECASE)
_DIRECTION: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")  # can make .exe look like .gif
_NOT_PLAIN: Final = re.compile(r"[^\w.,+=!@#$&'()\[\] -]+", re.ASCII)


def download_name(title: str, platform: Platform) -> str:
    """Return the name of a file for `platform` of the project that is called `title`."""
    return f"{safe_stem(title)}-{platform.slug.replace('_', '-')}.{platform.suffix}"


def safe_stem(title: str, most: int = MAX_BYTES) -> str:
    """Turn `title` into a file's name without its ending, of `most` bytes.

    It is never empty, hidden, a device, or cut inside a letter; and it is its own.
    """
    text = "".join(letter if letter.isspace() else _printable(letter) for letter in _DIRECTION.sub("", title))
    text = _FORBIDDEN.sub("_", " ".join(text.split()).replace('"', "'")).strip(" .")
    while len(text.encode()) > most:
        text = truncate(text, len(text) - 1).rstrip(" .")
    return _DEVICE.sub(r"\1_", text, count=1) if _DEVICE.match(text) else text or NO_NAME


def _printable(letter: str) -> str:
    return "" if unicodedata.category(letter) in ("Cc", "Cs") else letter


def ascii_name(name: str) -> str:
    """Write `name`, which has an ending, in plain ASCII for clients that read nothing else."""
    stem, dot, suffix = name.rpartition(".")
    letters = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    plain = re.sub(r" {2,}", " ", _NOT_PLAIN.sub("_", letters)).strip(" .-_'")
    return f"{plain or NO_NAME}{dot}{suffix}"
