// Karakter sayısı while typing. Asks the server, which alone counts; shows nothing it was not told.

const PAUSE = 400; // milliseconds without a change before it asks

const panel = document.querySelector("[data-character-count]");
const form = panel?.closest("form");

if (form) {
  const number = new Intl.NumberFormat(document.documentElement.lang || "tr");
  const figures = panel.querySelector("[data-characters]");
  const figuresWithoutSpaces = panel.querySelector("[data-characters-without-spaces]");
  const state = panel.querySelector("[data-state]");
  let told = null;
  let timer = null;
  let asking = null;

  // The section headings of a bulletin, in the order in which its contents stand on the page.
  function sections() {
    const fields = [...form.querySelectorAll('input[name^="entries-"][name$="-section"]')];
    return fields
      .filter((field) => !field.name.includes("__prefix__"))
      .map((field) => ({
        text: field.value,
        removed: Boolean(form.elements[field.name.replace(/section$/, "DELETE")]?.value),
        order: Number(form.elements[field.name.replace(/section$/, "ORDER")]?.value || 0),
      }))
      .filter((section) => !section.removed)
      .sort((one, other) => one.order - other.order)
      .map((section) => section.text);
  }

  function question() {
    const words = new URLSearchParams();
    for (const name of ["csrfmiddlewaretoken", "title", "summary", "body"]) {
      words.append(name, form.elements[name]?.value ?? "");
    }
    sections().forEach((text) => words.append("section", text));
    return words;
  }

  async function ask() {
    const words = question();
    const asked = words.toString();
    if (asked === told) return;
    told = asked;
    asking?.abort();
    asking = new AbortController();
    try {
      const answer = await fetch(panel.dataset.url, {
        method: "POST",
        body: words,
        headers: { Accept: "application/json" },
        signal: asking.signal,
      });
      const counted = await answer.json();
      if (!answer.ok) {
        told = null;
        state.textContent = counted.error;
        return;
      }
      figures.value = number.format(counted.characters);
      figuresWithoutSpaces.value = number.format(counted.characters_without_spaces);
      state.textContent = "";
      panel.dataset.counted = String(counted.characters);
    } catch (error) {
      if (error.name === "AbortError") return;
      told = null;
      state.textContent = panel.dataset.failed;
    }
  }

  function later() {
    clearTimeout(timer);
    // The editing area writes its field a moment after the key: ask, and look once more.
    timer = setTimeout(async () => {
      await ask();
      timer = setTimeout(ask, PAUSE);
    }, PAUSE);
  }

  for (const event of ["input", "change", "keyup", "paste", "cut", "drop", "click", "w-unsaved:add"]) {
    form.addEventListener(event, later);
  }
  later();
}
