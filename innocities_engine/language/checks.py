from __future__ import annotations


def check_method(method, plain, faults):
    pass
