"""Numbers that are typed as a sum: + - * / and brackets, worked out exactly; nothing else is understood, or run."""

from __future__ import annotations

import re
import sys
from fractions import Fraction

_LONGEST = 200  # characters; also bounds how deep brackets go
_POWER = 308  # of ten, the last of a double
_LARGEST = Fraction(sys.float_info.max)
_TOKEN = re.compile(r"\s*(?:((?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,9})?)|([-+*/()]))", re.ASCII)
_PLAIN = re.compile(r"[-+]?[^-+*/()]*(?:[eE][-+]?[0-9]+)?", re.ASCII)


def worked_out(text: str) -> str:
    """The number that a sum makes, as it is typed; a text without a sum as it stands. Raises ValueError in words."""
    if _PLAIN.fullmatch(text.strip()):
        return text
    if len(text) > _LONGEST:
        raise ValueError(f"the sum is longer than {_LONGEST} characters")
    tokens = _tokens(text)
    value = _sum(tokens)
    if tokens:
        raise ValueError(_unexpected(tokens[-1]))
    return _spelled(value)


def _tokens(text: str) -> list[str]:
    """The numbers, signs and brackets of a sum, the last one first."""
    found = []
    at, end = 0, len(text.rstrip())
    while at < end:
        token = _TOKEN.match(text, at)
        if token is None:
            raise ValueError(f"{text[at:].strip()[0]!r} has no place in a sum of numbers")
        found.append(token[1] or token[2])
        at = token.end()
    return found[::-1]


def _sum(tokens: list[str]) -> Fraction:
    value = _product(tokens)
    while tokens and tokens[-1] in "+-":
        sign = 1 if tokens.pop() == "+" else -1
        value += sign * _product(tokens)
    return value


def _product(tokens: list[str]) -> Fraction:
    value = _factor(tokens)
    while tokens and tokens[-1] in "*/":
        divided = tokens.pop() == "/"
        by = _factor(tokens)
        if divided and not by:
            raise ValueError("the sum divides by zero")
        value = value / by if divided else value * by
    return value


def _factor(tokens: list[str]) -> Fraction:
    sign = 1
    while tokens and tokens[-1] in "+-":
        sign = -sign if tokens.pop() == "-" else sign
    if not tokens:
        raise ValueError("a number is missing at the end of the sum")
    token = tokens.pop()
    if token == "(":
        value = _sum(tokens)
        if not tokens:
            raise ValueError("a bracket of the sum is not closed")
        if tokens[-1] != ")":
            raise ValueError(_unexpected(tokens[-1]))
        tokens.pop()
        return sign * value
    if token in "*/)":
        raise ValueError(f"a number is missing before '{token}'")
    return sign * _number(token)


def _number(token: str) -> Fraction:
    _, _, power = token.lower().partition("e")
    if power and abs(int(power)) > _POWER:
        raise ValueError(f"{token} is beyond all numbers that a field can hold")
    return Fraction(token)


def _unexpected(token: str) -> str:
    return "a bracket of the sum is not opened" if token == ")" else f"a sign is missing before '{token}'"


def _spelled(value: Fraction) -> str:
    """A whole number with all its digits, any other as the nearest double."""
    if abs(value) > _LARGEST:
        raise ValueError("the sum is beyond all numbers that a field can hold")
    return str(value.numerator) if value.denominator == 1 else repr(float(value))
