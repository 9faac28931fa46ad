from tests.bench.exports.resource_rows import Bound
from tests.bench.exports.rows import Row, Side
from tests.bench.exports.table import page, targets_missed


def row(ours: Side, peer: Side) -> Row:
    return Row("photo 30×512", "whatsapp", {"ours": ours, "sticker-convert": peer})


def file(score: float, seconds: float = 1.0, edge: float = 2.0, broken: tuple[str, ...] = ()) -> Side:
    return Side(1000, seconds, list(broken), score, edge, edge)


def test_a_row_may_be_half_a_point_below_the_peer_and_no_more() -> None:
    better = row(file(90), file(60, seconds=9))
    assert targets_missed([better, row(file(79.5), file(80, seconds=9))], []) == []
    missed = targets_missed([better, row(file(79.4), file(80, seconds=9))], [])
    assert missed == ["photo 30×512 on whatsapp: score 79.4 against 80.0"]


def test_a_file_of_the_peer_s_that_breaks_a_rule_is_no_better_and_one_of_ours_is_a_miss() -> None:
    rows = [row(file(50), file(80, broken=("bytes: 9",))), row(file(90), file(60, seconds=9))]
    assert targets_missed(rows, []) == []
    rows[0].sides["ours"].broken.append("pixels: 1×1")
    assert targets_missed(rows, []) == ["photo 30×512 on whatsapp: ['pixels: 1×1']"]


def test_score_edges_and_time_are_compared_on_the_mean() -> None:
    slow = [row(file(80, seconds=3, edge=5), file(80, seconds=5, edge=4))]
    assert targets_missed(slow, []) == [
        f"{figure} on the mean, beside sticker-convert" for figure in ("edge", "score", "seconds")
    ]
    assert targets_missed([], [Bound("slack: seconds", 3.5, 3)]) == ["slack: seconds: 3.5 of 3"]


def test_edges_are_compared_with_those_of_pillow_too() -> None:
    rows = [row(file(90, edge=3), file(60, seconds=9, edge=9))]
    rows[0].sides["Pillow"] = file(95, seconds=0.1, edge=2)
    assert targets_missed(rows, []) == ["edge on the mean, beside Pillow"]


def test_the_page_shows_each_row_and_crosses_out_what_breaks_a_rule() -> None:
    text = page([row(file(91), file(80, broken=("bytes: 9",)))], [Bound("slack: seconds", 2, 3)])
    assert "| photo 30×512 | `whatsapp` | 91.0 · edge 2.0 · 1 kB · 1.00 s | ~~80.0" in text
    assert "~~ bytes: 9 | – |" in text
    assert "| slack: seconds | 2.0 | 3 |" in text
