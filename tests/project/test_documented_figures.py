"""Documents, pages and descriptions name times, counts and sizes: each sentence is filled in here from the code.

Left out are bounds of which the code has one web process's share, as `64 // WEB_PROCESSES`.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from django.conf import settings

from animations.actions import previews, quota, tickets
from animations.actions.projects import file_links, timeline
from animations.actions.users import guests
from animations.admin import gpu_usage
from animations.ingest.process import decode_queue
from animations.models import Frame, Project
from animations.models.quota import GUEST_LIMITS
from animations.models.users import guest
from animations.web import sharing
from animations.work.cleanup import deleted_people, deleted_projects, old_rows, project_files, scratch
from emojiforge import websocket
from emojiforge.http import body_limits, channel, concurrency, connections, flow_control, handler
from emojiforge.launch import logs

ROOT: Final = Path(__file__).parents[2]
NUMBERS: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
UNITS: Final = {
    "second": timedelta(seconds=1),
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
}


def spell(number: float) -> str:
    """Write a number as prose does: in letters up to ten."""
    return NUMBERS[int(number)] if number in range(len(NUMBERS)) else f"{number:g}"


def write_time(length: timedelta | float, unit: str) -> str:
    """Write a time, or seconds, in a unit as prose does: `an hour`, `two days`, `24 hours`."""
    seconds = length.total_seconds() if isinstance(length, timedelta) else length
    count = seconds / UNITS[unit].total_seconds()
    if count == 1:
        return f"{'an' if unit == 'hour' else 'a'} {unit}"
    return f"{spell(count)} {unit}s"


def write_size(size: int) -> str:
    """Write bytes in MB."""
    return f"{size / 1_000_000:g} MB"


TRASH_KEPT: Final = write_time(Project.TRASH_KEPT, "minute")
KEYS_KEPT: Final = write_time(old_rows.KEY_RETENTION, "hour")
REMOVED_KEPT: Final = write_time(Frame.REMOVED_KEPT, "hour")
TICKET: Final = f"{tickets.LIFETIME_SECONDS}"
LINK_KEPT: Final = write_time(file_links.LIFETIME, "minute")
LOGIN: Final = write_time(settings.SESSION_COOKIE_AGE, "week")
FOLDERS_KEPT: Final = deleted_projects.INTERVAL + deleted_projects.GRACE_PERIOD

DEPLOYMENT: Final = [
    # What is kept
    f"by signing up | {write_time(guest.KEPT, 'day')} |",
    f"that their person deleted | {TRASH_KEPT} later; the last {spell(Project.TRASH_SIZE)} can be taken back",
    f"removed from a loop | {REMOVED_KEPT} later; until then undo brings them back, of an emoji the last"
    f" {timeline.MAX_REMOVED} |",
    f"| {write_time(project_files.GRACE_PERIOD, 'minute')} after the project's last change,",
    f"a deletion or an upload that was cut off | within {write_time(FOLDERS_KEPT, 'hour')} |",
    f"after {write_time(scratch.MIN_FOLDER_AGE_SECONDS, 'minute')},"
    f" and after {write_time(scratch.MIN_FILE_AGE_SECONDS, 'hour')} |",
    f"sessions | when they have run out: {LOGIN} after the login |",
    f"the projects for {write_time(deleted_people.MAX_SECONDS, 'second')} of each of the reconciler's rounds",
    f"idempotency keys | after {KEYS_KEPT} |",
    f"nobody has asked for | {write_time(old_rows.PREVIEW_RETENTION, 'hour')} later, and all but the last"
    f" {spell(previews.KEPT)} of an emoji |",
    f"and their files | {write_time(old_rows.JOB_RETENTION, 'day')} after their end;",
    f"what they brought | after {write_time(old_rows.CALL_RETENTION, 'day')};",
    f"at {write_size(logs.MAX_LOG_BYTES)} a process",
    # Guests, private links
    f"and {spell(guests.PER_ADDRESS)} from one address",
    f"A guest may have {GUEST_LIMITS.projects} emojis, {write_size(GUEST_LIMITS.bytes)} of files and"
    f" {GUEST_LIMITS.gpu_ms / 1000:g} s of GPU time a day.",
    f"bounded to {sharing.PER_MINUTE} requests a minute",
    # What web takes on
    f"refuses bodies above {write_size(settings.REQUEST_MAX_BYTES)}.",
    f"| waits up to {decode_queue.WAIT_SECONDS:g} s, then 429 (their own files)",
    f"jobs of a person, queued and running | {quota.MAX_LIVE_JOBS} |",
    f"and {write_size(quota.EXPORT_RESERVE)} more for exports;",
    "of each web process | {}, and {} of one session (or address without one);".format(*handler.OTHERS),
    "{} stored files besides, {} of one;".format(*handler.FILES),
    "{} forms with files, {} of one |".format(*handler.FORMS),
    f"| wait up to {concurrency.WAIT_SECONDS:g} s, addresses and then sessions",
    f"a request that hangs | {concurrency.WORK_SECONDS:g} s |",
    f"a reader that stops | {flow_control.DRAIN_SECONDS:g} s",
    f"a download | {write_time(flow_control.RESPONSE_SECONDS, 'minute')}, and a second more for each"
    f" {flow_control.MIN_BYTES_PER_SECOND // 1000} KB that have been sent",
    f"connections | {connections.MAX_CONNECTIONS}, and {connections.MAX_PER_ADDRESS} of one address",
    f"headers of a request | {channel.HEADER_SECONDS:g} s from",
    f"a body | {body_limits.BODY_SECONDS:g} s, and a second more for each"
    f" {body_limits.MIN_BODY_BYTES_PER_SECOND // 1000} KB that have come",
    f"a body above {body_limits.MAX_SMALL_BYTES // 1024} KiB |",
    f"nobody has read yet | {websocket.MAX_QUEUED_MESSAGES}, of {websocket.MAX_MESSAGE_BYTES // 1024} KiB each"
    f" | closed with {websocket.POLICY_VIOLATION} |",
    # During an outage
    f"more than once in its {TICKET} s |",
]
ELSEWHERE: Final = [
    ("animations/api/idempotency.py", f"same key and body within {KEYS_KEPT} get the same answer"),
    ("animations/api/serializers/projects.py", f"deleted within the last {TRASH_KEPT}, instead."),
    ("animations/api/views/account.py", f"once, within {TICKET} seconds."),
    ("animations/api/views/projects.py", f"For {TRASH_KEPT} it can be restored."),
    ("animations/api/views/projects.py", f"Take back the deletion of an emoji, within {TRASH_KEPT}."),
    ("animations/api/views/sharing.py", f"without a login, for {LINK_KEPT}."),
    ("docs/api/apps.md", f"valid for {LOGIN} after the login"),
    ("docs/api/apps.md", f"restore/`, within {TRASH_KEPT} |"),
    ("docs/api/apps.md", f"a ticket opens one socket, within {TICKET} seconds"),
    ("docs/api/apps.md", f"the ticket is used or older than {TICKET} seconds"),
    ("docs/api/apps.md", f"Keys are kept for {KEYS_KEPT},"),
    ("docs/architecture.md", f"An upload that waits longer than {decode_queue.WAIT_SECONDS:g} s is answered"),
    ("docs/architecture.md", f"messages of up to {websocket.MAX_MESSAGE_BYTES // 1024} KiB "),
    ("docs/architecture.md", f"stays in the database for {REMOVED_KEPT},"),
    ("docs/exports.md", f"anybody gets the file for {LINK_KEPT} "),
    (
        "docs/exports.md",
        f"the last {spell(previews.KEPT)} of an emoji are kept, for {write_time(old_rows.PREVIEW_RETENTION, 'day')}.",
    ),
    ("docs/gpu.md", f"Web refuses a body above {write_size(settings.REQUEST_MAX_BYTES)};"),
    ("docs/gpu.md", f"begins with the last {gpu_usage.DAYS} days"),
    ("docs/sets/packs.md", f"kept as a preview for {write_time(old_rows.PREVIEW_RETENTION, 'day')}."),
    ("docs/settings.md", f"and exports {write_size(quota.EXPORT_RESERVE)} later"),
    ("docs/settings.md", f"rotated at {write_size(logs.MAX_LOG_BYTES)};"),
    ("templates/admin/animations/gpucall/change_list.html", f">The last {gpu_usage.DAYS} days<"),
    ("templates/base.html", f"what you make is kept for {write_time(guest.KEPT, 'day')}."),
    ("templates/web/home.html", f"Deleted within the last {TRASH_KEPT}"),
]


@pytest.mark.parametrize(
    ("file", "sentence"), [*(("docs/deployment.md", sentence) for sentence in DEPLOYMENT), *ELSEWHERE]
)
def test_a_sentence_has_the_figure_of_the_code(file: str, sentence: str) -> None:
    assert sentence in " ".join((ROOT / file).read_text().split())
