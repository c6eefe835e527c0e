"""What a run of bench/run measured, as tables, as a verdict on each target, beside an earlier run, and as a picture.

A ratio is taken within each repetition, in which the two peers ran one after the other, and so does not suffer from a machine
that was slower for a while. What is printed is the median of these ratios, and from the least to the greatest of them."""

import statistics
from xml.sax.saxutils import escape

DRIVER = "gridmate"

# name: what, the main figure, whether more of it is better
WORKLOADS = {
    "W1": ("ping-pong, 64 B, one in flight", "us", False),
    "W2": ("one way, as fast as back-pressure allows", "Mpackets/s", True),
    "W3": ("one 64 B packet in flight on each of many connections", "us CPU/echo", False),
    "W4": ("10 active connections beside idle ones", "B/connection", False),
    "W5": ("200 B to each of 1,000 connections, 60 times a second", "ms", False),
    "W6": ("an update with nothing to do", "ns", False),
    "W7": ("10 packets from each of 1,000 connections at once", "ms", False),
}

# workload, variant, and the label of the column or panel
SUMMARY = [
    ("W1", "polled", "W1 polled"), ("W1", "blocking", "W1 blocking"), ("W2", "64 B from C", "W2 64 B"),
    ("W2", "32768 B from C", "W2 32 KiB"), ("W3", "1000", "W3 1,000"), ("W5", "1000 x 200 B", "W5"), ("W7", "1000 x 10", "W7"),
]

# workload, variant, against whom ("C", "best" of the others on the same JDK, a peer, or a number), the bound, of which figure
TARGETS = [
    ("W1", "polled", "C", 1.10), ("W1", "polled", "best", 0.6),
    ("W1", "blocking", "C", 1.15), ("W1", "blocking", "best", 0.9),
    ("W2", "64 B from C", "C", 0.85), ("W2", "64 B from C", "netty-epoll", 1.1), ("W2", "64 B from C", "netty-epoll-stock", 5.0),
    ("W2", "32768 B from C", "C", 0.95), ("W2", "32768 B from C", "best", 1.0),
    ("W3", "1000", "C", 1.25), ("W3", "1000", "best", 0.85),
    ("W4", "8000", "bytes", 1500), ("W4", "8000", "best", 0.3), ("W4", "8000", "none idle", 1.10),
    ("W5", "1000 x 200 B", "C", 1.15), ("W5", "1000 x 200 B", "best", 0.8),
    ("W6", "1000", "one idle", 1.10),
]
# The last of W4 and W6 say "unchanged" and "independent" in the design; 1.10 is what is taken for that here.


class Ratio:
    """A median and the range around it."""

    def __init__(self, values):
        self.middle = statistics.median(values)
        self.least, self.most = min(values), max(values)

    def __str__(self):
        return "%s (%s)" % (number(self.middle), self.range())

    def range(self):
        return number(self.least) if number(self.least) == number(self.most) else "%s–%s" % (number(self.least), number(self.most))

    def overlaps(self, other):
        return self.least <= other.most and other.least <= self.most


def number(value):
    return "{:,.0f}".format(value) if abs(value) >= 100 else "%.3g" % value if abs(value) < 0.1 else "%.2f" % value


def figure_of(workload, variant):
    return "us" if (workload, variant) == ("W4", "0") else WORKLOADS[workload][1]


def cells_of(results):
    return {(c["workload"], c["variant"], c["peer"]): c["runs"] for c in results["cells"] if c["runs"]}


def variants_of(cells, workload):
    return list(dict.fromkeys(v for w, v, _ in cells if w == workload))


def name_of(label):
    return label.split(" ")[0]


def jdk_of(label):
    return label.split("(JDK ")[1].rstrip(")") if "(JDK " in label else None


def jdks_of(cells):
    return sorted({jdk_of(label) for _, _, label in cells if jdk_of(label)}, key=int)


def floor_of(cells, workload, variant):
    wanted = ["c-direct", "c"] if (workload, variant) == ("W1", "polled") else ["c"]
    return next(((workload, variant, name) for name in wanted if cells.get((workload, variant, name))), None)


def ratio(cells, key, other, figure=None):
    """Of each repetition in which both ran; None if there is none."""
    figure = figure or figure_of(key[0], key[1])
    pairs = zip(cells.get(key, []), cells.get(other, []) if other else [])
    values = [mine[figure] / its[figure] for mine, its in pairs if its.get(figure, 0) > 0 and figure in mine]
    return Ratio(values) if values else None


