"""Every setting, from the environment or `.env`. The table of names and defaults is in docs/settings.md."""

from __future__ import annotations

import sys

from emojiforge import __version__, environment
from emojiforge.environment import BASE_DIR, boolean, env, integer, is_loopback, read_run_addresses, url

DATA_DIR = environment.data_dir("DATA_DIR")
_RUNNING = read_run_addresses(DATA_DIR)

HOST = env.str("HOST", default="127.0.0.1")
PORT = integer("PORT", 8000, 1, 65535)
DEBUG = boolean("DEBUG", False)
PUBLIC_URL = url("PUBLIC_URL", "", ("http", "https")).rstrip("/")
TRUSTED_PROXIES = integer("TRUSTED_PROXIES", 0, 0, 10)
IS_LOCAL = is_loopback(HOST) and not PUBLIC_URL and not TRUSTED_PROXIES
"""Whether only people of this machine come here: then plain HTTP will do."""
SECRET_KEY = environment.secret_key(DATA_DIR, HOST)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if is_loopback(HOST) else [])
CSRF_TRUSTED_ORIGINS = environment.origins("CSRF_TRUSTED_ORIGINS")
SETTINGS_ERRORS = environment.ERRORS

# --- Storage: rows, files, messages -----------------------------------------------------------------------------
DATABASES = {"default": environment.database(DATA_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = url("REDIS_URL", _RUNNING.get("REDIS_URL", "redis://127.0.0.1:6379/0"), ("redis", "rediss", "unix"))
MEDIA_ROOT = DATA_DIR / "media"
STATIC_ROOT = DATA_DIR / "static"
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static", ("fonts", BASE_DIR / "animations" / "finish" / "fonts")]
STORAGES = {
    "default": environment.storage("STORAGE_URL"),
    "staticfiles": {"BACKEND": "emojiforge.static.ModuleStaticFilesStorage"},
}
CACHES = {
    "default": {
        "BACKEND": "emojiforge.cache.OptionalCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "cache",
        "OPTIONS": {
            "pool_class": "emojiforge.cache.SharedConnectionPool",
            "socket_timeout": 5,
            "socket_connect_timeout": 5,
        },
    }
}
# django-rq passes a URL on as it is, so the time-out of a connection has to stand in it.
_RQ_URL = f"{REDIS_URL}{'&' if '?' in REDIS_URL else '?'}socket_connect_timeout=5"
# The lease in a job's row says whether it runs; RQ's time only ends one that hangs and yet renews its lease.
GUEST_QUEUES = {name: f"{name}-guests" for name in ("interactive", "bulk", "previews")}
"""The queues, each with the one for guests' jobs, from which its workers take while the queue itself is empty."""
RQ_QUEUES = {name: {"URL": _RQ_URL, "DEFAULT_TIMEOUT": 6 * 3600} for name in (*GUEST_QUEUES, *GUEST_QUEUES.values())}
RQ_SHOW_ADMIN_LINK = False
WEB_PROCESSES = integer("WEB_PROCESSES", environment.web_processes(), 1, 8)
"""They share one address, and the limits on downloads, connections and bodies are divided among them."""
WORKERS = integer("WORKERS", 4, 2, 64)
"""RQ workers of `interactive`, and as many of `bulk`; may exceed the cores: one that waits for the GPU idles."""
MAX_QUEUED_PER_PERSON = WORKERS // 2
"""Jobs of one person on one queue: half of its workers are always there for others."""
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "animations.hint_layer.HintLayer",
        "CONFIG": {"hosts": [REDIS_URL], "prefix": "hints"},
    }
}

