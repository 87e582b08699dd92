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

from nb2prod.secrets.lines import lines_with
from nb2prod.secrets.patterns import Match
from nb2prod.secrets.words import is_placeholder, is_random

_ANCHORS = (
    "AKC AKIA ASIA"
    " ABIA ACCA A3T AccountKey= cloudant softlayer ibm_c ibm-c _authToken T3BlbkFJ pypi-AgE SG. xox"
    " hooks.slack sq0csp k_live_ eyJ ghp_ gho_ ghu_ ghs_ ghr_ glpat- gldt- glft- glrt- GR1348941 glcbt- -us"
).split()
_LIKELY = re.compile(
    r"AKC\w{10}|A[KSBC][IC]A[0-9A-Z]{16}|A3T[0-9A-Z]{17}|AccountKey=\S{80}|(?i:cloudant|softlayer|ibm_?c|ibm-c)"
    r".{0,40}\w{20}|_authToken|T3BlbkFJ|pypi-Ag|SG\.[\w-]{22}\.|xox[a-z]-\d|hooks\.slack|sq0csp-|k_live_\w{20}"
    r"|eyJ[\w-]+\.eyJ|gh[pousr]_\w{36}|gl[a-z]{2,6}-[\w-]{20}|GR1348941|[0-9a-z]{32}-us\d"
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
    for start, end in lines_with(text, _ANCHORS):
        if end - start <= _LONGEST and _LIKELY.search(text, start, end):
            yield from _in_line(text[start:end], start)


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

    classes: Any = get_mapping_from_secret_type_to_class().values()
    return tuple(cls() for cls in classes if cls.__name__ in _PLUGINS)
