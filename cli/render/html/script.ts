/** The script of a plan's page: search, and folding of everything at once. Without it the page shows the same and folds too. */

/**
 * All words that are typed must be in an item. What is hit inside a fold is unfolded; when nothing is searched for, the folds are
 * as they were. `</script` must not be in it.
 */
export const SCRIPT = `"use strict";
const at = (name) => document.getElementById(name);
const box = at("search");
const items = [...document.querySelectorAll(".item")];
const groups = [...document.querySelectorAll(".group")];
const folds = [...document.querySelectorAll("details")];
const head = (fold) => fold.querySelector("summary").textContent.toLowerCase();
let texts;
let before;
function search() {
  const words = box.value.toLowerCase().split(/\\s+/u).filter((word) => word !== "");
  const hits = (text) => words.every((word) => text.includes(word));
  texts ??= new Map(items.map((item) => [item, (item.textContent + " " + (item.querySelector(".sign")?.title ?? "")).toLowerCase()]));
  before ??= new Map(folds.map((fold) => [fold, fold.open]));
  let found = 0;
  for (const item of items) {
    const group = item.closest(".group");
    const isHit = hits(texts.get(item)) || (group !== null && hits(head(group)));
    item.hidden = !isHit;
    if (isHit) found += 1;
    if (item.matches("details")) item.open = words.length === 0 ? before.get(item) : isHit && !hits(head(item));
  }
  for (const group of groups) {
    group.hidden = group.querySelector(".item") === null ? !hits(head(group)) : group.querySelector(".item:not([hidden])") === null;
    group.open = words.length === 0 ? before.get(group) : !group.hidden && !hits(head(group));
  }
  for (const part of document.querySelectorAll("main > section")) {
    part.hidden = part.querySelector(".item:not([hidden]), .group:not([hidden])") === null;
  }
  if (words.length === 0) before = undefined;
  at("found").textContent = words.length === 0 ? "" : found + " of " + items.length;
}
function foldAll(open) {
  for (const fold of folds) if (!open || !fold.matches(".group")) fold.open = open;
}
box.addEventListener("input", search);
at("unfold").addEventListener("click", () => foldAll(true));
at("fold").addEventListener("click", () => foldAll(false));
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || document.activeElement === box) return;
  event.preventDefault();
  box.focus();
});
at("tools").hidden = false;
`;
