from __future__ import annotations

from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from animations.models import GpuCall, Job, Matte, Project
from tests.conftest import MakeProject, png


def use_up_quota(user: User, settings: Settings) -> None:
    """Use up the day's GPU time."""
    GpuCall.objects.create(
        user=user, key="spent", task="rembg", status="succeeded", execution_ms=settings.GPU_SECONDS_PER_DAY * 1000
    )


def test_a_new_emoji_that_needs_the_gpu_is_refused_and_leaves_nothing(
    api: APIClient, owner: User, settings: Settings
) -> None:
    use_up_quota(owner, settings)
    opaque = SimpleUploadedFile("cat.png", png((200, 40, 40, 255), 32))
    answer = api.post("/api/v1/projects/", {"source": opaque, "prompt": "bounce"}, format="multipart")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (429, "limit_reached")
    assert 0 < int(answer["Retry-After"]) <= 86_400
    assert not Project.objects.exists()


def test_mattes_without_the_gpu_are_made_all_the_same(api: APIClient, owner: User, settings: Settings) -> None:
    use_up_quota(owner, settings)
    free = [((200, 40, 40, 255), "none"), ((255, 255, 255, 255), "auto"), ((255, 255, 255, 255), "white")]
    for colour, matte in free:
        options = {"source": SimpleUploadedFile("cat.png", png(colour, 32)), "prompt": "bounce", "matte": matte}
        assert api.post("/api/v1/projects/", options, format="multipart").status_code == 201


def test_another_motion_of_a_picture_that_is_matted_costs_nothing(
    api: APIClient, owner: User, new_project: MakeProject, settings: Settings
) -> None:
    project = new_project(owner)
    Matte.objects.filter(source=project.source).update(engine="rembg")
    Project.objects.filter(pk=project.pk).update(matte="rembg")
    use_up_quota(owner, settings)
    assert api.post(f"/api/v1/projects/{project.pk}/generate/", {"prompt": "sway"}).status_code == 202
    Job.objects.all().delete()
    Matte.objects.filter(source=project.source).delete()
    Project.objects.filter(pk=project.pk).update(status="ready")
    assert api.post(f"/api/v1/projects/{project.pk}/generate/", {"prompt": "spin"}).status_code == 429


def test_a_refine_that_needs_the_gpu_is_refused_and_the_others_go_on(
    api: APIClient, owner: User, project: Project, settings: Settings
) -> None:
    use_up_quota(owner, settings)
    frame = project.current_frames().get(index=0)
    options = {"candidate": str(frame.chosen_id), "tool": "matte", "engine": "birefnet"}
    url = f"/api/v1/projects/{project.pk}/frames/0/refine/"
    assert api.post(url, options).status_code == 429
    assert api.post(url, options | {"engine": "none"}).status_code == 202
