"""What of a notebook anybody may see: the first step after reading, before anything looks at it."""

from __future__ import annotations

from nb2prod.notebook.document import Document
from nb2prod.secrets.document import without_secrets
from nb2prod.secrets.outputs import without_personal_data


def public(document: Document, *, keep_outputs: bool = False) -> Document:
    """Return a notebook without secrets and, unless `keep_outputs`, outputs that show personal data."""
    cleaned = without_secrets(document)
    return cleaned if keep_outputs else without_personal_data(cleaned)