# --- GPU --------------------------------------------------------------------------------------------------------
RUNPOD_API_KEY = env.str("RUNPOD_API_KEY", default="")
RUNPOD_ENDPOINT_ID = env.str("RUNPOD_ENDPOINT_ID", default="local")
RUNPOD_BASE_URL = url(
    "RUNPOD_BASE_URL",
    "https://api.runpod.ai/v2" if RUNPOD_API_KEY else _RUNNING.get("RUNPOD_BASE_URL", "http://127.0.0.1:8010/v2"),
    ("http", "https"),
)
# The key of a run is for that run's endpoint alone.
_OURS = _RUNNING if _RUNNING.get("RUNPOD_BASE_URL") == RUNPOD_BASE_URL else {}
LOCAL_GPU_KEY = env.str("LOCAL_GPU_KEY", default="") or _OURS.get("LOCAL_GPU_KEY", "")
LOCAL_GPU_WORKERS = integer("LOCAL_GPU_WORKERS", 1, 1, 16)
GPU_MAX_WORKERS = integer("GPU_MAX_WORKERS", 3 if RUNPOD_API_KEY else LOCAL_GPU_WORKERS, 1, 1000)
GPU_SCALER = environment.scaler("GPU_SCALER", "queue_delay:4")
GPU_DOLLARS_PER_SECOND = environment.number("GPU_DOLLARS_PER_SECOND", 0.00031 if RUNPOD_API_KEY else 0.0, 1.0)
GPU_SECONDS_PER_DAY = integer("GPU_SECONDS_PER_DAY", 3600, 1, 10_000_000)
GPU_PATIENCE_SECONDS = integer("GPU_PATIENCE_SECONDS", 900, 0, 86_400)
METRICS_TOKEN = environment.token("METRICS_TOKEN")

# --- Applications -----------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.headless",
    "rest_framework",
    "drf_standardized_errors",
    "drf_spectacular",
    "channels",
    "django_rq",
    "animations",
]
MIDDLEWARE = [
    "animations.web.middleware.proxies.TrustedProxyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "animations.web.middleware.csp.ContentSecurityPolicyMiddleware",
    "animations.web.middleware.retry_after.RetryAfterMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.locale.LocaleMiddleware",  # before all that answers in words
    "animations.web.middleware.compression.CompressionMiddleware",
    "animations.web.middleware.private_json.PrivateJsonMiddleware",
    "animations.web.middleware.readable_requests.ReadableRequestMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "emojiforge.urls"
ASGI_APPLICATION = "emojiforge.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.i18n",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "animations.web.context_processors.mail",
            ],
        },
    },
]
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ko", "한국어")]
"""Each by its own name. docs/languages.md tells how to add one."""
LOCALE_PATHS = [BASE_DIR / "animations/locale"]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = "UTC"
USE_TZ = True

# --- Uploads ----------------------------------------------------------------------------------------------------
UPLOAD_MAX_BYTES = 20_000_000
REQUEST_MAX_BYTES = 25_000_000
"""The longest body of a request that the server reads: a picture and its form fields."""
FILE_UPLOAD_TEMP_DIR = DATA_DIR / "tmp"
FILE_UPLOAD_TEMP_DIR.mkdir(exist_ok=True)
FILE_UPLOAD_PERMISSIONS = 0o600
"""Of every stored file; Django's own default is readable by everybody, whatever the umask."""
FILE_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 8_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
STORAGE_MB_PER_PERSON = integer("STORAGE_MB_PER_PERSON", 2000, 1, 100_000_000)
PROJECTS_PER_PERSON = integer("PROJECTS_PER_PERSON", 1000, 1, 10_000_000)
GUESTS_PER_DAY = integer("GUESTS_PER_DAY", 100, 0, 1_000_000)
"""People who may try it without an account; with 0 nobody may."""
DISK_RESERVE_MB = integer("DISK_RESERVE_MB", 300, 1, 1_000_000)

# --- Accounts ---------------------------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_LENGTH = 8
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": PASSWORD_LENGTH},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
EMAIL_URL = env.str("EMAIL_URL", default="")
_MAIL = environment.mail("EMAIL_URL")
EMAIL_BACKEND = str(_MAIL["EMAIL_BACKEND"])
vars().update(_MAIL)
SENDS_MAIL = not EMAIL_BACKEND.endswith((".console.EmailBackend", ".dummy.EmailBackend", ".locmem.EmailBackend"))
"""Whether mail reaches anybody; the pages promise none where it does not."""
ACCOUNT_ADAPTER = "animations.web.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "signup": "animations.web.accounts.forms.SignupForm",
    "change_password": "animations.web.accounts.forms.ChangePasswordForm",
    "set_password": "animations.web.accounts.forms.SetPasswordForm",
    "reset_password_from_key": "animations.web.accounts.forms.ResetPasswordKeyForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if EMAIL_URL else "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {"signup": "240/m/ip" if IS_LOCAL else "20/m/ip"}
