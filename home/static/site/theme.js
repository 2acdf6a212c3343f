// Puts the reader's remembered theme on the page before anything is painted, so that nothing flashes.
// A plain script in the head and not a module: modules run after the first paint.
(function () {
  try {
    const theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // No storage allowed: the device's own setting holds.
  }
})();
