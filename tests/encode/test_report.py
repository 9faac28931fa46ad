"""The report of a file as JSON: what it obeys, and the rule for which something was given up."""

from __future__ import annotations

import json

from animations.encode.platforms import PLATFORMS, SIZE_IS_THE_LIMIT
from animations.encode.report import limiting_rule, write_report


def test_the_size_of_the_file_is_named_where_it_cost_something() -> None:
    assert limiting_rule([f"{SIZE_IS_THE_LIMIT}: 127.9 of 128 kB", "127 colours instead of 255 colours"]) == "bytes"
    assert limiting_rule(["scaled from 256×256 to 128×128"]) is None


def test_a_report_is_right_when_each_rule_is() -> None:
    checks = [{"rule": "bytes", "ok": True}, {"rule": "frames", "ok": False}]
    both, first = (json.loads(write_report(PLATFORMS["slack"], {}, some, [])) for some in (checks, checks[:1]))
    assert (both["platform"], both["ok"], first["ok"], first["limited_by"]) == ("slack", False, True, None)
