"""Names that promise a secret, and values that are none: placeholders, words, look-ups."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

Strength = Literal["password", "token", "key", ""]

# what a value must be like depends on what its name promises: a password can be any word
_PASSWORD = re.compile(
    r"(.*_)?(passwords?|passwd|passwort|pwd|passphrase|pass_?code|senha|contrasena|contraseña|"
    r"mot_de_passe|(db|sql|my|user|smtp|mail|email|ftp|admin|root|ssh|login)_?pass|pass|passw|pgpassword)"
)
_TOKEN = re.compile(
    r"(.*_)?("
    r"secret|secret_?(access_?)?key|api_?(keys?|secret|token)|apikey|access_?(key(_?id)?|token)|"
    r"auth_?(token|key)|token|bearer(_token)?|private_?key(_id)?|client_?secret|account_?key|"
    r"sas(_?token)?|credentials?|app_?(key|secret|token|id)|consumer_?(key|secret)|"
    r"(signing|encryption|master|storage|service|subscription|license|session|shared|host|function|"
    r"deploy|webhook|fernet|hmac|jwt|ssh|user|project)_?(key|secret|token)|"
    r"refresh_?token|id_?token|authorization|x_api_key|cookie|salt|jwt|pat|"
    r"(open_?ai|kaggle|wandb|hf|huggingface|github|gitlab|google|aws|azure|stripe|twilio|slack|"
    r"telegram|discord|mapbox|sendgrid|anthropic|cohere|pinecone|weather|tmdb|news|alpha_?vantage|"
    r"quandl|fred|census|maps|gmaps|bot|twitter|spotify|reddit|comet|neptune)_?(key|token|secret|api)|"
    r"account_?sid|appid|api)(_?(value|id|v?\d+))?"
)
_KEY = re.compile(r"(.*_)?key")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
ANCHORS = (
    "pass pwd secret token key credential"
    " auth bearer senha contrase cookie salt jwt api sas_ session appid _sid"
).split()

_WHO = r"(?<![A-Za-z0-9])(your|my)[-_ ]?\w*[-_ ]*"
_WHAT = "key|token|password|passwd|pwd|secret|id|pass|api|cred|account|value|name|user|access|here"
_VERBS = (
    "insert|replace|enter|put|paste|fill|add|type|use|set|provide|todo|change[-_ ]?(me|this|it)"
)
_STATES = (
    "redacted|removed|hidden|masked|placeholder|dummy|fake|sample|example|censored|confidential"
)
_NOUNS = (
    r"pass(word|wd)?s?|pwd|secret(s|[-_]?key)?|token|(api|access|auth|secret)[-_ ]?(key|token)s?|key|"
    r"none|null|nil|undefined|true|false|test|testing|foo|bar|baz|abc|string|str|text|value|hidden|"
    r"default|optional|required|n/?a|empty|credentials?|user(name)?|login|auth|bearer|basic|env|"
    r"prompt|unknown"
)
_PLACEHOLDER = re.compile(
    r".*(<.*>|\{.*\}|\[.*\]|\*{3,}|\.{3,}|…|x{4,}|#{3,}|_{4,}|-{6,}(?!begin)).*"
    r"|\$.*|%\(.*\)s|%s|[x*.\-_?#0]+|(.)\2{3,}"
    rf"|.*{_WHO}({_WHAT}).*|.*\b({_VERBS}|{_STATES})\b.*"
    r"|.*(your[-_]|[-_]here\b|placeholder|changeme|change_me|redacted|removed by nb2prod).*"
    rf"|{_NOUNS}",
    re.I | re.S,
)
_LOOKUP = re.compile(
    r"(os\.|environ|getenv|getpass|input\(|userdata\.|secrets?\.get|self\.|config[.\[]|args\.)"
)
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d{1,4}")


def normal(name: str) -> str:
    """Return a name in lower case with underscores: `apiKey`, `API-KEY` -> `api_key`."""
    return re.sub(r"[\W_]+", "_", _CAMEL.sub("_", name.strip())).strip("_").lower()


def may_name(text: str) -> bool:
    """Say cheaply whether names in a text can promise secrets."""
    lower = text.lower()
    return any(anchor in lower for anchor in ANCHORS)


@lru_cache(10_000)
def promise(name: str) -> Strength:
    """Return what a name of a variable, parameter or key promises: how a secret below it looks."""
    plain = normal(name)
    if len(plain) > 60:
        return ""
    if _PASSWORD.fullmatch(plain):
        return "password"
    if _TOKEN.fullmatch(plain):
        return "token"
    return "key" if _KEY.fullmatch(plain) else ""


def is_placeholder(value: str) -> bool:
    """Say whether a value only stands where a secret goes: "xxx", "<your key>", "changeme"."""
    plain = value.strip()
    if plain.startswith("-----BEGIN"):
        return "..." in plain or len(plain) < 80
    return len(plain) < 3 or bool(_PLACEHOLDER.fullmatch(plain) or _LOOKUP.match(plain))


def is_random(value: str, least: int = 8) -> bool:
    """Say whether a value looks made by chance, and not of words."""
    if len(value) < least or re.search(r"\s", value) or not value.isascii():
        return False
    letters, digits = any(c.isalpha() for c in value), any(c.isdigit() for c in value)
    if not letters or not digits:
        mixed = any(c.islower() for c in value) and any(c.isupper() for c in value)
        return (mixed and len(value) >= 20 and not _is_words(value)) or (
            digits and len(value) >= 24
        )
    return not _is_words(value)


def _is_words(value: str) -> bool:
    """Say whether a value is words and short numbers: `bert-base-uncased`, `model_v2`, `Salary2019`."""
    rest = _WORDS.sub("", value)
    pieces = _WORDS.findall(value)
    longest = max(map(len, pieces), default=0)
    return (
        set(rest) <= set("-_./:+ ")
        and (len(pieces) <= 3 or len(value) / len(pieces) >= 3.5)
        and longest > 2
    )


def can_be(value: str, promised: Strength) -> bool:
    """Say whether a value can be what its name promises."""
    if not promised or is_placeholder(value) or len(value) > 12_000:
        return False
    if value.startswith("-----BEGIN"):
        return True
    if promised == "password":
        return not re.search(r"\s", value) and len(value) <= 200
    if promised == "key":
        return is_random(value, 20) and bool(re.fullmatch(r"[\w+/=.-]+", value))
    return (
        len(value) <= 4_000
        and not re.search(r"^(https?|file|s3|gs)://|\s|[/\\]\w+\.\w{2,4}$", value)
        and is_random(value)
    )


def is_distinct(value: str) -> bool:
    """Say whether a value found anywhere is that secret: no common word or number."""
    if len(value) >= 16:
        return True
    kinds = (str.isdigit, str.islower, str.isupper, lambda c: not c.isalnum())
    found = sum(any(kind(c) for c in value) for kind in kinds)
    return (len(value) >= 6 and found >= 2 and not value.isalpha()) or (
        len(value) >= 10 and found >= 2
    )
