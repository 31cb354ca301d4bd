"""Personal data: masked as it leaves the program, with `*` for each character, so that spans stay true.

Resident and mobile numbers are masked unless `keep_personal`. With `mask_staff`, so are the names and phones
of the people on the card wherever they occur in it (a name also where it is spaced out: `홍 길 동`), and any
other text that has the shape of a phone number. Kept are paths and hashes of files, numbers and
vocabularies. A name of two syllables that is also a word is masked as a word too: better too much than a
name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cardextract.card import Evidence

RESIDENT = re.compile(
    r"\d(?<!\d\d)\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    r"(?:(?:\s?[-–－~]\s?|\s)[1-8]\d{6}(?!\d)|[1-8]\d{6}(?!\d|\s*(?:원|천원|백만|억)))"
)
"""A resident or foreigner registration number; bare 13 digits only where no money unit follows. The look behind stands
after the first digit, so that the search can leap from one digit to the next."""
MOBILE = re.compile(r"01(?<!\d01)[016789][-.)\s]{0,2}\d{3,4}[-.\s]{0,2}\d{4}(?!\d)")
"""A mobile number; the look behind stands after `01`, so that the search can leap from one `01` to the next."""
SIX_DIGITS = re.compile(r"\d\d{5}")
PHONE = re.compile(
    r"(?<![\d,.])(?:0\d{1,2}[-.)\s]{1,2}\d{3,4}[-.\s]\d{4}|\d{3,4}-\d{4})(?!\d|,\d)"
    r"|(?:[☎☏✆📞]|전화(?:번호)?|연락처|내선|(?i:tel)\.?)\s*[:：)]?\s*\(?(?P<after>[\d][\d\s)~,/-]*\d)"
)
"""A phone number by its shape, or any number behind a phone mark."""
LISTS = (list, tuple)
STAFF_PATH = re.compile(r"staff\[\d+\]")
NEAR = 15
"""How many characters before a short extension a name may stand for it to be taken for a phone."""
KEPT = frozenset({
    "schema_version", "card_id", "sha256", "source_sha256", "rules_sha256", "profile", "format",
    "source_path", "id", "code", "severity", "state", "certainty", "ledger", "source", "period", "status",
    "caused_by", "kind",
})  # fmt: skip
"""Keys whose values are identifiers and vocabularies."""


@dataclass(frozen=True, slots=True)
class Privacy:
    """What is masked. people: names of three or more characters to mask in every card (see `names_of`)."""

    mask_staff: bool = False
    keep_personal: bool = False
    people: frozenset[str] = frozenset()


def stars(match: re.Match[str]) -> str:
    """As many stars as characters; separators and spaces stay readable.

    >>> MOBILE.sub(stars, "☎ 010-1234-5678")
    '☎ ***-****-****'
    """
    return re.sub(r"[^\s()~–－-]", "*", match[0])


def mask_numbers(text: str) -> str:
    """Text with resident and mobile numbers masked, of the same length.

    >>> mask_numbers("주민번호 900101-1234567, 010 1234 5678, 예산 1,234,567천원")
    '주민번호 ******-*******, *** **** ****, 예산 1,234,567천원'
    """
    return MOBILE.sub(stars, RESIDENT.sub(stars, text))


def mask_card(card: Mapping[str, Any], privacy: Privacy) -> dict[str, Any]:
    """The record, JSON-shaped, as it may leave the program; the record itself if nothing is to be masked."""
    if privacy.mask_staff:
        return dict(mapped(card, staff_masker(card, privacy)))
    if privacy.keep_personal:
        return dict(card)
    return dict(mapped(card, lambda _, text: mask_numbers(text)) if holds_numbers(card) else card)


def holds_numbers(card: Mapping[str, Any], proofs: Mapping[str, Evidence] | None = None) -> bool:
    """Whether any free text of the record holds a mobile or resident number. proofs: its evidence, where the JSON of the
    record holds none."""
    texts = free_texts(card)
    if proofs is not None:
        texts += _proof_texts({path: (proof.text, proof.reason) for path, proof in proofs.items()})
    shown = "\0".join(texts)
    return bool(MOBILE.search(shown) or (SIX_DIGITS.search(shown) and RESIDENT.search(shown)))


def mask_text(text: str, cards: Iterable[Mapping[str, Any]], privacy: Privacy) -> str:
    """Any other text about these cards (a source's decoded text, a ledger message), of the same length."""
    for card in cards if privacy.mask_staff else ():
        text = staff_masker(card, privacy)("", text)
    return text if privacy.keep_personal else mask_numbers(text)


def mask_finding(finding: Mapping[str, Any], privacy: Privacy) -> dict[str, Any]:
    """A finding that belongs to no card."""
    masked = mask_card({"staff": [], **finding}, privacy)
    return {key: value for key, value in masked.items() if key != "staff"}


def free_texts(card: Mapping[str, Any]) -> list[str]:
    """The texts of a record that `mapped` would mask, keys of `other_fields` and `evidence` too."""
    out: list[str] = []
    for key, value in card.items():
        if key == "evidence":
            out += _proof_texts({path: (proof["text"], proof["reason"]) for path, proof in value.items()})
        elif key == "other_fields":
            out += value
            out += value.values()
        elif key not in KEPT and key != "budget":
            _leaves(value, out)
    return out


def _proof_texts(proofs: Mapping[str, tuple[str, str | None]]) -> list[str]:
    """The free texts of evidence. proofs: path -> (text, reason)."""
    out = [path for path in proofs if path.startswith("other_fields")]
    out += [text for text, _ in proofs.values()]
    out += {reason or "" for _, reason in proofs.values()}
    return out


def _leaves(value: Any, out: list[str]) -> None:
    """Add the texts below a value, without those under keys that are kept."""
    if isinstance(value, dict):
        for key, part in value.items():
            if part and key not in KEPT and key != "place":
                if isinstance(part, str):  # nearly all are, and a call for each is dear
                    out.append(part)
                elif not isinstance(part, int):
                    _leaves(part, out)
    elif isinstance(value, str):
        out.append(value)
    elif isinstance(value, LISTS):
        for part in value:
            _leaves(part, out)


Masker = Callable[[str, str], str]
"""(path of the value in the record, text) -> masked text"""


def mapped(value: Any, masker: Masker, path: str = "") -> Any:
    """The record with every free text masked; keys of `other_fields` and `evidence` too."""
    if isinstance(value, str):
        return masker(path, value)
    if isinstance(value, list | tuple):
        return [mapped(part, masker, f"{path}[{i}]") for i, part in enumerate(value)]
    if not isinstance(value, dict):
        return value
    if path == "evidence":
        return {masker("", key): mapped(part, masker, key) for key, part in value.items()}
    out = {}
    for key, part in value.items():
        if path == "other_fields":
            out[masker("", key)] = masker(path, part)
        elif key in KEPT:
            out[key] = part
        else:
            out[key] = mapped(part, masker, f"{path}.{key}" if path else key)
    return out


def names_of(card: Mapping[str, Any]) -> frozenset[str]:
    """The names on a card that are safe to mask on all cards: three characters or more."""
    names = (name_key(person["name"]) for person in card["staff"] if person["name"])
    return frozenset(name for name in names if len(name) > 2)


def name_key(name: str) -> str:
    """A name without inner white space."""
    return "".join(name.split())


def staff_masker(card: Mapping[str, Any], privacy: Privacy) -> Masker:
    """Masks the people of this card (and of privacy.people), and phones by their shape."""
    own = {name_key(person["name"]) for person in card["staff"] if person["name"]}
    names = {name for name in own if len(name) > 1} | privacy.people
    phones = {person["phone"] for person in card["staff"] if person["phone"]}
    name_pattern = spaced(names)
    short = "|".join(re.escape(p) for p in sorted(phones, key=len, reverse=True))
    phone_pattern = re.compile(rf"(?<![\d,.])(?:{short})(?!\d|,\d)") if short else None

    def mask(path: str, text: str) -> str:
        of_staff = STAFF_PATH.match(path) is not None
        if of_staff and path.endswith((".name", ".phone")):
            return re.sub(r"\S", "*", text)
        out = text
        if phone_pattern is not None:
            out = phone_pattern.sub(
                lambda m: stars(m) if of_staff or is_phone(m, text, name_pattern) else m[0], out
            )
        out = PHONE.sub(stars_after, out)
        if name_pattern is not None:
            out = name_pattern.sub(stars, out)
        return out if privacy.keep_personal else mask_numbers(out)

    return mask


def spaced(names: Iterable[str]) -> re.Pattern[str] | None:
    """A pattern for names, also where white space stands between their characters."""
    parts = [r"\s*".join(map(re.escape, name)) for name in sorted(names, key=lambda n: (-len(n), n))]
    return re.compile("|".join(parts)) if parts else None


def is_phone(match: re.Match[str], text: str, names: re.Pattern[str] | None) -> bool:
    """Whether a number equal to someone's extension is one: long, or with a name close before it.

    An extension of four digits may be a year or an amount elsewhere in the card.
    """
    if len(match[0]) > 6:
        return True
    before = text[max(0, match.start() - NEAR) : match.start()]
    return names is not None and names.search(before) is not None


def stars_after(match: re.Match[str]) -> str:
    """Stars for the number only, not for the phone mark before it."""
    if match["after"] is None:
        return stars(match)
    cut = match.start("after") - match.start()
    return match[0][:cut] + re.sub(r"\d", "*", match[0][cut:])
