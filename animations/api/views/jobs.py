"""Show how far a job is, and stop it."""

from __future__ import annotations

from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from animations.actions.jobs import cancel
from animations.api.schema import serializer_of
from animations.api.views.base import ApiView
from animations.models import Job
from animations.payloads import JobPayload, job_payload

JOB = serializer_of(JobPayload)


class JobDetail(ApiView):
    """One job."""

    @extend_schema(operation_id="jobs_retrieve", responses=JOB)
    def get(self, request: Request, job_id: UUID) -> Response:
        """Show one job, and what it has used of the GPU."""
        return Response(job_payload(get_object_or_404(Job.objects.visible_to(request.user), pk=job_id)))


class CancelJob(ApiView):
    """The end of a job."""

    @extend_schema(operation_id="jobs_cancel", request=None, responses=JOB)
    def post(self, request: Request, job_id: UUID) -> Response:
        """Stop a job. What it has finished stays; cancelling twice is harmless."""
        job = get_object_or_404(Job.objects.editable_by(request.user), pk=job_id)
        return Response(job_payload(cancel(job)))
