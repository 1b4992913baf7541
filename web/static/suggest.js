// Names while one types, as a list that the arrow keys walk through; Enter without choosing searches as before.

const WAIT_MS = 120;
const MOST = 8;

for (const input of document.querySelectorAll("input[data-suggest]")) suggestTo(input);

function suggestTo(input) {
  const list = document.createElement("ul");
  list.className = "suggestions";
  list.id = `${input.id}-suggestions`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.dataset.suggest);
  list.hidden = true;
  input.parentElement.append(list);
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
  })) input.setAttribute(name, value);
  let waiting = 0;
  let latest = 0;

  const options = () => [...list.children];
  const chosen = () => options().findIndex((each) => each.getAttribute("aria-selected") === "true");

  function close() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function choose(position) {
    options().forEach((each, own) => each.setAttribute("aria-selected", String(own === position)));
    const option = options()[position];
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
  }

  function open(hits) {
    list.replaceChildren(...hits.map((hit, number) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${number}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.url = `${input.dataset.prefix ?? ""}/substances/${hit.accession}`;
      const name = document.createElement("span");
      name.textContent = hit.name;
      option.append(name);
      if (hit.matched && hit.matched !== hit.name) {
        const matched = document.createElement("span");
        matched.className = "quiet";
        matched.textContent = hit.matched;
        option.append(" ", matched);
      }
      return option;
    }));
    list.hidden = hits.length === 0;
    input.setAttribute("aria-expanded", String(hits.length > 0));
    input.removeAttribute("aria-activedescendant");
  }

  async function ask() {
    const text = input.value.trim();
    const turn = ++latest;
    if (text.length < 2) return close();
    try {
      const answer = await fetch(`/api/v1/search/name?limit=${MOST}&q=${encodeURIComponent(text)}`);
      const hits = answer.ok ? (await answer.json()).hits : [];
      if (turn === latest && document.activeElement === input) open(hits);
    } catch {
      close();
    }
  }

  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, WAIT_MS);
  });
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    const count = options().length;
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps) {
      event.preventDefault();
      const from = chosen() < 0 && event.key === "ArrowUp" ? 0 : chosen();
      choose((from + steps[event.key] + count) % count);
    } else if (event.key === "Escape") {
      event.preventDefault(); // a search field would be emptied
      close();
    } else if (event.key === "Enter" && chosen() >= 0) {
      event.preventDefault();
      location.assign(options()[chosen()].dataset.url);
    }
  });
  list.addEventListener("pointerdown", (event) => {
    const option = event.target.closest("[role=option]");
    event.preventDefault(); // the focus stays in the field
    if (option) location.assign(option.dataset.url);
  });
  input.addEventListener("blur", close);
}
