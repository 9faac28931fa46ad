"""Name the API's addresses, below /api/v1/."""

from django.urls import path, re_path

from animations.api.views import (
    account,
    catalogue,
    exports,
    finish,
    frames,
    jobs,
    projects,
    root,
    sharing,
    source,
    timeline,
)
from animations.api.views.sets import sets

app_name = "api"

urlpatterns = [
    path("", root.ApiRoot.as_view(), name="root"),
    path("schema/", root.Schema.as_view(), name="schema"),
    path("docs/", root.Docs.as_view(), name="docs"),
    path("presets/", catalogue.PresetList.as_view(), name="presets"),
    path("presets/<slug:slug>/", catalogue.PresetDetail.as_view(), name="preset"),
    path("motions/read/", catalogue.ReadMotion.as_view(), name="motions-read"),
    path("platforms/", catalogue.PlatformList.as_view(), name="platforms"),
    path("engines/", catalogue.EngineList.as_view(), name="engines"),
    path("projects/", projects.ProjectList.as_view(), name="projects"),
    path("projects/<uuid:project_id>/", projects.ProjectDetail.as_view(), name="project"),
    path("projects/<uuid:project_id>/choose/", frames.ChooseForAll.as_view(), name="choose-for-all"),
    path("projects/<uuid:project_id>/duplicate/", projects.Duplicate.as_view(), name="duplicate"),
    path("projects/<uuid:project_id>/share/", sharing.Share.as_view(), name="share"),
    path("projects/<uuid:project_id>/restore/", projects.Restore.as_view(), name="restore"),
    path("projects/<uuid:project_id>/generate/", projects.Generate.as_view(), name="generate"),
    path("projects/<uuid:project_id>/source/refine/", source.RefineSource.as_view(), name="source-refine"),
    path("projects/<uuid:project_id>/source/mattes/", source.MatteList.as_view(), name="source-mattes"),
    path("projects/<uuid:project_id>/source/choose/", source.ChooseMatte.as_view(), name="source-choose"),
    path(
        "projects/<uuid:project_id>/generations/choose/",
        timeline.ChooseGeneration.as_view(),
        name="generations-choose",
    ),
    path("projects/<uuid:project_id>/timeline/", timeline.SetTimeline.as_view(), name="timeline"),
    path("projects/<uuid:project_id>/finish/", finish.SetFinish.as_view(), name="finish"),
    path("projects/<uuid:project_id>/frames/<int:index>/", frames.FrameDetail.as_view(), name="frame"),
    path("projects/<uuid:project_id>/frames/<int:index>/choose/", frames.Choose.as_view(), name="choose"),
    path("projects/<uuid:project_id>/frames/<int:index>/retry/", frames.Retry.as_view(), name="retry"),
    path("projects/<uuid:project_id>/frames/<int:index>/refine/", frames.Refine.as_view(), name="refine"),
    path("projects/<uuid:project_id>/frames/<int:index>/propagate/", frames.Propagate.as_view(), name="propagate"),
    path("projects/<uuid:project_id>/exports/", exports.ExportList.as_view(), name="exports"),
    path("projects/<uuid:project_id>/previews/", exports.Preview.as_view(), name="previews"),
    path("sets/", sets.SetList.as_view(), name="sets"),
    path("sets/<uuid:set_id>/", sets.SetDetail.as_view(), name="set"),
    path("sets/<uuid:set_id>/retry/", sets.RetrySet.as_view(), name="set-retry"),
    path("exports/<uuid:export_id>/", exports.ExportDetail.as_view(), name="export"),
    path("exports/<uuid:export_id>/link/", sharing.FileLink.as_view(), name="file-link"),
    path("exports/<uuid:export_id>/report.json", exports.ExportReport.as_view(), name="export-report"),
    path("jobs/<uuid:job_id>/", jobs.JobDetail.as_view(), name="job"),
    path("jobs/<uuid:job_id>/cancel/", jobs.CancelJob.as_view(), name="cancel"),
    path("usage/", account.Usage.as_view(), name="usage"),
    path("tickets/", account.Tickets.as_view(), name="tickets"),
    path("guests/", account.Guests.as_view(), name="guests"),
    re_path("", root.UnknownPath.as_view(), name="unknown-path"),
]
