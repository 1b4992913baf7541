// The structure editor for the forms of the search page, loaded when it is opened for the first time. What is drawn
// becomes one line, because the address of a search has to hold it: a SMILES, or of a pattern that leaves an atom or a
// bond open a SMARTS.

import { openEditor } from "./lab/structure_editor.js";
import { Molecule } from "./vendor/openchemlib.js";

/** Open the editor on the SMILES `text`; answers `{ line, readAs }`, or null where it was closed. */
export function draw(text, words) {
  return openEditor(text, words, {
    read: async (given) => (given.trim() ? Molecule.fromSmiles(given.trim()) : new Molecule(32, 32)),
    write: writeSmiles,
  });
}

/** The same for a pattern, SMARTS or SMILES. */
export function drawPattern(text, words) {
  return openEditor(text, words, {
    read: async (given) => {
      const molecule = given.trim() ? Molecule.fromSmiles(given.trim(), { smartsMode: "guess" }) : new Molecule(32, 32);
      molecule.setFragment(true);
      return molecule;
    },
    write: writePattern,
    pattern: true,
  });
}

function writeSmiles(molecule) {
  return { line: molecule.getAllAtoms() ? molecule.toIsomericSmiles() : "", readAs: "structure" };
}

/** A SMARTS where an atom or a bond was left open; else the structure, whose rings are read as any drawing's. */
export function writePattern(molecule) {
  if (!molecule.getAllAtoms()) return { line: "", readAs: "structure" };
  const open = molecule.getCompactCopy();
  open.setFragment(true);
  const plain = open.getCompactCopy();
  plain.removeQueryFeatures();
  if (open.toSmarts() !== plain.toSmarts()) return { line: open.toSmarts(), readAs: "smarts" };
  plain.setFragment(false);
  return writeSmiles(plain);
}
