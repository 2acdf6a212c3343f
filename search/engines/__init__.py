"""The engine this installation searches with, chosen by `SEARCH_URL`.

`tantivy://` is the embedded one, in VAR/search (or in the folder the address names); `http://` and `https://` are
Elasticsearch: `https://user:password@host:9200/?index=des`.
"""

from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from .protocol import Engine


def engine() -> Engine:
    """The engine of this installation; one for each process."""
    return engine_at(settings.SEARCH_URL, str(settings.VAR))


@lru_cache(maxsize=8)
def engine_at(url: str, var: str) -> Engine:
    """The engine at `url`. Raises ImproperlyConfigured for an address that names none."""
    parts = urlsplit(url)
    if parts.scheme == "tantivy":
        from .tantivy import TantivyEngine

        return TantivyEngine(Path(parts.path) if parts.path not in ("", "/") else Path(var) / "search")
    if parts.scheme in {"http", "https"} and parts.hostname:
        from .elasticsearch import ElasticsearchEngine

        return ElasticsearchEngine.at(url)
    raise ImproperlyConfigured(
        "SEARCH_URL must be tantivy:// or https://user:password@host:9200/?index=des, "
        f"but it begins with {parts.scheme or 'nothing'}://."
    )
