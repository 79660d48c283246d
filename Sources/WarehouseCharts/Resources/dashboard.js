"use strict";
(() => {
  const { h } = Elements;
  const page = Elements.data("dashboard");
  const state = new Map();
  const status = h("p", { id: "status", role: "status", class: "quiet" });

  document.getElementById("tools").append(Elements.themeButton());

  // Filters ----------------------------------------------------------------------------------------------------------

  const bar = document.getElementById("filters");
  page.filters.forEach((filter, index) => {
    if (filter.kind === "category") {
      const select = h("select", { id: `filter-${index}`, onchange: () => set(index, select.value === "" ? null : { category: select.value }) }, h("option", { value: "" }, "all"), filter.choices.map(choice => h("option", { value: choice }, choice)));
      bar.append(h("label", { for: `filter-${index}` }, filter.title), select);
    } else {
      const [low, high] = filter.choices;
      const input = (part, name) => h("input", { type: "date", id: `filter-${index}-${part}`, min: low, max: high, "aria-label": `${filter.title}, ${name}`, onchange: () => {
        const from = document.getElementById(`filter-${index}-from`).value || null, to = document.getElementById(`filter-${index}-to`).value || null;
        set(index, from || to ? { from, to } : null);
      } });
      bar.append(h("span", {}, filter.title), input("from", "from"), h("span", { "aria-hidden": "true" }, "–"), input("to", "to"));
    }
  });
  if (page.filters.length > 0) {
    bar.append(h("button", { type: "button", onclick: () => {
      for (const field of bar.querySelectorAll("select, input")) field.value = "";
      state.clear();
      update(page.charts.map((_, index) => index));
    } }, "Reset"), status);
  }

  function set(index, value) {
    if (value === null) state.delete(index); else state.set(index, value);
    update(page.charts.map((_, place) => place).filter(place => page.charts[place].filters.includes(index)));
  }

  // A row is kept when each filter that the chart knows lets it through.
  function kept(chart, rows) {
    const tests = [...state].filter(([index]) => chart.filterColumns && chart.filterColumns[index] !== undefined).map(([index, value]) => {
      const column = chart.filterColumns[index];
      if (value.category !== undefined) return row => row[column] !== null && String(row[column]) === value.category;
      const from = value.from ? Date.parse(value.from) : -Infinity, to = value.to ? Date.parse(value.to) + 86400000 : Infinity;
      return row => row[column] !== null && row[column] >= from && row[column] < to;
    });
    return tests.length === 0 ? rows : rows.filter(row => tests.every(test => test(row)));
  }

  let turn = 0;
  async function update(places) {
    turn += 1;
    const own = turn;
    if (!page.api) {
      for (const place of places) show(place, kept(page.charts[place], page.charts[place].rows), page.charts[place].isCut);
      status.textContent = state.size === 0 ? "" : `${places.length} charts filtered`;
      return;
    }
    status.textContent = "Asking the warehouse…";
    const query = new URLSearchParams();
    for (const [index, value] of state) {
      if (value.category !== undefined) query.set(`f${index}`, value.category);
      if (value.from) query.set(`f${index}.from`, value.from);
      if (value.to) query.set(`f${index}.to`, value.to);
    }
    try {
      for (const place of places) {
        query.set("chart", place);
        const answer = await fetch(`${page.api}?${query}`, { credentials: "omit" });
        const json = await answer.json();
        if (own !== turn) return;
        if (!answer.ok) throw new Error(json.error || answer.statusText);
        page.charts[place].binWidth = json.binWidth;
        show(place, json.rows, json.isCut);
      }
      status.textContent = state.size === 0 ? "" : `${places.length} charts asked again`;
    } catch (error) {
      if (own === turn) status.textContent = `Not updated: ${error.message}`;
    }
  }

  // Charts -----------------------------------------------------------------------------------------------------------

  // Narrow plots are drawn narrow, in place of small.
  const measure = plot => plot.clientWidth > 0 && plot.clientWidth < 560 ? plot.clientWidth : 640;
  const figure = place => document.getElementById(`chart-${place}`);
  function show(place, rows, isCut) {
    const chart = page.charts[place], element = figure(place), plot = element.querySelector(".plot");
    chart.shown = rows;
    element.querySelector(".cut").textContent = isCut ? `The first ${rows.length.toLocaleString("en-US")} rows.` : "";
    if (chart.kind === "table") return table(place);
    if (chart.kind === "number") element.querySelector(".figure").textContent = Charts.summary(chart, rows);
    chart.drawnAt = measure(plot);
    plot.replaceChildren(Charts.draw(chart, rows, chart.drawnAt) || h("p", { class: "quiet" }, "No rows"));
    const list = element.querySelector("details");
    if (list && list.open) fill(list, chart);
  }

  function fill(list, chart) {
    const columns = chart.columns.slice(0, chart.width);
    list.querySelector("div").replaceChildren(h("table", {}, h("thead", {}, h("tr", {}, columns.map(column => h("th", { scope: "col", class: column.kind === "number" ? "number" : null }, column.title)))),
      h("tbody", {}, chart.shown.slice(0, 500).map(row => h("tr", {}, columns.map((column, index) => h("td", { class: column.kind === "number" ? "number" : null }, Charts.shown(row[index], column.kind))))))));
  }

  const size = 12;
  function table(place) {
    const chart = page.charts[place], plot = figure(place).querySelector(".plot");
    const columns = chart.columns.slice(0, chart.width), rows = [...chart.shown];
    if (chart.sort) {
      const { column, down } = chart.sort, sign = down ? -1 : 1;
      rows.sort((a, b) => a[column] === b[column] ? 0 : a[column] === null ? 1 : b[column] === null ? -1 : (a[column] < b[column] ? -1 : 1) * sign);
    }
    const pages = Math.max(1, Math.ceil(rows.length / size));
    chart.page = Math.min(chart.page || 0, pages - 1);
    const turnTo = to => { chart.page = to; table(place); };
    plot.replaceChildren(h("div", { class: "scroll" }, h("table", {}, h("caption", { class: "visually-hidden" }, chart.title), h("thead", {}, h("tr", {}, columns.map((column, index) => {
      const sorted = chart.sort && chart.sort.column === index ? (chart.sort.down ? "descending" : "ascending") : null;
      return h("th", { scope: "col", "aria-sort": sorted, class: column.kind === "number" ? "number" : null }, h("button", { type: "button", class: "sort", onclick: () => {
        chart.sort = { column: index, down: sorted === "ascending" };
        chart.page = 0;
        table(place);
        figure(place).querySelectorAll(".sort")[index].focus();
      } }, column.title, h("span", { "aria-hidden": "true" }, sorted === null ? "" : chart.sort.down ? " ▾" : " ▴")));
    }))), h("tbody", {}, rows.slice(chart.page * size, (chart.page + 1) * size).map(row => h("tr", {}, columns.map((column, index) => h("td", { class: column.kind === "number" ? "number" : null }, Charts.shown(row[index], column.kind)))))))),
    h("div", { class: "row pages no-print" }, h("button", { type: "button", disabled: chart.page === 0, "aria-label": `Previous page of ${chart.title}`, onclick: () => turnTo(chart.page - 1) }, "Previous"), h("span", { role: "status" }, `Page ${chart.page + 1} of ${pages}, ${rows.length.toLocaleString("en-US")} rows`), h("button", { type: "button", disabled: chart.page >= pages - 1, "aria-label": `Next page of ${chart.title}`, onclick: () => turnTo(chart.page + 1) }, "Next")));
  }

  // Files ------------------------------------------------------------------------------------------------------------

  function fileName(chart) { return chart.title.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "") || "chart"; }
  function saveCSV(chart) {
    const columns = chart.columns.slice(0, chart.width);
    Elements.save(`${fileName(chart)}.csv`, "text/csv", Elements.csv(columns.map(column => column.name), chart.shown.map(row => columns.map((column, index) => column.kind === "time" && row[index] !== null ? Charts.shown(row[index], "time") : row[index]))));
  }
  // The theme's colours go into the file, which has no style sheet.
  function standalone(svg) {
    const copy = svg.cloneNode(true), from = [svg, ...svg.querySelectorAll("*")], to = [copy, ...copy.querySelectorAll("*")];
    from.forEach((element, index) => {
      const style = getComputedStyle(element);
      for (const name of ["fill", "stroke"]) if (element.hasAttribute(name)) to[index].setAttribute(name, style[name]);
    });
    const box = svg.viewBox.baseVal;
    copy.setAttribute("width", box.width);
    copy.setAttribute("height", box.height);
    return new XMLSerializer().serializeToString(copy);
  }
  function savePNG(chart, svg) {
    const box = svg.viewBox.baseVal, image = new Image();
    image.onload = () => {
      const canvas = h("canvas", { width: box.width * 2, height: box.height * 2 }), context = canvas.getContext("2d");
      context.fillStyle = getComputedStyle(document.body).backgroundColor;
      context.fillRect(0, 0, canvas.width, canvas.height);
      context.drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob(blob => Elements.save(`${fileName(chart)}.png`, "image/png", blob));
    };
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(standalone(svg))}`;
  }

  page.charts.forEach((chart, place) => {
    chart.shown = chart.rows;
    const element = figure(place), plot = element.querySelector(".plot");
    const button = (text, name, action) => h("button", { type: "button", class: "small", "aria-label": `${name} ${chart.title}`, onclick: action }, text);
    const svg = () => plot.querySelector("svg");
    element.querySelector(".tools").append(...[chart.kind !== "table" && button("SVG", "Save as SVG:", () => svg() && Elements.save(`${fileName(chart)}.svg`, "image/svg+xml", standalone(svg()))), chart.kind !== "table" && button("PNG", "Save as PNG:", () => svg() && savePNG(chart, svg())), button("CSV", "Save as CSV:", () => saveCSV(chart))].filter(Boolean));
    if (chart.kind === "table") return table(place);
    new ResizeObserver(() => { if (Math.abs(measure(plot) - (chart.drawnAt || 640)) > 8) show(place, chart.shown, chart.isCut); }).observe(plot);
    const list = h("details", { class: "no-print" }, h("summary", {}, "Rows"), h("div", { class: "scroll rows", tabindex: "0", role: "region", "aria-label": `Rows of ${chart.title}` }));
    list.addEventListener("toggle", () => { if (list.open) fill(list, chart); });
    element.append(list);
  });
})();
