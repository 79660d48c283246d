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
    if (filter.kind === "category" && filter.isCut) {
      // More values than a list shows: any can be typed.
      const field = h("input", { type: "text", id: `filter-${index}`, list: `choices-${index}`, placeholder: "all", autocomplete: "off", onchange: () => set(index, field.value === "" ? null : { category: field.value }) });
      bar.append(h("label", { for: `filter-${index}` }, filter.title), field, h("datalist", { id: `choices-${index}` }, filter.choices.map(choice => h("option", { value: choice }))));
    } else if (filter.kind === "category") {
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

  // Filters that a page without a server cannot narrow the chart down by.
  function unknown(chart) {
    return page.api ? [] : chart.filters.filter(index => state.has(index) && (chart.filterColumns || {})[index] === undefined).map(index => `Not narrowed down by ${page.filters[index].title}: that takes mlwh dashboard serve.`);
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
      for (const place of places) show(place, page.charts[place]);
      status.textContent = state.size === 0 ? "" : `${places.length} ${places.length === 1 ? "chart" : "charts"} filtered`;
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
        page.charts[place].answer = json;
        show(place, json);
      }
      status.textContent = state.size === 0 ? "" : `${places.length} ${places.length === 1 ? "chart" : "charts"} asked again`;
    } catch (error) {
      if (own === turn) status.textContent = `Not updated: ${error.message}`;
    }
  }

  // Charts -----------------------------------------------------------------------------------------------------------

  // Narrow plots are drawn narrow, in place of small.
  const measure = plot => plot.clientWidth > 0 && (plot.clientWidth < 560 || plot.clientWidth > 900) ? plot.clientWidth : 640;
  const figure = place => document.getElementById(`chart-${place}`);
  // `from` is what the page was made with, or what a server has answered.
  function show(place, from) {
    const chart = page.charts[place], element = figure(place), plot = element.querySelector(".plot");
    const all = kept(chart, from.rows), isFiltered = !page.api && all.length < from.rows.length;
    const rows = chart.kind === "histogram" ? all : all.slice(0, chart.limit);
    chart.shown = rows;
    const notes = [];
    // What a filter lets through of rows that are themselves no more than the first may lie behind them.
    if (isFiltered && from.isCut) notes.push(`Of the first ${from.rows.length.toLocaleString("en-US")} rows.`);
    if (rows.length < all.length || (from.isCut && !isFiltered)) notes.push(`The first ${rows.length.toLocaleString("en-US")} rows.`);
    element.querySelector(".cut").textContent = [...notes, ...Charts.notes(chart, rows), ...(from.notes || []), ...unknown(chart)].join(" ");
    if (chart.kind === "table") return table(place);
    if (chart.kind === "number") element.querySelector(".figure").textContent = isFiltered && from.isCut ? "–" : Charts.summary(chart, all, isFiltered ? undefined : from.figure);
    chart.drawnAt = measure(plot);
    plot.replaceChildren(Charts.draw(chart, rows, chart.drawnAt) || h("p", { class: "quiet" }, rows.length === 0 ? "No rows" : "No values"));
    const list = element.querySelector("details");
    if (list && list.open) fill(list, chart);
  }

  function fill(list, chart) {
    const columns = chart.columns.slice(0, chart.width);
    list.querySelector("div").replaceChildren(h("table", {}, h("thead", {}, h("tr", {}, columns.map(column => h("th", { scope: "col", class: column.kind === "number" ? "number" : null }, column.title)))),
      h("tbody", {}, chart.shown.slice(0, 500).map(row => h("tr", {}, columns.map((column, index) => cell(column, row[index])))))),
      chart.shown.length > 500 ? h("p", { class: "quiet" }, `The first 500 of ${chart.shown.length.toLocaleString("en-US")} rows; the CSV has all.`) : "");
  }
  function cell(column, value) {
    return h("td", { class: [column.kind === "number" ? "number" : "", value === null ? "null" : ""].join(" ").trim() || null }, (column.isName ? Charts.name : Charts.shown)(value, column.kind));
  }

  const size = 12;
  function table(place) {
    const chart = page.charts[place], plot = figure(place).querySelector(".plot");
    const columns = chart.columns.slice(0, chart.width), rows = [...chart.shown];
    if (chart.sort) {
      const { column, down } = chart.sort, sign = down ? -1 : 1;
      // Numbers of many digits, NaN and the infinite come as texts.
      const odd = { NaN: Infinity, inf: Infinity, "-inf": -Infinity };
      const value = row => columns[column].kind === "number" && typeof row[column] === "string" ? odd[row[column]] ?? Number(row[column]) : row[column];
      rows.sort((a, b) => {
        const one = value(a), other = value(b);
        return one === other ? 0 : one === null ? 1 : other === null ? -1 : (one < other ? -1 : 1) * sign;
      });
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
    }))), h("tbody", {}, rows.slice(chart.page * size, (chart.page + 1) * size).map(row => h("tr", {}, columns.map((column, index) => cell(column, row[index]))))))),
    h("div", { class: "row pages no-print" }, h("button", { type: "button", disabled: chart.page === 0, "aria-label": `Previous page of ${chart.title}`, onclick: () => turnTo(chart.page - 1) }, "Previous"), h("span", { role: "status" }, `Page ${chart.page + 1} of ${pages}, ${rows.length.toLocaleString("en-US")} rows`), h("button", { type: "button", disabled: chart.page >= pages - 1, "aria-label": `Next page of ${chart.title}`, onclick: () => turnTo(chart.page + 1) }, "Next")));
  }

  // Files ------------------------------------------------------------------------------------------------------------

  function fileName(chart) { return chart.title.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "") || "chart"; }
  function saveCSV(chart) {
    const columns = chart.columns.slice(0, chart.width);
    Elements.save(`${fileName(chart)}.csv`, "text/csv", Elements.csv(columns.map(column => column.name), chart.shown.map(row => columns.map((column, index) => column.kind === "time" && row[index] !== null ? exact(row[index]) : row[index]))));
  }
  function exact(time) {
    const rest = time - Math.floor(time / 60000) * 60000;
    return rest < 1 ? Charts.shown(time, "time") : new Date(time).toISOString().replace("T", " ").replace(/(\.000)?Z$/, "");
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
    copy.prepend(h("rect", { width: "100%", height: "100%", fill: getComputedStyle(document.body).backgroundColor }));
    return new XMLSerializer().serializeToString(copy);
  }
  function savePNG(chart, svg) {
    const box = svg.viewBox.baseVal, image = new Image();
    image.onload = () => {
      // No canvas is taller than 16,384 pixels.
      const scale = Math.min(2, 16000 / Math.max(box.width, box.height));
      const canvas = h("canvas", { width: Math.round(box.width * scale), height: Math.round(box.height * scale) }), context = canvas.getContext("2d");
      context.drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob(blob => blob && Elements.save(`${fileName(chart)}.png`, "image/png", blob));
    };
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(standalone(svg))}`;
  }

  page.charts.forEach((chart, place) => {
    chart.shown = chart.kind === "histogram" ? chart.rows : chart.rows.slice(0, chart.limit);
    chart.answer = chart;
    const element = figure(place), plot = element.querySelector(".plot");
    const button = (text, name, action) => h("button", { type: "button", class: "small", "aria-label": `${name} ${chart.title}`, onclick: action }, text);
    const svg = () => plot.querySelector("svg");
    element.querySelector(".tools").append(...[chart.kind !== "table" && button("SVG", "Save as SVG:", () => svg() && Elements.save(`${fileName(chart)}.svg`, "image/svg+xml", standalone(svg()))), chart.kind !== "table" && button("PNG", "Save as PNG:", () => svg() && savePNG(chart, svg())), button("CSV", "Save as CSV:", () => saveCSV(chart))].filter(Boolean));
    if (chart.kind === "table") return table(place);
    new ResizeObserver(() => { if (Math.abs(measure(plot) - (chart.drawnAt || (element.classList.contains("wide") ? 1320 : 640))) > 8) show(place, chart.answer); }).observe(plot);
    const list = h("details", { class: "no-print" }, h("summary", {}, "Rows"), h("div", { class: "scroll rows", tabindex: "0", role: "region", "aria-label": `Rows of ${chart.title}` }));
    list.addEventListener("toggle", () => { if (list.open) fill(list, chart); });
    element.append(list);
  });
})();
