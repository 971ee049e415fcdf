"""Django's settings, made of the environment (docs/site.md has the table); a bad one fails here, not at use."""

from __future__ import annotations

import os

from accord_server.settings.accounts import *  # noqa: F403  allauth's own names
from accord_server.settings.databases import django_database
from accord_server.settings.environment import read_environment
from accord_server.settings.files import django_storage
from accord_server.settings.logs import logging_to_stderr
from accord_server.settings.mail import django_mail
from accord_server.settings.pages import *  # noqa: F403  Django's names for templates, static files and languages
from accord_server.settings.security import *  # noqa: F403  Django's names for what a browser is told

ENVIRONMENT = read_environment(os.environ)

DEBUG = False
SECRET_KEY = ENVIRONMENT.secret
ALLOWED_HOSTS = list(ENVIRONMENT.hosts)
DATABASES = {"default": django_database(ENVIRONMENT.database)}
if ENVIRONMENT.owner is not None:
    DATABASES["owner"] = django_database(ENVIRONMENT.owner)
DATABASE_ROUTERS = ["accord_server.database.routing.Preparing"]
CACHES = {
    "default": {  # every process counts the same attempts to sign in
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": str(ENVIRONMENT.folder / "cache"),
    }
}
ROOT_URLCONF = "accord_server.serving.urls"
WSGI_APPLICATION = "accord_server.serving.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "accord_server.people",
    "accord_server.access",
    "accord_server.mail",
    "accord_server.log",
    "accord_server.calls",
    "accord_server.proposals",
    "accord_server.tasks",
    "accord_server.api",
    "accord_server.doctor",
    "django_tasks",
    "django_tasks_db",
    "accord_server.web",  # before allauth: its pages are ours
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "accord_server.web.doors.arrival",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

SECURE_SSL_REDIRECT = ENVIRONMENT.https
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if ENVIRONMENT.https else 0
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = ENVIRONMENT.https
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if ENVIRONMENT.https else "http"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not ENVIRONMENT.https  # only browsers on localhost offer passkeys then

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
STORAGES = {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "documents": django_storage(ENVIRONMENT.bucket, ENVIRONMENT.files),
}
for _name, _value in django_mail(ENVIRONMENT.smtp, ENVIRONMENT.mail_from).items():
    globals()[_name] = _value

LOGGING = logging_to_stderr(ENVIRONMENT.log_level)
