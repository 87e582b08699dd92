"""Personal data: which columns hold it, by their names and values, and which texts show it.

Standard library only, Python 3.9: the recorder of tests uses this file in the notebook's interpreter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,12}(?![\w-])")
_NOBODY = re.compile(
    r"(?i)@(.*\.)?(example\.(com|org|net)|invalid|localhost|test)$|^(no-?reply|git)@"
)
_IBAN = re.compile(
    r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Za-z0-9])"
)
_CARD = re.compile(
    r"(?<![\w.-])(?:\d{4}[ -]\d{4}[ -]\d{4}[ -]\d{1,7}|\d{4}[ -]\d{6}[ -]\d{5}|\d{13,19})(?![\w.-])"
)
_ISSUERS = re.compile(r"4|5[1-5]|2[2-7]|3[47]|6011|65|35|30|36|38")
_PHONE = re.compile(
    r"(?:\+|00)\d{1,3}[ .\-/()]*\d(?:[ .\-/()]*\d){6,12}|\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?:\s*x\d+)?"
)
_SSN = re.compile(r"(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}")
_DATE = re.compile(
    r"\d{1,4}[-/. ](\d{1,2}|[A-Za-z]{3,9})[-/., ]+\d{1,4}\b.*|[A-Za-z]{3,9} \d{1,2},? \d{4}|\d{8}"
)
_WORDS = re.compile(r"[^\W\d_]{1,}")
_HONORIFIC = re.compile(
    r"\b(Mr|Mrs|Miss|Ms|Mme|Mlle|Dr|Prof|Rev|Sir|Lady|Master|Capt|Col|Major|Herr|Frau|Don|Sr|Sra)\b\.?"
)
_GIVEN = frozenset(
    """james mary john patricia robert jennifer michael linda william elizabeth david barbara richard
    susan joseph jessica thomas sarah charles karen christopher lisa daniel nancy matthew betty anthony
    margaret mark sandra donald ashley steven kimberly paul emily andrew donna joshua michelle kenneth
    carol kevin amanda brian dorothy george melissa timothy deborah ronald stephanie edward rebecca
    jason sharon jeffrey laura ryan cynthia jacob kathleen gary amy nicholas angela eric shirley jonathan
    anna stephen brenda larry pamela justin emma scott nicole brandon helen benjamin samantha samuel
    katherine frank christine gregory rachel raymond carolyn alexander janet patrick catherine jack maria
    dennis heather jerry diane tyler ruth aaron julie jose olivia adam joyce nathan virginia henry
    victoria peter kelly kyle lauren walter christina harold joan carl evelyn arthur judith roger
    andrea juan carlos luis miguel ana carmen lucia sofia pedro jorge pablo antonio francisco manuel
    pierre jean marie camille luc hans klaus anna ingrid jurgen wolfgang sven lars erik olga ivan
    dmitri sergey natasha mohammed mohamed ahmed ali fatima omar hassan ibrahim yusuf aisha wei li
    ming chen yuki hiroshi kenji priya raj rahul anil sunita amit deepak ravi sanjay arjun neha""".split()
)

_NUMBER = "(_?(no|num|number|nr))?"
_NAMES: dict[str, str] = {
    "e-mail address": r"(e_?mails?|e_?mail_?(address|addr|id)|correo|courriel)(_\d)?",
    "phone number": rf"(phone|tel|telephone|mobile|cell_?phone|fax|telefono|telefon){_NUMBER}(_\d)?",
    "payment card": rf"((credit|debit|payment)_?card|card_?(no|num|number)|cc_?(no|num|number)|pan){_NUMBER}",
    "bank account": rf"(iban|bank_?account{_NUMBER}|bic)",
    "national id": rf"(ssn|social_?security{_NUMBER}|national_?(id|insurance.*)|passport{_NUMBER}|nino"
    rf"|nhs_?(no|num|number)|aadhaar|cpf|curp|dni|pesel|bsn|tax_?id|driver_?s?_?licen[cs]e{_NUMBER})",
    "address": r"(street|((street|home|postal|mailing|billing|shipping|residential)_?)?address(_?line)?"
    r"|adresse|direccion|endereco)(_?\d)?",
    "birth date": r"(dob|date_?of_?birth|birth_?date|birth_?day|born|geburtsdatum|fecha_?nacimiento)",
    "name": r"(first|last|full|middle|sur|family|given|maiden|user|customer|client|patient|employee|student"
    r"|passenger|contact|owner|host|driver|applicant|member|guest|person|candidate|insured|holder|nick|legal"
    r"|birth)_?names?|surname|nombres?|apellidos?|prenom|vorname|nachname",
}
_NAMED = {kind: re.compile(rf"(.*_)?({pattern})") for kind, pattern in _NAMES.items()}
_NO_PERSON = re.compile(
    r"(.*_)?(ip|mac|web|url|wallet|contract|memory|file|column|feature|product|model)_?(address|name)"
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SAMPLES = 200
_SHARE = 0.6  # of the values of a column, from which it is of their kind


def personal_columns(
    columns: Sequence[str], samples: Mapping[str, Sequence[object]] | None = None
) -> dict[str, str]:
    """Return the columns that look personal, each with its kind: "e-mail address", "name" and so on.

    `samples` are some values by column. Where there are any, a column's name does not count against
    them; values of a form that means one thing (e-mail, card, IBAN) count without a name.
    """
    found = {}
    for column in columns:
        values = [
            str(v).strip() for v in list((samples or {}).get(column, ()))[:_SAMPLES] if _is_given(v)
        ]
        kind = _kind(str(column), values)
        if kind:
            found[str(column)] = kind
    return found


def _is_given(value: object) -> bool:
    return (
        value is not None
        and value == value
        and str(value).strip() not in ("", "nan", "NaN", "None", "NaT", "...", "<NA>")
    )


def _kind(column: str, values: Sequence[str]) -> str:
    plain = re.sub(r"[\W_]+", "_", _CAMEL.sub("_", column)).strip("_").lower()
    if not _NO_PERSON.fullmatch(plain):
        for kind, pattern in _NAMED.items():
            if pattern.fullmatch(plain) and (not values or _share(values, _FITS[kind]) >= _SHARE):
                return kind
    if not values:
        return ""
    if (
        plain in ("name", "names")
        and _share(values, _is_person) >= 0.25
        and _share(values, _is_words) >= _SHARE
    ):
        return "name"
    least = 1 if len(values) < 3 else 2
    for kind, fits in _TELLING.items():
        hits = sum(map(fits, values))
        if hits >= least and hits / len(values) >= _SHARE:
            return kind
    return ""


def _share(values: Sequence[str], fits: Callable[[str], bool]) -> float:
    return sum(map(fits, values)) / len(values)


def is_email(text: str) -> bool:
    """Say whether a text is the e-mail address of somebody."""
    return bool(_EMAIL.fullmatch(text)) and not _NOBODY.search(text)


def is_card(text: str) -> bool:
    """Say whether a text is the number of a payment card: an issuer's digits, and Luhn's checksum."""
    digits = re.sub(r"[ -]", "", text)
    if not re.fullmatch(r"\d{13,19}", digits) or not _ISSUERS.match(digits) or len(set(digits)) < 4:
        return False
    doubled = [
        int(d) if n % 2 == 0 else sum(divmod(2 * int(d), 10))
        for n, d in enumerate(reversed(digits))
    ]
    return sum(doubled) % 10 == 0


def is_iban(text: str) -> bool:
    """Say whether a text is an IBAN: its remainder by 97 is 1 (ISO 7064)."""
    plain = text.replace(" ", "").upper()
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", plain):
        return False
    return int("".join(str(int(c, 36)) for c in plain[4:] + plain[:4])) % 97 == 1


def _is_phone(text: str) -> bool:
    return bool(_PHONE.fullmatch(text))


def _is_digits(text: str) -> bool:
    return sum(c.isdigit() for c in text) >= 6 and sum(c.isalpha() for c in text) <= 3


def _is_words(text: str) -> bool:
    words = _WORDS.findall(text)
    return (
        bool(words)
        and len(words) <= 12
        and words[0][0].isupper()
        and not re.search(r"\d{2,}", text)
    )


def _is_person(text: str) -> bool:
    return bool(_HONORIFIC.search(text)) or any(
        w.lower() in _GIVEN for w in _WORDS.findall(text)[:3]
    )


def _is_address(text: str) -> bool:
    return bool(re.search(r"\d", text)) and len(_WORDS.findall(text)) >= 1 and len(text) >= 6


def _is_texts(text: str) -> bool:
    return bool(re.search(r"[^\W\d_]{2}", text)) and text.lower() not in (
        "yes",
        "no",
        "true",
        "false",
    )


def _is_id(text: str) -> bool:
    return len(text) >= 5 and any(c.isdigit() for c in text)


def _is_date(text: str) -> bool:
    return bool(_DATE.match(text))


_FITS: dict[str, Callable[[str], bool]] = {
    "e-mail address": lambda text: "@" in text,
    "phone number": _is_digits,
    "payment card": lambda text: len(re.sub(r"\D", "", text)) >= 12,
    "bank account": _is_id,
    "national id": _is_id,
    "address": _is_address,
    "birth date": _is_date,
    "name": _is_texts,
}
_TELLING: dict[str, Callable[[str], bool]] = {
    "e-mail address": is_email,
    "payment card": is_card,
    "bank account": is_iban,
    "national id": lambda text: bool(_SSN.fullmatch(text)),
    "phone number": _is_phone,
}


def shown_in(text: str) -> Iterator[str]:
    """Yield the kinds of personal data that stand in any text: those whose form means one thing."""
    if "@" in text and any(is_email(found[0]) for found in _EMAIL.finditer(text)):
        yield "e-mail address"
    if any(is_card(found[0]) and _is_told(found) for found in _CARD.finditer(text)):
        yield "payment card"
    if any(is_iban(found[0]) for found in _IBAN.finditer(text)):
        yield "bank account"


def _is_told(number: re.Match[str]) -> bool:
    """A number without gaps may be any, and one in ten passes the checksum: a word has to say so."""
    before = number.string[max(number.start() - 40, 0) : number.start()]
    said = re.search(r"(?i)\b(credit|debit|card|visa|mastercard|amex)", before)
    return bool(said or re.search(r"[ -]", number[0]))


def kinds_of(texts: Iterable[str]) -> set[str]:
    """Return the kinds of personal data in texts."""
    return {kind for text in texts for kind in shown_in(text)}
