"""One serialisation and one digest for everything that is hashed: rows of the ledgers, frozen content, live fields."""

import hashlib
import json
from datetime import UTC, date, datetime
from typing import Any

#: What the first row of a chain names as the hash of the row before it.
GENESIS = "0" * 64


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def canonical_json(value: Any) -> str:
    """`value` as JSON with sorted keys, no white space and no escapes beyond JSON's own.

    Moments are written in UTC with microseconds, dates as ISO 8601, anything else JSON doesn't know by its text.
    """
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_plain
    )


def digest(value: Any) -> str:
    """SHA-256 of the canonical JSON of `value`, 64 hexadecimal digits."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()
