// Small helps on every page. Everything here is an addition: without scripts each page is complete.

const root = document.documentElement;

function searchShortcut() {
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const box = document.getElementById("site-search");
    if (!box) return;
    event.preventDefault();
    box.focus();
    box.select();
  });
}

function schemeChoice() {
  const holder = document.querySelector("[data-scheme-choice]");
  if (!holder) return;
  const select = holder.querySelector("select");
  holder.hidden = false;
  select.value = root.dataset.scheme || "";
  select.addEventListener("change", () => {
    if (select.value) root.dataset.scheme = select.value;
    else delete root.dataset.scheme;
    try {
      if (select.value) localStorage.setItem("adme-scheme", select.value);
      else localStorage.removeItem("adme-scheme");
    } catch { /* the choice then lasts for this page */ }
    document.dispatchEvent(new Event("adme:scheme"));
  });
}

function copyButtons(within) {
  if (!navigator.clipboard) return;
  for (const button of within.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const source = document.querySelector(button.dataset.copy);
      await navigator.clipboard.writeText((source.value ?? source.textContent).trim());
      const words = button.textContent;
      button.textContent = button.dataset.copied || "✓";
      say(button.dataset.copied || words);
      setTimeout(() => { button.textContent = words; }, 1600);
    });
  }
}

function submitOnChange(within) {
  for (const form of within.querySelectorAll("form[data-autosubmit]")) {
    form.addEventListener("change", () => form.requestSubmit());
  }
}

function scrollBoxes(within) {
  for (const box of within.querySelectorAll(".scroll")) {
    box.addEventListener("scroll", () => box.toggleAttribute("data-scrolled", box.scrollLeft > 2), { passive: true });
  }
}

// --- words for who listens --------------------------------------------------------------------------

let voice;
export function say(words) {
  if (!voice) {
    voice = document.createElement("div");
    voice.className = "visually-hidden";
    voice.setAttribute("role", "status");
    voice.setAttribute("aria-live", "polite");
    document.body.append(voice);
  }
  voice.textContent = words;
}

// --- the card that repeats a value with its period, status and note ---------------------------------

export class Tip {
  constructor(holder) {
    this.holder = holder;
    this.card = document.createElement("div");
    this.card.className = "tip";
    this.card.hidden = true;
    holder.append(this.card);
  }

  show({ label, shown, period, status, note, url }, x, y) {
    const line = (tag, words, name) => {
      if (!words) return null;
      const made = document.createElement(tag);
      made.textContent = words;
      if (name) made.className = name;
      return made;
    };
    const link = url ? Object.assign(document.createElement("a"), { href: url, textContent: label }) : label;
    const head = document.createElement("b");
    head.append(link);
    const details = [period, status].filter(Boolean).join(" · ");
    this.card.replaceChildren(...[head, line("span", shown, "tip-value"), line("small", details), line("small", note)].filter(Boolean));
    this.card.hidden = false;
    const room = this.holder.clientWidth, width = this.card.offsetWidth, height = this.card.offsetHeight;
    const left = Math.min(Math.max(0, x - width / 2), room - width);
    const top = y - height - 14 < -40 ? y + 18 : y - height - 14;
    this.card.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }

  hide() { this.card.hidden = true; }
}

export const spoken = ({ label, shown, period, status, note }) =>
  [label, period, shown, status, note].filter(Boolean).join(", ");

// --- figures come alive when they are seen ----------------------------------------------------------

const tools = { Tip, say, spoken };

async function enliven(figure) {
  if (figure.dataset.live) return;
  figure.dataset.live = "1";
  const module = await import(figure.dataset.script);
  await module.start(figure, tools);
}

function figures(within) {
  const found = [...within.querySelectorAll("figure[data-script]")];
  if (!found.length) return;
  const slow = navigator.connection && (navigator.connection.saveData || /2g$/.test(navigator.connection.effectiveType || ""));
  for (const figure of found) {
    const wake = () => enliven(figure);
    for (const kind of ["pointerenter", "focusin", "touchstart"]) figure.addEventListener(kind, wake, { once: true, passive: true });
    const body = figure.querySelector("[data-body]");
    body.tabIndex = 0;
    body.setAttribute("role", "application");
    body.setAttribute("aria-label", figure.dataset.hint || "");
  }
  if (slow || !("IntersectionObserver" in window)) return;
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries.filter((each) => each.isIntersecting)) {
      seen.unobserve(entry.target);
      (window.requestIdleCallback || setTimeout)(() => enliven(entry.target));
    }
  });
  const watch = () => found.forEach((figure) => seen.observe(figure));
  if (document.readyState === "complete") watch();
  else window.addEventListener("load", watch, { once: true });
}

function pictures(within) {
  for (const button of within.querySelectorAll("[data-png]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const figure = button.closest("figure");
      const module = await import(figure.dataset.pngScript);
      await module.save(button.dataset.png, figure.dataset.fonts.split(" "), figure.id);
    });
  }
}

function prepare(within) {
  copyButtons(within);
  submitOnChange(within);
  scrollBoxes(within);
  figures(within);
  pictures(within);
  within.querySelector("[data-focus]")?.focus();
}

searchShortcut();
schemeChoice();
prepare(document);
document.addEventListener("htmx:load", (event) => { if (event.target !== document.body) prepare(event.target); });
root.dataset.ready = "1";
