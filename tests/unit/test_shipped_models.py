"""Tests that the committed models are complete, agree with each other and answer well."""

import importlib.util
import io
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from google.protobuf import text_format
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from tritonclient.grpc import model_config_pb2

from training.digits import DigitData, load_data
from training.samples import picture
from training.tokens import word_tokens

ROOT = Path(__file__).parents[2]
REPOSITORY = ROOT / "model_repository"
CONFIGS = sorted(REPOSITORY.glob("*/config.pbtxt"))
MEBIBYTE = 1 << 20


def load_digit_image() -> ModuleType:
    """Give the module that prepares pictures, as Triton finds it beside model.py."""
    path = REPOSITORY / "digits_preprocess/1/digit_image.py"
    spec = importlib.util.spec_from_file_location("digit_image", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


digit_image = load_digit_image()


@cache
def data() -> DigitData:
    """Give the digits, loaded once for all tests."""
    return load_data()


def run(model: str, output: str, tensor: NDArray[Any]) -> NDArray[Any]:
    """Give `output` of the shipped ONNX `model`, which has one input."""
    session = onnxruntime.InferenceSession(REPOSITORY / model / "1/model.onnx")
    answer: NDArray[Any] = session.run([output], {session.get_inputs()[0].name: tensor})[0]
    return answer


def config_of(path: Path) -> Any:
    """Give the configuration at `path` as Triton's own message."""
    return text_format.Parse(path.read_text("utf-8"), model_config_pb2.ModelConfig())


def png_of(image: Image.Image) -> bytes:
    """Give `image` as the bytes of a PNG."""
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


def drawn_seven(mode: str, paper: Any, ink: Any) -> Image.Image:
    """Give a seven drawn with a straight pen."""
    image = Image.new(mode, (400, 300), paper)
    ImageDraw.Draw(image).line([(120, 60), (240, 60), (160, 250)], fill=ink, width=24)
    return image


def test_every_shipped_file_is_smaller_than_a_mebibyte() -> None:
    """The repository stays quick to clone and to copy to a node."""
    files = [*REPOSITORY.rglob("*"), *(ROOT / "docs/samples").rglob("*")]
    assert [f.name for f in files if f.is_file() and f.stat().st_size >= MEBIBYTE] == []


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.parent.name)
def test_triton_understands_the_configuration(path: Path) -> None:
    """Each model is named as its folder, batches up to 64, and finds the files it names."""
    config = config_of(path)
    assert config.name == path.parent.name
    assert config.max_batch_size == 64
    labels = [output.label_filename for output in config.output if output.label_filename]
    raw = [i.input_data_file for w in config.model_warmup for i in w.inputs.values()]
    assert all((path.parent / name).is_file() for name in labels)
    assert all((path.parent / "warmup" / name).is_file() for name in raw if name)
    if config.platform == "ensemble":
        return
    assert [sample.batch_size for sample in config.model_warmup] == [1, 64]
    assert len(config.instance_group) == 1
    assert config.dynamic_batching.default_queue_policy.max_queue_size == 512
    for output in (o for o in config.output if o.label_filename):
        names = (path.parent / output.label_filename).read_text("utf-8").splitlines()
        assert [len(names)] == list(output.dims)


@pytest.mark.parametrize("model", ["digits", "digits_tensorrt", "sentiment"])
def test_the_graph_matches_its_configuration_and_old_runtimes_read_it(model: str) -> None:
    """Names agree, and the file is of a version that Triton's runtime has read for years."""
    graph = onnx.load(REPOSITORY / model / "1/model.onnx")
    onnx.checker.check_model(graph, full_check=True)
    config = config_of(REPOSITORY / model / "config.pbtxt")
    assert [i.name for i in graph.graph.input] == [i.name for i in config.input]
    assert [o.name for o in graph.graph.output] == [o.name for o in config.output]
    assert graph.ir_version <= 10
    assert {o.domain: o.version for o in graph.opset_import}[""] == 17


def test_tensorrt_runs_the_same_graph_as_digits() -> None:
    """The two models differ in how they run only."""
    first, second = (REPOSITORY / m / "1/model.onnx" for m in ("digits", "digits_tensorrt"))
    assert first.read_bytes() == second.read_bytes()


def test_a_digit_alone_gets_the_answer_that_it_gets_in_a_batch() -> None:
    """Triton may put any requests into one batch."""
    images = data().held_out_images[:64]
    together = run("digits", "probabilities", images)
    alone = np.concatenate([run("digits", "probabilities", image[np.newaxis]) for image in images])
    np.testing.assert_allclose(alone, together, atol=1e-5)


def test_a_sentence_alone_gets_the_answer_that_it_gets_in_a_batch() -> None:
    """Padding of one sentence does not leak into another."""
    tokens = np.random.default_rng(0).integers(0, 900, (64, word_tokens.LENGTH))
    tokens *= np.arange(word_tokens.LENGTH) < np.arange(64)[:, np.newaxis] % 32
    together = run("sentiment", "probabilities", tokens)
    alone = np.concatenate([run("sentiment", "probabilities", row[np.newaxis]) for row in tokens])
    np.testing.assert_allclose(alone, together, atol=1e-5)


