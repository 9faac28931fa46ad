"""The URLs of pages, API, admin and files."""

from django.contrib import admin
from django.urls import include, path

handler500 = "animations.web.errors.server_error"
urlpatterns = [
    path("", include("animations.web.urls")),
    path("api/v1/", include("animations.api.urls")),
    path("_allauth/", include("allauth.headless.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("language/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
]
