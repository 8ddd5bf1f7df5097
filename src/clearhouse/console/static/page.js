"use strict";

// Copy buttons.
for (const box of document.querySelectorAll(".copyable")) {
  const button = document.createElement("button");
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(box.querySelector("pre").textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(box.querySelector("pre"));
      button.textContent = "Selected";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });
  box.append(button);
}

// Search: every word must stand somewhere in what an item says.
const search = document.getElementById("search");
if (search) {
  const items = [...document.querySelectorAll("[data-words]")];
  const groups = [...document.querySelectorAll("[data-group]")];
  const nothing = document.getElementById("nothing");
  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const item of items) {
      item.hidden = !words.every((word) => item.dataset.words.includes(word));
    }
    for (const group of groups) {
      group.hidden = !group.querySelector("[data-words]:not([hidden])");
    }
    nothing.hidden = items.some((item) => !item.hidden);
  };
  search.addEventListener("input", filter);
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== search) {
      event.preventDefault();
      search.focus();
    }
  });
  filter();
}

// The status on the first page follows the server.
if (document.getElementById("status")) {
  const refresh = async () => {
    let fresh = null;
    try {
      const text = await (await fetch("/")).text();
      fresh = new DOMParser().parseFromString(text, "text/html").getElementById("status");
    } catch { /* the server is away; say so below */ }
    const shown = document.getElementById("status");
    if (fresh) {
      shown.replaceWith(fresh);
    } else {
      shown.querySelector("dd").textContent = "no answer";
      shown.querySelector("dd").className = "bad";
    }
  };
  setInterval(() => { if (!document.hidden) refresh(); }, 2000);
}
