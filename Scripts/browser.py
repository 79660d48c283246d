#!/usr/bin/env python3
"""Looks at the documentation and the dashboards of the demo as a person does: in Chromium, without a window.

    Scripts/browser.py MLWH WAREHOUSE TARGET WORK [--many PAGE] [--shots DIR]

MLWH is the command, WAREHOUSE the demo's, built; TARGET its artifacts; WORK a folder for what is made on the way; PAGE
the documentation of 500 models, as ManyModelsTests writes it.
Speaks the DevTools protocol over a pipe, with Python's own library only. The exit code is 1 when anything is wrong.
"""
import base64
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time

failures = []


def check(what, holds, detail=""):
    print(("ok    " if holds else "WRONG ") + what + (f": {detail}" if detail and not holds else ""), flush=True)
    if not holds:
        failures.append(what)


class Browser:
    """Chromium with one tab."""

    def __init__(self, program, profile):
        to_read, self.write_end = os.pipe()
        self.read_end, to_write = os.pipe()

        def wire():
            first, second = os.dup(to_read), os.dup(to_write)
            os.dup2(first, 3)
            os.dup2(second, 4)

        flags = ["--headless", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-background-networking",
                 "--disable-component-update", "--remote-debugging-pipe", f"--user-data-dir={profile}", "about:blank"]
        if os.geteuid() == 0:
            flags.insert(0, "--no-sandbox")
        self.process = subprocess.Popen([program] + flags, preexec_fn=wire, close_fds=False,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_read)
        os.close(to_write)
        self.pending, self.events, self.number, self.session = b"", [], 0, None
        targets = self.call("Target.getTargets")["targetInfos"]
        page = next(one for one in targets if one["type"] == "page")
        self.session = self.call("Target.attachToTarget", targetId=page["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "Accessibility"):
            self.call(domain + ".enable")

    def receive(self, deadline):
        import select
        while b"\0" not in self.pending:
            if not select.select([self.read_end], [], [], max(0, deadline - time.time()))[0]:
                raise TimeoutError("the browser does not answer")
            piece = os.read(self.read_end, 1 << 20)
            if not piece:
                raise EOFError("the browser ended")
            self.pending += piece
        message, self.pending = self.pending.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **parameters):
        self.number += 1
        request = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            request["sessionId"] = self.session
        os.write(self.write_end, json.dumps(request).encode() + b"\0")
        deadline = time.time() + 60
        while True:
            message = self.receive(deadline)
            if message.get("id") == self.number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]
            self.events.append(message)

    def run(self, script):
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(json.dumps(result["exceptionDetails"])[:500])
        return result["result"].get("value")

    def open(self, address):
        self.call("Page.navigate", url="about:blank")
        self.call("Page.navigate", url=address)
        self.until("document.readyState === 'complete'")

    def until(self, condition, seconds=20):
        end = time.time() + seconds
        while time.time() < end:
            if self.run(condition):
                return True
            time.sleep(0.05)
        return False

    def size(self, width, height):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)

    def shot(self, path):
        """The whole page, up to 4,000 pixels of it."""
        self.run("window.scrollTo(0, 0)")
        width, height = self.run("[document.documentElement.clientWidth, document.documentElement.scrollHeight]")
        clip = {"x": 0, "y": 0, "width": width, "height": min(height, 4000), "scale": 1}
        image = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(image))

    def key(self, name, code, text=None):
        for kind in ("keyDown", "keyUp"):
            extra = {"text": text} if text and kind == "keyDown" else {}
            self.call("Input.dispatchKeyEvent", type=kind, key=name, code=name, windowsVirtualKeyCode=code, **extra)

    def focused(self):
        return self.run("(() => { const one = document.activeElement; return one.getAttribute('aria-label') || one.id || one.textContent.slice(0, 60); })()")

    def type(self, text):
        self.call("Input.insertText", text=text)

    def faults(self):
        """What was said on the console, and every address that was asked for, since the last time."""
        self.run("1")
        said, addresses = [], []
        for event in self.events:
            method, content = event.get("method"), event.get("params", {})
            if method == "Runtime.exceptionThrown":
                said.append(json.dumps(content["exceptionDetails"])[:300])
            elif method == "Runtime.consoleAPICalled" and content["type"] in ("error", "assert"):
                said.append(json.dumps(content["args"])[:300])
            elif method == "Log.entryAdded" and content["entry"]["level"] == "error":
                said.append(content["entry"]["text"] + " " + content["entry"].get("url", ""))
            elif method == "Network.requestWillBeSent":
                addresses.append(content["request"]["url"])
        self.events = []
        return said, addresses

    def nameless(self):
        """Controls that a screen reader cannot name."""
        roles = {"button", "link", "combobox", "searchbox", "textbox", "checkbox", "listbox", "option", "slider", "menuitem"}
        found = []
        for node in self.call("Accessibility.getFullAXTree")["nodes"]:
            role = node.get("role", {}).get("value")
            if not node.get("ignored") and role in roles and not node.get("name", {}).get("value", "").strip():
                found.append(role)
        return found

    def close(self):
        self.process.terminate()
        self.process.wait(10)


