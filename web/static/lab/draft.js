// The form of a report saves itself, adds and removes parts without a reload, and keeps the triage up to date.
// The page is complete without it: every button does the same through the server.

import { suggestNames } from "./suggestions.js";

const SAVE_AFTER_MS = 1000;
const TRY_AGAIN_AFTER_MS = 10000;
const WITHOUT_RELOAD = /^(add-|remove:|take:|leave:)/;
const form = document.getElementById("draft");
// Its buttons are called "action", which hides the property of that name.
const ADDRESS = form?.getAttribute("action");

let dirty = false;
let timer = 0;
let running = null;
let triage = null;

/** What the form says, without its files. */
function read() {
  const data = new FormData(form);
  for (const input of form.querySelectorAll("input[type=file]")) data.delete(input.name);
  return data;
}

/** The form's fields as text, for comparing two states. */
function values(data) {
  const found = new Map();
  for (const [name, value] of data) found.set(name, [...(found.get(name) ?? []), value]);
  return found;
}

function say(text) {
  const state = document.getElementById("state");
  if (state) state.textContent = text;
}

function keepHere(data) {
  try {
    sessionStorage.setItem(`draft ${form.dataset.draft}`, JSON.stringify([...data]));
  } catch {
    // A browser that keeps nothing loses nothing that it had.
  }
}

function forgetHere() {
  try {
    sessionStorage.removeItem(`draft ${form.dataset.draft}`);
  } catch {
    // as above
  }
}

/** A page of ours as a document, or null where the answer is not one. */
async function asPage(answer) {
  const isPage = (answer.headers.get("content-type") ?? "").startsWith("text/html");
  return isPage ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
}

/** After signing in again the form needs the token of the new session. */
async function renewToken() {
  const answer = await fetch(ADDRESS, { headers: { Accept: "text/html" } });
  const page = answer.ok && !answer.redirected ? await asPage(answer) : null;
  const fresh = page?.querySelector("#draft input[name=form_token]");
  if (!fresh) return false;
  form.elements.form_token.value = fresh.value;
  return true;
}

async function post(url, data) {
  let answer = await fetch(url, { method: "POST", body: data });
  if ([400, 401, 403, 409].includes(answer.status) && (await renewToken())) {
    data.set("form_token", form.elements.form_token.value);
    answer = await fetch(url, { method: "POST", body: data });
  }
  return answer;
}

function later(ms) {
  clearTimeout(timer);
  timer = setTimeout(save, ms);
}

/** Keep what is typed; one save at a time, and another where typing went on meanwhile. */
async function save() {
  clearTimeout(timer);
  if (running) await running;
  if (!dirty) return;
  running = saveOnce();
  await running;
  running = null;
}

async function saveOnce() {
  dirty = false;
  const data = read();
  if (document.querySelector("#problems [data-checked]")) data.set("check", "true");
  say(form.dataset.saving);
  try {
    const answer = await post(`${ADDRESS}/save`, data);
    if (!answer.ok) throw answer;
    const told = await answer.json();
    form.elements.revision.value = told.revision;
    forgetHere();
    say(`${form.dataset.saved} ${told.saved_at}`);
    showFaults(told.faults);
    if (told.others) await refresh(data);
    else await refreshTriage(data);
    if (!dirty) form.dataset.state = "saved";
  } catch (fault) {
    dirty = true;
    keepHere(data);
    say(fault instanceof Response && fault.status === 401 ? form.dataset.signedOut : form.dataset.unsaved);
    later(TRY_AGAIN_AFTER_MS);
  }
}

/** Bring the list above the form up to date, where it is shown. */
function showProblems(faults) {
  const list = document.querySelector("#problems .wrong ul");
  if (!list) return;
  list.replaceChildren(
    ...faults.map(({ id, label, message }) => {
      const line = document.createElement("li");
      const link = document.createElement("a");
      link.href = `#${id}`;
      link.textContent = label;
      line.append(link, `: ${message}`);
      return line;
    }),
  );
  if (!faults.length) list.closest(".wrong").remove();
}

/** Put what is wrong beside each field. */
function showFaults(faults) {
  showProblems(faults);
  for (const shown of form.querySelectorAll(".form-side .fault")) shown.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  for (const { id, message } of faults) {
    const field = document.getElementById(id);
    const isPart = field?.matches("fieldset.item, fieldset.detection");
    const place = isPart ? field : field?.closest(".field");
    if (!place) continue;
    const line = document.createElement("p");
    line.className = "fault";
    line.id = `${id}-fault-1`;
    line.textContent = message;
    if (isPart) {
      place.querySelector("legend").after(line);
      continue;
    }
    place.append(line);
    field.setAttribute("aria-invalid", "true");
    const hint = document.getElementById(`${id}-hint`) ? `${id}-hint ` : "";
    field.setAttribute("aria-describedby", `${hint}${line.id}`);
  }
}

async function refreshTriage(data) {
  triage?.abort();
  const asked = (triage = new AbortController());
  const side = document.getElementById("triage");
  side.classList.add("waiting");
  try {
    const answer = await fetch("/lab/triage", { method: "POST", body: data, signal: asked.signal });
    if (answer.ok) side.innerHTML = await answer.text();
  } catch {
    // The next save asks again.
  } finally {
    if (triage === asked) side.classList.remove("waiting");
  }
}

