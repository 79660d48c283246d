"use strict";
(() => {
  const { h, number, bytes } = Elements;
  const site = Elements.data("site");
  const nodes = site.nodes;
  const byID = new Map(nodes.map((node, index) => [node.id, index]));
  const readers = nodes.map(() => []);
  nodes.forEach((node, index) => (node.reads || []).forEach(other => readers[other].push(index)));
  const kinds = [["source", "Sources"], ["seed", "Seeds"], ["model", "Models"], ["snapshot", "Snapshots"], ["test", "Tests"], ["unit_test", "Unit tests"], ["analysis", "Analyses"], ["exposure", "Exposures"]];
  const kindName = new Map(kinds.map(([kind, title]) => [kind, title.replace(/ses$/, "sis").replace(/s$/, match => title.endsWith("ses") ? match : "").toLowerCase()]));
  const href = index => `#/node/${encodeURIComponent(nodes[index].id)}`;
  const lineageHref = (index, column) => `#/lineage/${encodeURIComponent(nodes[index].id)}${column ? "/" + encodeURIComponent(column) : ""}`;
  const link = index => h("a", { href: href(index) }, nodes[index].name);
  const main = h("main", { id: "main", tabindex: "-1" });
  const side = h("nav", { id: "side", "aria-label": "Project" });

  // Frame ------------------------------------------------------------------------------------------------------------

  function frame() {
    const menu = h("button", { id: "menu", type: "button", "aria-expanded": "false", "aria-controls": "side", onclick: () => {
      const isOpen = side.classList.toggle("open");
      menu.setAttribute("aria-expanded", isOpen);
    } }, "Menu");
    const top = h("header", { id: "top" }, menu, h("a", { class: "brand", href: "#/" }, site.project.name), searchBox(), Elements.themeButton());
    document.body.replaceChildren(h("a", { class: "skip", href: "#main", onclick: event => { event.preventDefault(); main.focus(); } }, "Skip to the content"), top, h("div", { id: "frame" }, side, main));
    side.append(h("ul", { class: "places" }, h("li", {}, h("a", { href: "#/" }, "Overview")), h("li", {}, h("a", { href: "#/lineage" }, "Lineage")),
      (site.links || []).map(item => h("li", {}, h("a", { href: item.href }, item.name)))));
    for (const [kind, title] of kinds) {
      const own = nodes.map((node, index) => index).filter(index => nodes[index].kind === kind);
      if (own.length === 0) continue;
      own.sort((a, b) => nodes[a].name < nodes[b].name ? -1 : 1);
      side.append(h("details", { open: kind !== "test" && kind !== "unit_test" && own.length <= 60 }, h("summary", {}, `${title} (${own.length})`),
        h("ul", {}, own.map(index => h("li", {}, link(index))))));
    }
  }

  // Search -----------------------------------------------------------------------------------------------------------

  const entries = [];
  nodes.forEach((node, index) => {
    entries.push({ index, name: node.name.toLowerCase(), text: `${node.label || ""} ${node.about || ""} ${(node.tags || []).join(" ")} ${node.relation || ""}`.toLowerCase(), weight: node.kind.endsWith("test") ? 2 : 0 });
    (node.columns || []).forEach(column => entries.push({ index, column: column.name, name: column.name.toLowerCase(), text: (column.about || "").toLowerCase(), weight: 1 }));
  });

  function find(words) {
    const parts = words.toLowerCase().split(/\s+/).filter(Boolean);
    if (parts.length === 0) return [];
    const found = [];
    for (const entry of entries) {
      let score = entry.weight;
      for (const part of parts) {
        if (entry.name === part) score += 0;
        else if (entry.name.startsWith(part)) score += 1;
        else if (entry.name.includes(part)) score += 2;
        else if (entry.column && nodes[entry.index].name.toLowerCase().includes(part)) score += 3;
        else if (entry.text.includes(part)) score += 6;
        else { score = -1; break; }
      }
      if (score >= 0) found.push([score, entry]);
    }
    return found.sort((a, b) => a[0] - b[0]).slice(0, 40).map(pair => pair[1]);
  }

  function searchBox() {
    const list = h("ul", { id: "results", role: "listbox", "aria-label": "Found", hidden: true });
    let found = [], chosen = -1;
    const input = h("input", { type: "search", id: "search", placeholder: "Search names, columns, descriptions", role: "combobox", "aria-label": "Search", "aria-expanded": "false", "aria-controls": "results", "aria-autocomplete": "list", autocomplete: "off", spellcheck: "false" });
    function close() { list.hidden = true; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); }
    function open(entry) {
      close();
      location.hash = href(entry.index) + (entry.column ? "/" + encodeURIComponent(entry.column) : "");
    }
    function choose(place) {
      chosen = place;
      [...list.children].forEach((item, index) => item.setAttribute("aria-selected", index === chosen));
      if (found[chosen]) { input.setAttribute("aria-activedescendant", `result-${chosen}`); list.children[chosen].scrollIntoView({ block: "nearest" }); }
    }
    input.addEventListener("input", () => {
      found = find(input.value);
      chosen = -1;
      if (input.value.trim() === "") return close();
      list.replaceChildren(...found.map((entry, index) => h("li", { id: `result-${index}`, role: "option", "aria-selected": "false", onmousedown: event => { event.preventDefault(); open(entry); } },
        h("span", {}, entry.column || nodes[entry.index].name), " ",
        h("span", { class: "where" }, entry.column ? `column of ${nodes[entry.index].name}` : kindName.get(nodes[entry.index].kind)))));
      if (found.length === 0) list.append(h("li", { class: "quiet", role: "option", "aria-disabled": "true" }, "Nothing found"));
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
    });
    input.addEventListener("keydown", event => {
      if (event.key === "ArrowDown") { event.preventDefault(); choose(Math.min(chosen + 1, found.length - 1)); }
      else if (event.key === "ArrowUp") { event.preventDefault(); choose(Math.max(chosen - 1, 0)); }
      else if (event.key === "Enter" && found.length > 0) open(found[Math.max(chosen, 0)]);
      else if (event.key === "Escape") close();
    });
    input.addEventListener("blur", close);
    document.addEventListener("keydown", event => {
      if (event.key === "/" && !event.ctrlKey && !event.metaKey && !/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) { event.preventDefault(); input.focus(); }
    });
    return h("div", { id: "search-box", role: "search" }, input, list);
  }

  // Pieces -----------------------------------------------------------------------------------------------------------

  const statusClass = { success: "good", pass: "good", warn: "warn", error: "bad", fail: "bad", skipped: "warn", "partial success": "warn" };
  const status = word => h("span", { class: statusClass[word] || "quiet" }, word);
  const time = text => text ? text.replace("T", " ").replace(/(\.\d+)?Z$/, " UTC") : "";
  const fact = (name, ...value) => value.some(Boolean) ? h("div", {}, h("dt", {}, name), h("dd", {}, ...value)) : null;
  const cell = value => value === null ? h("td", { class: "null" }, "NULL") : h("td", { class: "value", title: value.length > 40 ? value : null }, value);

  function distribution(profile) {
    if (!profile) return null;
    if (profile.bars) {
      const most = Math.max(...profile.bars, 1), wide = 150 / profile.bars.length;
      return h("svg", { class: "bars", viewBox: "0 0 150 34", role: "img", "aria-label": `Distribution of ${number(profile.counted)} values from ${profile.low} to ${profile.high}` },
        h("title", {}, `${profile.low} to ${profile.high}`),
        profile.bars.map((value, index) => value > 0 && h("rect", { x: (index * wide).toFixed(2), width: Math.max(wide - 1, .8).toFixed(2), y: (33 - 32 * value / most).toFixed(2), height: (32 * value / most + 1).toFixed(2) })));
    }
    if (profile.tops) return h("ul", { class: "tops" }, profile.tops.map(([value, count]) => h("li", {}, h("span", { title: value }, value), h("span", {}, number(count)))));
    return null;
  }

  function columnTable(node, index, marked) {
    const hasProfile = node.columns.some(column => column.profile);
    const tests = column => (node.tests || []).map(test => nodes[test]).filter(test => (test.column || "").toLowerCase() === column.name.toLowerCase()).map(test => h("a", { class: "badge", href: href(byID.get(test.id)) }, test.testName || test.name));
    return h("div", { class: "scroll" }, h("table", {}, h("caption", { class: "visually-hidden" }, `Columns of ${node.name}`),
      h("thead", {}, h("tr", {}, ["Column", "Type", "Description", "Tests"].map(title => h("th", { scope: "col" }, title)), hasProfile && ["NULLs", "Distinct"].map(title => h("th", { scope: "col", class: "number" }, title)), hasProfile && ["Least, greatest", "Values"].map(title => h("th", { scope: "col" }, title)))),
      h("tbody", {}, node.columns.map(column => {
        const profile = column.profile;
        return h("tr", { id: `column-${column.name}`, class: marked === column.name ? "found" : null },
          h("td", { class: "name" }, h("a", { href: lineageHref(index, column.name), title: `Where ${column.name} comes from` }, column.name)), h("td", {}, column.type, column.required ? h("span", { class: "quiet" }, " not null") : null),
          h("td", { class: "about" }, column.about), h("td", {}, tests(column)),
          hasProfile && (profile ? [h("td", { class: "number" }, number(profile.nulls)), h("td", { class: "number" }, (profile.isDistinctExact ? "" : "≈ ") + number(profile.distinct)), h("td", { class: "range" }, [profile.least, profile.greatest].map(value => h("div", { title: value }, value))), h("td", {}, distribution(profile))] : h("td", { colspan: 4 })));
      }))));
  }

  function code(title, text) {
    const button = h("button", { type: "button", class: "no-print", "aria-label": `Copy ${title}`, onclick: async () => {
      try { await navigator.clipboard.writeText(text); button.textContent = "Copied"; } catch { button.textContent = "Not allowed"; }
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    } }, "Copy");
    return [h("div", { class: "code-head" }, h("h2", {}, title), button), h("pre", { tabindex: "0", "aria-label": title }, h("code", {}, text))];
  }

  function sample(node) {
    if (!node.sample) return null;
    return [h("h2", {}, "Sample"), h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Sample rows" }, h("table", {}, h("thead", {}, h("tr", {}, node.sample.columns.map(name => h("th", { scope: "col" }, name)))), h("tbody", {}, node.sample.rows.map(row => h("tr", {}, row.map(cell))))))];
  }

  function listed(title, indices) {
    return h("section", {}, h("h2", {}, title), indices.length === 0 ? h("p", { class: "quiet" }, "Nothing") : h("ul", { class: "links" }, indices.map(index => h("li", {}, link(index), " ", h("span", { class: "quiet" }, kindName.get(nodes[index].kind))))));
  }

  function runText(run) {
    if (!run) return null;
    return [status(run.status), run.failures ? ` (${number(run.failures)} failures)` : "", ` ${time(run.at)}`, run.seconds !== undefined ? `, ${run.seconds.toFixed(2)} s` : ""];
  }

  function testTable(indices) {
    if (indices.length === 0) return null;
    return [h("h2", {}, "Tests"), h("div", { class: "scroll" }, h("table", {}, h("thead", {}, h("tr", {}, ["Test", "Column", "Last result"].map(title => h("th", { scope: "col" }, title)))),
      h("tbody", {}, indices.map(index => h("tr", {}, h("td", { class: "test" }, link(index)), h("td", { class: "name" }, nodes[index].column), h("td", { class: "result" }, runText(nodes[index].run) || h("span", { class: "quiet" }, "not run")))))))];
  }

  // Pages ------------------------------------------------------------------------------------------------------------

  function overview() {
    const count = kind => nodes.filter(node => node.kind === kind).length;
    const results = nodes.filter(node => node.run);
    const words = [...new Set(results.map(node => node.run.status))].sort();
    return ["Overview", h("h1", {}, site.project.name), h("p", {}, site.project.about),
      h("dl", { class: "facts" }, kinds.map(([kind, title]) => count(kind) > 0 && fact(title, number(count(kind)))), fact("Target", `${site.project.target}: ${site.project.database}.${site.project.schema}`), fact("Rows in tables", site.project.rows !== undefined && number(site.project.rows)), fact("Stored", site.project.bytes !== undefined && bytes(site.project.bytes)), fact("Written", time(site.project.written))),
      words.length > 0 && [h("h2", {}, "Last results"), h("dl", { class: "facts" }, words.map(word => fact(word, number(results.filter(node => node.run.status === word).length))))],
      results.filter(node => ["error", "fail", "warn"].includes(node.run.status)).map(node => h("p", {}, link(byID.get(node.id)), " ", runText(node.run))),
      h("p", {}, h("a", { href: "#/lineage" }, "Lineage of the whole project")),
      kinds.filter(([kind]) => ["source", "seed", "model", "snapshot", "analysis", "exposure"].includes(kind) && count(kind) > 0).map(([kind, title]) => listing(kind, title))];
  }

  // Columns that no node of the kind has anything to say in are left out.
  function listing(kind, title) {
    const own = nodes.map((node, index) => index).filter(index => nodes[index].kind === kind);
    const columns = [
      ["Name", index => link(index), () => true], ["Description", index => nodes[index].about, node => node.about, "about"],
      ["Kept as", index => nodes[index].kept, node => node.kept && node.kept !== kind], ["Kind", index => nodes[index].use, node => node.use],
      ["Page", index => nodes[index].page && h("a", { href: nodes[index].page }, nodes[index].label || nodes[index].name), node => node.page],
      ["Owner", index => nodes[index].owner, node => kind === "exposure" && node.owner],
      ["Rows", index => nodes[index].rows !== undefined ? number(nodes[index].rows) : "", node => node.rows !== undefined, "number"],
      ["Freshness", index => nodes[index].freshness && status(nodes[index].freshness.status), node => node.freshness],
      ["Last run", index => nodes[index].run && status(nodes[index].run.status), node => node.run],
    ].filter(([, , has]) => own.some(index => has(nodes[index])));
    return [h("h2", {}, title), h("div", { class: "scroll" }, h("table", {}, h("caption", { class: "visually-hidden" }, title), h("thead", {}, h("tr", {}, columns.map(([name, , , style]) => h("th", { scope: "col", class: style === "number" ? style : null }, name)))),
      h("tbody", {}, own.map(index => h("tr", {}, columns.map(([, content, , style]) => h("td", { class: style }, content(index))))))))];
  }

  function page(index, marked) {
    const node = nodes[index];
    const reads = node.reads || [];
    const tests = node.tests || [];
    return [node.name, h("div", { class: "row" }, h("h1", {}, node.name), h("span", { class: "badge" }, kindName.get(node.kind)), node.kept && node.kept !== node.kind && h("span", { class: "badge" }, node.kept), (node.tags || []).map(tag => h("span", { class: "badge" }, `tag: ${tag}`))),
      h("p", {}, node.about),
      h("dl", { class: "facts" }, fact("Relation", node.relation && h("code", {}, node.relation), node.missing && (node.kind === "source" ? " is not there" : " is not there yet")), fact("Rows", node.rows !== undefined && number(node.rows)), fact("Stored", node.bytes !== undefined && bytes(node.bytes)), fact("Last run", runText(node.run)),
        node.freshness && fact("Freshness", status(node.freshness.status), node.freshness.at ? ` newest row ${time(node.freshness.at)}` : ""), fact("Must be fresher than", node.fresherThan), fact("Owner", node.owner), fact("Group", node.group), fact("Access", node.access), fact("Contract", node.contract && "enforced"), fact("Column", node.column && h("code", {}, node.column)), fact("Severity", node.severity), fact("Title", node.label), fact("Kind", node.use), fact("Page", node.page && h("a", { href: node.page }, `Open ${node.label || node.name}`)), fact("Where", node.url && /^https?:\/\//.test(node.url) ? h("a", { href: node.url, rel: "noreferrer noopener" }, node.url) : node.url), fact("Maturity", node.maturity), Object.entries(node.meta || {}).map(([name, value]) => fact(name, value)), fact("Declared as", node.declaration && h("code", {}, node.declaration))),
      node.run && node.run.message && ["error", "fail", "warn"].includes(node.run.status) && h("pre", { class: "bad" }, node.run.message),
      (node.columns || []).length > 0 && [h("h2", {}, "Columns"), node.profiled && h("p", { class: "quiet" }, node.profiled), columnTable(node, index, marked)],
      testTable(tests), sample(node),
      h("div", { class: "columns" }, listed("Reads", reads), node.kind === "exposure" || node.kind.endsWith("test") ? null : listed("Read by", readers[index].filter(other => !nodes[other].kind.endsWith("test")))),
      !node.kind.endsWith("test") && h("p", {}, h("a", { href: lineageHref(index) }, "Show in the lineage graph")),
      node.swift && code("Swift", node.swift), node.sql && code("SQL", node.sql)];
  }

  // Column lineage ---------------------------------------------------------------------------------------------------

  let forward = null;
  function columnReaders() {
    if (forward) return forward;
    forward = new Map();
    nodes.forEach((node, index) => (node.columns || []).forEach(column => (column.from || []).forEach(([source, name]) => {
      const key = `${source}/${name}`;
      if (!forward.has(key)) forward.set(key, []);
      forward.get(key).push([index, column.name]);
    })));
    return forward;
  }
  function walk(start, next) {
    const seen = new Map([[start.join("/"), start]]), open = [start];
    while (open.length > 0) for (const other of next(open.pop())) if (!seen.has(other.join("/"))) { seen.set(other.join("/"), other); open.push(other); }
    seen.delete(start.join("/"));
    return [...seen.values()];
  }
  function columnLineage(index, name) {
    const from = ([node, column]) => (nodes[node].columns || []).find(item => item.name === column)?.from || [];
    return { up: walk([index, name], from), down: walk([index, name], ([node, column]) => columnReaders().get(`${node}/${column}`) || []) };
  }
  function related(start, next) {
    const seen = new Set([start]), open = [start];
    while (open.length > 0) for (const other of next(open.pop())) if (!seen.has(other)) { seen.add(other); open.push(other); }
    return seen;
  }

  let onPrint = null;
  matchMedia("print").addEventListener("change", event => { if (onPrint && document.getElementById("graph")) onPrint(event.matches); });

  // Graph ------------------------------------------------------------------------------------------------------------

  function lineage(focus, column) {
    const layout = site.layout, width = layout.nodeWidth, height = layout.nodeHeight;
    const view = { x: 0, y: 0, scale: 1 };
    const content = h("g", {});
    const svg = h("svg", { role: "group", "aria-label": `Lineage graph, ${layout.nodes.length} nodes and ${layout.edges.length} edges` }, content);
    const shapes = new Map(), paths = [];
    for (const edge of layout.edges) {
      const points = edge.points;
      let path = `M${points[0][0]} ${points[0][1]}`;
      for (let i = 1; i < points.length; i += 1) {
        const middle = (points[i - 1][0] + points[i][0]) / 2;
        path += `C${middle} ${points[i - 1][1]} ${middle} ${points[i][1]} ${points[i][0]} ${points[i][1]}`;
      }
      const shape = h("path", { class: "edge", d: path, "data-from": nodes[edge.from].id, "data-to": nodes[edge.to].id });
      paths.push([edge, shape]);
      content.append(shape);
    }
    for (const place of layout.nodes) {
      const node = nodes[place.node];
      const reads = (node.reads || []).length, read = readers[place.node].filter(other => shapes.has(other) || !nodes[other].kind.endsWith("test")).length;
      const label = node.name.length > 27 ? node.name.slice(0, 26) + "…" : node.name;
      const shape = h("g", { class: `node ${node.kind}`, transform: `translate(${place.x} ${place.y})`, tabindex: "0", role: "button", "data-id": node.id, "aria-label": `${kindName.get(node.kind)} ${node.name}, reads ${reads}, read by ${read}`,
        onclick: () => { location.hash = lineageHref(place.node); },
        onkeydown: event => key(event, place) },
      h("title", {}, node.name), h("rect", { class: "box", width, height, rx: 6 }), h("rect", { class: "kind", width: 5, height: height - 8, x: 4, y: 4, rx: 2 }),
      h("text", { class: "small", x: 16, y: 15 }, [kindName.get(node.kind), node.kept && node.kept !== node.kind ? `, ${node.kept}` : ""]), h("text", { x: 16, y: 32 }, label));
      shapes.set(place.node, shape);
      content.append(shape);
    }
    const place = new Map(layout.nodes.map(item => [item.node, item]));

    function key(event, from) {
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); location.hash = event.key === "Enter" && focus === from.node ? href(from.node) : lineageHref(from.node); return; }
      const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (!step) return;
      event.preventDefault();
      let best = null, least = Infinity;
      for (const other of layout.nodes) {
        const x = other.x - from.x, y = other.y - from.y, along = x * step[0] + y * step[1];
        if (other === from || along <= 0 || shapes.get(other.node).classList.contains("gone")) continue;
        const away = along + 3 * Math.abs(x * step[1] + y * step[0]);
        if (away < least) { least = away; best = other; }
      }
      if (best) { shapes.get(best.node).focus(); reveal(best); }
    }
    // On paper all of it.
    onPrint = isPrinting => {
      if (isPrinting) { content.removeAttribute("transform"); svg.setAttribute("viewBox", `-16 -16 ${layout.width + 32} ${layout.height + 32}`); }
      else { svg.removeAttribute("viewBox"); move(); }
    };
    function move() { content.setAttribute("transform", `translate(${view.x} ${view.y}) scale(${view.scale})`); }
    function reveal(item) {
      const box = svg.getBoundingClientRect(), x = item.x * view.scale + view.x, y = item.y * view.scale + view.y;
      if (x < 0 || y < 0 || x + width * view.scale > box.width || y + height * view.scale > box.height) { view.x = box.width / 2 - (item.x + width / 2) * view.scale; view.y = box.height / 2 - (item.y + height / 2) * view.scale; move(); }
    }
    function fit(among) {
      const box = svg.getBoundingClientRect(), seen = layout.nodes.filter(item => among instanceof Set ? among.has(item.node) : !shapes.get(item.node).classList.contains("gone"));
      if (seen.length === 0 || box.width === 0) return;
      const left = Math.min(...seen.map(item => item.x)), top = Math.min(...seen.map(item => item.y));
      const wide = Math.max(...seen.map(item => item.x)) + width - left, high = Math.max(...seen.map(item => item.y)) + height - top;
      view.scale = Math.min(1.2, (box.width - 32) / wide, (box.height - 32) / high);
      view.x = (box.width - wide * view.scale) / 2 - left * view.scale;
      view.y = (box.height - high * view.scale) / 2 - top * view.scale;
      move();
    }
    function zoom(factor, x, y) {
      const box = svg.getBoundingClientRect(), atX = x ?? box.width / 2, atY = y ?? box.height / 2;
      const scale = Math.min(3, Math.max(.02, view.scale * factor)), ratio = scale / view.scale;
      view.x = atX - (atX - view.x) * ratio; view.y = atY - (atY - view.y) * ratio; view.scale = scale;
      move();
    }
    svg.addEventListener("wheel", event => { event.preventDefault(); const box = svg.getBoundingClientRect(); zoom(Math.exp(-event.deltaY * (event.deltaMode ? .05 : .0015)), event.clientX - box.left, event.clientY - box.top); }, { passive: false });
    const touches = new Map();
    let moved = 0;
    svg.addEventListener("pointerdown", event => { touches.set(event.pointerId, [event.clientX, event.clientY]); moved = 0; });
    svg.addEventListener("pointermove", event => {
      const last = touches.get(event.pointerId);
      if (!last) return;
      const others = [...touches.entries()].filter(([id]) => id !== event.pointerId);
      if (others.length === 1) {
        const other = others[0][1], box = svg.getBoundingClientRect();
        const before = Math.hypot(last[0] - other[0], last[1] - other[1]), after = Math.hypot(event.clientX - other[0], event.clientY - other[1]);
        if (before > 0) zoom(after / before, (event.clientX + other[0]) / 2 - box.left, (event.clientY + other[1]) / 2 - box.top);
      } else {
        view.x += event.clientX - last[0]; view.y += event.clientY - last[1];
        move();
      }
      moved += Math.abs(event.clientX - last[0]) + Math.abs(event.clientY - last[1]);
      if (moved > 4 && !svg.hasPointerCapture(event.pointerId)) { svg.setPointerCapture(event.pointerId); svg.classList.add("dragging"); }
      touches.set(event.pointerId, [event.clientX, event.clientY]);
    });
    for (const name of ["pointerup", "pointercancel"]) svg.addEventListener(name, event => { touches.delete(event.pointerId); svg.classList.remove("dragging"); });
    svg.addEventListener("click", event => { if (moved > 4) { event.stopPropagation(); event.preventDefault(); } }, true);

    const only = h("input", { type: "checkbox", id: "only" });
    const order = layout.nodes.map(item => item.node).sort((a, b) => nodes[a].name < nodes[b].name ? -1 : 1);
    const select = h("select", { id: "focus", onchange: () => { location.hash = select.value === "" ? "#/lineage" : lineageHref(Number(select.value)); } }, h("option", { value: "" }, "everything"), order.map(index => h("option", { value: index, selected: index === focus }, nodes[index].name)));
    const panel = h("section", { id: "panel", "aria-label": "Chosen node", "aria-live": "polite" });
    let lit = null;
    if (focus !== undefined) {
      const up = related(focus, index => nodes[index].reads || []), down = related(focus, index => readers[index].filter(other => shapes.has(other)));
      lit = new Set([...up, ...down]);
      panel.append(h("h2", {}, link(focus)), h("p", { class: "quiet" }, `${up.size - 1} upstream, ${down.size - 1} downstream`), h("p", {}, nodes[focus].about));
      if ((nodes[focus].columns || []).length > 0) panel.append(h("h3", {}, "Columns"), ...nodes[focus].columns.map(item => h("button", { type: "button", class: "pick", "aria-pressed": String(item.name === column), onclick: () => { location.hash = lineageHref(focus, item.name === column ? null : item.name); } }, item.name)));
      let pairs = null;
      if (column) {
        const found = columnLineage(focus, column);
        const list = (title, items) => [h("h3", {}, title), items.length === 0 ? h("p", { class: "quiet" }, "Nothing") : h("ul", { class: "links" }, items.map(([node, name]) => h("li", {}, h("a", { href: lineageHref(node, name) }, `${nodes[node].name}.${name}`))))];
        panel.append(...list("Comes from", found.up).flat(), ...list("Goes into", found.down).flat());
        lit = new Set([focus, ...found.up.map(pair => pair[0]), ...found.down.map(pair => pair[0])]);
        pairs = new Set();
        for (const [node, name] of [[focus, column], ...found.up, ...found.down]) for (const [source] of (nodes[node].columns || []).find(item => item.name === name)?.from || []) pairs.add(`${source}>${node}`);
      }
      for (const [index, shape] of shapes) { shape.classList.toggle("faded", !lit.has(index)); shape.classList.toggle("lit", lit.has(index) && index !== focus); shape.classList.toggle("chosen", index === focus); }
      for (const [edge, shape] of paths) {
        const isOn = pairs ? pairs.has(`${edge.from}>${edge.to}`) : (up.has(edge.from) && up.has(edge.to)) || (down.has(edge.from) && down.has(edge.to));
        shape.classList.toggle("lit", isOn);
        shape.classList.toggle("faded", !isOn);
      }
    } else panel.append(h("h2", {}, "Lineage"), h("p", { class: "quiet" }, "Choose a node to see what it reads, what reads it, and where its columns come from."));
    function hide() {
      for (const [index, shape] of shapes) shape.classList.toggle("gone", only.checked && lit !== null && !lit.has(index));
      for (const [edge, shape] of paths) shape.classList.toggle("gone", only.checked && lit !== null && !(lit.has(edge.from) && lit.has(edge.to)));
      fit();
    }
    only.addEventListener("change", hide);
    let seenWidth = 0;
    new ResizeObserver(() => {
      const width = svg.getBoundingClientRect().width;
      if (seenWidth > 0 && Math.abs(width - seenWidth) > 40) fit(lit);
      seenWidth = width;
    }).observe(svg);
    const button = (text, name, action) => h("button", { type: "button", "aria-label": name, onclick: action }, text);
    setTimeout(() => {
      fit(lit);
      const box = svg.getBoundingClientRect();
      if (focus === undefined && view.scale < .25) {
        // Of so many nodes a part that can be read: the beginning of the widest layer.
        view.scale = .55;
        view.x = 16;
        view.y = 16;
        return move();
      }
      if (focus === undefined || view.scale >= .4) return;
      const item = place.get(focus);
      view.scale = .7;
      view.x = box.width / 2 - (item.x + width / 2) * view.scale;
      view.y = box.height / 2 - (item.y + height / 2) * view.scale;
      move();
    }, 0);
    return [focus === undefined ? "Lineage" : `Lineage of ${nodes[focus].name}`, h("h1", {}, "Lineage"),
      h("div", { class: "row no-print", role: "toolbar", "aria-label": "Graph" }, h("label", { for: "focus" }, "Show"), select, h("label", { class: "row" }, only, "only what is related"), button("+", "Zoom in", () => zoom(1.3)), button("−", "Zoom out", () => zoom(1 / 1.3)), button("Fit", "Fit the graph into view", () => fit()),
        button("SVG", "Save the graph as SVG", () => saveGraph(svg, content, layout))),
      h("p", {}), h("div", { id: "lineage" }, h("div", { id: "graph" }, svg), panel)];
  }

  function saveGraph(svg, content, layout) {
    const copy = content.cloneNode(true), style = getComputedStyle(document.documentElement);
    copy.removeAttribute("transform");
    const rules = [...document.styleSheets].flatMap(sheet => [...sheet.cssRules]).map(rule => rule.cssText).filter(text => /^\.(edge|node|faded|gone)/.test(text)).join("\n").replace(/var\((--[\w-]+)\)/g, (_, name) => style.getPropertyValue(name).trim());
    const root = h("svg", { xmlns: "http://www.w3.org/2000/svg", viewBox: `-16 -16 ${layout.width + 32} ${layout.height + 32}`, "font-family": "sans-serif" }, document.createElementNS("http://www.w3.org/2000/svg", "style"), copy);
    root.firstChild.textContent = rules;
    root.firstChild.after(h("rect", { x: -16, y: -16, width: layout.width + 32, height: layout.height + 32, fill: style.getPropertyValue("--panel").trim() }));
    Elements.save(`${site.project.name}-lineage.svg`, "image/svg+xml", new XMLSerializer().serializeToString(root));
  }

  // Routes -----------------------------------------------------------------------------------------------------------

  let isFirst = true;
  function show() {
    const parts = location.hash.replace(/^#\/?/, "").split("/").map(part => { try { return decodeURIComponent(part); } catch { return part; } });
    const index = byID.get(parts[1]);
    let shown;
    if (parts[0] === "node" && index !== undefined) shown = page(index, parts[2]);
    else if (parts[0] === "lineage") shown = lineage(index !== undefined && site.layout.nodes.some(item => item.node === index) ? index : undefined, parts[2]);
    else if (parts[0] === "") shown = overview();
    else shown = ["Not found", h("h1", {}, "Not found"), h("p", {}, "There is no such page. ", h("a", { href: "#/" }, "Overview"))];
    const [title, ...content] = shown;
    document.title = `${title} – ${site.project.name}`;
    main.replaceChildren(h("div", {}, ...content));
    side.classList.remove("open");
    document.getElementById("menu").setAttribute("aria-expanded", "false");
    for (const item of side.querySelectorAll("a")) {
      if (item.getAttribute("href") === (location.hash || "#/")) { item.setAttribute("aria-current", "page"); if (item.closest("details")) item.closest("details").open = true; }
      else item.removeAttribute("aria-current");
    }
    const found = main.querySelector("tr.found");
    if (found) found.scrollIntoView({ block: "center" });
    else window.scrollTo(0, 0);
    if (!isFirst) {
      const chosen = main.querySelector(".node.chosen");
      (chosen || main).focus({ preventScroll: true });
    }
    isFirst = false;
  }
  frame();
  addEventListener("hashchange", show);
  show();
})();
