"""Tests that training reaches the shipped accuracy and that its sentences are sound."""

from collections import Counter
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from training import digits
from training.artifacts import replace_file
from training.sentences import LABELS, Sentence, generate, natural_sentences, normal
from training.sentiment import SEED
from training.tokens import word_tokens

REPOSITORY = Path(__file__).parents[2] / "model_repository"


def sentiment_accuracy(sentences: list[Sentence]) -> float:
    """Give the share of `sentences` that the shipped graph and vocabulary label correctly."""
    vocabulary = word_tokens.read_vocabulary(REPOSITORY / "sentiment_tokenizer/1/vocabulary.txt")
    session = onnxruntime.InferenceSession(REPOSITORY / "sentiment/1/model.onnx")
    tokens = np.stack([word_tokens.encode(s.text.encode(), vocabulary) for s in sentences])
    (labels,) = session.run(["label"], {"token_ids": tokens})
    return float(np.mean(labels[:, 0] == [LABELS[s.label] for s in sentences]))


def test_training_the_digits_again_gives_the_accuracy_of_the_shipped_model() -> None:
    """The shipped weights are those that the code trains."""
    data = digits.load_data()
    session = onnxruntime.InferenceSession(REPOSITORY / "digits/1/model.onnx")
    (answers,) = session.run(["class"], {"image": data.held_out_images})
    shipped = float(np.mean(answers[:, 0] == data.held_out_digits))
    assert shipped >= 0.97
    assert digits.train(data).accuracy == pytest.approx(shipped, abs=0.01)


def test_the_held_out_digits_are_a_fifth_and_always_the_same() -> None:
    """An accuracy only means something when the same digits stay unseen."""
    first, second = digits.load_data(), digits.load_data()
    assert len(first.held_out_digits) == 360
    np.testing.assert_array_equal(first.held_out_images, second.held_out_images)


def test_one_seed_gives_the_same_sentences_and_another_gives_others() -> None:
    """The training data can be made again."""
    assert generate(500, seed=1) == generate(500, seed=1)
    assert generate(500, seed=1) != generate(500, seed=2)


def test_half_of_the_sentences_are_positive_and_none_comes_twice() -> None:
    """The labels are balanced, whatever the lexicon holds."""
    sentences = generate(4000)
    assert Counter(s.label for s in sentences) == {0: 2000, 1: 2000}
    assert len({normal(s.text) for s in sentences}) == 4000


def test_no_natural_sentence_is_ever_generated() -> None:
    """The sentences that check the model are not among those that train it."""
    natural = {normal(s.text) for s in natural_sentences()}
    assert len(natural) >= 60
    assert natural.isdisjoint(normal(s.text) for s in generate(20_000, SEED))


def test_the_shipped_sentiment_model_labels_held_out_combinations() -> None:
    """The model learnt opinions, not the sentences that it saw."""
    held_out = [s for s in generate(20_000, seed=SEED + 1) if s.held_out]
    assert len(held_out) > 1000
    assert sentiment_accuracy(held_out) >= 0.96


def test_the_shipped_sentiment_model_labels_natural_sentences() -> None:
    """The model copes with wording that no template has."""
    assert sentiment_accuracy(natural_sentences()) >= 0.85


def test_a_file_is_replaced_whole_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    """A reader never finds half a model, nor a temporary file in the repository."""
    path = tmp_path / "model" / "1" / "model.onnx"
    replace_file(path, b"old")
    replace_file(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(path.parent.iterdir()) == [path]


def test_the_file_stays_as_it_was_when_it_cannot_be_replaced(tmp_path: Path) -> None:
    """A failed write leaves no temporary file behind."""
    path = tmp_path / "model.onnx"
    path.mkdir()
    with pytest.raises(OSError, match=r"model\.onnx"):
        replace_file(path, b"new")
    assert list(tmp_path.iterdir()) == [path]
