"""Personal data: every sink is searched for it, byte by byte."""

from __future__ import annotations

import json
import re
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.factory import make_card, make_finding
from tests.test_sinks import raw, write_output

from cardextract import sinks
from cardextract.card import Card, Item, Section, Staff
from cardextract.engine import worker
from cardextract.findings import Suggestion
from cardextract.sinks import csv, mask
from cardextract.sinks.content import SINKS
from cardextract.sinks.mask import Privacy, mask_card, mask_numbers, mask_text

RESIDENT, MOBILE, BARE = "900101-1234567", "010-1234-5678", "9001011234567"


def person_card() -> Card:
    """A card with names, phones, a mobile and a resident number in every corner where text can stand."""
    text = "문의: 도하늘(☎4803), 나 가 온 051-000-7777, 김철수 010-1234-5678"
    card = make_card(
        1,
        staff=[
            Staff(role="팀장", rank="행정6급", name="나가온", phone="4803"),
            Staff(role="담당자", name="도 하늘", phone="051-000-7777"),
        ],
        goals=[f"{RESIDENT} 지원", text],
        captions=[text, "2024. 6. 30. 사업비 4803백만원"],
        other_fields={"담당자 도하늘": text},
        sections=[Section(kind="other", title=f"담당 나가온 {MOBILE}", items=[Item(marker="-", text=text)])],
    )
    card.evidence["staff[0].name"].text = "행정6급 나가온(☎4803)"
    card.evidence["staff[0].phone"].text = "4803"
    card.evidence["staff[1].phone"].text = "051-000-7777"
    card.evidence["other_fields.담당자 도하늘"] = replace(card.evidence["title"], text=text)
    wrong = Suggestion(path="other_fields.담당자 도하늘", value=MOBILE, text=f"도하늘 {RESIDENT}")
    card.findings = [make_finding(card, message=f"나가온 {MOBILE}", actual="도하늘", suggestion=wrong)]
    return card


def everything(folder: Path) -> str:
    """The readable text of every file below a folder; packed formats are unpacked by their readers."""
    import zipfile

    import pyarrow.parquet

    out = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                out += [book.read(name).decode() for name in book.namelist()]
        elif path.suffix == ".parquet":
            out.append(str(pyarrow.parquet.read_table(path).to_pydict()))
        else:
            out.append(path.read_bytes().decode("utf-8", "replace"))
    return "\n".join(out)


def run_like(folder: Path, card: Card, privacy: Privacy) -> Path:
    """What a run writes, with masking as the batch does it, and every export of it."""
    record = mask_card(raw(card), privacy)
    output = write_output(folder / "output", [Card.model_validate(record)])
    for kind in SINKS:
        sinks.export(output, to=kind, keep_personal=privacy.keep_personal)
    return folder


def test_staff_is_nowhere_in_any_output(tmp_path: Path) -> None:
    shown = everything(run_like(tmp_path, person_card(), Privacy(mask_staff=True)))
    for secret in ("나가온", "도하늘", "도 하늘", "나 가 온", "051-000-7777", "☎4803", MOBILE, RESIDENT):
        assert secret not in shown, secret
    assert "***" in shown
    assert "사업비 4803백만원" in shown  # an amount that equals an extension stays
    assert "행정6급 ***(☎****)" in shown


def test_exports_mask_staff_of_an_unmasked_run(tmp_path: Path) -> None:
    other = make_card(2, path="b.txt", captions=["나가온 팀장이 다녀감"])
    output = write_output(tmp_path / "output", [person_card(), other])
    for kind in SINKS:
        sinks.export(output, to=kind, mask_staff=True, dest=tmp_path / "masked" / kind / f"x.{kind}")
    shown = everything(tmp_path / "masked")
    assert "나가온" not in shown  # also on the other card, where nobody is called so
    assert "도하늘" not in shown
    assert "*** 팀장이 다녀감" in shown


def test_resident_and_mobile_numbers_go_unless_kept(tmp_path: Path) -> None:
    shown = everything(run_like(tmp_path / "a", person_card(), Privacy()))
    assert RESIDENT not in shown
    assert MOBILE not in shown
    assert "나가온" in shown
    assert "051-000-7777" in shown
    kept = everything(run_like(tmp_path / "b", person_card(), Privacy(keep_personal=True)))
    assert RESIDENT in kept
    assert MOBILE in kept


@pytest.mark.parametrize("privacy", [Privacy(), Privacy(mask_staff=True)])
def test_masking_keeps_the_length_of_every_text_and_every_other_value(privacy: Privacy) -> None:
    before = raw(person_card())

    def same_shape(a: Any, b: Any) -> None:
        assert type(a) is type(b)
        if isinstance(a, dict):
            assert len(a) == len(b)
            for (key, x), (other, y) in zip(a.items(), b.items(), strict=True):
                assert len(key) == len(other)
                same_shape(x, y)
        elif isinstance(a, list):
            assert len(a) == len(b)
            for x, y in zip(a, b, strict=True):
                same_shape(x, y)
        elif isinstance(a, str):
            assert len(a) == len(b)
        else:
            assert a == b

    after = mask_card(before, privacy)
    same_shape(before, after)
    assert before == raw(person_card())
    for path, proof in after["evidence"].items():
        assert after["evidence"][path]["place"] == proof["place"]
    assert after["budget"] == before["budget"]
    assert after["source"] == before["source"]


