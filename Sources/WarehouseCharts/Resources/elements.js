"use strict";
// Texts only ever become text nodes and attribute values: no value of a page is ever read as markup.
const Elements = (() => {
  const svgNames = new Set(["svg", "g", "path", "rect", "circle", "line", "text", "title", "desc", "polyline", "tspan"]);
  function h(name, attributes, ...children) {
    const element = svgNames.has(name) ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) {
      if (value === undefined || value === null || value === false) continue;
      if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
      else element.setAttribute(key, value === true ? "" : String(value));
    }
    append(element, children);
    return element;
  }
  function append(element, children) {
    for (const child of children) {
      if (Array.isArray(child)) append(element, child);
      else if (child !== undefined && child !== null && child !== false) element.append(child instanceof Node ? child : String(child));
    }
  }
  const count = new Intl.NumberFormat("en-US");
  const short = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 6 });
  function number(value) { return Number.isInteger(value) ? count.format(value) : short.format(value); }
  function bytes(value) {
    const units = ["bytes", "KB", "MB", "GB", "TB"];
    let unit = 0;
    while (value >= 1000 && unit < units.length - 1) { value /= 1000; unit += 1; }
    return `${unit === 0 ? value : value.toFixed(value < 10 ? 1 : 0)} ${units[unit]}`;
  }
  function data(id) { const element = document.getElementById(id); return element ? JSON.parse(element.textContent) : null; }
  // Storage may be refused (a file opened from disk, a private window): the page then forgets, and works.
  function recall(key) { try { return localStorage.getItem(key); } catch { return null; } }
  function keep(key, value) { try { localStorage.setItem(key, value); } catch { /* forgotten */ } }
  function applyTheme() {
    const wanted = recall("theme") || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
    document.documentElement.dataset.theme = wanted;
    return wanted;
  }
  function themeButton() {
    const button = h("button", { type: "button", class: "no-print", onclick: () => {
      keep("theme", document.documentElement.dataset.theme === "dark" ? "light" : "dark");
      if (recall("theme") === null) document.documentElement.dataset.theme = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
      else applyTheme();
      label();
    } });
    function label() { button.textContent = document.documentElement.dataset.theme === "dark" ? "Light" : "Dark"; button.setAttribute("aria-label", `Switch to the ${button.textContent.toLowerCase()} theme`); }
    label();
    return button;
  }
  function save(name, type, text) {
    const link = h("a", { href: URL.createObjectURL(new Blob([text], { type })), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }
  // RFC 4180; a text that a spreadsheet would read as a formula gets an apostrophe before it.
  function csv(columns, rows) {
    const cell = value => {
      if (value === null || value === undefined) return "";
      let text = String(value);
      if (typeof value === "string" && /^[=+\-@\t\r\n＝＋－＠]/.test(text) && !(/^[\d.eE+-]+$/.test(text) && Number.isFinite(Number(text)))) text = "'" + text;
      return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    };
    return [columns, ...rows].map(row => row.map(cell).join(",")).join("\r\n") + "\r\n";
  }
  applyTheme();
  return { h, number, bytes, data, themeButton, applyTheme, save, csv, recall, keep };
})();
