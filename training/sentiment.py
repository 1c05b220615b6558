"""Trains the transformer that tells positive sentences from negative ones, and exports it."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from onnx import ModelProto, TensorProto, helper
from torch import nn

from training.artifacts import onnx_model, replace_file
from training.sentences import LABELS, Sentence, generate, natural_sentences
from training.tokens import word_tokens

SEED = 11
SENTENCES = 40_000
EPOCHS = 6
BATCH = 128
WIDTH = 64
HEADS = 4
LAYERS = 2
UNKNOWN_SHARE = 0.1
"""Share of the words that training hides, so that unknown words do not confuse the model."""


class EncoderLayer(nn.Module):
    """Self-attention and a feed-forward network, each added to what comes in."""

    def __init__(self) -> None:
        super().__init__()
        self.attention_norm = nn.LayerNorm(WIDTH)
        self.queries = nn.Linear(WIDTH, WIDTH)
        self.keys = nn.Linear(WIDTH, WIDTH)
        self.values = nn.Linear(WIDTH, WIDTH)
        self.mix = nn.Linear(WIDTH, WIDTH)
        self.feed_forward = nn.Sequential(
            nn.LayerNorm(WIDTH), nn.Linear(WIDTH, 2 * WIDTH), nn.GELU(), nn.Linear(2 * WIDTH, WIDTH)
        )
        self.dropout = nn.Dropout(0.1)

    def forward(self, words: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
        """Give the new [batch, 32, width] of `words`; `bias` is added to the attention's logits."""
        normed = self.attention_norm(words)
        queries, keys, values = (
            project(normed).unflatten(-1, (HEADS, -1)).transpose(1, 2)
            for project in (self.queries, self.keys, self.values)
        )
        logits = queries @ keys.transpose(-1, -2) * (WIDTH // HEADS) ** -0.5
        mixed = torch.softmax(logits + bias, dim=-1) @ values
        state = words + self.dropout(self.mix(mixed.transpose(1, 2).flatten(2)))
        result: torch.Tensor = state + self.dropout(self.feed_forward(state))
        return result


class SentimentNetwork(nn.Module):
    """Token numbers to the logits of negative and positive."""

    def __init__(self, vocabulary_size: int) -> None:
        super().__init__()
        self.vocabulary_size = vocabulary_size
        self.words = nn.Embedding(vocabulary_size, WIDTH)
        nn.init.normal_(self.words.weight, std=0.3)
        self.positions = nn.Parameter(torch.randn(word_tokens.LENGTH, WIDTH) * 0.1)
        self.layers = nn.ModuleList(EncoderLayer() for _ in range(LAYERS))
        self.norm = nn.LayerNorm(WIDTH)
        self.classify = nn.Linear(WIDTH, len(LABELS))

    def forward(self, token_ids: torch.Tensor) -> torch.Tensor:
        """Give the logits, [batch, 2], of `token_ids`, int64[batch, 32]."""
        # A number outside the vocabulary would otherwise fail every request of its batch.
        known = (token_ids >= 0) & (token_ids < self.vocabulary_size)
        tokens = torch.where(known, token_ids, word_tokens.UNKNOWN)
        present = (tokens != word_tokens.PADDING).float().unsqueeze(-1)
        # A large finite number, since minus infinity makes NaN of a sentence of padding only.
        bias = (present.transpose(1, 2).unsqueeze(1) - 1.0) * 1e4
        state = self.words(tokens) + self.positions
        for layer in self.layers:
            state = layer(state, bias)
        mean = (self.norm(state) * present).sum(dim=1) / present.sum(dim=1).clamp(min=1.0)
        logits: torch.Tensor = self.classify(mean)
        return logits


class SentimentAnswer(nn.Module):
    """Turns the logits into what is served, inside the graph."""

    def __init__(self, network: SentimentNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, token_ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Give probabilities [batch, 2], label's index int64[batch, 1] and score [batch, 1]."""
        probabilities = torch.softmax(self.network(token_ids), dim=-1)
        best = probabilities.argmax(dim=-1, keepdim=True)
        return probabilities, best, probabilities.amax(dim=-1, keepdim=True)


@dataclass(frozen=True)
class TrainedSentiment:
    """The network, its vocabulary, and the shares of sentences that it labels correctly."""

    network: SentimentNetwork
    vocabulary: tuple[str, ...]
    held_out_accuracy: float
    natural_accuracy: float


def train(count: int = SENTENCES, epochs: int = EPOCHS) -> TrainedSentiment:
    """Train on `count` generated sentences, less those held out, and measure."""
    torch.manual_seed(SEED)
    sentences = generate(count, SEED)
    seen = [sentence for sentence in sentences if not sentence.held_out]
    known = sorted({word for sentence in seen for word in word_tokens.words(sentence.text)})
    vocabulary = (*word_tokens.SPECIAL_TOKENS, *known)
    tokens, labels = _tensors(seen, vocabulary)
    network = SentimentNetwork(len(vocabulary))
    optimizer = torch.optim.AdamW(network.parameters(), weight_decay=0.05)
    steps = epochs * -(-len(seen) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=3e-3, total_steps=steps)
    loss_of = nn.CrossEntropyLoss(label_smoothing=0.05)
    for epoch in range(1, epochs + 1):
        network.train()
        total = 0.0
        order = torch.randperm(len(seen))
        for start in range(0, len(seen), BATCH):
            rows = order[start : start + BATCH]
            optimizer.zero_grad()
            loss = loss_of(network(_some_unknown(tokens[rows])), labels[rows])
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item() * len(rows)
        print(f"sentiment: epoch {epoch}/{epochs}, loss {total / len(seen):.4f}")
    network.eval()
    held_out = [sentence for sentence in sentences if sentence.held_out]
    return TrainedSentiment(
        network,
        vocabulary,
        _accuracy(network, *_tensors(held_out, vocabulary)),
        _accuracy(network, *_tensors(natural_sentences(), vocabulary)),
    )


def export(trained: TrainedSentiment, repository: Path) -> None:
    """Write the network into the model `sentiment`, the vocabulary into `sentiment_tokenizer`.

    Raises:
        OSError: when a file cannot be written.
    """
    example = torch.ones(2, word_tokens.LENGTH, dtype=torch.int64)
    outputs = ("probabilities", "label_index", "score")
    graph = onnx_model(SentimentAnswer(trained.network), example, "token_ids", outputs)
    _name_labels(graph)
    vocabulary = "".join(f"{token}\n" for token in trained.vocabulary).encode()
    replace_file(repository / "sentiment_tokenizer/1/vocabulary.txt", vocabulary)
    replace_file(repository / "sentiment/1/model.onnx", graph.SerializeToString())


def _name_labels(model: ModelProto) -> None:
    """Replace the output `label_index` by `label`, the words of LABELS."""
    names = helper.make_node(
        "LabelEncoder",
        ["label_index"],
        ["label"],
        domain="ai.onnx.ml",
        keys_int64s=list(range(len(LABELS))),
        values_strings=list(LABELS),
    )
    model.graph.node.append(names)
    output = next(output for output in model.graph.output if output.name == "label_index")
    output.CopyFrom(helper.make_tensor_value_info("label", TensorProto.STRING, ["batch", 1]))
    model.opset_import.append(helper.make_opsetid("ai.onnx.ml", 3))


def _tensors(
    sentences: Sequence[Sentence], vocabulary: Sequence[str]
) -> tuple[torch.Tensor, torch.Tensor]:
    numbers = {token: number for number, token in enumerate(vocabulary)}
    tokens = np.stack([word_tokens.encode(s.text.encode(), numbers) for s in sentences])
    return torch.from_numpy(tokens), torch.tensor([s.label for s in sentences])


def _some_unknown(tokens: torch.Tensor) -> torch.Tensor:
    hidden = (torch.rand(tokens.shape) < UNKNOWN_SHARE) & (tokens != word_tokens.PADDING)
    return tokens.masked_fill(hidden, word_tokens.UNKNOWN)


def _accuracy(network: SentimentNetwork, tokens: torch.Tensor, labels: torch.Tensor) -> float:
    with torch.no_grad():
        return float((network(tokens).argmax(dim=-1) == labels).double().mean())


def main() -> None:
    """Train, say how well it went, and write the model files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repository", type=Path, default=Path("model_repository"))
    repository: Path = parser.parse_args().repository
    trained = train()
    print(f"sentiment: held-out accuracy {trained.held_out_accuracy:.4f}")
    print(f"sentiment: natural sentences {trained.natural_accuracy:.4f}")
    export(trained, repository)


if __name__ == "__main__":
    main()
