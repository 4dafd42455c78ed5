#!/usr/bin/env python3
"""pdf_layout_check.py FILE.pdf... - what no tag validator sees: text off the page, text over text. exit 1 on any finding"""
import sys
import pdfplumber

def findings(page):
    chars = [c for c in page.chars if c["text"].strip()]
    left, top, right, bottom = page.bbox  # pdfplumber keeps the characters that lie outside the page box
    off = [c for c in chars if c["x1"] > right + 1 or c["x0"] < left - 1 or c["bottom"] > bottom + 1 or c["top"] < top - 1]
    if off: yield f"{len(off)} characters off the page, first {''.join(c['text'] for c in off[:30])!r}"
    seen, over = {}, 0
    for c in chars:
        place = (round((c["x0"] + c["x1"]) / 6), round((c["top"] + c["bottom"]) / 6))
        other = seen.get(place)
        if other and other["text"] != c["text"] and abs(other["x0"] - c["x0"]) < 1.0 and abs(other["top"] - c["top"]) < 1.0: over += 1
        seen[place] = c
    if over > 3: yield f"{over} characters drawn over others"

rc = 0
for f in sys.argv[1:]:
    with pdfplumber.open(f) as pdf:
        bad = [f"page {n}: {finding}" for n, page in enumerate(pdf.pages, 1) for finding in findings(page)]
    print("FAIL" if bad else "PASS", f, "; ".join(bad))
    rc |= bool(bad)
sys.exit(rc)
