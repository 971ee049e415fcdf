"""The log: append-only, in the C2SP formats, so that programs which are not ours verify it.

`notes` and `keys` sign; `tree` and `tiles` are the Merkle tree and its files; `checkpoint` is its signed head;
`writer` appends, `reader` reads and audits; `proof` proves one entry; `witness` is how a Side watches a host.
"""
