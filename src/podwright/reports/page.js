"use strict";
// Everything is in the page already: this only hides, shows and copies nodes, and makes no HTML from text.
(() => {
  const find = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const matrix = find(".matrix"), dialog = find("dialog"), search = find("#search");
  const rows = all("tbody tr", matrix), cards = all(".cards > details");
  const text = new Map([...rows, ...cards].map((one) => [one, one.textContent.toLowerCase()]));
  const boxes = all(".filters input[type=checkbox]");

  function filter() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const [one, words_of] of text) one.hidden = !words.every((word) => words_of.includes(word));
    const shown = new Set(boxes.filter((box) => box.checked).map((box) => box.id.slice("show-".length)));
    const left = rows.filter((row) => !row.hidden && shown.has(row.className)).length;
    find("#count").textContent = `${left} of ${rows.length} shown`;
  }

  function onlyProblems() {
    for (const box of boxes) box.checked = ["show-critical", "show-drift", "show-unknown"].includes(box.id);
    filter();
  }

  function copyable(within) {
    for (const code of all(".copy", within)) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = "Copy";
      button.addEventListener("click", async () => {
        getSelection().selectAllChildren(code);
        try {
          await navigator.clipboard.writeText(code.textContent);
          button.textContent = "Copied";
        } catch {
          button.textContent = "Press Ctrl-C";
        }
      });
      code.after(button);
    }
  }

  function open(cell) {
    const card = document.getElementById(cell.dataset.card ?? find("a", cell).hash.slice(1));
    const title = document.createElement("h2"), close = document.createElement("button");
    const body = find("div", card).cloneNode(true);
    const column = matrix.querySelectorAll("thead th")[cell.cellIndex].firstChild.textContent;
    title.id = "opened";
    title.textContent = `${column} on ${cell.parentNode.cells[0].textContent.trim()}: ${cell.textContent.trim()}`;
    close.type = "button";
    close.textContent = "Close";
    close.className = "close";
    close.addEventListener("click", () => dialog.close());
    all("button", body).forEach((button) => button.remove());
    copyable(body);
    dialog.className = card.className;
    dialog.replaceChildren(title, close, body);
    focus(cell); // the browser brings the focus back there
    dialog.showModal();
  }

  function focus(cell) {
    const target = find("a", cell) ?? cell;
    if (target === cell) cell.tabIndex = -1;
    target.focus();
  }

  function move(event) {
    const cell = event.target.closest("td, tbody th");
    if (!cell) return;
    const shown = (row, way) => {
      do row = row?.[way]; while (row && !row.offsetParent);
      return row?.cells[cell.cellIndex];
    };
    const next = {
      ArrowRight: () => cell.nextElementSibling,
      ArrowLeft: () => cell.previousElementSibling,
      ArrowDown: () => shown(cell.parentNode, "nextElementSibling"),
      ArrowUp: () => shown(cell.parentNode, "previousElementSibling"),
      Home: () => cell.parentNode.cells[1],
      End: () => cell.parentNode.cells[cell.parentNode.cells.length - 1],
    }[event.key]?.();
    if (event.key === "Enter" && cell.dataset.card) open(cell);
    else if (next) focus(next);
    else return;
    event.preventDefault();
  }

  matrix.addEventListener("click", (event) => {
    const cell = event.target.closest("td");
    if (!cell || !(cell.dataset.card || find("a", cell))) return;
    event.preventDefault();
    open(cell);
  });
  matrix.addEventListener("keydown", (event) => {
    if (event.target !== matrix) move(event);
    else if (event.key === "Enter") {
      const first = rows.find((row) => row.offsetParent)?.cells[1];
      if (first) focus(first);
    }
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  addEventListener("hashchange", () => {
    const card = document.getElementById(location.hash.slice(1));
    if (card?.matches(".cards > details")) card.open = true;
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target.matches("input")) return;
    event.preventDefault();
    search.focus();
  });
  find(".filters").addEventListener("submit", (event) => event.preventDefault());
  find(".filters").addEventListener("input", filter);
  find("#problems").addEventListener("click", onlyProblems);
  find(".scripted").hidden = false;
  copyable(document);
  filter();
})();
