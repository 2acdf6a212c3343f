"""The serialisation and digest of the ledgers for the rooms from here up; `subscribers.canonical` defines them."""

from subscribers.canonical import GENESIS, canonical_json, digest

__all__ = ["GENESIS", "canonical_json", "digest"]
