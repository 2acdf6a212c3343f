"""The suite: real databases and engines, cheap password hashing, nothing written outside a temporary folder.

Each process of the suite has a folder of its own. A process that a test starts itself shares the test's folder by
DES_TEST_VAR.
"""

import os
import tempfile

os.environ["DES_VAR"] = os.environ.get("DES_TEST_VAR") or tempfile.mkdtemp(prefix="des-test-")

from .base import *  # noqa: F403
from .base import DATABASES, STORAGES, VAR

SECRET_KEY = "for the test suite only, never for a site that anybody reads"  # noqa: S105
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Thousands of requests from one address are the suite itself; tests of the limits set their own.
RATE_LIMITS: dict[str, str] = {}
# Tests of the second factor require it themselves.
SECOND_FACTOR_ROLES: list[str] = []
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, not memory: tests with several processes need a database that can be shared.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR / "test.sqlite3")}
