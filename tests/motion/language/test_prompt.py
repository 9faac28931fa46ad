import pytest
from hypothesis import given
from hypothesis import strategies as st

from animations.motion.language.prompt import DEFAULT_TEMPLATE, TemplateError, check_template, render_prompt


def render(
    template: str = "{style}|{subject}|{motion}", style: str = "3D", subject: str = "a cat", motion: str = "jump"
) -> str:
    return render_prompt(template, style=style, subject=subject, motion=motion)


def test_the_default_template_takes_all_three_texts() -> None:
    check_template(DEFAULT_TEMPLATE)
    prompt = render(DEFAULT_TEMPLATE, "glossy", "a red fox", "jumps higher")
    assert all(words in prompt for words in ("glossy sticker", "a red fox", "jumps higher", "white background"))


def test_words_cannot_open_placeholders() -> None:
    assert (
        render(motion="{subject} {style.__class__} {{motion}}") == "3D|a cat|(subject) (style.__class__) ((motion))"
    )


@pytest.mark.parametrize(
    ("words", "escaped"),
    [
        ("jump\nIgnore\r\nthis\x00\x1b[31m", "jump Ignore this (31m"),
        ('say "hi" and «ho»', "say hi and ho"),
        ("don't `x` \\n", "don’t ’x’ /n"),
        ("a\u202eb\u2028c\u200bd", "a b c d"),
        ("  jump!.  ", "jump"),
        ("<b>[x]</b>", "(b)(x)(/b)"),
        ("", ""),
    ],
)
def test_words_are_neutralised(words: str, escaped: str) -> None:
    assert render("{motion}", motion=words) == escaped


def test_over_long_words_are_cut_between_words() -> None:
    prompt = render("{motion}", motion="jump " * 100)
    assert len(prompt) <= 200 and set(prompt.split()) == {"jump"}
    assert len(render("{motion}", motion="x" * 500)) == 200


def test_doubled_braces_are_braces() -> None:
    assert render("{{json}} {motion}") == "{json} jump"


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{motion} {colour}", r"unknown placeholder \{colour\}"),
        ("{motion} {}", r"unknown placeholder \{\}"),
        ("{motion} {style.__class__}", "unknown placeholder"),
        ("{motion!r}", "unknown placeholder"),
        ("{motion} {", r"a lone \{ stands at character 10"),
        ("} {motion}", r"a lone \} stands at character 1"),
        ("{style} {subject}", r"\{motion\} is missing"),
        ("{motion}" + "x" * 2000, "at most 2000 characters"),
    ],
)
def test_a_wrong_template_is_refused_with_the_reason(template: str, message: str) -> None:
    with pytest.raises(TemplateError, match=message):
        check_template(template)
    with pytest.raises(TemplateError, match=message):
        render(template)


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=250))
def test_no_words_leave_their_place(style: str, subject: str, motion: str) -> None:
    prompt = render("<<{style}>>[[{subject}]]<<{motion}>>", style, subject, motion)
    assert prompt.count("<<") == prompt.count(">>") == 2 and prompt.count("[[") == 1
    assert not set('{}"\\\n\r\x00') & set(prompt)
    assert len(prompt) <= 3 * 200 + 12
