"""Settings of motcua: everything that differs between places comes from the environment.

DATABASE_URL (a PostgreSQL server of 15 or newer; without it the embedded one under MOTCUA_VAR), MOTCUA_VAR (data
folder, `var/` beside the code), SECRET_KEY, ALLOWED_HOSTS (comma separated), DEBUG, MOTCUA_CLOSING.
"""

import json
import os
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from motcua import embedded

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("MOTCUA_VAR", ROOT / "var")).resolve()

DEBUG = os.environ.get("DEBUG") == "1"
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
SECRET_KEY = os.environ.get("SECRET_KEY") or embedded.kept_secret(VAR)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "template_partials.apps.SimpleAppConfig",
    "procrastinate.contrib.django",
    "motcua",
    "motcua.ui",
    "motcua.journal",
    "motcua.people",
    "motcua.gateways",
    "motcua.catalogue",
    "motcua.tickets",
    "motcua.dossiers",
    "motcua.scores",
    "motcua.notices",
    "motcua.questions",
    "motcua.steering",
    "motcua.demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "motcua.people.views.guarding.OperatorsDesk",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "motcua.ui.middleware.ComposedLetters",
    "motcua.ui.middleware.NoSuchWay",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "motcua" / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "motcua.people.views.frame.frame",
            ],
            "builtins": ["template_partials.templatetags.partials"],
        },
    }
]

