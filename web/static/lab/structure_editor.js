// The structure editor, loaded when it is opened for the first time: OpenChemLib's, served from here.

import { CanvasEditor, Molecule, Resources } from "../vendor/openchemlib.js";

const resources = new URL("../vendor/resources.json", import.meta.url);
let ready = null;

/** The structure in `text` as the editor's molecule; a new one where there is none. Throws what is wrong with it. */
async function readStructure(text) {
  if (!text.trim()) return new Molecule(32, 32);
  const asked = new FormData();
  asked.set("form_token", document.querySelector("[name=form_token]").value);
  asked.set("structure", text);
  const answer = await fetch("/lab/structure", { method: "POST", body: asked });
  const told = answer.headers.get("content-type")?.startsWith("application/json") ? await answer.json() : {};
  if (!told.molfile) throw new Error(told.message ?? answer.statusText);
  return Molecule.fromMolfile(told.molfile);
}

/** What was drawn: SMILES where it has no stereochemistry, a molfile where it has, so that none is lost. */
export function writeStructure(molecule) {
  if (!molecule.getAllAtoms()) return "";
  molecule.ensureHelperArrays(Molecule.cHelperParities);
  const extended = molecule.toMolfileV3();
  if (/STERAC|STEREL/.test(extended)) return extended;
  const configured = Array.from({ length: molecule.getAllAtoms() }, (_none, atom) => molecule.getAtomParity(atom)).some(
    (parity) => parity === 1 || parity === 2,
  );
  return configured ? molecule.toMolfile() : molecule.toIsomericSmiles();
}

/**
 * Open the editor on `text`; answers what was drawn, or null where it was closed. `read` and `write` as those above; a
 * `pattern` may say of an atom or a bond what it can be.
 */
export async function openEditor(text, words, { read = readStructure, write = writeStructure, pattern = false } = {}) {
  ready ??= Resources.registerFromUrl(resources.href);
  await ready;
  const dialog = document.createElement("dialog");
  dialog.className = "editor";
  dialog.setAttribute("aria-label", words.editorTitle);
  const heading = document.createElement("h2");
  heading.textContent = words.editorTitle;
  const trouble = document.createElement("p");
  trouble.className = "fault";
  trouble.setAttribute("role", "alert");
  trouble.hidden = true;
  const canvas = document.createElement("div");
  canvas.className = "canvas";
  const hint = document.createElement("p");
  hint.className = "quiet";
  hint.textContent = words.editorHint;
  const use = document.createElement("button");
  use.textContent = words.editorUse;
  const cancel = document.createElement("button");
  cancel.className = "plain";
  cancel.textContent = words.editorCancel;
  const bar = document.createElement("div");
  bar.className = "actions";
  bar.append(use, cancel);
  dialog.append(heading, trouble, canvas, hint, bar);
  document.body.append(dialog);
  dialog.showModal();
  const editor = new CanvasEditor(canvas, { initialMode: "molecule", initialFragment: pattern });
  try {
    editor.setMolecule(await read(text));
  } catch (fault) {
    trouble.textContent = fault.message;
    trouble.hidden = false;
  }
  return new Promise((resolve) => {
    const close = (drawn) => {
      editor.destroy();
      dialog.remove();
      resolve(drawn);
    };
    use.addEventListener("click", () => close(write(editor.getMolecule())));
    cancel.addEventListener("click", () => close(null));
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      close(null);
    });
  });
}
