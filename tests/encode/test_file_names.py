import pytest

from animations.encode.file_names import MAX_BYTES, ascii_name, download_name, safe_stem
from animations.encode.platforms import PLATFORMS


@pytest.mark.parametrize(
    "title",
    ["Ünser Kätzchen 2!", "mi niño", "猫と犬", "it’s “the” cat's", "عربى", "สวัสดี", "👩‍👩‍👧 🏴󠁧󠁢󠁥󠁮󠁧󠁿 ❤️", "a&b (1) #2 50%"],
)
def test_every_letter_of_every_script_stays(title: str) -> None:
    assert download_name(title, PLATFORMS["discord_emoji"]) == f"{title}-discord-emoji.gif"


@pytest.mark.parametrize(
    ("title", "stem"),
    [
        ('a/b\\c:d*e?f"g<h>i|j', "a_b_c_d_e_f'g_h_i_j"),
        ("two\nlines\tand\u2028more", "two lines and more"),
        ("bell\x07 and \x9f \ud800", "bell and"),
        ("..", "emoji"),
        (".hidden", "hidden"),
        (" dots and spaces. . ", "dots and spaces"),
        ("gif\u202egpj.exe", "gifgpj.exe"),
        ("", "emoji"),
        ("CON", "CON_"),
        ("nul.txt", "nul_.txt"),
        ("Lpt1", "Lpt1_"),
        ("console", "console"),
        ("../../etc/passwd", "_.._etc_passwd"),
    ],
)
def test_letters_that_a_file_system_cannot_take_are_replaced(title: str, stem: str) -> None:
    assert safe_stem(title) == stem


@pytest.mark.parametrize("letter", ["猫", "👩‍👩‍👧", "é", "a", "o\u0308\u0323", "👍🏽", "❤️‍🔥"])
def test_a_long_title_is_cut_between_letters(letter: str) -> None:
    stem = safe_stem("ab" + letter * 200)
    assert MAX_BYTES - len(letter.encode()) < len(stem.encode()) <= MAX_BYTES
    assert stem == "ab" + letter * ((len(stem) - 2) // len(letter))


def test_the_longest_name_fits_its_column() -> None:
    names = [download_name("/" + "a" * 98 + "/", platform) for platform in PLATFORMS.values()]
    assert max(map(len, names)) <= 160


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Ünser Kätzchen.gif", "Unser Katzchen.gif"),
        ("猫-slack.gif", "slack.gif"),
        ("“hi” 猫 there.gif", "hi there.gif"),
        ("🐈.gif", "emoji.gif"),
        ("50%;x.gif", "50_x.gif"),
    ],
)
def test_there_is_a_name_in_plain_ascii_too(name: str, plain: str) -> None:
    assert ascii_name(name) == plain
