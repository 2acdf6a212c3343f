// The masthead's theme switch. Hidden without script, since the device's own setting holds then.
const button = document.querySelector("[data-theme-toggle]");
const dark = matchMedia("(prefers-color-scheme: dark)");

function shown() {
  return document.documentElement.dataset.theme ?? (dark.matches ? "dark" : "light");
}

function label() {
  button.textContent = shown() === "dark" ? button.dataset.toLight : button.dataset.toDark;
}

function remember(theme) {
  try {
    localStorage.setItem("theme", theme);
  } catch {
    // No storage allowed: the choice holds for this page.
  }
}

if (button) {
  label();
  button.hidden = false;
  dark.addEventListener("change", label);
  button.addEventListener("click", () => {
    const theme = shown() === "dark" ? "light" : "dark";
    document.documentElement.dataset.theme = theme;
    remember(theme);
    label();
  });
}
