"use strict";
// Search and sort for long lists. Without it the page shows the same, in the order in which it was written.
const FIRST = 30;
const rowsOf = (box) => [...box.children];
function cut(box) {
  rowsOf(box).forEach((row, i) => row.classList.toggle("beyond", i >= FIRST));
}
function sortRows(box, key, down) {
  const compare = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b)));
  const keyed = rowsOf(box).map((row) => [key(row), row]);
  keyed.sort((a, b) => (down ? compare(b[0], a[0]) : compare(a[0], b[0])));
  box.append(...keyed.map((pair) => pair[1]));
  cut(box);
}
const number = (shown) => (shown === "" || shown === "–" ? -1 : Number(shown));
function cellKey(row, column) {
  const cell = row.children[column];
  const shown = cell.dataset.v ?? cell.textContent.trim().replaceAll(",", "");
  const value = number(shown.replace(/\s*%$/, ""));
  return Number.isNaN(value) ? shown : value;
}
for (const table of document.querySelectorAll("table.sorted")) {
  const heads = [...table.querySelectorAll("th")];
  heads.forEach((head, column) => {
    if (table.tBodies[0].rows[0]?.cells[column].querySelector("svg")) return; // bars have no order
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") ? head.getAttribute("aria-sort") === "ascending" : column > 0;
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      sortRows(table.tBodies[0], (row) => cellKey(row, column), down);
    });
  });
}
for (const group of document.querySelectorAll(".sorting")) {
  group.hidden = false;
  const buttons = [...group.querySelectorAll("button")];
  buttons.forEach((button, by) =>
    button.addEventListener("click", () => {
      buttons.forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
      const key = (row) => (by === 3 ? row.dataset.sort.split("|")[by] : Number(row.dataset.sort.split("|")[by]));
      sortRows(group.parentElement.querySelector(".langs"), key, by < 3);
    }),
  );
}
const find = document.getElementById("find");
if (find) {
  const told = document.getElementById("found");
  const named = [...document.querySelectorAll("[data-name]")];
  find.parentElement.hidden = false;
  find.addEventListener("input", () => {
    const words = find.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    let found = 0;
    for (const row of named) {
      const hit = words.every((word) => row.dataset.name.toLowerCase().includes(word));
      row.classList.toggle("miss", !hit);
      found += hit && row.classList.contains("lang") ? 1 : 0;
    }
    for (const list of document.querySelectorAll(".list")) list.classList.toggle("searching", words.length > 0);
    told.textContent = words.length ? `${found} of ${named.filter((row) => row.classList.contains("lang")).length} languages` : "";
  });
  // Enter goes to the languages that were found, and opens the one that is alone.
  find.addEventListener("keydown", (event) => {
    const hits = document.querySelectorAll(".lang:not(.miss)");
    if (event.key !== "Enter" || !find.value.trim() || !hits.length) return;
    event.preventDefault(); // else the same key would close what it opens
    if (hits.length === 1) hits[0].open = true;
    hits[0].querySelector("summary").focus();
    hits[0].scrollIntoView();
  });
}
function unfold() {
  const aim = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (aim && aim.tagName === "DETAILS") {
    aim.open = true;
    aim.classList.remove("beyond");
    aim.scrollIntoView();
  }
}
addEventListener("hashchange", unfold);
unfold();
