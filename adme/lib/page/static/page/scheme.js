// Before anything is drawn: the reader's chosen appearance, and that scripts run. Kept tiny: it blocks.
(() => {
  const root = document.documentElement;
  root.classList.remove("no-script");
  try {
    const chosen = localStorage.getItem("adme-scheme");
    if (chosen) root.dataset.scheme = chosen;
  } catch { /* storage may be off: the device decides */ }
})();