def command(*arguments):
    return subprocess.run(arguments, check=True, capture_output=True, text=True).stdout


# Texts that differ too little from what they stand on: WCAG's formula, through all half-transparent grounds.
CONTRAST = """(() => {
  const parse = text => { const part = text.match(/[\\d.]+/g).map(Number); return part.length > 3 ? part : [...part, 1]; };
  const over = (top, below) => [0, 1, 2].map(i => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
  const light = colour => { const part = colour.slice(0, 3).map(v => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * part[0] + 0.7152 * part[1] + 0.0722 * part[2]; };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim(), element = walker.currentNode.parentElement;
    if (!text || ["SCRIPT", "STYLE", "TITLE", "title", "NOSCRIPT", "OPTION"].includes(element.tagName)) continue;
    const box = element.getBoundingClientRect(), style = getComputedStyle(element);
    if (box.width < 2 || box.height < 2 || style.visibility === "hidden" || element.closest(".faded, .visually-hidden, .skip, [disabled]")) continue;
    const grounds = [];
    let ground = null;
    for (let one = element; one; one = one.parentElement) grounds.push(parse(getComputedStyle(one).backgroundColor));
    const shape = element instanceof SVGElement && element.parentElement.querySelector("rect.box");
    ground = grounds.reverse().reduce((below, top) => over(top, below), [255, 255, 255, 1]);
    if (shape) ground = over(parse(getComputedStyle(shape).fill), ground);
    const colour = over(parse(element instanceof SVGElement ? style.fill : style.color), ground);
    const a = light(colour), b = light(ground), ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) found.push(`${text.slice(0, 30)} ${ratio.toFixed(2)}`);
  }
  return [...new Set(found)].slice(0, 5);
})()"""


def look(browser, name, shots):
    """Nothing sticks out at the sides, wide and narrow, in both themes; every control has a name."""
    headings = browser.run("[...document.querySelectorAll('h1, h2, h3')].map(one => Number(one.tagName[1]))")
    check(f"{name} has its headings in order", headings.count(1) == 1 and headings[0] == 1
          and all(b <= a + 1 for a, b in zip(headings, headings[1:])), str(headings))
    check(f"{name} has a main part and a title", browser.run("document.querySelectorAll('main').length === 1 && document.title.length > 0 && document.documentElement.lang === 'en'"))
    for width, height in ((1440, 1000), (390, 844)):
        browser.size(width, height)
        time.sleep(0.2)
        wide = browser.run("document.documentElement.scrollWidth")
        check(f"{name} fits {width} pixels", wide <= width, f"{wide} wide")
        check(f"{name} names its controls at {width}", browser.nameless() == [], str(browser.nameless()))
        if shots:
            browser.shot(f"{shots}/{name}-{width}.png")
    browser.size(1440, 1000)
    for theme in ("dark", "light"):
        browser.run(f"document.documentElement.dataset.theme = '{theme}'")
        weak = browser.run(CONTRAST)
        check(f"{name} can be read in the {theme} theme", weak == [], str(weak))
        if shots and theme == "dark":
            browser.shot(f"{shots}/{name}-dark.png")
    if shots:
        browser.call("Emulation.setEmulatedMedia", media="print")
        browser.size(794, 1123)
        browser.shot(f"{shots}/{name}-print.png")
        browser.call("Emulation.setEmulatedMedia", media="")
        browser.size(1440, 1000)


