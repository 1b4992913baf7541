"""The grammar of a standard InChI, checked before the InChI library sees the text.

The library's reader is written for what its own writer wrote; a text with a layer out of order or an
atom number that does not exist can overwrite memory there and end the process. So every layer is
checked here: its form, its order, that its numbers name atoms of the formula, and that the
hydrogens add up. The grammar is that of the *InChI Technical Manual*, sections III and IV.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nps_registry.chemistry.formulae import is_element
from nps_registry.chemistry.inchi_connections import check_connections
from nps_registry.chemistry.limits import Limits
from nps_registry.errors import UnreadableStructure
from nps_registry.localisation import gettext as _
from nps_registry.localisation import mark

_LAYER_ORDER = "chqpbtmsi"
_ISOTOPIC_LAYER_ORDER = "hbtms"
_LAYER_NAMES = {
    "": mark("its formula"),
    "c": mark("its layer of connections (/c)"),
    "h": mark("its layer of hydrogens (/h)"),
    "q": mark("its layer of charges (/q)"),
    "p": mark("its layer of protons (/p)"),
    "b": mark("its layer of double bonds (/b)"),
    "t": mark("its layer of stereocentres (/t)"),
    "m": mark("its layer of inversion (/m)"),
    "s": mark("its layer of the kind of stereochemistry (/s)"),
    "i": mark("its layer of isotopes (/i)"),
}

_COMPONENT = re.compile(r"(?P<times>[2-9]|[1-9]\d)?(?P<formula>(?:[A-Z][a-z]?(?:[1-9]\d{0,3})?)+)")
_ELEMENT = re.compile(r"([A-Z][a-z]?)(\d*)")
_TIMES = re.compile(r"(?:([2-9]|[1-9]\d)\*)?(.*)", re.DOTALL)
_NUMBER = r"[1-9]\d{0,3}"
_FIXED_H = re.compile(rf"((?:{_NUMBER}(?:-{_NUMBER})?,)*{_NUMBER}(?:-{_NUMBER})?)H(\d{{0,3}})(?:,|$)")
_MOBILE_H = re.compile(rf"\(H(\d{{0,3}})(-\d{{0,2}})?((?:,{_NUMBER})+)\)")
_CHARGE = re.compile(r"(?:[+-][1-9]\d?)?")
_PROTONS = re.compile(r"[+-][1-9]\d?")
_BOND = re.compile(rf"({_NUMBER})-({_NUMBER})[-+?u]")
_CENTRE = re.compile(rf"({_NUMBER})[-+?u]")
_INVERSION = re.compile(r"[01.]{1,20}")
_KIND = re.compile(r"[123]")
_ISOTOPE = re.compile(rf"({_NUMBER})(?:[+-]\d{{1,3}})?(?:[HDT]\d{{0,2}})*")
_MOBILE_ISOTOPE = re.compile(r"(?:[HDT]\d{0,2})+")


@dataclass(frozen=True, slots=True)
class Component:
    """One part of an InChI's formula.

    Attributes:
        atoms: atoms that are numbered in the other layers (all but hydrogen; one where there is only hydrogen).
        hydrogens: hydrogen atoms.
    """

    atoms: int
    hydrogens: int


class _LayerFault(ValueError):
    """A layer that breaks the grammar; the message is the layer's letter."""


def check_inchi(inchi: str, limits: Limits) -> None:
    """Check every layer of *inchi*, which starts with its version (``InChI=1S/``).

    Raises:
        UnreadableStructure: the layer that breaks the grammar, or a limit that is passed.
    """
    _version, formula, *layers = inchi.split("/")
    try:
        components = _read_formula(formula, limits)
        _require_order(layers)
        isotopic = False
        for layer in layers:
            _check_layer(layer, components, isotopic=isotopic)
            isotopic = isotopic or layer.startswith("i")
        if not any(layer.startswith("c") for layer in layers) and any(part.atoms > 2 for part in components):
            raise _LayerFault("c")
        _require_all_hydrogens(layers, components)
    except _LayerFault as fault:
        raise UnreadableStructure(
            _("The InChI cannot be read: {layer} is malformed or contradicts the others.").format(
                layer=_(_LAYER_NAMES[str(fault)])
            )
        ) from None


def _read_formula(formula: str, limits: Limits) -> list[Component]:
    components: list[Component] = []
    for text in formula.split("."):
        found = _COMPONENT.fullmatch(text)
        if found is None:
            raise _LayerFault("")
        components += [_count(found["formula"])] * int(found["times"] or 1)
        if len(components) > limits.fragments:
            raise UnreadableStructure(
                _("The structure has more than {limit} parts; give one substance.").format(limit=limits.fragments)
            )
    atoms = sum(component.atoms for component in components)
    if atoms > limits.atoms or sum(component.hydrogens for component in components) > 4 * limits.atoms:
        raise UnreadableStructure(
            _("The structure has {count} atoms; at most {limit} are read.").format(count=atoms, limit=limits.atoms)
        )
    return components


