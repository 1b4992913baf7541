// Names of substances, offered while one is typed. The list is that of the registry's own search.

const ASK_AFTER_MS = 200;
const SHOWN = 8;

/** Offer names in every field of `form` marked for it; `changed` is called when one is taken. */
export function suggestNames(form, changed) {
  let timer = 0;
  let asked = null;

  function close() {
    asked?.abort();
    for (const list of form.querySelectorAll(".suggestions")) list.remove();
    for (const field of form.querySelectorAll("[data-name]")) {
      field.removeAttribute("aria-activedescendant");
      if (field.hasAttribute("role")) field.setAttribute("aria-expanded", "false");
    }
  }

  async function ask(field) {
    asked?.abort();
    asked = new AbortController();
    const text = field.value.trim();
    if (text.length < 2) return close();
    try {
      const url = `/api/v1/search/name?limit=${SHOWN}&q=${encodeURIComponent(text)}`;
      const answer = await fetch(url, { signal: asked.signal });
      if (answer.ok && document.activeElement === field) show(field, (await answer.json()).hits);
    } catch {
      // Typing went on, or the registry does not answer: then nothing is offered.
    }
  }

  function show(field, hits) {
    close();
    const names = [...new Map(hits.map((hit) => [hit.accession, hit])).values()].slice(0, SHOWN);
    if (!names.length || (names.length === 1 && names[0].name === field.value)) return;
    const list = document.createElement("ul");
    list.className = "suggestions";
    list.id = `${field.id}-names`;
    list.setAttribute("role", "listbox");
    list.append(
      ...names.map((hit, index) => {
        const line = document.createElement("li");
        line.id = `${list.id}-${index}`;
        line.setAttribute("role", "option");
        line.setAttribute("aria-selected", "false");
        line.dataset.value = hit.name;
        line.textContent = hit.matched && hit.matched !== hit.name ? `${hit.name} (${hit.matched})` : hit.name;
        return line;
      }),
    );
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-expanded", "true");
    field.setAttribute("aria-controls", list.id);
    field.setAttribute("aria-autocomplete", "list");
    field.parentElement.append(list);
  }

  function move(field, list, step) {
    const lines = [...list.children];
    const now = lines.findIndex((line) => line.getAttribute("aria-selected") === "true");
    const next = (now + step + lines.length) % lines.length;
    lines.forEach((line, index) => line.setAttribute("aria-selected", String(index === next)));
    field.setAttribute("aria-activedescendant", lines[next].id);
  }

  function take(field, line) {
    field.value = line.dataset.value;
    close();
    changed();
  }

  form.addEventListener("input", (event) => {
    if (!event.target.matches("[data-name]")) return;
    clearTimeout(timer);
    timer = setTimeout(() => ask(event.target), ASK_AFTER_MS);
  });
  form.addEventListener("keydown", (event) => {
    const field = event.target;
    const list = field.matches("[data-name]") && field.parentElement.querySelector(".suggestions");
    if (!list) return;
    const chosen = list.querySelector("[aria-selected=true]");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      move(field, list, event.key === "ArrowDown" ? 1 : chosen ? -1 : 0);
    } else if (event.key === "Enter" && chosen) {
      event.preventDefault();
      take(field, chosen);
    } else if (event.key === "Escape") {
      close();
    }
  });
  form.addEventListener("mousedown", (event) => {
    const line = event.target.closest(".suggestions li");
    if (!line) return;
    event.preventDefault();
    take(line.closest(".field").querySelector("[data-name]"), line);
  });
  form.addEventListener("focusout", (event) => {
    if (event.target.matches("[data-name]")) close();
  });
}
