"""Trains the handwritten-digit classifier and exports it as ONNX and TorchScript."""

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn

from training.artifacts import onnx_model, replace_file, torchscript_bytes

SEED = 7
EPOCHS = 30
BATCH = 64
BRIGHTEST = 16.0
"""Value of a cell full of ink in the data set."""


@dataclass(frozen=True)
class DigitData:
    """Images as float32[n, 1, 8, 8] between 0 (paper) and 1 (ink); digits as int64[n]."""

    train_images: NDArray[np.float32]
    train_digits: NDArray[np.int64]
    held_out_images: NDArray[np.float32]
    held_out_digits: NDArray[np.int64]


class DigitNetwork(nn.Module):
    """A small convolutional network that gives the probability of each digit."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(16, 32, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Dropout(0.3),
            nn.Linear(32 * 4 * 4, 96),
            nn.ReLU(),
            nn.Dropout(0.3),
            nn.Linear(96, 10),
        )

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        """Give the probabilities, [batch, 10], of `image`, [batch, 1, 8, 8]."""
        return torch.softmax(self.layers(image), dim=-1)


class DigitAnswer(nn.Module):
    """Adds the likeliest class and its score to the probabilities, inside the graph."""

    def __init__(self, network: DigitNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Give probabilities [batch, 10], class int64[batch, 1] and score [batch, 1]."""
        probabilities = self.network(image)
        best = probabilities.argmax(dim=-1, keepdim=True)
        return probabilities, best, probabilities.amax(dim=-1, keepdim=True)


@dataclass(frozen=True)
class TrainedDigits:
    """The trained network and the share of held-out digits that it reads correctly."""

    network: DigitNetwork
    accuracy: float


def load_data() -> DigitData:
    """Give scikit-learn's handwritten digits, the same 20 % of them always held out."""
    digits = load_digits()
    images = (digits.images / BRIGHTEST).astype(np.float32)[:, np.newaxis]
    train_images, held_out_images, train_digits, held_out_digits = train_test_split(
        images,
        digits.target.astype(np.int64),
        test_size=0.2,
        random_state=SEED,
        stratify=digits.target,
    )
    return DigitData(train_images, train_digits, held_out_images, held_out_digits)


def train(data: DigitData, epochs: int = EPOCHS) -> TrainedDigits:
    """Train on the training part of `data` and measure on its held-out part."""
    torch.manual_seed(SEED)
    network = DigitNetwork()
    images = torch.from_numpy(data.train_images)
    digits = torch.from_numpy(data.train_digits)
    steps = epochs * -(-len(images) // BATCH)
    optimizer = torch.optim.AdamW(network.parameters(), weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=4e-3, total_steps=steps)
    loss_of = nn.CrossEntropyLoss(label_smoothing=0.02)
    for epoch in range(1, epochs + 1):
        network.train()
        total = 0.0
        order = torch.randperm(len(images))
        for start in range(0, len(images), BATCH):
            rows = order[start : start + BATCH]
            optimizer.zero_grad()
            loss = loss_of(network.layers(_shifted(images[rows])), digits[rows])
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item() * len(rows)
        if epoch % 10 == 0:
            print(f"digits: epoch {epoch}/{epochs}, loss {total / len(images):.4f}")
    network.eval()
    return TrainedDigits(network, _accuracy(network, data))


def export(trained: TrainedDigits, repository: Path) -> None:
    """Write the network into the models `digits`, `digits_tensorrt` and `digits_torch`.

    Raises:
        OSError: when a file cannot be written.
    """
    example = torch.zeros(2, 1, 8, 8)
    outputs = ("probabilities", "class", "score")
    graph = onnx_model(DigitAnswer(trained.network), example, "image", outputs).SerializeToString()
    replace_file(repository / "digits/1/model.onnx", graph)
    replace_file(repository / "digits_tensorrt/1/model.onnx", graph)
    script = torchscript_bytes(trained.network, example)
    replace_file(repository / "digits_torch/1/model.pt", script)


def _shifted(images: torch.Tensor) -> torch.Tensor:
    """Move each image by a random part of a cell, since nobody centres a digit exactly."""
    moves = torch.eye(2, 3).repeat(len(images), 1, 1)
    # One cell is 2/8 of the grid's coordinates, which run from -1 to 1.
    moves[:, :, 2] = (torch.rand(len(images), 2) * 2 - 1) * torch.tensor([0.25, 0.12])
    grid = nn.functional.affine_grid(moves, list(images.shape), align_corners=False)
    return nn.functional.grid_sample(images, grid, align_corners=False)


def _accuracy(network: DigitNetwork, data: DigitData) -> float:
    with torch.no_grad():
        answers = network(torch.from_numpy(data.held_out_images)).argmax(dim=-1).numpy()
    return float((answers == data.held_out_digits).mean())


def main() -> None:
    """Train, say how well it went, and write the model files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repository", type=Path, default=Path("model_repository"))
    repository: Path = parser.parse_args().repository
    trained = train(load_data())
    print(f"digits: held-out accuracy {trained.accuracy:.4f}")
    export(trained, repository)


if __name__ == "__main__":
    main()
