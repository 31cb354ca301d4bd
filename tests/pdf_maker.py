"""Small PDFs for tests, written by hand: Korean text without a font file, readers know the KS maps."""

from __future__ import annotations

from collections.abc import Sequence


def text(x: float, y: float, string: str, size: float = 10, *, spread: float = 0) -> str:
    """Content that shows a string with its baseline at (x, y), one em a sign; spread: extra points."""
    code = string.encode("utf-16-be").hex()
    return f"BT /F1 {size} Tf {spread} Tc 1 0 0 1 {x} {y} Tm <{code}> Tj ET\n"


def lines(segments: Sequence[tuple[float, float, float, float]], width: float = 0.5) -> str:
    """Content that strokes lines."""
    return f"{width} w " + " ".join(f"{a} {b} m {c} {d} l S" for a, b, c, d in segments) + "\n"


def grid(xs: Sequence[float], ys: Sequence[float]) -> str:
    """Content that strokes a full grid."""
    across = [(min(xs), y, max(xs), y) for y in ys]
    return lines([*across, *((x, min(ys), x, max(ys)) for x in xs)])


def fill(x: float, y: float, w: float, h: float, grey: float = 0.9) -> str:
    """Content that fills a box."""
    return f"{grey} g {x} {y} {w} {h} re f 0 g\n"


FONT = (
    "<< /Type /Font /Subtype /Type0 /BaseFont /HYSMyeongJo-Medium /Encoding /UniKS-UTF16-H /DescendantFonts "
    "[ << /Type /Font /Subtype /CIDFontType0 /BaseFont /HYSMyeongJo-Medium /DW 1000 /CIDSystemInfo "
    "<< /Registry (Adobe) /Ordering (Korea1) /Supplement 1 >> /FontDescriptor << /Type /FontDescriptor "
    "/FontName /HYSMyeongJo-Medium /Flags 4 /Ascent 880 /Descent -120 /ItalicAngle 0 /CapHeight 880 "
    "/StemV 80 /FontBBox [0 -120 1000 880] >> >> ] >>"
)


def pdf(
    pages: Sequence[str],
    *,
    box: str = "/MediaBox [0 0 400 600]",
    font: str = FONT,
    objects: Sequence[tuple[str, str]] = (),
    xobjects: str = "",
) -> bytes:
    """A PDF, one page a content. box: the page's boxes and rotation.

    objects: further streams (dictionary entries, content), from number 4 on; xobjects: names for them,
    such as "/X1 4 0 R".
    """
    bodies = ["<< /Type /Catalog /Pages 2 0 R >>", "", font]
    bodies += [f"<< {entries} /Length {len(c.encode())} >>\nstream\n{c}\nendstream" for entries, c in objects]
    kids = []
    for content in pages:
        number = len(bodies) + 1
        kids.append(f"{number} 0 R")
        bodies.append(
            f"<< /Type /Page /Parent 2 0 R {box} /Contents {number + 1} 0 R "
            f"/Resources << /Font << /F1 3 0 R >> /XObject << {xobjects} >> >> >>"
        )
        bodies.append(f"<< /Length {len(content.encode())} >>\nstream\n{content}\nendstream")
    bodies[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    out, offsets = b"%PDF-1.7\n", []
    for number, body in enumerate(bodies, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode()
    start = len(out)
    out += f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{offset:010} 00000 n \n".encode() for offset in offsets)
    return out + f"trailer\n<< /Size {len(bodies) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