/** Show the form as the server has it now; what was typed since `sent` stays. */
function swap(page, sent) {
  const fresh = page?.getElementById("draft");
  if (!fresh) {
    location.reload();
    return;
  }
  const before = values(sent);
  const now = values(read());
  const focused = document.activeElement?.id;
  const open = new Set([...form.querySelectorAll("details[open]")].map(keyOf));
  form.replaceChildren(...fresh.childNodes);
  for (const details of form.querySelectorAll("details")) if (open.has(keyOf(details))) details.open = true;
  for (const [name, texts] of now) {
    if (name === "revision" || name === "form_token" || String(before.get(name)) === String(texts)) continue;
    put(name, texts);
    dirty = true;
  }
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  showButtons();
  if (dirty) later(SAVE_AFTER_MS);
}

function put(name, texts) {
  for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
    if (field.type === "checkbox") field.checked = texts.includes(field.value);
    else if (field.type !== "hidden" && field.type !== "file") field.value = texts[0];
  }
}

function keyOf(details) {
  return `${details.closest("fieldset[id], aside")?.id} ${details.querySelector("summary")?.textContent}`;
}

async function refresh(sent) {
  const answer = await fetch(ADDRESS, { headers: { Accept: "text/html" } });
  if (answer.ok) swap(await asPage(answer), sent);
}

/** Do what a button says through the server, and show what came of it without leaving the page. */
async function act(action) {
  clearTimeout(timer);
  if (running) await running;
  const data = read();
  data.set("action", action);
  try {
    const answer = await post(ADDRESS, data);
    if (!answer.ok) throw answer;
    dirty = false;
    const known = new Set([...form.querySelectorAll("fieldset[id]")].map((part) => part.id));
    swap(await asPage(answer), data);
    if (action.startsWith("add-")) {
      const added = [...form.querySelectorAll("fieldset[id]")].find((part) => !known.has(part.id));
      added?.querySelector("select, input:not([type=hidden])")?.focus();
      added?.scrollIntoView({ block: "start" });
    }
  } catch (fault) {
    keepHere(data);
    say(fault instanceof Response && fault.status === 401 ? form.dataset.signedOut : form.dataset.unsaved);
  }
}

function changed() {
  dirty = true;
  form.dataset.state = "typing";
  later(SAVE_AFTER_MS);
}

/** A structure that was chosen as a file goes into its field, to be seen before it is sent. */
async function readFile(input) {
  const target = document.getElementById(input.id.replace(/-file$/, ""));
  if (!input.files[0] || !target) return;
  target.value = await input.files[0].text();
  input.value = "";
  changed();
}

async function draw(button) {
  const field = document.getElementById(button.dataset.draw);
  const { openEditor } = await import(form.dataset.editor);
  const drawn = await openEditor(field.value, form.dataset);
  if (drawn !== null && drawn !== field.value) {
    field.value = drawn;
    changed();
  }
  button.focus();
}

async function showDifference(link) {
  const shown = link.parentElement.querySelector(".difference");
  if (shown) {
    shown.remove();
    return;
  }
  const answer = await fetch(`${link.href}&part=true`);
  if (!answer.ok) return;
  const place = document.createElement("div");
  place.className = "difference";
  place.innerHTML = await answer.text();
  link.parentElement.append(place);
}

function showButtons() {
  for (const button of form.querySelectorAll("[data-draw]")) button.hidden = false;
  for (const way of form.querySelectorAll(".structure-ways input[type=file]")) way.formNoValidate = true;
}

/** What this browser kept because the registry could not: typed before a reload, not saved yet. */
function takeBack() {
  let kept = null;
  try {
    kept = JSON.parse(sessionStorage.getItem(`draft ${form.dataset.draft}`));
  } catch {
    return;
  }
  if (!Array.isArray(kept)) return;
  for (const [name, texts] of values(kept)) {
    if (name === "revision") form.elements.revision.value = texts[0];
    else if (name !== "form_token") put(name, texts);
  }
  changed();
}

/** Whether something was typed before this script was here to notice. */
function typedBefore() {
  return [...form.elements].some((field) => {
    if (field.type === "hidden" || field.type === "file" || !field.name) return false;
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.options) {
      const chosen = [...field.options].find((option) => option.defaultSelected) ?? field.options[0];
      return Boolean(chosen) && field.value !== chosen.value;
    }
    return field.defaultValue !== undefined && field.value !== field.defaultValue;
  });
}

if (form?.elements.revision) {
  form.dataset.script = "ready";
  showButtons();
  suggestNames(form, changed);
  form.addEventListener("input", (event) => {
    if (event.target.type !== "file") changed();
  });
  form.addEventListener("change", (event) => {
    if (event.target.type === "file") readFile(event.target);
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-draw]");
    const link = event.target.closest("[data-difference]");
    if (button) draw(button);
    if (link && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      showDifference(link);
    }
  });
  form.addEventListener("submit", (event) => {
    const action = event.submitter?.value ?? "save";
    if (action === "save") {
      event.preventDefault();
      dirty = true;
      save();
    } else if (WITHOUT_RELOAD.test(action)) {
      event.preventDefault();
      act(action);
    } else {
      clearTimeout(timer);
      dirty = false;
    }
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && dirty) {
      keepHere(read());
      save();
    }
  });
  window.addEventListener("pagehide", () => {
    if (!dirty) return;
    const data = read();
    keepHere(data);
    navigator.sendBeacon(`${ADDRESS}/save`, data);
  });
  takeBack();
  if (!dirty && typedBefore()) changed();
}