HEADLESS_CLIENTS = ("app", "browser")
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"

# --- REST -------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "animations.api.authentication.SessionTokenAuthentication",
        "animations.api.authentication.BrowserSessionAuthentication",
    ],
    "DEFAULT_PARSER_CLASSES": [
        "animations.api.parsers.StrictJSONParser",
        "animations.api.parsers.BoundedFormParser",
        "animations.api.multipart.FileFormParser",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PAGINATION_CLASS": "animations.api.pagination.Pagination",
    "PAGE_SIZE": 24,
    "DEFAULT_SCHEMA_CLASS": "animations.api.schema.ApiSchema",
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
    "NUM_PROXIES": 0,  # `REMOTE_ADDR` is the person's own already
    "DEFAULT_THROTTLE_CLASSES": ["animations.api.throttling.PerMinuteThrottle"],
    "DEFAULT_THROTTLE_RATES": {"read": "1200/min", "write": "240/min", "spend": "60/min"},
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
DRF_STANDARDIZED_ERRORS = {
    "EXCEPTION_FORMATTER_CLASS": "animations.api.errors.TranslatingFormatter",
    "EXCEPTION_HANDLER_CLASS": "animations.api.errors.ApiExceptionHandler",
    "ENABLE_IN_DEBUG_FOR_UNHANDLED_EXCEPTIONS": True,
    "ALLOWED_ERROR_STATUS_CODES": [
        str(code) for code in (400, 401, 403, 404, 405, 406, 408, 409, 413, 415, 422, 429, 500, 503, 507)
    ],
    "ERROR_SCHEMAS": {
        "400": "animations.api.schema.INVALID_RESPONSE",
        **dict.fromkeys(("403", "408", "409", "413", "422", "429"), "animations.api.schema.ERROR_RESPONSE"),
        **dict.fromkeys(("503", "507"), "animations.api.schema.OUTAGE_RESPONSE"),
    },
}
INSTALLED_APPS += ["drf_spectacular_sidecar"]  # Swagger UI's own files, so that its page needs no other site
SPECTACULAR_SETTINGS = {
    "TITLE": "EmojiForge",
    "DESCRIPTION": "Animated emoji and stickers, from one picture, that every chat accepts. How an app signs in, "
    "follows an emoji live, asks again safely and takes back: docs/api/apps.md.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "COMPONENT_SPLIT_REQUEST": True,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "ProjectStatus": "animations.models.Project.Status",
        "FrameStatus": "animations.models.Frame.Status",
        "JobStatus": "animations.models.Job.Status",
        "GroundEnum": "animations.encode.platforms.GROUNDS",
        "ValidationErrorEnum": "drf_standardized_errors.openapi_serializers.ValidationErrorEnum.choices",
        "ClientErrorEnum": "drf_standardized_errors.openapi_serializers.ClientErrorEnum.choices",
        "ServerErrorEnum": "drf_standardized_errors.openapi_serializers.ServerErrorEnum.choices",
    },
    "POSTPROCESSING_HOOKS": ["drf_standardized_errors.openapi_hooks.postprocess_schema_enums"],
}

# --- Security and logs ------------------------------------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SAMESITE = "Lax"
_ENCRYPTED = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _ENCRYPTED
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _ENCRYPTED else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_SSL_REDIRECT = _ENCRYPTED and TRUSTED_PROXIES > 0
"""Without a proxy to believe every request looks like plain HTTP, and would be sent round for ever."""
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^metrics$"]  # asked for on this machine
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
"""HSTS for other names of the domain, and in the browsers' lists, is for the owner of the domain to decide."""
SENTRY_DSN = environment.sentry_dsn("SENTRY_DSN")
SENTRY_ENVIRONMENT = env.str("SENTRY_ENVIRONMENT", default="") or ("development" if DEBUG else "production")
SENTRY_RELEASE = env.str("SENTRY_RELEASE", default="") or f"emojiforge@{__version__}"
if SENTRY_DSN:
    INSTALLED_APPS += ["emojiforge.error_reports"]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "emojiforge.http.log_redaction.LogFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "stream": sys.stderr, "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "httpx": {"level": "WARNING"},
        "rq": {"level": "WARNING"},
        "django.channels.server": {"level": "WARNING"},
    },
}
