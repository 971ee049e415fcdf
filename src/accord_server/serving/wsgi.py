"""The site as a WSGI application, for gunicorn or another server: `accord_server.serving.wsgi:application`."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "accord_server.settings")
application = get_wsgi_application()
