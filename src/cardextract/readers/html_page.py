"""What comes before the walk over a web page: its character set, a guard on its tags, its style sheet."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from cardextract.findings import Unreadable
from cardextract.readers.guards import too_large

MAX_TAGS = 200_000
"""Start tags of a page: a card has 300, the cards of a whole government 90,000; 25,000 take a second."""

MAX_DEPTH = 200
"""Open elements at once: pages have 20 to 60. html5lib is quadratic in depth (2,000: 0.5 s, 20,000: 67 s)."""

MAX_NODES = 1_000_000
"""Estimated nodes of the tree: unclosed <font> and <b> come again in every later block."""

MAX_ATTRIBUTES = 500
"""Attributes of one tag."""

# --- the character set ---

_META = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]+)", re.I)
_HANGUL = re.compile("[\uac00-\ud7a3]")


def decode(data: bytes) -> str:
    """The text of a page: by byte-order mark, strict UTF-8, the charset of <meta>, strict CP949.

    UTF-8 goes before <meta> because pages moved to UTF-8 often keep `charset=euc-kr`; Hangul decides.
    Raises Unreadable `encoding_unknown`.

    >>> page = '<meta charset="euc-kr">공약'
    >>> decode(page.encode("cp949"))[-2:], decode(page.encode("utf-8"))[-2:]
    ('공약', '공약')
    """
    for mark, code in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(mark):
            text = _strict(data[len(mark) :], code)
            if text is not None:
                return text
    utf8, stated = _strict(data, "utf-8"), _strict(data, _stated(data))
    if utf8 is not None and (stated is None or data.isascii() or _HANGUL.search(utf8)):
        return utf8
    text = next((t for t in (stated, utf8, _strict(data, "cp949")) if t is not None), None)
    if text is None:
        message = "글자 인코딩을 알 수 없습니다. UTF-8로 다시 저장해 주세요."
        raise Unreadable("encoding_unknown", message)
    return text


def _strict(data: bytes, code: str | None) -> str | None:
    if code is None:
        return None
    try:
        return data.decode(code)
    except (UnicodeDecodeError, LookupError):
        return None


def _stated(data: bytes) -> str | None:
    """The codec that <meta> names; EUC-KR pages hold CP949, and UTF-16 in ASCII bytes is a lie."""
    import webencodings

    match = _META.search(data[:4096])
    encoding = webencodings.lookup(match[1].decode("ascii")) if match else None
    if encoding is None or encoding.name.startswith(("utf-16", "replacement", "x-user")):
        return None
    return "cp949" if encoding.name == "euc-kr" else encoding.codec_info.name


# --- the guard ---


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_VOID = _words("area base br col embed hr img input link meta param source track wbr frame")
_SELF_CLOSING = _words("p li dd dt option optgroup tbody thead tfoot colgroup rb rt rp html head body")
_FORMATTING = _words("a b big code em font i nobr s small strike strong tt u")
_RAW = _words("script style textarea title xmp iframe noembed noframes")
_CELLS = _words("td th")

_MARKUP = re.compile(r"<(?:(!--)|(/?)([a-zA-Z][^\s/>]*))")
_COMMENT_END = re.compile(r"--!?>")
_ATTRIBUTE = re.compile(
    r"""[\s/]*[^\s/>][^\s/>=]*(?:\s*=\s*(?:"[^"]*(?:"|\Z)|'[^']*(?:'|\Z)|[^\s>"'][^\s>]*)?)?"""
)
"""The states of an HTML tokenizer inside a tag, so that a '>' in quotes does not hide what follows it."""


def prepare(text: str) -> str:
    """The page without comments and scripts, when its tree is not too deep or large for html5lib to build.

    Raises Unreadable `too_large`.

    >>> prepare("<p>a<!-- <table> --><script>'<div>'</script>b")
    '<p>ab'
    """
    if max(text.count("&"), text.count("<") // 2) > MAX_TAGS:
        raise too_large(f"태그 (한도 {MAX_TAGS:,}개)")
    kept: list[str] = []
    tree = _Tree()
    at = 0
    while (match := _MARKUP.search(text, at)) is not None:
        kept.append(text[at : match.start()])
        if match[1]:
            at = _comment_end(text, match.end())
            continue
        name, end = match[3].lower(), _tag_end(text, match.end())
        if match[2]:
            tree.close(name)
        else:
            tree.open(name)
        if name in _RAW and not match[2]:
            close = re.compile(rf"</{name}(?=[\s/>])", re.I).search(text, end)
            stop = close.start() if close else len(text)
            if name == "script":
                after = text.find(">", stop)
                at = after + 1 if after >= 0 else len(text)
                tree.close(name)
                continue
            end = stop
        kept.append(text[match.start() : end])
        at = end
    kept.append(text[at:])
    return "".join(kept)


def _comment_end(text: str, at: int) -> int:
    if text.startswith((">", "->"), at):  # <!--> and <!---> are whole comments
        return text.index(">", at) + 1
    end = _COMMENT_END.search(text, at)
    return end.end() if end else len(text)


def _tag_end(text: str, at: int) -> int:
    """The place after a tag. html5lib compares each attribute with all before it, hence the limit."""
    for _ in range(MAX_ATTRIBUTES):
        match = _ATTRIBUTE.match(text, at)
        if match is None:
            end = text.find(">", at)
            return end + 1 if end >= 0 else len(text)
        at = match.end()
    raise too_large(f"태그 하나의 속성 (한도 {MAX_ATTRIBUTES:,}개)")


@dataclass
class _Tree:
    """An estimate of the tree that html5lib will build: open elements, and formatting left unclosed."""

    stack: list[tuple[str, int]] = field(default_factory=list)
    names: dict[str, int] = field(default_factory=dict)
    pending: int = 0
    nodes: int = 0
    tags: int = 0

    def open(self, name: str) -> None:
        self.tags += 1
        self.nodes += 1 + self.pending
        if self.tags > MAX_TAGS or self.nodes > MAX_NODES:
            raise too_large(f"태그 (한도 {MAX_TAGS:,}개)")
        if name in _VOID or name in _SELF_CLOSING:
            return
        if name in _CELLS and (self.names.get("td") or self.names.get("th")):
            self._pop("", ("tr", "table"))
        elif name == "tr" and self.names.get("tr"):
            self._pop("", ("table",))
        self.stack.append((name, self.pending))
        self.names[name] = self.names.get(name, 0) + 1
        self.pending += name in _FORMATTING
        if len(self.stack) > MAX_DEPTH:
            raise too_large(f"태그 겹침 (한도 {MAX_DEPTH}겹)")

    def close(self, name: str) -> None:
        if name in _FORMATTING:
            self.pending = max(0, self.pending - 1)
        if self.names.get(name):
            self._pop(name, ())

    def _pop(self, wanted: str, stop: tuple[str, ...]) -> None:
        while self.stack and self.stack[-1][0] not in stop:
            name, before = self.stack.pop()
            self.names[name] -= 1
            if name in _CELLS:  # the end of a cell ends its formatting
                self.pending = before
            if name == wanted:
                break


# --- the style sheet ---

_WANTED = _words(
    "margin margin-left padding padding-left text-indent display visibility white-space "
    "list-style list-style-type"
)
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_SIMPLE = re.compile(r"([a-z][a-z0-9]*)?(?:([.#])([\w-]+))?")
_LENGTH = re.compile(r"(-?[0-9.]+)(px|em|rem|pt|cm|mm|in|pc|ch|ex)?")
_STEPS = {
    "px": 1 / 16,
    "em": 1,
    "rem": 1,
    "pt": 1 / 12,
    "cm": 2.36,
    "mm": 0.236,
    "in": 6,
    "pc": 1,
    "ch": 0.5,
    "ex": 0.5,
}

Style = dict[str, str]


@dataclass
class Sheet:
    """Rules with simple selectors (`p`, `.dep1`, `p.dep1`, `#menu`) and the properties that matter here."""

    rules: dict[tuple[str, str, str], Style] = field(default_factory=dict)

    def style(self, element: Any) -> Style:
        """The element's own properties: tag, then class, then id, then its style attribute."""
        out: Style = {}
        if self.rules:
            tag, name = element.tag, element.get("id")
            keys = [("", "", tag)]
            for cls in (element.get("class") or "").split():
                keys += [(".", cls, ""), (".", cls, tag)]
            if name:
                keys += [("#", name, ""), ("#", name, tag)]
            for key in keys:
                if key in self.rules:
                    out.update(self.rules[key])
        own = element.get("style")
        if own:
            out.update(properties(own))
        return out


def read_sheet(text: str, sheet: Sheet) -> None:
    """Add the rules of a <style>; media queries and selectors of more than one part are left out."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    text = re.sub(r"@[^{};]*(?:;|\{(?:[^{}]*\{[^{}]*\})*[^{}]*\})", "", text)
    for selectors, body in _RULE.findall(text):
        style = properties(body)
        for selector in selectors.split(",") if style else ():
            match = _SIMPLE.fullmatch(selector.strip().lower() if "." not in selector else selector.strip())
            if match and match[0]:
                key = (match[2] or "", match[3] or "", (match[1] or "").lower())
                sheet.rules.setdefault(key, {}).update(style)


def properties(text: str) -> Style:
    """The properties that matter here; shorthands of margin and padding give their left side.

    >>> properties("margin: 0 0 0 2em; color: red"), properties("LIST-STYLE: none")
    ({'margin-left': '2em'}, {'list-style-type': 'none'})
    """
    out: Style = {}
    for part in text.split(";"):
        name, _, value = part.partition(":")
        name, value = name.strip().lower(), value.replace("!important", "").strip().lower()
        if name not in _WANTED or not value:
            continue
        if name in ("margin", "padding"):
            sides = value.split()
            name, value = name + "-left", sides[(0, 1, 1, 3)[min(len(sides), 4) - 1]]
        elif name == "list-style":
            name, value = "list-style-type", value.split()[0]
        out[name] = value
    return out


def steps(value: str | None) -> float:
    """A CSS length in steps of one character (1em = 16px); 0 for percentages, auto and garbage.

    >>> steps("2em"), steps("24px"), steps("auto"), steps("-1em")
    (2.0, 1.5, 0, -1.0)
    """
    match = _LENGTH.fullmatch(value or "")
    if match is None:
        return 0
    try:
        size = float(match[1]) * _STEPS[match[2] or "px"]
    except ValueError:
        return 0
    return round(size, 2) if abs(size) <= 60 else 0


def hidden(element: Any, style: Style) -> bool:
    """The element is not shown."""
    shown = style.get("display") != "none" and style.get("visibility") not in ("hidden", "collapse")
    return not shown or element.get("hidden") is not None
