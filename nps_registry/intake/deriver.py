"""A process that derives what is stored of structures; :mod:`nps_registry.intake.workshop` starts it.

It is told the scaffolds once, then lists of structures, and answers each list. Both ends are this program,
so the messages are pickles.
"""

from __future__ import annotations

import gc
import pickle
import sys
from typing import BinaryIO

from nps_registry.errors import CatalogueFault
from nps_registry.intake.derivation import derive_all, lay_out_all


def serve(questions: BinaryIO, answers: BinaryIO) -> None:
    """Answer until *questions* ends: a list of what was derived, or the sentence of a fault."""
    try:
        scaffolds = lay_out_all(pickle.load(questions))
    except EOFError:
        return  # started early, and then there was nothing to derive
    while True:
        try:
            given = pickle.load(questions)
        except EOFError:
            return
        try:
            answer: object = derive_all(given, scaffolds)
        except CatalogueFault as fault:
            answer = fault.detail
        pickle.dump(answer, answers, protocol=pickle.HIGHEST_PROTOCOL)
        answers.flush()


if __name__ == "__main__":
    gc.disable()  # nothing here is made in circles, and looking for some takes a twentieth of the time
    serve(sys.stdin.buffer, sys.stdout.buffer)
