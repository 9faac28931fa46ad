from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from animations.models import Project

pytestmark = pytest.mark.django_db


def test_a_page_speaks_the_language_that_the_browser_asks_for(client: Client) -> None:
    page = client.get("/", headers={"accept-language": "ko-KR,ko;q=0.9,en;q=0.8"})
    assert '<html lang="ko">' in page.content.decode()
    assert page["Content-Language"] == "ko"
    assert {"Accept-Language", "Cookie"} <= set(page["Vary"].split(", "))


def test_an_unknown_language_gives_english(client: Client) -> None:
    assert '<html lang="en">' in client.get("/", headers={"accept-language": "xx"}).content.decode()


def test_a_chosen_language_wins_over_the_browsers_and_leads_back(client: Client) -> None:
    page = client.get("/accounts/login/?next=/new/").content.decode()
    assert 'name="language" value="ko" lang="ko">한국어</button>' in page
    assert '<input type="hidden" name="next" value="/accounts/login/?next=/new/">' in page
    answer = client.post(reverse("set_language"), {"language": "ko", "next": "/accounts/login/"})
    assert answer["Location"] == "/accounts/login/"
    cookie = client.cookies[settings.LANGUAGE_COOKIE_NAME]
    assert (cookie.value, cookie["max-age"], cookie["samesite"]) == ("ko", 365 * 24 * 3600, "Lax")
    assert '<html lang="ko">' in client.get("/", headers={"accept-language": "en"}).content.decode()


def test_an_error_of_the_api_speaks_the_callers_language(client: Client) -> None:
    answer = client.get(reverse("api:projects"), headers={"accept-language": "ko"})
    assert answer.status_code == 401
    assert "인증" in answer.json()["errors"][0]["detail"]


def test_what_is_wrong_with_a_field_is_said_in_the_callers_language(api: APIClient) -> None:
    answer = api.post(reverse("api:projects"), {"preset": "nothing"}, headers={"accept-language": "ko"})
    assert "사진이나 영상을 보내 주세요." in [error["detail"] for error in answer.json()["errors"]]


def test_words_are_read_back_in_the_callers_language(api: APIClient) -> None:
    address = reverse("api:motions-read") + "?text=subtle+bounce"
    korean = api.get(address, headers={"accept-language": "ko"}).json()
    assert (korean["understood_as"], korean["recipe"]) == ("살짝 통통 튀기", api.get(address).json()["recipe"])


def test_an_emoji_is_described_in_each_language_at_once(api: APIClient, project: Project) -> None:
    Project.objects.filter(pk=project.pk).update(understood_as="slow zoom")
    address = reverse("api:project", args=[project.pk])
    motions = [api.get(address, headers={"accept-language": code}).json()["motion"] for code in ("ko", "en", "ko")]
    assert [motion["understood_as"] for motion in motions] == ["천천히 확대하기", "slow zoom", "천천히 확대하기"]
    assert {motion["words"] for motion in motions} == {"slow zoom"}
