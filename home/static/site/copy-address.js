// Copy buttons: [data-copy] holds the text; the button's own words say what happened, and keep saying it.
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue; // Not over plain http from another machine: the address stays selectable text.
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.textContent = button.dataset.copied;
    } catch {
      button.textContent = button.dataset.failed;
    }
  });
}