def spread(values):
    middle = statistics.median(values)
    return (max(values) - min(values)) / 2 / middle if middle else 0


def marks(runs, width):
    text = "~" if width > 0.1 else ""
    if "busy" in runs[0] and statistics.median(run["busy"] for run in runs) < 0.95:
        text += "<"
    if any(run.get("handed over") for run in runs):
        text += "†"
    return text


def table(results):
    """Every cell."""
    cells, lines = cells_of(results), []
    for workload, (what, _, more) in WORKLOADS.items():
        for variant in variants_of(cells, workload):
            figure = figure_of(workload, variant)
            rows = {key[2]: runs for key, runs in cells.items() if key[:2] == (workload, variant)}
            middle = {label: statistics.median(run[figure] for run in runs) for label, runs in rows.items()}
            lines += ["", "**%s, %s: %s.** %s is better." % (workload, variant, what, "More" if more else "Less"), "",
                      "| peer | %s | spread | x C | besides |" % figure, "|---|---|---|---|---|"]
            for label in sorted(rows, key=lambda each: middle[each], reverse=more):
                runs = rows[label]
                width = spread([run[figure] for run in runs])
                besides = ", ".join("%s %.4g" % (each, statistics.median(run[each] for run in runs))
                                    for each in runs[0] if each not in (figure, "handed over"))
                against = ratio(cells, (workload, variant, label), floor_of(cells, workload, variant))
                lines.append("| %s | %.4g %s | ±%.0f %% | %s | %s |" % (
                    label, middle[label], marks(runs, width), width * 100, against or "", besides))
    lines += ["", "x C: the median of the ratios within each repetition, and their range. ~ noisy, spread above 10 %.",
              "< not saturated: the process that is measured used less than 95 % of its core. † only handed over to a thread of the library's own."]
    lines += ["Left out: %s: %s." % each for each in sorted(results["skipped"].items())]
    lines += ["Failed: %s %s, %s: %s" % tuple(each) for each in results["failed"]]
    return "\n".join(lines).strip() + "\n"


def summary(results):
    """Peers beside each other, as ratios to C."""
    cells = cells_of(results)
    columns = [(w, v, title) for w, v, title in SUMMARY if floor_of(cells, w, v)]
    if not columns:
        return ""
    labels = [label for label in dict.fromkeys(label for _, _, label in cells) if jdk_of(label) and not name_of(label).endswith("-tls")]
    labels.sort(key=lambda label: (jdk_of(label), name_of(label) != DRIVER))
    lines = ["| x C | %s | B per idle connection |" % " | ".join(
        title + (", more is better" if WORKLOADS[w][2] else "") for w, _, title in columns),
        "|---|" + "---|" * (len(columns) + 1)]
    for label in labels:
        row = [ratio(cells, (w, v, label), floor_of(cells, w, v)) for w, v, _ in columns]
        idle = cells.get(("W4", "8000", label))
        row.append(number(statistics.median(run["B/connection"] for run in idle)) if idle else None)
        if any(row):
            lines.append("| %s | %s |" % ("**%s**" % label if name_of(label) == DRIVER else label, " | ".join(str(each or "") for each in row)))
    return "\n".join(lines) + "\n"


def tls(results):
    """What TLS costs: each peer beside itself without it, and beside the other with it."""
    cells = cells_of(results)
    lines = []
    for workload, variant in [("W1", "blocking"), ("W2", "64 B from itself"), ("W2", "32768 B from itself")]:
        for jdk in jdks_of(cells):
            def key(name):
                return (workload, variant, "%s (JDK %s)" % (name, jdk))
            values = [ratio(cells, key(DRIVER + "-tls"), key(DRIVER)), ratio(cells, key("netty-epoll-tls"), key("netty-epoll")),
                      ratio(cells, key(DRIVER + "-tls"), key("netty-epoll-tls"))]
            if any(values):
                lines.append("| %s %s, %s is better | %s | %s |" % (
                    workload, variant, "more" if WORKLOADS[workload][2] else "less", jdk, " | ".join(str(each or "") for each in values)))
    head = ["| the JDK's TLS 1.3 | JDK | this driver, x without | Netty's SslHandler, x without | this driver x Netty |", "|---|---|---|---|---|"]
    return "\n".join(head + lines) + "\n" if lines else ""


