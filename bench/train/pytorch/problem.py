"""Initial weights and batches, as problem.ts writes them."""

import json
import struct
from typing import NamedTuple

import torch


class Problem(NamedTuple):
    weights: dict[str, torch.Tensor]
    """By name, in TensorFlow's layouts."""
    batches: list[tuple[torch.Tensor, torch.Tensor]]
    """Inputs in TensorFlow's layout, and the class of every label."""


def read_problem(file):
    tensors = read_safetensors(file)
    batches = []
    while (name := f"input.{len(batches)}") in tensors:
        labels = tensors.pop(f"labels.{len(batches)}")
        batches.append((tensors.pop(name), labels.long()))
    return Problem(tensors, batches)


def read_safetensors(file):
    """A file of nothing but float32."""
    with open(file, "rb") as stream:
        (length,) = struct.unpack("<Q", stream.read(8))
        header = json.loads(stream.read(length))
        data = stream.read()
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        values = torch.frombuffer(bytearray(data[begin:end]), dtype=torch.float32)
        tensors[name] = values.reshape(entry["shape"])
    return tensors