def keyboard(browser, page):
    """By keys alone: past the navigation, into the search, to a column; through the graph and to a node's page."""
    browser.open(page)
    browser.key("Tab", 9)
    check("the first stop is the way past the navigation", browser.focused() == "Skip to the content", browser.focused())
    browser.key("Enter", 13, "\r")
    check("it leads to the content", browser.run("document.activeElement.id") == "main", browser.focused())
    browser.key("/", 191, "/")
    check("a slash leads to the search", browser.run("document.activeElement.id") == "search", browser.focused())
    browser.type("movie_title")
    browser.key("ArrowDown", 40)
    browser.key("ArrowDown", 40)
    check("arrows choose among what is found", browser.run("document.getElementById('search').getAttribute('aria-activedescendant') === 'result-1' && document.getElementById('result-1').getAttribute('aria-selected') === 'true' && document.getElementById('search').getAttribute('aria-expanded') === 'true'"))
    browser.key("Enter", 13, "\r")
    check("Enter opens it", browser.until("/MOVIE_TITLE$/.test(location.hash)", 5), browser.run("location.hash"))
    browser.open(page + "#/lineage")
    browser.until("document.querySelectorAll('.node').length > 0")
    browser.run("document.querySelector('.node').focus()")
    browser.key("ArrowRight", 39)
    browser.key("Enter", 13, "\r")
    check("Enter chooses a node", browser.until("!!document.querySelector('.node.chosen') && document.activeElement.classList.contains('chosen')", 5), browser.focused())
    browser.key("Enter", 13, "\r")
    check("Enter once more opens its page", browser.until("location.hash.startsWith('#/node/')", 5), browser.run("location.hash"))
    # Of a page that has columns: the first node of the graph may have none.
    browser.run("location.hash = '#/node/model.movielens.top10_by_genre'")
    browser.until("!!document.querySelector('main table th')", 5)
    roles = {node.get("role", {}).get("value") for node in browser.call("Accessibility.getFullAXTree")["nodes"] if not node.get("ignored")}
    check("parts of the page have roles", {"banner", "navigation", "main", "search", "combobox", "table", "columnheader", "heading"} <= roles, str(roles))


def quiet(browser, name, origin):
    said, addresses = browser.faults()
    check(f"{name} says nothing on the console", said == [], "; ".join(said))
    strange = [one for one in addresses if not one.startswith((origin, "about:", "data:", "blob:"))]
    check(f"{name} asks nobody else", strange == [], ", ".join(strange))


