"""The WSGI application that granian serves."""

import os
import threading

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

application = get_wsgi_application()

from search import analysis  # noqa: E402

# The first search would wait for the Turkish dictionary; it is read while the server starts.
threading.Thread(target=analysis.warm, daemon=True).start()
