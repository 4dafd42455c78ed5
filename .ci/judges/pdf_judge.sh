#!/usr/bin/env bash
# pdf_judge.sh VENV FILE.pdf…: every judge over each file, one after another; exit 1 when any refuses
set -u
venv=$1; shift
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
errors=$(mktemp); trap 'rm -f "$errors"' EXIT
rc=0
for f in "$@"; do
  qpdf --check "$f" >/dev/null 2>"$errors" || { echo "FAIL qpdf $f"; cat "$errors"; rc=1; }
  "$venv/bin/python" - "$f" <<'PYTHON' || rc=1
import page, sys
refused = False
for name in ("PDF_UA_1", "PDF_A_2A"):
    report = page.validate_pdf(sys.argv[1], profile=getattr(page.ValidationProfile, name))
    # It takes a carriage return that ends a stream's data, as one in 256 does, for a part of the line end behind them, and
    # finds the length a byte too long. Lengths are judged by qpdf, above.
    failures = [failure for failure in report.failures if failure.rule_id != "PDFA2A-STREAM-LENGTH-001"]
    for failure in failures: print("FAIL page", name, failure.rule_id, failure.message)
    print("FAIL" if failures else "PASS", "page", name, sys.argv[1])
    refused |= bool(failures)
sys.exit(refused)
PYTHON
  "$venv/bin/python" "$here/pdfua_check.py" "$f" || rc=1
  "$venv/bin/outloud" --fail-on error "$f" || rc=1
  pdfinfo "$f" 2>/dev/null | grep -q '^Tagged: *yes' || { echo "FAIL pdfinfo: not tagged $f"; rc=1; }
  pdffonts "$f" 2>/dev/null | awk 'NR>2 && !/ yes +(yes|no) +yes /{print "FAIL font " $0; b=1} END{exit b}' || rc=1
  [ "$(pdftotext "$f" - 2>/dev/null | tr -d '[:space:]' | wc -c)" -gt 50 ] || { echo "FAIL pdftotext: no text $f"; rc=1; }
  "$venv/bin/python" "$here/pdf_layout_check.py" "$f" || rc=1
done
exit $rc
