"""What the benchmarks share: the peers at pinned versions, timing of processes, the same paper for each peer."""
import os, re, shutil, statistics, subprocess, sys, time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BENCH = Path(os.environ.get("BENCH_DIR", ROOT / "target/bench")).resolve()
VENV = BENCH / "venv"
TYPST = "0.15.1"
PACKAGES = ["weasyprint==70.0", "pypandoc_binary==1.17", "pypdf==7.1.0", "typst==0.15.2"]
DEBIAN = ["libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"]  # what WeasyPrint draws with
STANDARDS = "ua-1,a-2a"
WARM_UPS = 2
PAIRS_MIN = 9


def say(text): print(text, file=sys.stderr, flush=True)


# --- the peers


def run(*command, **options):
    """Runs what is not timed; its failure ends the benchmark with its own words."""
    result = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    if result.returncode: sys.exit(f"{result.stdout}\nfailed ({result.returncode}): {' '.join(map(str, command))}")
    return result.stdout


def install_typst():
    program = BENCH / "typst/bin/typst"
    if not program.exists():
        say(f"installing the typst CLI {TYPST} (about 8 minutes) …")
        # Without default features it neither embeds fonts nor carries the server: the leanest opponent.
        system_openssl = shutil.which("pkg-config") and subprocess.run(["pkg-config", "--exists", "openssl"]).returncode == 0
        openssl = [] if system_openssl else ["--features", "vendor-openssl"]
        subprocess.run(["cargo", "install", "typst-cli", "--version", TYPST, "--locked", "--no-default-features", *openssl,
                        "--root", BENCH / "typst", "--target-dir", BENCH / "build"], check=True, stdout=sys.stderr)
        shutil.rmtree(BENCH / "build")
    return program


def install_packages():
    done = VENV / "packages.txt"
    if not done.exists() or done.read_text().split() != PACKAGES:
        say("installing WeasyPrint and pandoc …")
        run(sys.executable, "-m", "venv", "--clear", VENV)
        run(VENV / "bin/pip", "install", "--disable-pip-version-check", *PACKAGES)
        done.write_text("\n".join(PACKAGES) + "\n")
    missing = subprocess.run(["dpkg-query", "-W", *DEBIAN], capture_output=True).returncode if shutil.which("dpkg-query") else 0
    if missing and os.geteuid() == 0:
        run("apt-get", "update")
        run("apt-get", "install", "-y", "--no-install-recommends", *DEBIAN)
    elif missing:
        say(f"WeasyPrint may fail or be slower than it could be: as root, apt-get install {' '.join(DEBIAN)}")
    pandoc = run(VENV / "bin/python", "-c", "import pypandoc; print(pypandoc.get_pandoc_path())").strip()
    return VENV / "bin/weasyprint", Path(pandoc)


def build_boardpaper():
    say("building boardpaper in release …")
    subprocess.run(["cargo", "build", "--release", "--locked"], check=True, cwd=ROOT, stdout=sys.stderr)
    return Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve() / "release/boardpaper"


# --- timing


def timed(command):
    """Runs one process; returns its wall time and CPU time in seconds and its peak memory in MiB.

    posix_spawn and wait4 cost the same small amount for both sides. The memory of a process that starts another is the larger of the two.
    """
    words = [str(word) for word in command]
    silent = [(os.POSIX_SPAWN_OPEN, descriptor, os.devnull, os.O_WRONLY, 0) for descriptor in (1, 2)]
    start = time.perf_counter()
    process = os.posix_spawn(words[0], words, os.environ, file_actions=silent)
    _, status, usage = os.wait4(process, 0)
    wall = time.perf_counter() - start
    if status: sys.exit(f"failed: {' '.join(words)}\n{subprocess.run(words, capture_output=True, text=True).stderr}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def compare(ours, theirs, pairs, fresh, warm_ups=WARM_UPS):
    """Alternates the two sides, which also take turns to go first; returns the measurements of each, pair by pair.

    `fresh` is the folder that is emptied before each run.
    """
    os.sync()    # what was made for the benchmark is not written to the disk beside what is timed
    measured = ([], [])
    for number in range(-warm_ups, pairs):
        sides = [(ours, measured[0]), (theirs, measured[1])]
        for command, results in sides if number % 2 == 0 else reversed(sides):
            shutil.rmtree(fresh, ignore_errors=True)
            fresh.mkdir()
            result = timed(command)
            if number >= 0: results.append(result)
    return measured


# --- the same paper for each peer


def faces(fonts):
    """Returns the Noto Sans faces of the ejected fonts as CSS, so that WeasyPrint sets the paper in the same type."""
    names = run(VENV / "bin/python", "-c", """
import sys
from fontTools.ttLib import TTFont
for path in sys.argv[1:]:
    font = TTFont(path, lazy=True)
    print(path, font["OS/2"].usWeightClass, "italic" if font["OS/2"].fsSelection & 1 else "normal", font["name"].getDebugName(1), sep="\\t")
""", *sorted(path for path in fonts.rglob("*") if path.suffix in (".ttf", ".otf")))
    rules = [f'@font-face {{ font-family: "{family}"; src: url("{Path(path).as_uri()}"); font-weight: {weight}; font-style: {style} }}'
             for path, weight, style, family in (line.split("\t") for line in names.splitlines())]
    if not any('"Noto Sans"' in rule for rule in rules): sys.exit(f"no Noto Sans in {fonts}")
    return "\n".join(rules)


def only(found, what):
    found = list(found)
    if len(found) != 1: sys.exit(f"expected one {what}, found {len(found)}: {', '.join(map(str, found))}")
    return found[0]


def typeset_by_cli(typst, ejected, pdf):
    return [typst, "compile", "--root", ejected, "--font-path", ejected / "fonts", "--ignore-system-fonts",
            "--pdf-standard", STANDARDS, ejected / "main.typ", pdf]


DESCRIBED = ["--metadata", "title=Board paper", "--metadata", "lang=en-GB"]


def as_html(pandoc, markdown, ejected):
    """Makes a page for WeasyPrint beside the Markdown and its charts, in the same type; returns its path."""
    style = markdown.with_suffix(".css")
    look = '@page { size: A4 }\nbody { font: 12pt "Noto Sans", "DejaVu Sans" }\ntable { border-collapse: collapse }\n'
    style.write_text(f"{faces(ejected / 'fonts')}\n{look}")
    html = markdown.with_suffix(".html")
    run(pandoc, "-f", "gfm", "-t", "html5", "--standalone", *DESCRIBED, "-c", style.as_uri(), markdown, "-o", html)
    return html


def pandoc_to_typst(pandoc, typst, ejected, markdown, pdf):
    # pandoc's Typst writer drops alt text, which PDF/UA-1 demands: one set rule gives every image the same.
    engine = ["--root=/", "--ignore-system-fonts", f"--font-path={ejected / 'fonts'}", f"--pdf-standard={STANDARDS}"]
    return [pandoc, "-f", "gfm", markdown, "--resource-path", markdown.parent, "-o", pdf, f"--pdf-engine={typst}",
            *(f"--pdf-engine-opt={option}" for option in engine), *DESCRIBED,
            "-V", "mainfont=Noto Sans", "-V", "fontsize=12pt", "-V", "papersize=a4", "-V", 'header-includes=#set image(alt: "A chart.")']


def cores(): return os.process_cpu_count() if hasattr(os, "process_cpu_count") else len(os.sched_getaffinity(0))
