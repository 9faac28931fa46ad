import json

import pytest

from animations.encode.platforms import PLATFORMS, ExportOptions, SizeRule, limits, loop_words, with_options

CONTRACT = [
    "slack",
    "discord_emoji",
    "discord_sticker",
    "telegram_emoji",
    "telegram_sticker",
    "line_emoji",
    "line_sticker",
    "kakao",
    "whatsapp",
    "twitch",
    "signal",
    "imessage",
    "teams",
    "mattermost",
    "zulip",
    "gif",
    "apng",
    "webp",
    "avif",
    "webm",
    "png_zip",
]


def test_every_slug_of_the_contract_is_there_under_its_own_name() -> None:
    assert sorted(PLATFORMS) == sorted(CONTRACT)
    assert all(platform.slug == slug for slug, platform in PLATFORMS.items())


def test_every_chat_says_where_its_rules_stand_and_when_they_were_read() -> None:
    for platform in PLATFORMS.values():
        assert bool(platform.source) is bool(platform.bytes_max)
        assert not platform.source or platform.source.startswith("https://")
        assert platform.read_on or platform.sure == "C"


def test_slack_takes_128_pixels_128000_bytes_and_50_frames_for_ever() -> None:
    expected = {"format": "GIF", "pixels": "128×128", "bytes": 128_000, "frames": 50, "loops": "for ever"}
    assert limits(PLATFORMS["slack"]) == expected


def test_ranges_and_choices_are_said_in_words() -> None:
    line = limits(PLATFORMS["line_emoji"])
    assert line["frames"] == "5–20"
    assert line["duration_ms"] == "1000, 2000, 3000 or 4000"
    assert (line["loops"], line["all_plays_ms"]) == ("1–4", 4000)
    assert limits(PLATFORMS["whatsapp"])["delay_ms"] == "≥ 8"
    assert limits(PLATFORMS["kakao"])["background"] == "white, nothing transparent"
    assert limits(PLATFORMS["imessage"])["pixels"] == "square, 300, 408 or 618"
    assert limits(PLATFORMS["line_sticker"])["pixels"] == "≤ 320×270, longer side ≥ 270"
    assert limits(PLATFORMS["gif"]) == {"format": "GIF", "pixels": "as the project"}
    assert limits(PLATFORMS["telegram_emoji"])["fps"] == 30


def test_a_download_is_named_for_its_chat_and_says_how_to_add_it_there() -> None:
    labels = [PLATFORMS[slug].download_label for slug in ("slack", "discord_sticker", "gif", "webm")]
    assert labels == ["Download for Slack", "Download for Discord sticker", "Download GIF", "Download WebM"]
    assert all(row.how_to_add for row in PLATFORMS.values() if row.kind != "file")
    uploads = [row for row in PLATFORMS.values() if "choose the file" in row.how_to_add]
    assert len(uploads) >= 6
    assert all("{name}" in row.how_to_add for row in uploads)


@pytest.mark.parametrize("slug", CONTRACT)
def test_rules_are_ready_for_json(slug: str) -> None:
    found = limits(PLATFORMS[slug])
    assert json.loads(json.dumps(found)) == found
    assert next(iter(found.items())) == ("format", PLATFORMS[slug].format)


def test_a_discord_sticker_is_an_apng_named_png() -> None:
    sticker = PLATFORMS["discord_sticker"]
    assert (sticker.suffix, sticker.mime) == ("png", "image/apng")
    assert (PLATFORMS["slack"].suffix, PLATFORMS["slack"].mime) == ("gif", "image/gif")


@pytest.mark.parametrize(
    ("slug", "size", "target"),
    [
        ("slack", (256, 256), (128, 128)),
        ("slack", (64, 200), (128, 128)),
        ("gif", (300, 200), (300, 200)),
        ("line_sticker", (512, 512), (270, 270)),
        ("line_sticker", (64, 32), (320, 160)),
        ("telegram_sticker", (256, 128), (512, 256)),
        ("imessage", (500, 400), (408, 408)),
        ("imessage", (64, 64), (300, 300)),
        ("twitch", (64, 64), (112, 112)),
        ("signal", (256, 256), (256, 256)),
        ("mattermost", (2056, 1028), (1028, 514)),
    ],
)
def test_the_canvas_for_a_picture_is_one_that_the_platform_takes(
    slug: str, size: tuple[int, int], target: tuple[int, int]
) -> None:
    pixels = PLATFORMS[slug].pixels
    assert pixels.target(*size) == target
    assert pixels.allows(*target)


def test_a_smaller_canvas_is_one_that_the_platform_takes_too() -> None:
    smaller = {slug: PLATFORMS[slug].pixels.smaller(600, 600, 0.5) for slug in ("teams", "twitch", "slack")}
    assert smaller == {"teams": (300, 300), "twitch": (300, 300), "slack": (600, 600)}
    assert PLATFORMS["imessage"].pixels.smaller(618, 618, 3 / 4) == (408, 408)
    assert PLATFORMS["twitch"].pixels.smaller(112, 112, 1 / 2) == (112, 112)
    assert PLATFORMS["teams"].pixels.smaller(64, 64, 1 / 2) == (48, 48)


def test_options_are_kept_only_where_they_differ_from_the_usual() -> None:
    asked = ExportOptions("sharp", "dark", 2, "off")
    assert ExportOptions.read(asked.write()) == asked
    assert ExportOptions().write() == {}
    assert ExportOptions.read({}) == ExportOptions()


def test_a_plain_file_plays_as_often_as_is_asked_and_a_chat_s_as_it_wants() -> None:
    twice = ExportOptions(loops=2)
    assert with_options(PLATFORMS["gif"], twice).loops == (2, 2)
    assert with_options(PLATFORMS["webp"], ExportOptions()).loops == (0, 0)
    assert with_options(PLATFORMS["slack"], twice) == PLATFORMS["slack"]
    assert with_options(PLATFORMS["webm"], twice) == PLATFORMS["webm"]


def test_sizes_outside_a_rule_are_refused() -> None:
    assert not PLATFORMS["slack"].pixels.allows(128, 127)
    assert not PLATFORMS["line_sticker"].pixels.allows(200, 200)
    assert not PLATFORMS["signal"].pixels.allows(512, 256)
    assert not PLATFORMS["imessage"].pixels.allows(400, 400)
    assert SizeRule().allows(1, 9999)


def test_loops_in_words() -> None:
    assert [loop_words(0, 0), loop_words(3, 3), loop_words(1, 4)] == ["for ever", "3", "1–4"]
