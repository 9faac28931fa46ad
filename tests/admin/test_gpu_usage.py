"""The chart of thirty days: right sums, bars that fit, links that filter, at a fixed price."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from animations.admin.gpu_usage import BOTTOM, DAYS, HEIGHT, TOP, USERS, usage_of_last_days
from animations.models import GpuCall
from animations.models.quota import day_start

LIST = reverse("admin:animations_gpucall_changelist")
Call = Callable[..., GpuCall]


@pytest.fixture
def call(db: None) -> Call:
    def make(task: str = "rembg", days_ago: int = 0, **values: Any) -> GpuCall:
        fields = {"status": "succeeded", "execution_ms": 1000, "frames": 2, "cost_usd": "0.5"} | values
        made = GpuCall.objects.create(task=task, key=str(GpuCall.objects.count()), **fields)
        when = day_start() - timedelta(days=days_ago) + timedelta(hours=1)
        GpuCall.objects.filter(pk=made.pk).update(created_at=when)
        return made

    return make


def test_days_tasks_and_people_come_to_the_same_total(call: Call, owner: User, stranger: User) -> None:
    call(user=owner)
    call(user=owner, days_ago=3, execution_ms=4000)
    call("sam", user=stranger, days_ago=3)
    call("sam", days_ago=29, execution_ms=None, status="failed")
    call(days_ago=30)
    usage = usage_of_last_days()
    assert (usage.everything.calls, usage.everything.frames) == (4, 8)
    assert (usage.everything.seconds, usage.everything.dollars) == (6.0, 2.0)
    by_day = [day.total.seconds for day in usage.days]
    assert (len(by_day), by_day[-1], by_day[-4], sum(by_day)) == (DAYS, 1.0, 5.0, 6.0)
    assert [(total.name, total.seconds) for total in usage.tasks] == [("rembg", 5.0), ("sam", 1.0)]
    assert {total.name: total.seconds for total in usage.users} == {owner.email: 5, stranger.email: 1, "deleted": 0}
    assert usage.top == "5 s"


def test_bars_are_stacked_on_the_base_line_and_the_highest_fills_the_frame(call: Call) -> None:
    call("rembg", execution_ms=3000)
    call("sam", execution_ms=1000)
    call("sam", days_ago=1, execution_ms=1)
    lower, upper = usage_of_last_days().days[-1].segments
    assert (lower.task, upper.task) == ("rembg", "sam")
    baseline = float(HEIGHT - BOTTOM)
    assert float(lower.y) + float(lower.height) == pytest.approx(baseline, abs=0.11)
    assert float(upper.y) + float(upper.height) == pytest.approx(float(lower.y), abs=0.11)
    assert float(upper.y) == pytest.approx(TOP, abs=0.11)
    assert float(lower.height) == pytest.approx(3 * float(upper.height), abs=0.2)
    assert float(usage_of_last_days().days[-2].segments[0].height) >= 1


def test_the_list_shows_them_as_a_drawing_without_script_or_inline_style(staff_client: Client, call: Call) -> None:
    assert "There are no GPU calls yet." in staff_client.get(LIST).content.decode()
    call()
    call("sam")
    page = staff_client.get(LIST).content.decode()
    drawing = page[page.index('<svg class="usage') : page.index("</section>")]
    assert drawing.count('class="usage-bar') == 2
    assert "task-rembg" in drawing
    assert "style=" not in drawing
    assert "<title>" in drawing
    assert "2.0 s on the GPU, $1.0000" in page


def test_every_link_of_the_drawing_filters_the_list(staff_client: Client, call: Call, owner: User) -> None:
    call(user=owner)
    call("sam", days_ago=2)
    page = staff_client.get(LIST).content.decode()
    section = page[page.index('class="usage"') : page.index("</section>")]
    links = re.findall(r'href="(\?[^"]+)"', section)
    assert len(links) == 6
    for link in links:
        answer = staff_client.get(LIST + link.replace("&amp;", "&"))
        assert answer.status_code == 200, link
        assert len(re.findall(r'<th class="field-name"', answer.content.decode())) == 1, link


def test_many_calls_and_people_cost_as_many_queries_as_one(call: Call) -> None:
    call()
    with CaptureQueriesContext(connection) as asked:
        usage_of_last_days()
    for nth in range(USERS + 5):
        call(f"task {nth % 3}", days_ago=nth, user=User.objects.create_user(str(nth), f"{nth}@example.com"))
    with CaptureQueriesContext(connection) as again:
        usage = usage_of_last_days()
    assert len(asked) == len(again) == 2
    assert len(usage.users) == USERS
