// The structure editor for the forms of the search page, loaded when it is opened for the first time. What is drawn
// becomes a SMILES, because the address of a search has to hold it.

import { openEditor } from "./lab/structure_editor.js";
import { Molecule } from "./vendor/openchemlib.js";

/** Open the editor on the SMILES `text`; answers what was drawn as a SMILES, or null where it was closed. */
export function draw(text, words) {
  return openEditor(text, words, {
    read: async (given) => (given.trim() ? Molecule.fromSmiles(given.trim()) : new Molecule(32, 32)),
    write: (molecule) => (molecule.getAllAtoms() ? molecule.toIsomericSmiles() : ""),
  });
}