def _count(formula: str) -> Component:
    numbers: dict[str, int] = {}
    for symbol, digits in _ELEMENT.findall(formula):
        if symbol in numbers or not is_element(symbol):
            raise _LayerFault("")
        numbers[symbol] = int(digits or 1)
    hydrogens = numbers.pop("H", 0)
    heavy = sum(numbers.values())
    return Component(heavy, hydrogens) if heavy else Component(1, hydrogens - 1)


def _require_order(layers: Sequence[str]) -> None:
    order, place = _LAYER_ORDER, -1
    for layer in layers:
        found = order.find(layer[:1]) if layer else -1
        if found <= place:
            raise _LayerFault(layer[:1] if layer[:1] in _LAYER_NAMES else "")
        place = found
        if layer.startswith("i") and order is _LAYER_ORDER:
            order, place = _ISOTOPIC_LAYER_ORDER, -1


def _check_layer(layer: str, components: Sequence[Component], *, isotopic: bool) -> None:
    letter, body = layer[0], layer[1:]
    if letter in "pms" or (letter == "h" and isotopic):
        whole = {"p": _PROTONS, "m": _INVERSION, "s": _KIND, "h": _MOBILE_ISOTOPE}[letter]
        if not whole.fullmatch(body):
            raise _LayerFault(letter)
        return
    parts = _expand(body, letter)
    if len(parts) != len(components) and not (letter == "i" and not body):
        raise _LayerFault(letter)
    check = _CHECKS[letter]
    for part, component in zip(parts, components, strict=False):
        if not (isotopic and part == "m") and not check(part, component):
            raise _LayerFault(letter)


def _expand(body: str, letter: str) -> list[str]:
    """The parts of a layer, one per component; ``2*`` stands for two equal ones, ``3`` alone never."""
    parts: list[str] = []
    for text in body.split(";"):
        found = _TIMES.fullmatch(text)
        if found is None or "*" in found[2]:
            raise _LayerFault(letter)
        parts += [found[2]] * int(found[1] or 1)
    return parts


def _check_hydrogens(part: str, component: Component) -> bool:
    return _hydrogens_of(part, component) is not None


def _hydrogens_of(part: str, component: Component) -> int | None:
    """Hydrogens that one part of the /h layer gives; None where it is malformed."""
    total, position = 0, 0
    fixed_atoms: set[int] = set()
    while position < len(part):
        fixed = _FIXED_H.match(part, position)
        mobile = _MOBILE_H.match(part, position)
        if fixed:
            atoms = _numbers_in(fixed[1])
            if atoms is None or fixed_atoms & set(atoms):
                return None
            fixed_atoms.update(atoms)
            total += len(atoms) * int(fixed[2] or 1)
            position = fixed.end()
        elif mobile:
            numbers = [int(number) for number in mobile[3][1:].split(",")]
            if len(set(numbers)) != len(numbers) or max(numbers) > component.atoms:
                return None
            total += int(mobile[1] or 1)
            position = mobile.end()
        else:
            return None
    return total if max(fixed_atoms, default=0) <= component.atoms else None


def _numbers_in(ranges: str) -> list[int] | None:
    numbers: list[int] = []
    for text in ranges.split(","):
        first, _dash, last = text.partition("-")
        if last and int(last) <= int(first):
            return None
        numbers.extend(range(int(first), int(last or first) + 1))
    return numbers if len(set(numbers)) == len(numbers) else None


def _require_all_hydrogens(layers: Sequence[str], components: Sequence[Component]) -> None:
    """The hydrogens of the /h layer must be those of the formula, part by part."""
    body = next((layer[1:] for layer in layers if layer.startswith("h")), "")
    parts = _expand(body, "h") if body else [""] * len(components)
    for part, component in zip(parts, components, strict=True):
        if _hydrogens_of(part, component) != component.hydrogens:
            raise _LayerFault("h")


def _check_list(item: re.Pattern[str]) -> Callable[[str, Component], bool]:
    """A check of comma-separated items whose numbers are atoms of the component, none of them twice."""

    def check(part: str, component: Component) -> bool:
        if not part:
            return True
        seen: set[tuple[str, ...]] = set()
        for text in part.split(","):
            found = item.fullmatch(text)
            if found is None or found.groups() in seen or any(int(n) > component.atoms for n in found.groups()):
                return False
            seen.add(found.groups())
        return True

    return check


_CHECKS: dict[str, Callable[[str, Component], bool]] = {
    "c": lambda part, component: check_connections(part, component.atoms),
    "h": _check_hydrogens,
    "q": lambda part, _component: _CHARGE.fullmatch(part) is not None,
    "b": _check_list(_BOND),
    "t": _check_list(_CENTRE),
    "i": _check_list(_ISOTOPE),
}
