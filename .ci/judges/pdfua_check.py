#!/usr/bin/env python3
"""pdfua_check.py - machine-checkable Matterhorn Protocol conditions (PDF/UA-1), with pikepdf only.

usage: pdfua_check.py [--json] FILE.pdf...      exit 0: no failure; 1: failures; 2: a file could not be read
Independent of typst, krilla, page-validation and outloud. It does NOT replace a full validator:
it also asks for things PDF/UA-1 leaves to a person, which a board paper must have (BP-..: header cells
in each table, some H1, list shape, no repeated empty link text, header/footer artifacts).
"""
import json, re, sys
import pikepdf
from pikepdf import Name, Dictionary, Array, String

STD = set("Document Part Art Sect Div BlockQuote Caption TOC TOCI Index NonStruct Private P H H1 H2 H3 H4 H5 H6 "
          "L LI Lbl LBody Table TR TH TD THead TBody TFoot Span Quote Note Reference BibEntry Code Link Annot "
          "Ruby RB RT RP Warichu WT WP Figure Formula Form".split())
LANG = re.compile(r"^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$")
PARENT = {  # child type -> allowed parents (Matterhorn 09-004..09-008)
    "LI": {"L"}, "LBody": {"LI"}, "TR": {"Table", "THead", "TBody", "TFoot"}, "TH": {"TR"}, "TD": {"TR"},
    "THead": {"Table"}, "TBody": {"Table"}, "TFoot": {"Table"}, "TOCI": {"TOC"},
}
CHILD = {  # parent type -> allowed children
    "L": {"LI", "Caption", "L"}, "LI": {"Lbl", "LBody"}, "TR": {"TH", "TD"},
    "Table": {"TR", "THead", "TBody", "TFoot", "Caption"}, "THead": {"TR"}, "TBody": {"TR"}, "TFoot": {"TR"},
    "TOC": {"TOCI", "TOC", "Caption"},
}

class Elem:
    __slots__ = ("o", "raw", "type", "parent", "kids", "mcids", "objrs", "page")
    def __init__(self, o, raw, typ, parent):
        self.o, self.raw, self.type, self.parent = o, raw, typ, parent
        self.kids, self.mcids, self.objrs, self.page = [], [], [], None

def s(x):
    try: return str(x)
    except Exception: return ""

