// Suggestions while a name is typed, and drawing instead of typing. Without this module the forms work as they are.

const WAIT_MS = 150;
const MOST = 8;
let last = 0;

for (const input of document.querySelectorAll("input[data-suggest], .searchbox input[type=search]")) suggest(input);

for (const button of document.querySelectorAll("button[data-draws]")) {
  button.hidden = false;
  button.addEventListener("click", () => drawInto(button));
}

async function drawInto(button) {
  const field = document.getElementById(button.dataset.draws);
  const { draw, drawPattern } = await import(button.dataset.editor);
  const form = document.getElementById("read_as"); // where a pattern is asked for
  const drawn = await (form ? drawPattern : draw)(field.value, button.dataset);
  if (drawn !== null && drawn.line !== field.value) {
    field.value = drawn.line;
    if (form) form.value = drawn.readAs;
  }
  button.focus();
}

function suggest(input) {
  const list = document.createElement("ul");
  list.id = `suggestions-${(last += 1)}`;
  list.className = "suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  const frame = document.createElement("span");
  frame.className = "suggesting";
  input.replaceWith(frame);
  frame.append(input, list);
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", list.id]])
    input.setAttribute(name, value);

  let timer = 0;
  let asked = "";
  const close = () => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const show = (hits) => {
    list.replaceChildren(...hits.map((hit, place) => option(hit, `${list.id}-${place}`)));
    list.hidden = hits.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
  };
  const ask = async () => {
    const typed = (asked = input.value.trim());
    if (typed.length < 2 || typed.length > 200) return close();
    const answer = await fetch(`/api/v1/search/name?${new URLSearchParams({ q: typed, limit: MOST })}`).catch(() => null);
    if (!answer?.ok || typed !== asked) return;
    const { hits } = await answer.json();
    if (typed === asked && document.activeElement === input) show(hits);
  };
  const choose = (chosen) => {
    if (chosen) location.assign(chosen.dataset.url);
  };
  const move = (step) => {
    const options = [...list.children];
    const now = options.findIndex((each) => each.getAttribute("aria-selected") === "true");
    const next = options[(now + step + options.length + (now < 0 && step < 0 ? 1 : 0)) % options.length];
    for (const each of options) each.setAttribute("aria-selected", String(each === next));
    next.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", next.id);
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT_MS);
  });
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Escape") {
      event.preventDefault();
      close();
    } else if (event.key === "Enter") {
      const chosen = list.querySelector("[aria-selected=true]");
      if (chosen) event.preventDefault();
      choose(chosen);
    }
  });
  input.addEventListener("blur", () => setTimeout(close, WAIT_MS));
  list.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    choose(event.target.closest("li"));
  });
}

function option(hit, id) {
  const line = document.createElement("li");
  line.id = id;
  line.dataset.url = hit.url;
  line.setAttribute("role", "option");
  line.setAttribute("aria-selected", "false");
  line.append(hit.name);
  if (hit.matched !== hit.name) {
    const other = document.createElement("span");
    other.className = "quiet";
    other.textContent = ` ${hit.matched}`;
    line.append(other);
  }
  return line;
}