def documentation(browser, mlwh, warehouse, target, work, shots):
    site = f"{work}/site"
    shutil.copytree(target, site)
    start = time.time()
    command(mlwh, "docs", "generate", "-d", warehouse, "--target-path", site)
    print(f"      docs generate took {time.time() - start:.2f} s, {os.path.getsize(site + '/index.html')} bytes")
    check("the page is below 2 MB", os.path.getsize(site + "/index.html") < 2_000_000)
    manifest = json.load(open(f"{site}/manifest.json"))
    wanted = {id: parents for id, parents in manifest["parent_map"].items() if not id.startswith(("test.", "unit_test."))}
    page = f"file://{site}/index.html"
    browser.size(1440, 1000)
    browser.open(page + "#/lineage")
    browser.until("document.querySelectorAll('.node').length > 0")
    nodes = browser.run("[...document.querySelectorAll('.node')].map(node => node.dataset.id)")
    edges = browser.run("[...document.querySelectorAll('.edge')].map(edge => [edge.dataset.from, edge.dataset.to])")
    check("the graph's nodes are the project's", sorted(nodes) == sorted(wanted))
    check("the graph's edges are the project's",
          sorted(map(tuple, edges)) == sorted((parent, id) for id in wanted for parent in wanted[id]))
    look(browser, "lineage", shots)

    browser.open(page + "#/lineage/model.movielens.genre_ratings/AVERAGE_RATING")
    browser.until("!!document.querySelector('.node.chosen')")
    lit = set(browser.run("[...document.querySelectorAll('.node.lit')].map(node => node.dataset.id)"))
    check("a column's origins are lit", "source.movielens.raw.raw_ratings" in lit
          and "source.movielens.raw.raw_links" not in lit, str(lit))
    look(browser, "column-lineage", shots)
    before = browser.run("document.querySelector('#graph g').getAttribute('transform')")
    browser.run("document.querySelector('[aria-label=\"Zoom in\"]').click()")
    check("the graph zooms", before != browser.run("document.querySelector('#graph g').getAttribute('transform')"))
    browser.run("document.querySelector('.node.chosen').focus()")
    browser.key("ArrowLeft", 37)
    check("arrow keys walk the graph", browser.run("document.activeElement.dataset.id") not in (None, "model.movielens.genre_ratings"))

    browser.open(page)
    look(browser, "overview", shots)
    browser.key("/", 191)
    browser.run("document.getElementById('search').focus()")
    browser.type("rating_timest")
    browser.until("document.querySelectorAll('#results li').length > 0")
    browser.key("Enter", 13)
    check("search finds a column", browser.until("/RATING_TIMESTAMP$/.test(location.hash) && !!document.querySelector('tr.found')", 5),
          browser.run("location.hash"))
    look(browser, "model", shots)
    tests = sorted(id for id in manifest["nodes"] if id.startswith("test."))
    pages = {"source": "source.movielens.raw.raw_ratings", "seed": "seed.movielens.seed_movie_release_dates",
             "snapshot": "snapshot.movielens.snap_tags", "test": tests[0], "exposure": "exposure.movielens.ratings",
             "analysis": "analysis.movielens.movie_analysis_query"}
    for kind, id in pages.items():
        known = id in manifest["nodes"] or id in manifest["sources"] or id in manifest["exposures"]
        if not known:
            id = next(one for one in list(manifest["nodes"]) + list(manifest["sources"]) if one.startswith(kind + "."))
        browser.open(page + "#/node/" + id)
        check(f"a {kind} has a page", browser.until(f"document.querySelector('h1').textContent === {json.dumps(name_of(manifest, id))}", 5), id)
        look(browser, kind, shots)
    keyboard(browser, page)
    browser.open(page + "#/node/model.movielens.top10_by_genre")
    browser.until("document.querySelectorAll('h1').length > 0")
    # Behind the Swift that it was made from, where that is known.
    texts = browser.run("[...document.querySelectorAll('pre code')].map(code => code.textContent).join('\\n')") or ""
    check("the page shows SQL", "SELECT" in texts, texts[:200])
    quiet(browser, "documentation", f"file://{site}/")
    hostile(browser, site, work, shots)


def name_of(manifest, id):
    return next(manifest[group][id]["name"] for group in ("nodes", "sources", "exposures") if id in manifest[group])


def many(browser, page, shots):
    """The documentation of 500 models that a generator made."""
    browser.faults()
    check("the page of 500 models is below 2 MB", os.path.getsize(page) < 2_000_000, str(os.path.getsize(page)))
    browser.size(1440, 1000)
    start = time.time()
    browser.open(f"file://{page}#/lineage")
    drawn = browser.until("document.querySelectorAll('.node').length === 510 && document.querySelector('#graph g').hasAttribute('transform')")
    seconds = time.time() - start
    print(f"      510 nodes, {browser.run('document.querySelectorAll(`.edge`).length')} edges: drawn {seconds:.2f} s after the click; {os.path.getsize(page)} bytes")
    check("500 models are drawn in two seconds", drawn and seconds < 2, f"{seconds:.2f} s")
    if shots:
        browser.shot(f"{shots}/many-1440.png")
    browser.run("document.getElementById('search').focus()")
    start = time.time()
    browser.type("fct_web_phone amount")
    found = browser.until("document.querySelectorAll('#results li').length > 0 && document.querySelector('#results li').textContent.includes('fct_web_phone')", 5)
    seconds = time.time() - start
    check("a column of 500 models is found in a quarter of a second", found and seconds < 0.25, f"{seconds:.2f} s")
    browser.run("location.hash = '#/lineage/model.many.fct_web_phone/AMOUNT'")
    browser.until("!!document.querySelector('.node.chosen')")
    lit = set(browser.run("[...document.querySelectorAll('.node.lit')].map(node => node.dataset.id)"))
    check("a column's origins are lit among 500", "source.many.raw.raw_web" in lit and "model.many.mart_web_phone_north" not in lit
          and "model.many.stg_phone_web" not in lit, str(sorted(lit)[:9]))
    if shots:
        browser.shot(f"{shots}/many-focus-1440.png")
    quiet(browser, "500 models", "file://" + os.path.dirname(page) + "/")