def best_other(cells, workload, variant, jdk):
    figure, more = figure_of(workload, variant), WORKLOADS[workload][2]
    others = {key: statistics.median(run[figure] for run in runs) for key, runs in cells.items()
              if key[:2] == (workload, variant) and jdk_of(key[2]) == jdk and name_of(key[2]) != DRIVER
              and not name_of(key[2]).endswith("-tls") and not any(run.get("handed over") for run in runs)}
    return (max if more else min)(others, key=others.get) if others else None


def measured(cells, workload, variant, against, jdk):
    """The figure that a target is about, and in words whom it stands against; None if it was not measured."""
    mine = (workload, variant, "%s (JDK %s)" % (DRIVER, jdk))
    if against == "bytes":
        runs = cells.get(mine)
        return (Ratio([run["B/connection"] for run in runs]), "bytes") if runs else (None, "bytes")
    if against == "none idle":
        return ratio(cells, mine, (workload, "0", mine[2]), "us"), "the round trip beside none"
    if against == "one idle":
        return ratio(cells, mine, (workload, "1", mine[2])), "one with one connection"
    if against == "C":
        return ratio(cells, mine, floor_of(cells, workload, variant)), "C"
    other = best_other(cells, workload, variant, jdk) if against == "best" else (workload, variant, "%s (JDK %s)" % (against, jdk))
    return ratio(cells, mine, other), "the best other, " + name_of(other[2]) if against == "best" and other else against


def verdict(value, bound, more):
    good = (lambda x: x >= bound) if more else (lambda x: x <= bound)
    if good(value.middle) and good(value.least) and good(value.most):
        return "met"
    if good(value.least) or good(value.most):
        return ("met" if good(value.middle) else "missed") + ", within the spread"
    return "missed by %.0f %%" % (abs(value.middle / bound - 1) * 100)


def targets(results):
    """Each target of the design, and whether it is met."""
    cells = cells_of(results)
    lines = ["| target | bound | " + " | ".join("JDK " + jdk for jdk in jdks_of(cells)) + " |", "|---|---|" + "---|" * len(jdks_of(cells))]
    for workload, variant, against, bound in TARGETS:
        more = WORKLOADS[workload][2]
        answers, words = [], against
        for jdk in jdks_of(cells):
            value, words = measured(cells, workload, variant, against, jdk)
            answers.append("%s: %s" % (value, verdict(value, bound, more)) if value else "not measured")
            if against == "best" and value:
                answers[-1] += " (%s)" % words.split(", ")[-1]
        if any(answer != "not measured" for answer in answers):
            words = "the best other" if against == "best" else words
            lines.append("| %s %s, against %s | %s %s | %s |" % (
                workload, variant, words, "at least" if more else "at most", number(bound), " | ".join(answers)))
    return "\n".join(lines) + "\n" if len(lines) > 2 else ""


def compare(results, earlier):
    """Which ratios of two runs are apart by more than they vary within either."""
    cells, old = cells_of(results), cells_of(earlier)
    apart, together = [], 0
    for key in cells:
        now = ratio(cells, key, floor_of(cells, *key[:2]))
        then = ratio(old, key, floor_of(old, *key[:2]))
        if not now or not then or name_of(key[2]) in ("c", "c-direct"):
            continue
        if now.overlaps(then):
            together += 1
        else:
            apart.append((abs(now.middle / then.middle - 1), key, then, now))
    lines = ["%d of %d ratios to C are within the ranges of both runs." % (together, together + len(apart))]
    if apart:
        lines += ["", "| apart | then | now | by |", "|---|---|---|---|"]
        lines += ["| %s %s, %s | %s | %s | %.0f %% |" % (*key, then, now, by * 100) for by, key, then, now in sorted(apart, reverse=True)]
    return "\n".join(lines) + "\n"


# ------------------------------------------------------------------------------------ the picture

PANEL_WIDTH, ROW, LABEL, LONGEST = 430, 19, 118, 3.0


def bars_of(cells, workload, variant, jdk):
    """Labels and ratios such that shorter is better: where more is better, how much longer a packet takes."""
    floor = floor_of(cells, workload, variant)
    bars = [("C", Ratio([1.0]))]
    for key in cells:
        if key[:2] != (workload, variant) or jdk_of(key[2]) != jdk or name_of(key[2]).endswith("-tls"):
            continue
        one, other = (floor, key) if WORKLOADS[workload][2] else (key, floor)
        value = ratio(cells, one, other)
        if value:
            handed_over = any(run.get("handed over") for run in cells[key])
            bars.append((name_of(key[2]) + (" †" if handed_over else ""), value))
    return bars[:1] + sorted(bars[1:], key=lambda bar: bar[1].middle)


