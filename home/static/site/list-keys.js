// In a list, j and k (or the arrow keys) move between headlines once one of them has the focus.
for (const list of document.querySelectorAll("[data-list-keys]")) {
  list.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
    const headlines = [...list.querySelectorAll(".row-headline a, .leading-headline a")];
    const here = headlines.indexOf(document.activeElement);
    if (!step || here < 0) return;
    const next = headlines[here + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
}
