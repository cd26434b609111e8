// Maps, tiles and rows: every part that carries data-shown can be pointed at, tapped, and walked through by keyboard.

export async function start(figure, { Tip, say, spoken }) {
  const body = figure.querySelector("[data-body]");
  const tip = new Tip(body);
  body.classList.add("is-live");
  for (const drawing of body.querySelectorAll("svg")) quietTitle(drawing);
  let current = null;

  const parts = () => [...body.querySelectorAll("[data-shown]")].filter((part) => part.getClientRects().length);
  const places = () => {
    const byArea = new Map();
    for (const part of parts()) byArea.set(part.dataset.area, part);   // a marker comes after its shape and wins
    return [...byArea.values()].sort((a, b) => a.dataset.label.localeCompare(b.dataset.label));
  };
  const mark = (area) => {
    for (const part of parts()) part.toggleAttribute("data-on", part.dataset.area === area);
  };
  const show = (part, x, y) => {
    current = part.dataset.area;
    mark(current);
    tip.show(part.dataset, x, y);
  };
  const middle = (part) => {
    const box = part.getBoundingClientRect(), frame = body.getBoundingClientRect();
    return [box.left + box.width / 2 - frame.left, box.top + box.height / 2 - frame.top];
  };
  const leave = () => { current = null; mark(null); tip.hide(); };

  body.addEventListener("pointermove", (event) => {
    const part = event.target.closest?.("[data-shown]");
    if (!part) return leave();
    const frame = body.getBoundingClientRect();
    show(part, event.clientX - frame.left, event.clientY - frame.top);
  });
  body.addEventListener("pointerleave", (event) => { if (event.pointerType === "mouse") leave(); });
  body.addEventListener("click", (event) => {
    const part = event.target.closest?.("[data-shown]");
    if (!part) return;
    show(part, ...middle(part));
    say(spoken(part.dataset));
  });
  body.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const all = places();
    if (event.key === "Escape") return leave();
    if (event.key === "Enter" && current) {
      const url = all.find((part) => part.dataset.area === current)?.dataset.url;
      if (url) location.assign(url);
      return;
    }
    if (!step || !all.length) return;
    event.preventDefault();
    const at = all.findIndex((part) => part.dataset.area === current);
    const part = all[at < 0 ? 0 : (at + step + all.length) % all.length];
    show(part, ...middle(part));
    say(spoken(part.dataset));
  });
  body.addEventListener("focusout", leave);
  if (figure.dataset.fine && body.clientWidth > 560) await sharpen(figure.dataset.fine, body);
}

// The browser would show the drawing's title as a second tooltip over ours.
function quietTitle(drawing) {
  const title = drawing.querySelector(":scope > title");
  if (!title) return;
  drawing.setAttribute("aria-label", title.textContent);
  drawing.removeAttribute("aria-labelledby");
  title.remove();
}

// Finer coasts once the reader looks closer: same frame, so only the outlines are exchanged.
async function sharpen(url, body) {
  try {
    const shapes = await (await fetch(url)).json();
    for (const path of body.querySelectorAll("path[data-area]")) {
      if (shapes.outlines[path.dataset.area]) path.setAttribute("d", shapes.outlines[path.dataset.area]);
    }
    for (const path of body.querySelectorAll("path.context-land")) path.setAttribute("d", shapes.context);
  } catch { /* the coarse coasts stay */ }
}