def hostile(browser, site, work, shots):
    """Names, descriptions and values that would run if they could, in a page whose data are put in the place of the demo's."""
    text = open(f"{site}/index.html").read()
    hostile = "</script><img src=x onerror='window.ran=1'>"
    odd = "\u202eright to left\u202c " + "\U0001f600" * 20 + " \u05e9\u05dc\u05d5\u05dd " + "long" * 2500
    nodes = [{"id": f"model.m.n{i}", "kind": "model", "name": f"model_number_{i}", "about": hostile, "kept": "view",
              "columns": [{"name": f"COLUMN_{c}", "type": hostile, "about": hostile} for c in range(8)],
              "sql": "SELECT '" + hostile + "'"} for i in range(500)]
    nodes[76] |= {"about": odd, "name": "x" * 200, "tags": [hostile, odd[:300]], "owner": odd[:500], "url": "javascript:window.ran=1",
                  "sample": {"columns": ["A", hostile], "rows": [[odd, None], ['"', "'"]]},
                  "run": {"status": "error", "at": "2026-01-01T00:00:00Z", "message": odd + hostile},
                  "columns": [{"name": "C" * 250, "type": "VARCHAR", "about": odd, "profile": {"nulls": 0, "distinct": 2, "least": odd[:160], "greatest": hostile, "tops": [[odd[:160], 3], [hostile, 1]]}}]}
    edges = [(max(0, i - 25 - i % 7), i) for i in range(30, 500)] + [(max(0, i - 26 - i % 11), i) for i in range(40, 500)]
    for source, reader in edges:
        nodes[reader].setdefault("reads", []).append(source)
    data = {"project": {"name": "many", "about": hostile, "target": "dev", "database": "D", "schema": "S"}, "nodes": nodes,
            "layout": {"width": 6000, "height": 1700, "nodeWidth": 210, "nodeHeight": 42,
                       "nodes": [{"node": i, "x": i // 25 * 300, "y": i % 25 * 60} for i in range(500)],
                       "edges": [{"from": a, "to": b, "points": [[a // 25 * 300 + 210, a % 25 * 60 + 21], [b // 25 * 300, b % 25 * 60 + 21]]}
                                 for a, b in edges]}}
    written = json.dumps(data).replace("<", "\\u003c").replace(">", "\\u003e")
    pattern = re.compile(r'(<script type="application/json" id="site">).*?(</script>)', re.S)
    with open(f"{work}/many.html", "w") as file:
        file.write(pattern.sub(lambda match: match[1] + written + match[2], text))
    browser.open(f"file://{work}/many.html#/lineage")
    browser.until("document.querySelectorAll('.node').length === 500")
    browser.run("location.hash = '#/node/model.m.n77'")
    browser.until("document.querySelector('h1').textContent === 'model_number_77'")
    check("hostile names run nothing", browser.run("window.ran === undefined && document.querySelectorAll('img').length === 0"))
    check("hostile names are shown", hostile in browser.run("document.querySelector('main').textContent"))
    browser.run("location.hash = '#/node/model.m.n76'")
    browser.until("document.querySelector('h1').textContent.startsWith('xxx')")
    look(browser, "hostile", shots)
    check("hostile addresses are no links", browser.run("document.querySelectorAll('a[href^=javascript]').length === 0"))
    quiet(browser, "hostile names", f"file://{work}/")


def dashboards(browser, mlwh, warehouse, target, work, shots):
    folder = f"{work}/dashboards"
    command(mlwh, "dashboard", "generate", "-d", warehouse, "--target-path", target, "--out", folder, "--files")
    names = sorted(name for name in os.listdir(folder) if name.endswith(".html"))
    check("each dashboard has a page", names == ["data-quality.html", "films.html", "ratings.html", "users-and-tags.html"], str(names))
    check("each chart has files", len([name for name in os.listdir(folder) if name.endswith(".svg")]) >= 13)
    for name in names:
        browser.open(f"file://{folder}/{name}")
        look(browser, "dashboard-" + name.removesuffix(".html"), shots)
        drawn = browser.run("[...document.querySelectorAll('figure:not(.table) .plot')].every(plot => plot.querySelector('svg'))")
        check(f"{name} draws all its charts", drawn)
    browser.open(f"file://{folder}/films.html")
    set_value(browser, "filter-0", "Drama")
    cells = browser.run("[...document.querySelectorAll('figure.table tbody tr td:first-child')].map(cell => cell.textContent)")
    check("a filter narrows a table down, without a server", len(cells) > 0 and set(cells) == {"Drama"}, str(cells))
    browser.run("document.querySelectorAll('button.sort')[3].click()")
    values = [float(one) for one in browser.run("[...document.querySelectorAll('figure.table tbody tr td:nth-child(4)')].map(cell => cell.textContent)")]
    check("a table is sorted", values == sorted(values) and len(values) > 1, str(values))
    browser.open(f"file://{folder}/ratings.html")
    # The script draws what the generator has drawn.
    for chart in (4, 5, 6, 7):
        before = browser.run(f"document.querySelectorAll('#chart-{chart} svg .mark, #chart-{chart} svg .hidden-mark').length")
        titles = browser.run(f"[...document.querySelectorAll('#chart-{chart} svg title')].map(title => title.textContent).join()")
        ticks = browser.run(f"[...document.querySelectorAll('#chart-{chart} svg text')].map(text => text.textContent + text.getAttribute('x') + text.getAttribute('y')).join()")
        browser.run(f"(() => {{ const page = Elements.data('dashboard'); const chart = page.charts[{chart}]; document.querySelector('#chart-{chart} .plot').replaceChildren(Charts.draw(chart, chart.rows)); }})()")
        check(f"chart {chart} is the same from both hands", before > 0
              and before == browser.run(f"document.querySelectorAll('#chart-{chart} svg .mark, #chart-{chart} svg .hidden-mark').length")
              and titles == browser.run(f"[...document.querySelectorAll('#chart-{chart} svg title')].map(title => title.textContent).join()")
              and ticks == browser.run(f"[...document.querySelectorAll('#chart-{chart} svg text')].map(text => text.textContent + text.getAttribute('x') + text.getAttribute('y')).join()"))
    quiet(browser, "dashboards", f"file://{folder}/")


def set_value(browser, id, value):
    browser.run(f"(() => {{ const field = document.getElementById('{id}'); field.value = {json.dumps(value)}; "
                "field.dispatchEvent(new Event('change')); })()")


def served(browser, mlwh, warehouse, target):
    server = subprocess.Popen([mlwh, "docs", "serve", "--port", "0", "-d", warehouse, "--target-path", target],
                              stdout=subprocess.PIPE, text=True)
    try:
        line = server.stdout.readline()
        address = re.search(r"http://127\.0\.0\.1:(\d+)/", line)
        check("the server says where it is", address is not None, line)
        port, origin = int(address[1]), address[0]
        browser.open(origin)
        check("the server shows the documentation", browser.until("document.querySelector('h1').textContent === 'movielens'", 5))
        browser.open(origin + "dashboards/ratings")
        tile = "document.querySelector('#chart-0 .figure').textContent"
        area = "document.querySelector('#chart-4 .plot').innerHTML"
        whole, before = browser.run(tile), browser.run(area)
        set_value(browser, "filter-0-from", "2005-01-01")
        set_value(browser, "filter-0-to", "2005-12-31")
        check("a filter changes a number", browser.until(f"{tile} !== {json.dumps(whole)}", 10), whole)
        browser.until("document.getElementById('status').textContent.includes('asked again')", 10)
        check("a filter changes a chart", browser.run(area) != before)
        sql = ("SELECT SUM(total_ratings) FROM movielens.dev.monthly_trends WHERE month::TIMESTAMP_NTZ >= '2005-01-01'::DATE "
               "AND month::TIMESTAMP_NTZ < '2006-01-01'::DATE")
        right = command(mlwh, "sql", "-d", warehouse, "--readonly", "--format", "csv", "-c", sql).split()[1]
        check("the number is the warehouse's", browser.run(tile).replace(",", "") == right, f"{browser.run(tile)} for {right}")
        set_value(browser, "filter-0-from", "2050-01-01")
        check("a filter that matches nothing shows nothing", browser.until("document.querySelector('#chart-4 .plot').textContent === 'No rows' && " + tile + " === '–'", 10), browser.run(tile))
        quiet(browser, "server", origin)
        refreshed(browser, mlwh, warehouse, origin)
        requests(port)
    finally:
        server.terminate()
        server.wait(10)


def refreshed(browser, mlwh, warehouse, origin):
    """Who loads the page again sees what was written meanwhile, by another process."""
    rows = ("(() => { const facts = [...document.querySelectorAll('.facts div')]; const found = facts.find(one => one.querySelector('dt').textContent === 'Rows'); "
            "return found ? found.querySelector('dd').textContent : ''; })()")
    page = origin + "#/node/snapshot.movielens.snap_tags"
    browser.open(page)
    browser.until(f"{rows} !== ''")
    before = browser.run(rows)
    command(mlwh, "sql", "-d", warehouse, "-c", "INSERT INTO movielens.snapshots.snap_tags SELECT * FROM movielens.snapshots.snap_tags LIMIT 1")
    start = time.time()
    browser.open(page)
    browser.until(f"{rows} !== ''")
    print(f"      shown anew in {time.time() - start:.2f} s")
    after = browser.run(rows)
    check("documentation that is served follows the warehouse", int(after.replace(",", "")) == int(before.replace(",", "")) + 1, f"{before}, {after}")


def requests(port):
    def ask(text):
        with socket.create_connection(("127.0.0.1", port), 10) as connection:
            connection.sendall(text.encode())
            answer = b""
            while piece := connection.recv(65536):
                answer += piece
        return answer.decode(errors="replace")

    def status(text):
        return ask(text).split(" ")[1]

    host = f"Host: 127.0.0.1:{port}\r\n"
    good = ask(f"GET /dashboards/ratings HTTP/1.1\r\n{host}\r\n")
    check("a request is answered", good.startswith("HTTP/1.1 200 OK"))
    for header in ("Content-Security-Policy: default-src 'none'", "X-Content-Type-Options: nosniff", "X-Frame-Options: DENY",
                   "Referrer-Policy: no-referrer", "Cross-Origin-Resource-Policy: same-origin"):
        check(f"answers carry {header.split(':')[0]}", header in good)
    check("a foreign Host is refused", status("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n") == "421")
    check("no Host is refused", status("GET / HTTP/1.1\r\n\r\n") == "400")
    check("a foreign Origin is refused", status(f"GET / HTTP/1.1\r\n{host}Origin: http://evil.example\r\n\r\n") == "403")
    check("POST is refused", status(f"POST / HTTP/1.1\r\n{host}Content-Length: 1\r\n\r\nx") == "405")
    check("paths lead nowhere", status(f"GET /../../etc/passwd HTTP/1.1\r\n{host}\r\n") == "404")
    wrong = f"GET /api/dashboards/ratings?chart=0&f0.from=2005-01-01'%20OR%201=1 HTTP/1.1\r\n{host}\r\n"
    check("a value is no SQL", status(wrong) == "400")
    check("a chart that is not there is an error", status(f"GET /api/dashboards/ratings?chart=99 HTTP/1.1\r\n{host}\r\n") == "400")


def main():
    arguments = sys.argv[1:]
    shots = None
    if "--shots" in arguments:
        place = arguments.index("--shots")
        shots = os.path.abspath(arguments[place + 1])
        os.makedirs(shots, exist_ok=True)
        del arguments[place:place + 2]
    page = None
    if "--many" in arguments:
        place = arguments.index("--many")
        page = os.path.abspath(arguments[place + 1])
        del arguments[place:place + 2]
    mlwh, warehouse, target, work = map(os.path.abspath, arguments)
    os.makedirs(work, exist_ok=True)
    program = next((path for path in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if path), None)
    if program is None:
        sys.exit("There is no Chromium.")
    browser = Browser(program, f"{work}/profile")
    try:
        documentation(browser, mlwh, warehouse, target, work, shots)
        dashboards(browser, mlwh, warehouse, target, work, shots)
        served(browser, mlwh, warehouse, target)
        if page:
            many(browser, page, shots)
    finally:
        browser.close()
    print(f"{len(failures)} wrong" if failures else "all right")
    sys.exit(1 if failures else 0)


main()