def test_spans_stay_true_in_the_decoded_text() -> None:
    card = raw(person_card())
    decoded = "  ".join(e["text"] for e in card["evidence"].values())
    masked = mask_text(decoded, [card], Privacy(mask_staff=True))
    assert len(masked) == len(decoded)
    assert not re.search("나가온|도하늘|010-1234", masked)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (RESIDENT, "******-*******"),
        (BARE, "*" * 13),
        ("900101 – 2234567", "****** – *******"),
        ("010.1234.5678", "*************"),
        ("(010)1234-5678", "(***)****-****"),
        ("01012345678", "*" * 11),
        ("901301-1234567", "901301-1234567"),  # no 13th month
        ("1201011234567원", "1201011234567원"),
        ("900101-1234567원", "******-*******원"),
        ("2024-06-30", "2024-06-30"),
        ("010-1234", "010-1234"),
        ("총 19,001,011,234,567원", "총 19,001,011,234,567원"),
    ],
)
def test_numbers(text: str, masked: str) -> None:
    assert mask_numbers(text).replace(".", "*") == masked.replace(".", "*")
    assert len(mask_numbers(text)) == len(text)


def test_extensions_are_masked_only_where_they_are_phones() -> None:
    card = raw(
        make_card(
            1, staff=[Staff(name="나가온", phone="2024")], captions=["나가온 2024", "2024. 6. 30.", "2024년"]
        )
    )
    assert mask_card(card, Privacy(mask_staff=True))["captions"] == ["*** ****", "2024. 6. 30.", "2024년"]
    assert mask_card(card, Privacy(mask_staff=True))["as_of"] == "2024-06-30"


@pytest.mark.parametrize("secret", [RESIDENT, MOBILE])
def test_the_quick_look_sees_every_text_that_masking_reaches(secret: str) -> None:
    """Put a number into any single text of a record: it does not come out."""
    card = raw(person_card())
    clean = mask_card(card, Privacy())
    assert not any(MOBILE in text or RESIDENT in text for text in mask.free_texts(clean))
    paths = [path for path in text_leaves(clean) if not set(path) & mask.KEPT]
    assert len(paths) > 200
    for path in paths:
        shown = json.dumps(mask_card(put(clean, path, f"가 {secret}"), Privacy()), ensure_ascii=False)
        assert secret not in shown, path


def text_leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of all texts of a record."""
    if isinstance(value, dict):
        return [leaf for key, part in value.items() for leaf in text_leaves(part, (*path, key))]
    if isinstance(value, list):
        return [leaf for i, part in enumerate(value) for leaf in text_leaves(part, (*path, i))]
    return [path] if isinstance(value, str) else []


def put(value: Any, path: tuple[Any, ...], text: str) -> Any:
    """A copy with another text at the path."""
    if not path:
        return text
    if isinstance(value, dict):
        return {key: put(part, path[1:], text) if key == path[0] else part for key, part in value.items()}
    return [put(part, path[1:], text) if i == path[0] else part for i, part in enumerate(value)]


def test_nothing_to_mask_changes_nothing() -> None:
    card = raw(make_card(1, staff=[]))
    assert mask_card(card, Privacy()) == card
    assert csv.fragment(mask_card(card, Privacy())) == csv.fragment(card)


@pytest.mark.parametrize(
    "secret", ["010\n1234\n5678", "010\t1234 5678", "900101\n-\t1234567", MOBILE, RESIDENT]
)
def test_what_leaves_a_child_is_masked(secret: str) -> None:
    """Also a number that lines of a cell break: JSON spells a line end in two characters."""
    card = make_card(1)
    card.evidence["title"].text = f"문의 {secret}"
    part = worker.card_part(card, worker.Setup("", "", ""))
    texts = [json.loads(zlib.decompress(part.blob))["evidence"]["title"]["text"]]
    texts.append(csv.Fragment.load(zlib.decompress(part.rows)).tables["evidence"].data.decode())
    assert not any(re.search(r"\d{4}\s*5678|123456", text) for text in texts)
    assert all(re.search(r"\*{3}", text) for text in texts)


def test_findings_of_files_are_masked_too() -> None:
    f = {**raw(person_card())["findings"][0], "card_id": None}
    masked = mask.mask_finding(f, Privacy(mask_staff=True, people=frozenset({"나가온"})))
    assert masked["message"] == "*** ***-****-****"
    assert set(masked) == set(f)
    assert json.dumps(masked)
