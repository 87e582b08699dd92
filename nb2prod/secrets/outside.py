"""detect-secrets as a second opinion, on lines that hold what its patterns look for.

Its detectors of entropy and keywords stay out: they alarm at hashes, ids and prose; passwords in
addresses are found by our own table, which knows placeholders. Importing it
takes as long as a conversion, so no line is shown to it without an anchor.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from nb2prod.secrets.patterns import Match
from nb2prod.secrets.words import is_placeholder, is_random

_ANCHORS = re.compile(
    r"\bAKC\w{10}|\bAP[\dA-F]\w{8}|A3T[A-Z0-9]\w{16}|ABIA|ACCA|AKIA|ASIA|AccountKey=|"
    r"cloudant|\bcl_?(?:api|key|pw)|\b[MNO][\w-]{23,25}\.[\w-]{6}\.|gh[pousr]_\w{30}|gl[a-z]{2,6}-\w{16}|GR1348941|ibm|"
    r"eyJ[\w-]+\.|[0-9a-z]{32}-us\d|_authToken|T3BlbkFJ|pypi-AgE|SG\.[\w-]{20}|xox[a-z]-|hooks\.slack|softlayer|"
    r"sq0csp|[rs]k_live_|\d{8,10}:[\w-]{35}|\b(?:AC|SK)[a-z0-9]{32}\b"
)
_PLUGINS = (
    "ArtifactoryDetector", "AWSKeyDetector", "AzureStorageKeyDetector", "CloudantDetector",
    "DiscordBotTokenDetector", "GitHubTokenDetector", "GitLabTokenDetector", "IbmCloudIamDetector",
    "IbmCosHmacDetector", "JwtTokenDetector", "MailchimpDetector", "NpmDetector", "OpenAIDetector",
    "PypiTokenDetector", "SendGridDetector", "SlackDetector", "SoftlayerDetector", "SquareOAuthDetector",
    "StripeDetector", "TelegramBotTokenDetector", "TwilioKeyDetector",
)  # fmt: skip
_LONGEST = 20_000  # characters of a line


def second_opinion(text: str) -> Iterator[Match]:
    """Yield what detect-secrets finds in a text that is not a placeholder."""
    if not _ANCHORS.search(text):
        return
    start = 0
    for line in text.split("\n"):
        if len(line) <= _LONGEST and _ANCHORS.search(line):
            yield from _in_line(line, start)
        start += len(line) + 1


def _in_line(line: str, offset: int) -> Iterator[Match]:
    for plugin in _plugins():
        for value in plugin.analyze_string(line):
            value = value.strip("\"' =:")
            place = line.find(value)
            if place >= 0 and is_random(value) and not is_placeholder(value):
                start = offset + place
                kind = str(plugin.secret_type).lower()
                name = re.sub(r"\W+", "_", plugin.secret_type).strip("_").upper()
                yield Match(start, start + len(value), value, kind, name)


@cache
def _plugins() -> tuple[Any, ...]:
    from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class

    classes = get_mapping_from_secret_type_to_class().values()
    return tuple(cls() for cls in classes if cls.__name__ in _PLUGINS)