class Check:
    def __init__(self, path):
        self.path, self.fails, self.warns = path, [], []
        self.pdf = pikepdf.open(path)
        self.root = self.pdf.Root
        self.elems = []
    def fail(self, code, msg): self.fails.append((code, msg))
    def warn(self, code, msg): self.warns.append((code, msg))

    def attr(self, o, key):
        a = o.get("/A")
        for d in ([] if a is None else (list(a) if isinstance(a, Array) else [a])):
            if isinstance(d, (Dictionary, pikepdf.Stream)) and key in d: return d[key]
        return None

    def resolve(self, t, rolemap):
        seen = set()
        while t not in STD and rolemap is not None and "/" + t in rolemap:
            if t in seen: return None
            seen.add(t); t = s(rolemap["/" + t]).lstrip("/")
        return t

    def walk(self, node, parent, page, rolemap):
        stack = [(node, parent, page)]
        seen = set()
        while stack:
            o, parent, page = stack.pop()
            if isinstance(o, int) or (isinstance(o, pikepdf.Object) and o._type_name in ("integer",)):
                parent.mcids.append((page, int(o))); continue
            if isinstance(o, Array):
                stack.extend((k, parent, page) for k in reversed(list(o))); continue
            if not isinstance(o, Dictionary): continue
            if o.is_indirect:
                if o.objgen in seen: continue
                seen.add(o.objgen)
            t = s(o.get("/Type", ""))
            pg = o.get("/Pg"); pg = pg.objgen if pg is not None else page
            if t == "/MCR": parent.mcids.append((pg, int(o.MCID))); continue
            if t == "/OBJR": parent.objrs.append((pg, o.get("/Obj"))); continue
            raw = s(o.get("/S", "")).lstrip("/")
            e = Elem(o, raw, self.resolve(raw, rolemap), parent); e.page = pg
            if parent is not None: parent.kids.append(e)
            self.elems.append(e)
            k = o.get("/K")
            if k is not None: stack.append((k, e, pg))
        return

    def run(self):
        r = self.root
        if self.pdf.is_encrypted:
            if not self.pdf.allow.accessibility: self.fail("26-002", "encrypted without the accessibility permission")
        # metadata, title, language
        xmp = ""
        if "/Metadata" in r:
            xmp = bytes(r.Metadata.read_bytes()).decode("utf-8", "replace")
        else: self.fail("06-001", "no XMP metadata stream")
        if not re.search(r'pdfuaid:part(>|\s*=\s*["\'])\s*[12]', xmp): self.fail("06-002", "XMP does not declare pdfuaid:part")
        m = re.search(r"<dc:title>\s*<rdf:Alt>\s*<rdf:li[^>]*>(.*?)</rdf:li>", xmp, re.S)
        if not (m and m.group(1).strip()): self.fail("06-003", "XMP has no dc:title")
        vp = r.get("/ViewerPreferences")
        if vp is None or "/DisplayDocTitle" not in vp: self.fail("07-001", "no DisplayDocTitle")
        elif vp.DisplayDocTitle is not True and s(vp.DisplayDocTitle) != "True": self.fail("07-002", "DisplayDocTitle is not true")
        lang = s(r.get("/Lang", "")).strip()
        if not lang: self.fail("11-006", "the catalog has no Lang")
        elif not LANG.match(lang): self.fail("11-006", f"Lang {lang!r} is no BCP 47 tag")
        mi = r.get("/MarkInfo")
        if mi is None or s(mi.get("/Marked", False)) != "True": self.fail("06-MARKED", "MarkInfo/Marked is not true")
        if mi is not None and s(mi.get("/Suspects", False)) == "True": self.fail("06-SUSPECTS", "MarkInfo/Suspects is true")
        st = r.get("/StructTreeRoot")
        if st is None:
            self.fail("01-005", "no StructTreeRoot: the file is not tagged")
            st = Dictionary()
        rolemap = st.get("/RoleMap")
        if rolemap is not None:
            for k, v in rolemap.items():
                if k.lstrip("/") in STD and s(v) != k: self.fail("02-004", f"standard type {k} is remapped to {s(v)}")
                if self.resolve(k.lstrip("/"), rolemap) is None: self.fail("02-003", f"circular role map at {k}")
        if st.get("/K") is not None:
            top = Elem(st, "StructTreeRoot", "StructTreeRoot", None)
            self.walk(st.K, top, None, rolemap)
        self.structure(); self.pages(); self.fonts()
        if "/AcroForm" in r and "/XFA" in r.AcroForm and "dynamicRender" in s(r.AcroForm.XFA): self.fail("25-001", "dynamic XFA form")
        if "/Outlines" not in r and len(self.pdf.pages) > 20: self.warn("BP-BOOKMARKS", "over 20 pages and no bookmarks")
        return self

    def structure(self):
        heads, ids = [], {}
        for e in self.elems:
            t = e.type
            if t not in STD: self.fail("02-001", f"structure type {e.raw!r} is not mapped to a standard type")
            p = e.parent.type if e.parent is not None else None
            if t in PARENT and p not in PARENT[t] | {"NonStruct"}: self.fail("09-004", f"{t} inside {p}")
            if t in CHILD:
                bad = {k.type for k in e.kids} - CHILD[t] - {"NonStruct", "Artifact"}
                if bad: self.fail("09-004", f"{t} holds {sorted(map(str, bad))}")
            if "/Lang" in e.o and s(e.o.Lang) and not LANG.match(s(e.o.Lang)): self.fail("11-004", f"{t} has the bad Lang {s(e.o.Lang)!r}")
            if t == "Figure" and not s(e.o.get("/Alt", "")).strip() and not s(e.o.get("/ActualText", "")).strip():
                self.fail("13-004", "a Figure without Alt or ActualText")
            if t == "Formula" and not s(e.o.get("/Alt", "")).strip() and not s(e.o.get("/ActualText", "")).strip():
                self.fail("17-002", "a Formula without Alt")
            if t == "Note":
                i = s(e.o.get("/ID", ""))
                if not i: self.fail("19-003", "a Note without ID")
                elif i in ids: self.fail("19-004", f"the Note ID {i!r} is used twice")
                ids[i] = 1
            if t and re.fullmatch(r"H[1-6]?", t): heads.append(t)
            if t == "Table": self.table(e)
            if t == "Link" and not e.objrs and not any(k.objrs for k in e.kids): self.fail("28-012", "a Link without its annotation (OBJR)")
            if t in ("H1","H2","H3","H4","H5","H6","H") and not self.has_content(e): self.fail("BP-EMPTY-HEADING", f"an empty {t}")
        if "H" in heads and any(h != "H" for h in heads): self.fail("14-006", "both H and H1..H6 are used")
        last = 0
        for h in heads:
            if h == "H": continue
            n = int(h[1])
            if last == 0 and n != 1: self.fail("14-002", f"the first heading is H{n}")
            elif n > last + 1: self.fail("14-003", f"H{last} is followed by H{n}")
            last = n
        if self.elems and not heads: self.warn("BP-NO-HEADING", "no heading in the whole document")

    def has_content(self, e):
        return bool(e.mcids or e.objrs or s(e.o.get("/ActualText", ""))) or any(self.has_content(k) for k in e.kids)

    def table(self, e):
        rows = [k for k in e.kids if k.type == "TR"]
        for g in e.kids:
            if g.type in ("THead", "TBody", "TFoot"): rows += [k for k in g.kids if k.type == "TR"]
        ths = [c for r in rows for c in r.kids if c.type == "TH"]
        tds = [c for r in rows for c in r.kids if c.type == "TD"]
        if not ths: self.fail("BP-TABLE-TH", f"a table of {len(rows)} rows has no header cell (TH)")
        for c in ths:
            sc = s(self.attr(c.o, "/Scope") or "").lstrip("/")
            if sc not in ("Row", "Column", "Both"):
                used = {s(x) for d in tds for x in (self.attr(d.o, "/Headers") or [])}
                if not s(c.o.get("/ID", "")) or s(c.o.get("/ID", "")) not in used:
                    self.fail("15-003", "a TH with neither Scope nor a Headers reference")
        # widths (42, 43): each row spans as many columns as the first, row spans counted
        carried, widths = [], []  # carried: for each column covered from above, the rows that it still covers
        for r in rows:
            w = len(carried); carried = [n - 1 for n in carried if n > 1]
            for c in r.kids:
                if c.type not in ("TH", "TD"): continue
                cs = int(self.attr(c.o, "/ColSpan") or 1); rs = int(self.attr(c.o, "/RowSpan") or 1)
                w += cs
                if rs > 1: carried += [rs - 1] * cs
            widths.append(w)
        if widths and len(set(widths)) > 1: self.fail("15-IRREGULAR", f"rows of different widths {sorted(set(widths))}")

    def pages(self):
        linked = {o.objgen for e in self.elems for _, o in e.objrs if o is not None and o.is_indirect}
        linkparent = {o.objgen: e for e in self.elems for _, o in e.objrs if o is not None and o.is_indirect}
        tagged = {}
        for e in self.elems:
            for pg, m in e.mcids: tagged.setdefault(pg or e.page, set()).add(m)
        footer = 0
        for n, page in enumerate(self.pdf.pages, 1):
            annots = [a for a in page.obj.get("/Annots", [])]
            vis = [a for a in annots if not (int(a.get("/F", 0)) & 2) and s(a.get("/Subtype", "")) != "/Popup"]
            if vis and s(page.obj.get("/Tabs", "")) != "/S": self.fail("28-008", f"page {n}: annotations, but Tabs is not S")
            for a in vis:
                sub = s(a.get("/Subtype", ""))
                el = linkparent.get(a.objgen) if a.is_indirect else None
                if sub != "/PrinterMark" and el is None: self.fail("28-002", f"page {n}: {sub} annotation outside the structure tree"); continue
                if sub == "/Link":
                    if el.type != "Link" and not (el.parent and el.parent.type == "Link"): self.fail("28-011", f"page {n}: a link annotation tagged {el.type}")
                    if not s(a.get("/Contents", "")).strip() and not s(el.o.get("/Alt", "")).strip(): self.fail("28-012", f"page {n}: a link without Contents or Alt")
                if sub == "/TrapNet": self.fail("28-006", f"page {n}: TrapNet annotation")
            pg = page.obj.objgen
            depth, art, used, loose = [], 0, set(), 0
            try: ops = pikepdf.parse_content_stream(page)
            except Exception as ex: self.fail("CONTENT", f"page {n}: {ex}"); continue
            props = page.obj.get("/Resources", Dictionary()).get("/Properties", Dictionary())
            for operands, op in ops:
                o = s(op)
                if o in ("BDC", "BMC"):
                    tag = s(operands[0]).lstrip("/"); mc = None
                    if o == "BDC":
                        d = operands[1]
                        if isinstance(d, Name): d = props.get(s(d), Dictionary())
                        if isinstance(d, Dictionary) and "/MCID" in d: mc = int(d.MCID); used.add(mc)
                        if tag == "Artifact" and isinstance(d, Dictionary) and s(d.get("/Subtype", "")) in ("/Header", "/Footer"): footer += 1
                    inside = any(x == "A" for x in depth); real = any(x == "M" for x in depth)
                    if tag == "Artifact":
                        if real: self.fail("01-003", f"page {n}: an artifact inside tagged content")
                        depth.append("A")
                    elif mc is not None:
                        if inside: self.fail("01-004", f"page {n}: tagged content inside an artifact")
                        depth.append("M")
                    else: depth.append("-")
                elif o == "EMC":
                    if depth: depth.pop()
                elif o in ("Tj", "TJ", "'", '"', "Do", "sh", "S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "INLINE IMAGE"):
                    if "A" not in depth and "M" not in depth: loose += 1
            if loose and (n == 1 or loose): self.fail("01-005", f"page {n}: {loose} drawing operators are neither tagged nor artifact")
            lost = used - tagged.get(pg, set())
            if lost: self.fail("01-005", f"page {n}: marked content {sorted(lost)[:5]} not in the structure tree")
        self.artifacts = footer

    def fonts(self):
        seen = set()
        for page in self.pdf.pages:
            stack = [page.obj.get("/Resources")]
            while stack:
                res = stack.pop()
                if res is None: continue
                for x in (res.get("/XObject") or {}).values():
                    if isinstance(x, pikepdf.Stream) and s(x.get("/Subtype", "")) == "/Form" and x.objgen not in seen:
                        seen.add(x.objgen); stack.append(x.get("/Resources"))
                for f in (res.get("/Font") or {}).values():
                    if f.objgen in seen and f.is_indirect: continue
                    seen.add(f.objgen)
                    sub, name = s(f.get("/Subtype", "")), s(f.get("/BaseFont", ""))
                    d = f.DescendantFonts[0] if sub == "/Type0" else f
                    fd = d.get("/FontDescriptor")
                    if sub != "/Type3" and (fd is None or not any(k in fd for k in ("/FontFile", "/FontFile2", "/FontFile3"))):
                        self.fail("31-009", f"font {name} is not embedded")
                    if sub == "/Type0" and s(f.get("/Encoding", "")).startswith("/Identity") and "/ToUnicode" not in f:
                        self.fail("10-001", f"font {name} has no ToUnicode map")
                    if "/ToUnicode" in f and isinstance(f.ToUnicode, pikepdf.Stream):
                        t = f.ToUnicode.read_bytes().decode("latin-1")
                        for v in re.findall(r"<[0-9A-Fa-f\s]+>\s*<([0-9A-Fa-f]{4})>", t.split("endcodespacerange")[-1]):
                            if v.upper() in ("0000", "FEFF", "FFFE"): self.fail("31-028", f"font {name}: ToUnicode gives U+{v.upper()}"); break

def main(argv):
    js = "--json" in argv; files = [a for a in argv if not a.startswith("--")]
    if not files: print(__doc__); return 2
    rc, out = 0, []
    for f in files:
        try: c = Check(f).run()
        except Exception as ex:
            print(f"ERROR {f}: {type(ex).__name__}: {ex}", file=sys.stderr); rc = 2; continue
        n = len(c.fails)
        if n and rc == 0: rc = 1
        if js: out.append({"file": f, "ok": not n, "failures": c.fails, "warnings": c.warns, "elements": len(c.elems)})
        else:
            print(f"{'FAIL' if n else 'PASS'} {f}: {n} failure(s), {len(c.warns)} warning(s), {len(c.elems)} structure elements")
            for code, m in c.fails: print(f"  {code:<14} {m}")
            for code, m in c.warns: print(f"  warning {code} {m}")
    if js: json.dump(out, sys.stdout, indent=1); print()
    return rc

if __name__ == "__main__": sys.exit(main(sys.argv[1:]))
