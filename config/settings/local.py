"""One machine, for `make run` and development: loosens what needs TLS, keeps everything else of `base`."""

import os
import secrets

from .base import *  # noqa: F403
from .base import LOGGING, VAR, env

ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
DEBUG = env.bool("DEBUG", default=False)

# The demo's people have no app at hand.
SECOND_FACTOR_ROLES = env.list("SECOND_FACTOR_ROLES", default=[])

LOGGING["root"]["level"] = env("LOG_LEVEL", default="WARNING")


def _local_secret_key() -> str:
    """The key of this folder: made once, readable by its owner alone."""
    path = VAR / "secret_key"
    VAR.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        # Written beside it first: a start that is killed leaves no empty key behind.
        draft = VAR / f"secret_key.{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(64))
        draft.rename(path)
    return path.read_text()


SECRET_KEY = env("SECRET_KEY", default="") or _local_secret_key()
