// Filters and pages of a list without a reload. The address says the state, and Back works; without this script
// every filter is a plain link to the same address.

const REGION = "[data-swap]";
let asked = 0;

async function show(url, { push }) {
  const region = document.querySelector(REGION);
  const turn = ++asked;
  region.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(url, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector(REGION);
    if (turn !== asked) return; // a later click was answered already
    if (!answer.ok || !fresh) throw new Error(`answered with ${answer.status}`);
    keepOpen(region, fresh);
    region.replaceChildren(...fresh.childNodes);
    document.title = page.title;
    if (push) history.pushState({ swapped: true }, "", url);
    region.removeAttribute("aria-busy");
  } catch {
    location.assign(url); // the browser shows whatever is there
  }
}

// What the reader folded out stays folded out.
function keepOpen(before, after) {
  const open = new Set([...before.querySelectorAll("details[open] > summary")].map((each) => each.textContent));
  for (const summary of after.querySelectorAll("details > summary")) {
    if (open.has(summary.textContent)) summary.parentElement.open = true;
  }
}

function isPlain(event) {
  return event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.(`${REGION} a[href]`);
  if (!link || !isPlain(event) || link.origin !== location.origin || link.pathname !== location.pathname) return;
  event.preventDefault();
  const within = link.closest("nav") ? "#found" : null;
  const label = link.textContent.trim();
  show(link.href, { push: true }).then(() => refocus(within, label));
});

document.addEventListener("submit", (event) => {
  const form = event.target.closest?.(`${REGION} form[method=get]`);
  if (!form) return;
  event.preventDefault();
  const url = new URL(form.action);
  for (const [name, value] of new FormData(form)) if (value !== "") url.searchParams.set(name, value);
  show(url.href, { push: true }).then(() => document.querySelector(`${REGION} [type=search]`)?.focus());
});

// The keyboard goes on where it was: at the same filter, or at the head of a new page of the list.
function refocus(selector, label) {
  const same = [...document.querySelectorAll(`${REGION} a`)].find((each) => each.textContent.trim() === label);
  const head = document.querySelector(selector ?? "#found");
  if (!selector && same) same.focus();
  else if (head) {
    head.tabIndex = -1;
    head.focus();
  }
}

window.addEventListener("popstate", () => show(location.href, { push: false }));
