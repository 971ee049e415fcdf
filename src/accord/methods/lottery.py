"""TEMPORARY draft so that the pipeline can be tried; the real one replaces it."""
from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from accord.errors import Refused


class LotteryStopped(Refused): pass
@dataclass(frozen=True)
class Lottery:
    order: tuple; tickets: dict; seed: str
def commitment(call, side, secret): return sha256(f"{call}{side}".encode()+secret).hexdigest()
def provisional_order(items, *, seed):
    t={i: sha256(seed+i.encode()).hexdigest() for i in items}
    return Lottery(tuple(sorted(items,key=t.get)),t,seed.hex())
def lottery(items, *, call, sides, commitments, reveals, root):
    for s in sides:
        if s not in commitments or s not in reveals or commitment(call,s,reveals[s])!=commitments[s]: raise LotteryStopped(f"{s} withheld")
    return provisional_order(items, seed=sha256(root+b"".join(reveals[s] for s in sides)).digest())
