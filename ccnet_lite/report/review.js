"use strict";
// Keys to go from hit to hit, and the list of those that are innocent. Nothing leaves the page.
const hits = [...document.querySelectorAll("article")];
const list = document.getElementById("list");
const key = "ccnet_lite review " + hits.map((hit) => hit.dataset.id.slice(0, 2)).join("");
let held = {};
try {
  held = JSON.parse(localStorage.getItem(key)) ?? {};
} catch {
  // a browser that keeps nothing for files
}
const boxOf = (hit) => hit.querySelector("input");
function tell() {
  const innocent = hits.filter((hit) => boxOf(hit).checked);
  for (const hit of hits) hit.classList.toggle("innocent", boxOf(hit).checked);
  document.getElementById("count").textContent = `${innocent.length} of ${hits.length}`;
  list.value = innocent.map((hit) => `${hit.dataset.id}  ${hit.dataset.about}\n`).join("");
  try {
    localStorage.setItem(key, JSON.stringify(Object.fromEntries(hits.map((hit) => [hit.dataset.id, boxOf(hit).checked]))));
  } catch {
    // as above
  }
}
for (const hit of hits) {
  const box = boxOf(hit);
  box.parentElement.hidden = false;
  if (hit.dataset.id in held) box.checked = held[hit.dataset.id];
  box.addEventListener("change", tell);
}
document.getElementById("choice").hidden = false;
list.addEventListener("focus", () => list.select());
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target === list) return;
  const at = hits.indexOf(document.activeElement?.closest("article"));
  const step = { j: 1, k: -1 }[event.key];
  if (step) {
    const next = hits[Math.max(0, Math.min(hits.length - 1, at + step))];
    next?.focus();
    next?.scrollIntoView({ block: "start" });
  } else if (event.key === "i" && at >= 0) {
    boxOf(hits[at]).checked = !boxOf(hits[at]).checked;
    tell();
  } else return;
  event.preventDefault();
});
tell();