@pytest.mark.parametrize("token", [word_tokens.PADDING, word_tokens.UNKNOWN, -1, 10**6])
def test_a_sentence_without_known_words_still_gets_probabilities(token: int) -> None:
    """Nothing that a sender may put in gives NaN or fails the batch."""
    tokens = np.full((1, word_tokens.LENGTH), token, np.int64)
    probabilities = run("sentiment", "probabilities", tokens)
    assert probabilities.sum() == pytest.approx(1.0, abs=1e-5)
    assert run("sentiment", "label", tokens)[0, 0] in {"negative", "positive"}


@pytest.mark.filterwarnings("ignore:`torch.jit.load` is deprecated:DeprecationWarning")
def test_torch_and_onnx_read_digits_alike() -> None:
    """`digits_torch` holds the same weights as `digits`."""
    images = data().held_out_images
    path = REPOSITORY / "digits_torch/1/model.pt"
    module = torch.jit.load(path)  # type: ignore[no-untyped-call]
    with torch.no_grad():
        by_torch = module(torch.from_numpy(images)).numpy()
    np.testing.assert_allclose(by_torch, run("digits", "probabilities", images), atol=1e-4)


@pytest.mark.parametrize(("name", "digit"), [("seven", 7), ("three", 3)])
def test_the_sample_pictures_are_read_correctly(name: str, digit: int) -> None:
    """What the documentation shows is true."""
    image = digit_image.read_digit((ROOT / "docs/samples" / f"{name}.png").read_bytes())
    assert run("digits", "class", image[np.newaxis]).item() == digit


def test_large_pictures_of_held_out_digits_are_read_as_well_as_the_originals() -> None:
    """Preparing a picture gives back what the classifier was trained on."""
    # Drawing and reading takes most of the time, and a third shows the same.
    pictures, digits = data().held_out_images[::3], data().held_out_digits[::3]
    images = np.stack([digit_image.read_digit(picture(i)) for i in pictures])
    answers = run("digits", "class", images)[:, 0]
    assert np.mean(answers == digits) >= 0.95


@pytest.mark.parametrize(
    ("mode", "paper", "ink"),
    [
        ("L", 255, 0),
        ("L", 0, 255),
        ("L", 200, 120),
        ("1", 1, 0),
        ("I;16", 60_000, 2_000),
        ("RGB", "white", "navy"),
        ("RGBA", (0, 0, 0, 0), "black"),
    ],
)
def test_a_seven_is_read_whatever_the_paper(mode: str, paper: Any, ink: Any) -> None:
    """Dark or light, faint, 16 bits deep, coloured or transparent paper gives the same digit."""
    image = digit_image.read_digit(png_of(drawn_seven(mode, paper, ink)))
    assert (image.dtype, image.shape) == (np.float32, (1, 8, 8))
    assert run("digits", "class", image[np.newaxis]).item() == 7


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_a_blank_page_is_refused_with_a_reason(grey: int) -> None:
    """Without ink there is nothing to read."""
    with pytest.raises(digit_image.UnusableImageError, match="blank"):
        digit_image.read_digit(png_of(Image.new("L", (64, 64), grey)))


def test_what_is_no_whole_png_is_refused_with_a_reason() -> None:
    """Nothing, noise, half a PNG and other formats are all told apart from a digit."""
    whole = png_of(drawn_seven("L", 255, 0))
    gif = io.BytesIO()
    drawn_seven("L", 255, 0).save(gif, "GIF")
    for content in (b"", b"noise", whole[: len(whole) // 2], gif.getvalue()):
        with pytest.raises(digit_image.UnusableImageError, match="not a PNG, or it is broken"):
            digit_image.read_digit(content)


def test_a_picture_with_too_many_pixels_is_refused_before_it_is_decoded() -> None:
    """A small file cannot make the model fill the memory of its node."""
    with pytest.raises(digit_image.UnusableImageError, match="more than 4096x4096"):
        digit_image.read_digit(png_of(Image.new("1", (4097, 4096))))


@pytest.mark.parametrize(
    ("text", "reason"), [(b"", "no word"), (b" ?!", "no word"), (b"\xff", "byte 0")]
)
def test_a_text_that_cannot_be_tokenized_is_refused_with_a_reason(text: bytes, reason: str) -> None:
    """The sender learns what was wrong with the text."""
    with pytest.raises(word_tokens.UnusableTextError, match=reason):
        word_tokens.encode(text, {})


def test_a_text_is_lower_cased_cut_and_padded() -> None:
    """Typographic apostrophes, punctuation and unknown words are dealt with."""
    vocabulary = {"<pad>": 0, "<unk>": 1, "isn't": 2, "bad": 3}
    short = word_tokens.encode("ISN\u2019T bad, Bob!".encode(), vocabulary)
    assert short.tolist() == [2, 3, 1] + [0] * 29
    assert word_tokens.encode(b"bad " * 40, vocabulary).tolist() == [3] * 32