DATABASES = {
    "default": dj_database_url.parse(os.environ.get("DATABASE_URL") or embedded.url(VAR), conn_max_age=600)
    | {"CONN_HEALTH_CHECKS": True}
}
# The few statements of every act are planned once a connection (motcua/journal/wire.py).
DATABASES["default"].setdefault("OPTIONS", {})["prepare_threshold"] = 5
AUTH_USER_MODEL = "people.Officer"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "full_name")},
    },
    {"NAME": "motcua.people.passwords.LongEnough", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# A link to choose a password opens once, within this many seconds of being given.
PASSWORD_RESET_TIMEOUT = 24 * 3600
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"

ROOT_URLCONF = "motcua.urls"
WSGI_APPLICATION = "motcua.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "vi"
USE_I18N = True
USE_THOUSAND_SEPARATOR = True
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"

STATIC_URL = "/tinh/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS: list[Path | tuple[str, Path]] = [ROOT / "motcua" / "static"]
# From npm by the lock file; where it could not be had, the designer page says so.
BPMN_JS = ROOT / "node_modules" / "bpmn-js" / "dist"
if BPMN_JS.is_dir():
    STATICFILES_DIRS.append(("bpmn-js", BPMN_JS))
WHITENOISE_USE_FINDERS = True

# What report forms count that a room above `scores` knows (docs/adr/0017).
REPORT_SOURCES = {"difficulties": "motcua.steering.books.reported.DIFFICULTIES"}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
SESSION_COOKIE_HTTPONLY = True
# The table of a process is one form: six fields a row and three a way, of 300 rows at most.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# The pattern of TT 03/2025/TT-VPCP was not found: {agency}, {yymmdd} or {yyyymmdd}, {seq:04}.
DOSSIER_CODE = "{agency}-{yymmdd}-{seq:04}"

# Whether dossiers whose supplement never came are closed by the system ("auto") or by the desk itself ("hand").
CLOSING = os.environ.get("MOTCUA_CLOSING", "auto")
if CLOSING not in ("auto", "hand"):
    raise ImproperlyConfigured(f"MOTCUA_CLOSING: “{CLOSING}” không có; dùng auto hoặc hand")
PROCRASTINATE_IMPORT_PATHS = [
    "motcua.catalogue.cleaning.tasks",
    "motcua.dossiers.closing",
    "motcua.dossiers.inputs",
    "motcua.steering.reminders",
    "motcua.scores.reconciling.tasks",
    "motcua.steering.surveys.tasks",
    "motcua.scores.warming",
]

# Whose code a group of dossiers handed in online carries (NĐ 118/2025 Đ.28.2.a); the portal's own was not found.
PORTAL_AGENCY = os.environ.get("PORTAL_AGENCY", "DVCQG")

# For how many seconds a page of the index may show what was counted before; 0 counts for every viewer.
INDEX_SECONDS = float(os.environ.get("MOTCUA_INDEX_SECONDS", "2"))

# How many public files one address may take in a minute from one worker.
EXPORTS_A_MINUTE = int(os.environ.get("EXPORTS_A_MINUTE", "60"))

# For how many days after a month what is late may still be written down, before its open figures are given for good.
OPEN_DATA_DAYS = int(os.environ.get("OPEN_DATA_DAYS", "3"))

# How many lists (XLSX, PDF) one address may take in a minute without an account, from one worker.
LISTS_A_MINUTE = int(os.environ.get("LISTS_A_MINUTE", "10"))

# How many moments of their own (`luc=`, `den=`), at which figures must be counted anew, one address may ask for in a
# minute without an account, from one worker.
MOMENTS_A_MINUTE = int(os.environ.get("MOMENTS_A_MINUTE", "10"))

# How many proxies of one's own stand before the program, each adding to X-Forwarded-For; 0 believes no such header.
TRUSTED_PROXIES = int(os.environ.get("TRUSTED_PROXIES", "0"))

# How many times one address may ask for pages of survey links in a minute, from one worker.
ANSWERS_A_MINUTE = int(os.environ.get("ANSWERS_A_MINUTE", "120"))

# What the links of letters begin with, as https://mot-cua.tinh.gov.vn; empty: as the officer's browser had it.
PUBLIC_URL = os.environ.get("PUBLIC_URL", "").rstrip("/")

# The national portal; without an address its stand-in answers, and says so on screen.
PORTAL_URL = os.environ.get("PORTAL_URL", "")
PORTAL_USER = os.environ.get("PORTAL_USER", "")
PORTAL_PASSWORD = os.environ.get("PORTAL_PASSWORD", "")
PORTAL_DESTINATION = os.environ.get("PORTAL_DESTINATION", "VN:GOV:000.00.00.G22:vpcpdvcprovider")

# What it is asked for when figures are compared: two services, and its names of the figures. Unverified, so given here.
PORTAL_RECORDS = {"dossiers": "LayDanhSachHoSoMC", "figures": "LaySoLieuHoSoMC"}
PORTAL_RECORDS |= {
    "received": "TiepNhan",
    "settled": "DaGiaiQuyet",
    "waiting": "ChoBoSung",
    "returned": "DaTra",
}
PORTAL_RECORDS |= json.loads(os.environ.get("PORTAL_RECORDS", "{}"))

# How long a gateway may take to answer, in seconds; beyond it nobody knows whether it took the message.
GATEWAY_SECONDS = float(os.environ.get("GATEWAY_SECONDS", "10"))

# E-mail; without a server a stand-in keeps the messages, and says so on screen. MAIL_TLS: starttls, tls or "".
MAIL_HOST = os.environ.get("MAIL_HOST", "")
MAIL_PORT = int(os.environ.get("MAIL_PORT", "587"))
MAIL_USER = os.environ.get("MAIL_USER", "")
MAIL_PASSWORD = os.environ.get("MAIL_PASSWORD", "")
MAIL_TLS = os.environ.get("MAIL_TLS", "starttls")
MAIL_FROM = os.environ.get("MAIL_FROM", "mot-cua@localhost")

# SMS or Zalo; without an address the stand-in answers. What a gateway calls its fields and its answers differs from
# one to the next and none of it is verified: each is overridden by a JSON object in the environment.
SMS_URL = os.environ.get("SMS_URL", "")
SMS_TOKEN = os.environ.get("SMS_TOKEN", "")
SMS_SENDER = os.environ.get("SMS_SENDER", "")
SMS_FIELDS = {"id": "request_id", "to": "to", "text": "message", "sender": "brandname", "template": ""}
SMS_FIELDS |= json.loads(os.environ.get("SMS_FIELDS", "{}"))
SMS_ANSWERS = {"code": "code", "message": "message", "taken": ["0"], "known": ["2"], "later": ["3"]}
SMS_ANSWERS |= {"refused": ["1"]} | json.loads(os.environ.get("SMS_ANSWERS", "{}"))
SMS_TEMPLATES = json.loads(os.environ.get("SMS_TEMPLATES", "{}"))
SMS_DEDUPES = os.environ.get("SMS_DEDUPES") == "1"
SMS_PLAIN = os.environ.get("SMS_PLAIN") == "1"
SMS_HOURS = os.environ.get("SMS_HOURS", "07:00-21:00")

# Where a citizen looks a dossier up, {code} for its code, and for how many days a notice is worth sending.
TRACKING_URL = os.environ.get("TRACKING_URL", "https://dichvucong.gov.vn")
NOTICE_DAYS = int(os.environ.get("NOTICE_DAYS", "3"))

# The largest file of evidence a task takes, in MB; kept in the database, once for each digest.
STEERING_FILE_MB = int(os.environ.get("STEERING_FILE_MB", "20"))

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {"django.request": {"handlers": ["console"], "level": "ERROR", "propagate": False}},
}
