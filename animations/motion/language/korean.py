"""Korean words for motions, as the English ones that the lexicon knows: "천천히 두 번 튀기" is "slow twice bounce".

Korean puts endings after a stem ("흔들기", "흔들면서"): the longest stem that a word begins with tells its meaning.
Two words may be one together ("물결 흔들기").
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

_HANGUL: Final = re.compile(r"[가-힣]")
_WORD: Final = re.compile(r"[가-힣]+|[^가-힣]+")
_COUNT: Final = re.compile(r"(\d+)\s*(?:번|회|바퀴)")
_CLOCK: Final = re.compile(r"(?:반\s*)?시계\s*(?:반대\s*)?방향(?:으로)?")

_MOTIONS: Final = {
    "bounce": "통통 튀 튕기 튕겨 바운스",
    "jump": "점프 뛰 뛰어 폴짝 껑충 깡충 깡총",
    "squash": "찌그러 납작",
    "rubber band": "고무줄 늘어나 탄력",
    "jelly": "젤리 말랑 탱글 출렁",
    "breathe": "숨 숨쉬 숨을 호흡",
    "wobble": "기우뚱 뒤뚱 비틀비틀 비틀거 휘청",
    "sway": "살랑 하늘하늘 흔들흔들",
    "shake": "흔들 흔드 도리도리 절레절레",
    "swing": "그네 대롱 흔들리기",
    "spin": "빙글 빙빙 뱅글 뱅뱅 돌 도는 돈다 회전",
    "orbit": "빙돌 맴돌 공전 궤도",
    "flip": "뒤집",
    "roll": "구르 구른 굴러 데굴",
    "nod": "끄덕",
    "jitter": "떨기 떨리 떨려 덜덜 부들 부르르 바들 진동",
    "float": "둥둥 둥실 두둥실 떠오르 떠다니",
    "slide": "미끄러 스르륵",
    "peek": "빼꼼 빼꼼내밀 까꿍",
    "drop": "떨어지 떨어져 떨어진 떨어뜨",
    "pulse": "맥박 두둥 두근두근커지",
    "heartbeat": "두근 콩닥 심장",
    "zoom in": "확대 커지 커져 커진 커졌",
    "zoom out": "축소 작아지 작아져 작아진",
    "zoom": "줌",
    "pop": "뿅 뿅나타나 펑 펑펑 나타나",
    "wave": "물결 물결흔들 물결흔드 파도 너울 물속",
    "ripple": "물결치 파문",
    "twist": "꼬이 꼬기 비틀기 뒤틀",
    "rainbow": "무지개",
    "glitch": "글리치 지지직",
    "blink": "깜빡 깜박",
    "fade": "흐려지 흐려져 사라지 사라져 사라진 희미",
    "tada": "짜잔 짠",
    "glow": "빛나 빛난 반짝",
    "party": "파티",
    "dance": "춤 춤추 춤춰 춤을 춤을추 춤을춰 댄스",
}
_OTHERS: Final = {
    "slow": "천천히 느리 느린 느릿 느긋 슬로",
    "fast": "빠르 빠른 빨리 빨라 재빨 재빠",
    "very": "아주 매우 엄청 정말 진짜 무척 너무 훨씬",
    "a bit": "조금 약간 좀",
    "subtle": "살짝 은은 미세",
    "gentle": "부드럽 부드러 가볍 가벼 살살 잔잔",
    "strong": "크게 세게 강하 강한 힘차 신나",
    "small": "작게 약하 약한",
    "high": "높이 높게",
    "more": "더",
    "less": "덜",
    "once": "한번 한바퀴",
    "twice": "두번 두바퀴",
    "3 times": "세번 세바퀴",
    "4 times": "네번 네바퀴",
    "5 times": "다섯번 다섯바퀴",
    "as much as possible": "최대한 가능한한",
    "earlier": "일찍 더일찍",
    "later": "늦게 더늦게",
    "other side": "반대쪽 반대로 반대편",
    "left": "왼쪽",
    "right": "오른쪽",
    "up": "위로",
    "down": "아래로 밑으로",
    "side to side": "좌우 양옆",
    "up and down": "위아래 상하",
    "clockwise": "시계방향",
    "counterclockwise": "반시계",
    "and": "그리고 하고",
    "then": "그다음 그런다음",
    "make": "해 해줘 해주세요 하기 하는 하게 하며 하면서 움직 만들 주세요 줘 처럼 듯 듯이 이모지 동작",
}
_CONNECTIVES: Final = ("고", "며", "면서", "다가", "랑", "와", "과")
"""Endings that join what follows as another clause."""
_ENDINGS: Final = (
    *(
        "",
        "기",
        "는",
        "은",
        "고",
        "며",
        "면서",
        "다가",
        "게",
        "지",
        "어",
        "아",
        "어서",
        "아서",
        "어요",
        "아요",
        "자",
        "다",
    ),
    *("려", "리기", "리며", "리면서", "리는", "림", "겨", "기며", "도록", "듯", "듯이", "면"),
)
"""What may follow a stem of one syllable, which begins other words, too."""
_NOT_BEFORE: Final = "안"
_NOT_AFTER: Final = ("말고", "말아", "마세요", "마", "않고", "않게", "않는", "없이", "빼고")


def translate_korean(text: str) -> str:
    """Return the text with Korean words that are known in English; all else stays as it is."""
    if not _HANGUL.search(text):
        return text
    plain = _CLOCK.sub(_read_clock, _COUNT.sub(r" \1 times ", text))
    words = [part for word in plain.split() for part in _WORD.findall(word)]
    return " ".join(_translate(words))


def _read_clock(found: re.Match[str]) -> str:
    return "counterclockwise" if "반" in found[0] else "clockwise"


def _translate(words: list[str]) -> Iterator[str]:
    """Give the words in English, a negation before what it denies, a joint after a clause that goes on."""
    at = 0
    while at < len(words):
        english, taken = _longest(words, at)
        last = words[at + taken - 1]
        following = words[at + taken] if at + taken < len(words) else ""
        if last == _NOT_BEFORE:
            yield "no"
        elif last in _NOT_AFTER or last in _CONNECTIVES:
            yield ","
        elif english is None:
            yield last
        else:
            yield f"no {english}" if following in _NOT_AFTER else english
            yield "," if english in _MOTIONS and last.endswith(_CONNECTIVES) else " "
        at += taken


def _longest(words: list[str], at: int) -> tuple[str | None, int]:
    """Return the English of a word, or of two that are known together, and how many it takes."""
    together = "".join(words[at : at + 2])
    stem = _stem(together)
    if len(stem) > len(words[at]):
        return _stems()[stem], 2
    return _stems().get(_stem(words[at])), 1


def _stem(word: str) -> str:
    """Return the longest stem that the word begins with, or nothing."""
    ends = (end for end in range(len(word), 0, -1) if word[:end] in _stems() and (end > 1 or word[end:] in _ENDINGS))
    return word[: next(ends, 0)]


@cache
def _stems() -> dict[str, str]:
    return {
        stem: english for table in (_MOTIONS, _OTHERS) for english, stems in table.items() for stem in stems.split()
    }
