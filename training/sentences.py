"""Writes English sentences labelled positive or negative, from a lexicon and templates."""

import random
import re
import tomllib
import zlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from training.tokens import word_tokens

LABELS = ("negative", "positive")
HELD_OUT_SHARE = 0.1

_HERE = Path(__file__).parent
_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Sentence:
    """A sentence, the index of its label in LABELS, and whether training must not see it."""

    text: str
    label: int
    held_out: bool


def natural_sentences() -> list[Sentence]:
    """Give the sentences that were written by hand, none of which is ever generated.

    Raises:
        ValueError: when a line is not a label, a tab and a sentence.
    """
    lines = (_HERE / "natural_sentences.tsv").read_text("utf-8").splitlines()
    pairs = [line.split("\t") for line in lines]
    return [Sentence(text, LABELS.index(label), held_out=True) for label, text in pairs]


def generate(count: int, seed: int = 0) -> list[Sentence]:
    """Give `count` different sentences, as many positive as negative, the same for one seed.

    A sentence is held out when its template and one of its opinion words make a combination
    that no sentence to train on has.
    """
    dice = random.Random(seed)
    taken = {normal(sentence.text) for sentence in natural_sentences()}
    sentences: list[Sentence] = []
    while len(sentences) < count:
        draft = _draw(dice, label=len(sentences) % len(LABELS))
        if normal(draft.text) not in taken:
            taken.add(normal(draft.text))
            sentences.append(draft)
    return sentences


def normal(text: str) -> str:
    """Give `text` as the tokenizer sees it: sentences with equal words are the same sentence."""
    return " ".join(word_tokens.words(text))


def _draw(dice: random.Random, label: int) -> Sentence:
    """Make one sentence: usually one clause, sometimes two of which the second decides."""
    main = _clause(dice, label)
    other = _clause(dice, 1 - label)
    chance = dice.random()
    if chance < 0.12:
        text = f"{other.text} {_pick(dice, 'contrasts')} {main.text}"
    elif chance < 0.15:
        text = f"{_pick(dice, 'concessions')} {other.text} {main.text}"
    elif chance < 0.25:
        more = _clause(dice, label)
        text = f"{main.text} {dice.choice(['and', 'and', ''])} {more.text}"
        return Sentence(" ".join(text.split()), label, main.held_out or more.held_out)
    else:
        opened = f"{_pick(dice, 'openings')} {main.text}"
        return Sentence(" ".join(opened.split()), label, main.held_out)
    return Sentence(text, label, main.held_out or other.held_out)


def _clause(dice: random.Random, label: int) -> Sentence:
    lexicon = _lexicon()
    negated = dice.random() < 0.25
    template = dice.choice(lexicon["templates"]["negated" if negated else "plain"])
    opinions = lexicon[LABELS[1 - label if negated else label]]
    held_out = False

    def fill(slot: re.Match[str]) -> str:
        nonlocal held_out
        if slot[1] not in opinions:
            return _pick(dice, slot[1])
        word: str = dice.choice(opinions[slot[1]])
        held_out |= _is_held_out(template, word)
        return word

    text = _SLOT.sub(fill, template)
    return Sentence(" ".join(text.replace(" '", "'").split()), label, held_out)


def _is_held_out(template: str, word: str) -> bool:
    """Tell by a checksum, so that the answer is the same in every run and for every seed."""
    return zlib.crc32(f"{template}/{word}".encode()) % 1000 < HELD_OUT_SHARE * 1000


def _pick(dice: random.Random, name: str) -> str:
    word: str = dice.choice(_lexicon()["neutral"][name])
    return word


@cache
def _lexicon() -> dict[str, Any]:
    return tomllib.loads((_HERE / "lexicon.toml").read_text("utf-8"))