def panel(x, y, title, note, bars, scale, unit):
    parts = ['<text x="%d" y="%d" class="t">%s</text><text x="%d" y="%d" class="n">%s</text>' % (
        x, y, escape(title), x, y + 15, escape(note))]
    room = PANEL_WIDTH - LABEL - 70
    for row, (label, value) in enumerate(bars):
        top = y + 24 + row * ROW
        end = min(value.middle, scale) / scale * room
        kind = "d" if label == DRIVER else "c" if label == "C" else "o"
        parts.append('<text x="%d" y="%d" class="l %s">%s</text><rect x="%d" y="%d" width="%.1f" height="13" class="%s"/>' % (
            x + LABEL - 6, top + 11, kind, escape("this driver" if label == DRIVER else label), x + LABEL, top, end, kind))
        if value.most > value.least and value.middle <= scale:
            left, right = (x + LABEL + min(v, scale) / scale * room for v in (value.least, value.most))
            parts.append('<path d="M%.1f %d v5 M%.1f %d h%.1f M%.1f %d v5" class="w"/>' % (
                left, top + 4, left, top + 6.5, right - left, right, top + 4))
            end = max(end, right - x - LABEL)
        cut = "»" if value.middle > scale else ""
        parts.append('<text x="%.1f" y="%d" class="v">%s%s</text>' % (x + LABEL + end + 5, top + 11, cut, number(value.middle) + unit))
    return "\n".join(parts)


def svg(results):
    """A picture of the first JDK's ratios; None if there is no C floor in the results."""
    cells = cells_of(results)
    jdk = jdks_of(cells)[0]
    panels = []
    for workload, variant, title in SUMMARY:
        if floor_of(cells, workload, variant):
            what = WORKLOADS[workload][0]
            note = what + (": time for a packet" if WORKLOADS[workload][2] else "")
            panels.append((title, note, bars_of(cells, workload, variant, jdk), LONGEST, " ×"))
    idle = [(name_of(key[2]), Ratio([run["B/connection"] for run in runs])) for key, runs in cells.items()
            if key[:2] == ("W4", "8000") and jdk_of(key[2]) == jdk]
    if idle and panels:
        idle.sort(key=lambda bar: bar[1].middle)
        least = idle[0][1].middle
        panels.append(("W4", "memory of an idle connection", idle, least * LONGEST, " B"))
    if not panels:
        return None
    rows = (len(panels) + 1) // 2
    heights = [max(len(p[2]) for p in panels[r * 2:r * 2 + 2]) * ROW + 48 for r in range(rows)]
    width, top = 2 * PANEL_WIDTH + 30, 66
    height = top + sum(heights) + 26
    out = ['<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img" aria-label="Benchmarks as ratios to a C program">' % (
        width, height, width, height),
        '<style>text{font-family:system-ui,"Segoe UI","DejaVu Sans",Arial,sans-serif;fill:#24292f}.h{font-size:17px;font-weight:600}.t{font-size:14px;font-weight:600}'
        '.n{font-size:11px;fill:#57606a}.l{font-size:12px;text-anchor:end}.v{font-size:11px}text.d{font-weight:700}'
        'rect.d{fill:#0a7f5a}rect.c{fill:#8c959f}rect.o{fill:#b6c2cf}.w{stroke:#24292f;stroke-width:1;fill:none}</style>',
        '<rect width="%d" height="%d" fill="#ffffff"/>' % (width, height),
        '<text x="16" y="28" class="h">Shorter is better: how many times what a C program with epoll takes</text>',
        '<text x="16" y="46" class="n">Medians of ratios within each of %d repetitions, and their range. JDK %s, %s, %s cores. » longer than shown. † only handed over to another thread.</text>' % (
            results["facts"]["repetitions"], jdk, escape(results["facts"]["cpu"]), results["facts"]["cores"])]
    y = top + 10
    for row in range(rows):
        for column, each in enumerate(panels[row * 2:row * 2 + 2]):
            out.append(panel(16 + column * (PANEL_WIDTH + 10), y, *each))
        y += heights[row]
    out.append("</svg>")
    return "\n".join(out) + "\n"


def page(results, earlier=None):
    facts = results["facts"]
    parts = ["Commit %(commit)s, %(cpu)s, %(cores)s cores, Linux %(kernel)s, %(repetitions)s repetitions, times scaled by %(scale)s.\n" % facts,
             summary(results), targets(results), tls(results), compare(results, earlier) if earlier else "", table(results)]
    return "\n".join(part for part in parts if part)
