"""Django's settings, made of the environment (docs/site.md has the table); a bad one fails here, not at use."""

from __future__ import annotations

import os

from accord_server.settings.databases import django_database
from accord_server.settings.environment import read_environment
from accord_server.settings.logs import logging_to_stderr

ENVIRONMENT = read_environment(os.environ)

DEBUG = False
SECRET_KEY = ENVIRONMENT.secret
ALLOWED_HOSTS = list(ENVIRONMENT.hosts)
DATABASES = {"default": django_database(ENVIRONMENT.database)}
if ENVIRONMENT.owner is not None:
    DATABASES["owner"] = django_database(ENVIRONMENT.owner)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "accord_server.people",
    "accord_server.access",
    "accord_server.log",
    "accord_server.calls",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

AUTH_USER_MODEL = "people.Account"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ja", "日本語")]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

SECURE_SSL_REDIRECT = ENVIRONMENT.https
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if ENVIRONMENT.https else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.https
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"

LOGGING = logging_to_stderr(ENVIRONMENT.log_level)
