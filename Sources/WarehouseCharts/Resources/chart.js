"use strict";
// Draws a chart as ChartDrawing (Swift) does, from the same rows: for when a page's filters change.
const Charts = (() => {
  const { h } = Elements;
  const tall = 320, day = 86400000, maximumSeries = 6;
  let wide = 640;
  const extent = text => [...text].length * 6.8;
  const cut = (text, count) => [...text].length <= count ? text : [...text].slice(0, count - 1).join("") + "…";
  const fixed = value => Number.isFinite(value) ? String(Math.round(value * 100) / 100) : "0";
  const group = new Intl.NumberFormat("en-US");
  const formats = new Map();
  function decimals(value, digits, isGrouped) {
    const key = digits * 2 + (isGrouped ? 1 : 0);
    if (!formats.has(key)) formats.set(key, new Intl.NumberFormat("en-US", { maximumFractionDigits: digits, useGrouping: isGrouped }));
    return formats.get(key).format(value).replace(/^-0$/, "0");
  }
  // Numbers of more digits than JavaScript's, and NaN, inf and -inf, come as texts.
  function number(value, isGrouped = true) {
    if (typeof value !== "number") return String(value);
    const size = Math.abs(value);
    if (Number.isInteger(value) && size < 1e15) return decimals(value, 0, isGrouped);
    if (size < 1e-4 || size >= 1e15) return Number(value.toPrecision(6)).toExponential();
    return decimals(value, Math.max(0, Math.min(9, 5 - Math.floor(Math.log10(size)))), isGrouped);
  }
  // Where there is little room: four digits.
  const short = value => typeof value !== "number" || Number.isInteger(value) || !(Math.abs(value) >= 1e-4 && Math.abs(value) < 1e4) ? number(value) : number(Number(value.toPrecision(4)));
  // Of years and users, as names.
  const name = (value, kind) => kind === "number" && value !== null ? number(value, false) : shown(value, kind);
  function time(value, hasTime, hasDate = true) {
    if (!(Math.abs(value) < 2.6e14)) return "";
    const text = new Date(value).toISOString();
    const clock = text.slice(11, 16);
    if (!(hasTime ?? (Math.floor(value / 60000) % 1440 !== 0))) return text.slice(0, 10);
    return hasDate ? `${text.slice(0, 10)} ${clock}` : clock;
  }
  const shown = (value, kind) => value === null ? "NULL" : kind === "time" ? time(value) : kind === "number" ? number(value) : String(value);
  const numbers = (rows, column) => rows.map(row => row[column]).filter(value => typeof value === "number");
  const known = (row, ...columns) => columns.every(column => typeof row[column] === "number");

  const power = value => 10 ** Math.floor(Math.log10(Math.max(value, 1e-300)));
  function step(low, high, count) {
    const largest = Math.max(Math.abs(low), Math.abs(high)), half = high / 2 - low / 2;
    if (!(largest > 0)) return 1;
    if (!(half > 0)) return power(largest);
    const rough = Math.min(half / Math.max(1, count) * 2, 1e308), unit = power(rough), digit = rough / unit;
    return Math.max(power(largest * 1e-14), Math.min((digit < 1.5 ? 1 : digit < 3.5 ? 2 : digit < 7.5 ? 5 : 10) * unit, 1e308));
  }
  function axisText(value, size) {
    const large = Math.abs(value);
    if (large >= 1e15) return value.toExponential();
    if (size < 1e-9 && large > 0) return number(value);
    for (const [unit, text] of [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e4, "k"]]) if (large >= unit && size >= large * 1e-5) return number(value / (unit === 1e4 ? 1e3 : unit), false) + text;
    return decimals(value, Math.max(0, Math.min(9, Math.ceil(-Math.log10(Math.max(size, 1e-9)) - 1e-9))), large >= 1e4);
  }
  function numberTicks(low, high, count = 5) {
    const size = step(low, high, count), first = Math.floor(low / size), last = Math.max(Math.ceil(high / size), first + 1), ticks = [];
    for (let i = 0; i <= Math.min(last - first, 50); i += 1) {
      const at = Math.max(-Number.MAX_VALUE, Math.min((first + i) * size, Number.MAX_VALUE));
      ticks.push([at, axisText(at, size)]);
    }
    return ticks;
  }
  // 0 at low, 1 at high; by halves, since the range of the largest numbers is not a number.
  const share = (value, low, high) => high / 2 - low / 2 > 0 ? (value / 2 - low / 2) / (high / 2 - low / 2) : 0;
  function startOfMonth(month) {
    const date = new Date(0);
    // Date.UTC takes the years up to 99 for others.
    date.setUTCFullYear(Math.floor(month / 12), month - Math.floor(month / 12) * 12, 1);
    return date.getTime();
  }
  function timeTicks(low, high, count = 6) {
    const days = Math.max((high - low) / day, 0), ticks = [];
    if (!(Math.abs(low) < 2.6e14 && Math.abs(high) < 2.6e14)) return ticks;
    const from = new Date(low), to = new Date(high), pad = value => String(value).padStart(2, "0");
    if (days > 730) {
      const size = Math.max(1, Math.trunc(step(from.getUTCFullYear(), to.getUTCFullYear(), count)));
      for (let year = Math.ceil(from.getUTCFullYear() / size) * size; year <= to.getUTCFullYear(); year += size) if (startOfMonth(year * 12) >= low) ticks.push([startOfMonth(year * 12), String(year)]);
    } else if (days > 60) {
      const size = [1, 2, 3, 6].find(value => days / 30.4 / value <= count) || 12;
      for (let month = from.getUTCFullYear() * 12 + from.getUTCMonth(); month <= to.getUTCFullYear() * 12 + to.getUTCMonth(); month += 1) {
        const at = startOfMonth(month);
        if (month % size === 0 && at >= low) ticks.push([at, `${Math.floor(month / 12)}-${pad(month % 12 + 1)}`]);
      }
    } else {
      const unit = days >= 2 ? day : days * 24 >= 2 ? day / 24 : days * 1440 >= 2 ? day / 1440 : 1000;
      const size = Math.max(1, Math.ceil(step(low / unit, high / unit, count)));
      for (let at = Math.ceil(low / unit / size) * size; at <= high / unit; at += size) ticks.push([at * unit, time(at * unit, unit < day, unit >= day) + (unit === 1000 ? new Date(at * unit).toISOString().slice(16, 19) : "")]);
      if (ticks.length === 0) ticks.push([low, time(low, true)]);
    }
    return ticks;
  }

  const label = (text, x, y, anchor = "start", style = "tick") => h("text", { x: fixed(x), y: fixed(y), class: style, "text-anchor": anchor, fill: style === "value" ? "#1b2330" : "#566072", "font-size": 12 }, text);
  const line = (x1, y1, x2, y2, style = "grid") => h("line", { x1: fixed(x1), y1: fixed(y1), x2: fixed(x2), y2: fixed(y2), class: style, stroke: style === "axis" ? "#566072" : "#d5d9e0", "stroke-width": 1 });
  const colours = ["#2166b8", "#b04a00", "#2b7a3d", "#8a3fa6", "#a3293f", "#4d5b6e"];
  const mark = (name, attributes, title, series = 0) => h(name, { class: `mark s${series + 1}`, fill: colours[series], ...attributes }, title && h("title", {}, title));
  function picture(chart, rows, height) {
    const word = chart.kind === "heat" ? "heat map" : chart.kind === "number" ? "trend" : `${chart.kind} chart`;
    return h("svg", { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${wide} ${fixed(height)}`, role: "img", class: "chart", "font-family": "system-ui, sans-serif", "aria-label": `${chart.title}: ${word} of ${group.format(rows.length)} rows (${chart.columns.slice(0, chart.width).map(column => column.title.toLowerCase()).join(", ")})` });
  }
  function area(ticks, height) {
    const low = ticks[0][0], high = ticks[ticks.length - 1][0];
    const plot = { low, high, left: Math.max(...ticks.map(tick => extent(tick[1]))) + 16, right: wide - 18, top: 12, bottom: height - 34 };
    plot.y = value => plot.bottom - share(value, low, high) * (plot.bottom - plot.top);
    return plot;
  }
  const levels = (ticks, plot) => ticks.flatMap(([at, text]) => [line(plot.left, plot.y(at), plot.right, plot.y(at), at === 0 ? "axis" : "grid"), label(text, plot.left - 8, plot.y(at) + 4, "end")]);

  function bars(chart, all) {
    const rows = all.map(row => [name(row[0], chart.columns[0].kind), row[1]]);
    const longest = Math.max(0, ...rows.map(row => [...row[0]].length)), values = numbers(all, 1);
    const ticks = numberTicks(Math.min(0, ...values), Math.max(0, ...values), Math.min(5, Math.trunc(wide / 120)));
    const bar = (x, y, width, height, row) => mark("rect", { x: fixed(x), y: fixed(y), width: fixed(Math.max(width, .5)), height: fixed(Math.max(height, .5)), rx: 1.5 }, `${row[0]}: ${number(row[1])}`);
    if (rows.length > 8 || longest > 12) {
      const height = rows.length * 24 + 34, names = Math.min(longest, 26, Math.trunc(wide / 24)), plot = area(ticks, height);
      Object.assign(plot, { left: names * 6.8 + 14, right: wide - 64, top: 4, bottom: height - 28 });
      const x = value => plot.left + share(value, plot.low, plot.high) * (plot.right - plot.left), svg = picture(chart, all, height);
      for (const [at, text] of ticks) svg.append(line(x(at), plot.top, x(at), plot.bottom, at === 0 ? "axis" : "grid"), label(text, x(at), plot.bottom + 18, "middle"));
      rows.forEach((row, index) => {
        const y = plot.top + index * 24 + 3;
        svg.append(label(cut(row[0], names), plot.left - 8, y + 13, "end", "value"));
        if (typeof row[1] === "number") svg.append(bar(Math.min(x(row[1]), x(0)), y, Math.abs(x(row[1]) - x(0)), 18, row), label(short(row[1]), Math.max(x(row[1]), x(0)) + 6, y + 13));
      });
      return svg;
    }
    const plot = area(ticks, tall), svg = picture(chart, all, tall), size = (plot.right - plot.left) / rows.length;
    svg.append(...levels(ticks, plot));
    rows.forEach((row, index) => {
      const x = plot.left + index * size;
      svg.append(label(cut(row[0], Math.trunc(size / 6.8)), x + size / 2, plot.bottom + 18, "middle"));
      if (typeof row[1] === "number") svg.append(bar(x + size * .15, plot.y(Math.max(row[1], 0)), size * .7, Math.abs(plot.y(row[1]) - plot.y(0)), row));
    });
    return svg;
  }

  function bins(rows) {
    const counts = new Map();
    for (const [low, count] of rows) if (typeof low === "number") counts.set(low, (counts.get(low) || 0) + count);
    return [...counts].sort((a, b) => a[0] - b[0]);
  }
  function histogram(chart, rows) {
    const all = bins(rows), width = chart.binWidth || 1;
    if (all.length === 0) return null;
    const low = all[0][0], high = all[all.length - 1][0] + width;
    const ticks = numberTicks(0, Math.max(...all.map(bin => bin[1]))), plot = area(ticks, tall), svg = picture(chart, rows, tall);
    const x = value => plot.left + share(value, low, high) * (plot.right - plot.left);
    svg.append(...levels(ticks, plot));
    for (const [at, count] of all) svg.append(mark("rect", { x: fixed(x(at) + .5), y: fixed(plot.y(count)), width: fixed(Math.max(x(at + width) - x(at) - 1, .5)), height: fixed(plot.y(0) - plot.y(count)) }, `${number(at)} to ${number(at + width)}: ${number(count)}`));
    for (const [at, text] of numberTicks(low, high, Math.min(8, Math.trunc(wide / 80)))) if (at >= low - 1e-9 && at <= high + 1e-9) svg.append(label(text, x(at), plot.bottom + 18, "middle"));
    return svg;
  }

  function points(chart, rows) {
    const hasSeries = chart.kind !== "scatter" && chart.width > 2, kind = chart.columns[0].kind;
    const seriesOf = row => name(row[2], chart.columns[2].kind);
    const names = hasSeries ? [...new Set(rows.map(seriesOf))].slice(0, maximumSeries) : [""];
    const along = numbers(rows, 0), values = numbers(rows, 1);
    if (along.length === 0) return null;
    const low = Math.min(...along), high = Math.max(...along);
    let least = values.length ? Math.min(...values) : 0;
    const greatest = values.length ? Math.max(...values) : 0;
    if (chart.kind === "area" || chart.startsAtZero) least = Math.min(0, least);
    if (chart.kind !== "scatter" && least > 0 && greatest > 0 && least < greatest * .5) least = 0;
    const ticks = numberTicks(least, greatest), plot = area(ticks, tall), svg = picture(chart, rows, tall);
    if (names.length > 1) plot.top = 34;
    const x = value => high > low ? plot.left + share(value, low, high) * (plot.right - plot.left) : (plot.left + plot.right) / 2;
    svg.append(...levels(ticks, plot));
    for (const [at, text] of kind === "time" ? timeTicks(low, high, Math.min(6, Math.trunc(wide / 100))) : numberTicks(low, high, Math.min(7, Math.trunc(wide / 90)))) if (at >= low && at <= high) {
      const isCut = x(at) + text.length * 3.4 > plot.right + 17;
      svg.append(label(text, isCut ? plot.right + 17 : x(at), plot.bottom + 18, isCut ? "end" : "middle"));
    }
    const floor = plot.y(Math.max(plot.low, Math.min(0, plot.high)));
    names.forEach((series, index) => {
      const own = rows.filter(row => names.length === 1 || seriesOf(row) === series).map(row => !known(row, 0, 1) ? null : [x(row[0]), plot.y(row[1]), row]);
      if (chart.kind !== "scatter") {
        let path = "", fill = "", run = [];
        const end = () => {
          if (run.length === 0) return;
          const text = run.map((point, place) => `${place === 0 ? "M" : "L"}${fixed(point[0])} ${fixed(point[1])}`).join("");
          path += text;
          fill += `${text}L${fixed(run[run.length - 1][0])} ${fixed(floor)}L${fixed(run[0][0])} ${fixed(floor)}Z`;
          run = [];
        };
        for (const point of own) if (point === null) end(); else run.push(point);
        end();
        if (chart.kind === "area") svg.append(h("path", { d: fill, class: `fill s${index + 1}`, fill: colours[index], "fill-opacity": .25 }));
        svg.append(h("path", { d: path, class: `stroke s${index + 1}`, fill: "none", stroke: colours[index], "stroke-width": 2, "stroke-linejoin": "round" }));
      }
      const isSeen = chart.kind === "scatter" || own.length <= 40;
      for (const point of own) if (point !== null) {
        const title = `${chart.width > 2 ? seriesOf(point[2]) + ", " : ""}${chart.kind === "scatter" ? shown(point[2][0], kind) : name(point[2][0], kind)}: ${shown(point[2][1], chart.columns[1].kind)}`;
        svg.append(mark("circle", { cx: fixed(point[0]), cy: fixed(point[1]), r: isSeen ? 3 : 6, class: isSeen ? `mark s${index + 1}` : "hidden-mark", "fill-opacity": isSeen ? (chart.kind === "scatter" ? .6 : 1) : 0 }, title, index));
      }
    });
    if (names.length > 1) {
      let at = plot.left;
      names.forEach((series, index) => {
        svg.append(mark("rect", { x: fixed(at), y: 6, width: 12, height: 12, rx: 2 }, null, index), label(cut(series, 18), at + 18, 16, "start", "value"));
        at += extent(cut(series, 18)) + 38;
      });
    }
    return svg;
  }

  function heat(chart, rows) {
    const places = column => new Map([...new Set(rows.map(row => row[column]))].map((value, index) => [value, index]));
    const columns = places(0), lines = places(1), fields = new Set();
    const title = column => value => name(value, chart.columns[column].kind);
    const across = [...columns.keys()].map(title(0)), down = [...lines.keys()].map(title(1));
    const longest = Math.min(24, Math.trunc(wide / 24), Math.max(...down.map(value => [...value].length))), left = longest * 6.8 + 14;
    const size = (wide - left - 14) / across.length, rise = Math.max(20, Math.min(30, size)), values = numbers(rows, 2);
    const low = Math.min(...values), high = Math.max(...values), bottom = 8 + rise * down.length;
    const svg = picture(chart, rows, bottom + (high > low ? 54 : 30));
    for (const row of rows) {
      const column = columns.get(row[0]), line = lines.get(row[1]), field = column * lines.size + line;
      if (fields.has(field)) continue;
      fields.add(field);
      if (known(row, 2)) svg.append(mark("rect", { x: fixed(left + column * size), y: fixed(8 + line * rise), width: fixed(Math.max(size - 1, .5)), height: fixed(rise - 1), "fill-opacity": fixed(.08 + .92 * (high > low ? share(row[2], low, high) : 1)) }, `${across[column]}, ${down[line]}: ${shown(row[2], "number")}`));
    }
    down.forEach((value, index) => svg.append(label(cut(value, longest), left - 8, 8 + (index + .5) * rise + 4, "end", "value")));
    const every = Math.max(1, Math.ceil(Math.max(...across.map(value => extent(cut(value, 14)) + 8)) / size));
    across.forEach((value, index) => { if (index % every === 0) svg.append(label(cut(value, 14), left + (index + .5) * size, bottom + 18, "middle")); });
    if (high > low) {
      const texts = [short(low), short(high)], start = wide - 14 - extent(texts[1]) - 116;
      svg.append(label(texts[0], start - 6, bottom + 44, "end"), label(texts[1], start + 116, bottom + 44));
      for (let i = 0; i < 5; i += 1) svg.append(h("rect", { x: fixed(start + i * 22), y: fixed(bottom + 34), width: 21, height: 11, class: "s1 fill", fill: colours[0], "fill-opacity": fixed(.08 + .92 * i / 4) }));
    }
    return svg;
  }

  function trend(chart, rows) {
    const line = rows.filter(row => known(row, 0, 1)), svg = picture(chart, rows, 70);
    svg.setAttribute("preserveAspectRatio", "none");
    const xs = numbers(line, 0), ys = numbers(line, 1), low = Math.min(...xs), high = Math.max(...xs), least = Math.min(...ys), greatest = Math.max(...ys);
    if (high > low) svg.append(h("path", { d: line.map((row, index) => `${index === 0 ? "M" : "L"}${fixed(2 + share(row[0], low, high) * (wide - 4))} ${fixed(greatest > least ? 66 - share(row[1], least, greatest) * 62 : 35)}`).join(""), class: "stroke s1", fill: "none", stroke: colours[0], "stroke-width": 2, "stroke-linejoin": "round", "vector-effect": "non-scaling-stroke" }));
    return svg;
  }
  // `figure` is what the warehouse says where there are more rows than these.
  function summary(chart, rows, figure) {
    const values = numbers(rows, 1);
    if (values.length === 0) return "–";
    const sum = values.reduce((total, value) => total + value, 0);
    if (figure !== undefined) return short(figure);
    if (chart.summary === "average") return short(sum / values.length);
    const last = rows.filter(row => known(row, 0, 1)).pop();
    return short(chart.summary === "last" ? (last ? last[1] : NaN) : chart.summary === "count" ? values.length : sum);
  }

  // What the picture leaves out, a sentence each.
  function notes(chart, rows) {
    if (chart.kind === "line" || chart.kind === "area") {
      const count = chart.width > 2 ? new Set(rows.map(row => row[2])).size : 0;
      return count > maximumSeries ? [`Drawn are ${maximumSeries} of ${group.format(count)} lines.`] : [];
    }
    if (chart.kind !== "heat") return [];
    const fields = new Set(rows.map(row => JSON.stringify([row[0], row[1]]))).size;
    return fields < rows.length ? [`Of ${group.format(rows.length)} rows each field shows the first.`] : [];
  }

  // `width` is the picture's own measure: texts keep their size when it is narrow.
  function draw(chart, rows, width = 640) {
    if (rows.length === 0) return null;
    wide = Math.max(280, Math.min(1600, width));
    switch (chart.kind) {
      case "bar": return bars(chart, rows);
      case "histogram": return histogram(chart, rows);
      case "heat": return heat(chart, rows);
      case "number": return trend(chart, rows);
      default: return points(chart, rows);
    }
  }
  return { draw, shown, name, number, summary, notes };
})();
