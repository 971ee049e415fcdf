"""Where pages come from: templates, static files, languages."""

from __future__ import annotations

from typing import Any, Final

USE_TZ: Final = True
TIME_ZONE: Final = "UTC"
LANGUAGE_CODE: Final = "en"
LANGUAGES: Final = [("en", "English"), ("ja", "日本語")]
LANGUAGE_COOKIE_SAMESITE: Final = "Lax"
LANGUAGE_COOKIE_HTTPONLY: Final = True
DEFAULT_AUTO_FIELD: Final = "django.db.models.BigAutoField"

STATIC_URL: Final = "/static/"
STATICFILES_FINDERS: Final = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "accord_server.web.fonts.JapaneseFont",
]
WHITENOISE_USE_FINDERS: Final = True  # files of the packages themselves: nothing has to be collected
WHITENOISE_AUTOREFRESH: Final = False
WHITENOISE_MAX_AGE: Final = 600

TEMPLATES: Final[list[dict[str, Any]]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accord_server.web.asking.demonstration",
            ],
        },
    }
]
FORM_RENDERER: Final = "django.forms.renderers.DjangoTemplates"
