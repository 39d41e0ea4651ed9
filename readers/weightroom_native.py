"""Reads models that Weightroom wrote in its native form, with NumPy alone.

    from weightroom_native import load
    weights = load("model.w4.native.safetensors")  # or a model.json of TensorFlow.js

    python weightroom_native.py MODEL OUT.npz

This one file is all that is needed: copy it to where you read models. Weights come out equal to the bit to those
that Weightroom itself reads. It follows docs/native-format.md, version 1, and shares no code with the extension.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import json
import math
import struct
import sys
import zipfile
import zlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Callable, Iterator, Sequence

import numpy as np

VERSION = 1

# NumPy has no bfloat16 and no 8-bit floats: load() tells what becomes of them.
TYPES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2", "F8_E4M3": "u1", "F8_E5M2": "u1", "BOOL": "?",
    "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1", "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "u1",
}  # fmt: skip


class NativeFileError(Exception):
    """The file is damaged or not in the native form, or only a later reader knows it. The message names the
    tensor and the chunk where there is one."""


# The file


def load(path: str | Path) -> dict[str, np.ndarray]:
    """The tensors of a native file, or of the `model.json` that names one, by their names and in their order, with
    the shapes and types of the original model. bfloat16 comes as float32, which holds it exactly; 8-bit floats, which
    are always kept as they were, come as the bytes that they are.

    Raises NativeFileError, and OSError where a file cannot be read.
    """
    path = Path(path)
    try:
        return read_tensors(read_bytes(path))
    except NativeFileError as error:
        raise NativeFileError(f"{path.name}: {error}") from error


def read_bytes(path: Path) -> bytes:
    """The safetensors file, which may stand in several files beside a TensorFlow.js topology."""
    data = path.read_bytes()
    if path.suffix != ".json":
        return data
    member = member_of(parse_json(data, "the file"), "weightroom", dict)
    if member.get("version") != VERSION:
        raise NativeFileError(f"version {member.get('version')} of the native form; this reader knows {VERSION}")
    names = member_of(member, "paths", list)
    for name in names:
        if not isinstance(name, str) or set(name) & {"\\", ":", "\0"} or set(name.split("/")) & {"", ".", ".."}:
            raise NativeFileError(f"{name!r} is not a plain name in the model's folder")
    return b"".join((path.parent / name).read_bytes() for name in names)


def read_tensors(data: bytes) -> dict[str, np.ndarray]:
    if len(data) < 8:
        raise NativeFileError("it is cut short")
    begin = 8 + struct.unpack_from("<Q", data)[0]
    if begin > len(data):
        raise NativeFileError("it is cut short, or no safetensors file")
    header = parse_json(data[8:begin], "the header")
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, dict) or metadata.get("weightroom.format") != "native":
        raise NativeFileError("it is not in the native form")
    version = metadata.get("weightroom.version")
    if version != str(VERSION):
        raise NativeFileError(f"version {version} of the native form; this reader knows {VERSION}")
    listing = parse_json(metadata.get("weightroom.tensors", ""), "the list of tensors", list)
    texts = parse_json(metadata.get("weightroom.texts", "[]"), "the list of texts", list)
    listing = [with_texts(entry, texts) for entry in listing]
    return unpack_tensors(listing, {name: Stored(name, entry, data, begin) for name, entry in header.items()})


def with_texts(entry: object, texts: list) -> object:
    """An entry of the listing, with the long texts in the places where it names them by number."""
    if not isinstance(entry, dict):
        return entry

    def text_of(value: object) -> object:
        if not isinstance(value, dict) or "text" not in value:
            return value
        index = value["text"]
        if type(index) is not int or not 0 <= index < len(texts) or not isinstance(texts[index], str):
            raise NativeFileError(f"there is no text {index!r}")
        return texts[index]

    return {key: text_of(value) for key, value in entry.items()}


def unpack_tensors(listing: list, stored: dict[str, Stored]) -> dict[str, np.ndarray]:
    """All tensors of the listing; those of one method are decoded together, which some methods make use of."""
    tensors: dict[str, np.ndarray] = {}
    packed: dict[str, list[tuple[dict, Packed]]] = {}
    for entry in listing:
        name = member_of(entry, "name", str)
        if name not in stored or name in tensors:
            raise NativeFileError(f"{name}: it is {'listed twice' if name in tensors else 'missing'}")
        if "dtype" not in entry:
            tensors[name] = stored[name].array()
            continue
        method = entry.get("method")
        if not isinstance(method, str) or method not in METHODS:
            raise NativeFileError(f"{name}: it was coded by {method!r}, which this reader does not know")
        tensors[name] = np.empty(0)  # keeps its place in the order
        packed.setdefault(method, []).append((entry, open_packed(entry, stored[name])))
    for method, items in packed.items():
        with np.errstate(all="ignore"):  # what overflows becomes infinite, as it does everywhere
            decoded = METHODS[method]([tensor for _, tensor in items])
            for (entry, _), values in zip(items, decoded):
                tensors[entry["name"]] = finish_tensor(entry, values)
    return tensors


@dataclass
class Stored:
    """A tensor as the safetensors file holds it."""

    name: str
    entry: dict
    data: bytes
    begin: int

    def bytes(self) -> memoryview:
        offsets = member_of(self.entry, "data_offsets", list, self.name)
        if [type(offset) for offset in offsets] != [int, int]:
            raise NativeFileError(f"{self.name}: data_offsets is wrong")
        first, last = offsets
        if not 0 <= first <= last <= len(self.data) - self.begin:
            raise NativeFileError(f"{self.name}: it is cut short")
        return memoryview(self.data)[self.begin + first : self.begin + last]

    def array(self) -> np.ndarray:
        dtype, shape = member_of(self.entry, "dtype", str, self.name), shape_of(self.entry, self.name, smallest=0)
        if dtype not in TYPES:
            raise NativeFileError(f"{self.name}: this reader does not know the type {dtype}")
        data = self.bytes()
        if len(data) != math.prod(shape) * np.dtype(TYPES[dtype]).itemsize:
            raise NativeFileError(f"{self.name}: its shape and its bytes disagree")
        values = np.frombuffer(data, TYPES[dtype]).reshape(shape)
        if dtype == "BF16":
            return (values.astype("<u4") << 16).view("<f4")
        return values.copy()


def finish_tensor(entry: dict, values: np.ndarray) -> np.ndarray:
    """Decoded weights with the shape and the type of the original."""
    dtype, shape = entry["dtype"], tuple(entry["shape"])
    if entry.get("transposed") is True:
        values = values.reshape(coded_shape(entry)).T
    values = values.reshape(shape)
    if dtype == "BF16":  # to nearest, ties to even, in the upper half of a float32
        bits = values.view(np.uint32)
        return ((bits + 0x7FFF + (bits >> 16 & 1)) & np.uint32(0xFFFF0000)).view(np.float32)
    return values.astype(TYPES[dtype])


def coded_shape(entry: dict) -> tuple[int, ...]:
    shape = shape_of(entry, entry["name"])
    if entry.get("transposed") is not True:
        return shape
    columns = matrix_columns(shape)
    return columns, math.prod(shape) // columns


def matrix_columns(shape: Sequence[int]) -> int:
    """Columns of a tensor seen as a matrix."""
    for axis in range(1, len(shape)):
        rows, columns = math.prod(shape[:axis]), math.prod(shape[axis:])
        if rows >= 32 and columns >= 32:
            return columns
    return shape[-1] if shape else 1


def parse_json(text: bytes | str, what: str, kind: type = dict):
    try:
        value = json.loads(text)
    except (ValueError, TypeError, RecursionError) as error:
        raise NativeFileError(f"{what} is damaged: {error}") from None
    if not isinstance(value, kind):
        raise NativeFileError(f"{what} is damaged")
    return value


def member_of(value: object, key: str, kind: type, name: str = "its description"):
    member = value.get(key) if isinstance(value, dict) else None
    if not isinstance(member, kind) or isinstance(member, bool):
        raise NativeFileError(f"{name}: {key} is missing or wrong")
    return member


def shape_of(entry: dict, name: str, smallest: int = 1) -> tuple[int, ...]:
    shape = member_of(entry, "shape", list, name)
    if len(shape) > 64 or not all(type(axis) is int and axis >= smallest for axis in shape):
        raise NativeFileError(f"{name}: its shape is impossible")
    return tuple(shape)


# A packed tensor


@dataclass
class Packed:
    """A packed tensor whose checksums are right."""

    name: str
    shape: tuple[int, ...]  # as it was coded
    coding: dict  # the listing's entry, with the method's own parameters
    head: bytes
    chunks: list[bytes]

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    def number(self, key: str, smallest: int, largest: int) -> int:
        """A whole number among the parameters."""
        value = member_of(self.coding, key, int, self.name)
        if not smallest <= value <= largest:
            raise NativeFileError(f"{self.name}: {key} is {value}")
        return value

    def head_fields(self) -> Fields:
        return Fields(self.head, f"{self.name}, its head")

    def unit(self) -> np.float32:
        """What the heads hold that hold one number."""
        head = self.head_fields()
        unit = head.float32()
        head.end()
        return unit

    def chunks_of(self, most: int) -> Iterator[tuple[int, Fields]]:
        """Chunks of `most` weights each, the last one of what is left."""
        return self.each_chunk(-(-self.size // most), lambda index: min(most, self.size - index * most))

    def each_chunk(self, count: int, size_of: Callable[[int], int]) -> Iterator[tuple[int, Fields]]:
        """The number of weights and the bytes of each of `count` chunks."""
        if len(self.chunks) != count:
            raise NativeFileError(f"{self.name}: it has {len(self.chunks)} chunks, not {count}")
        for index, chunk in enumerate(self.chunks):
            fields = Fields(chunk, f"{self.name}, chunk {index}")
            yield size_of(index), fields
            fields.end()


def open_packed(entry: dict, stored: Stored) -> Packed:
    """Cuts a packed tensor into its head and its chunks and checks each against its checksum."""
    name = stored.name
    if stored.entry.get("dtype") != "U8" or entry["dtype"] not in ("F64", "F32", "F16", "BF16"):
        raise NativeFileError(f"{name}: its type is wrong")
    frame = Fields(stored.bytes(), name)
    count, head_bytes, head_sum = frame.array("<u4", 3).tolist()
    table = frame.array("<u4", 2 * count).reshape(count, 2).tolist()
    head = frame.take(head_bytes)
    if zlib.crc32(head) != head_sum:
        raise NativeFileError(f"{name}, its head: the checksum is another")
    chunks = []
    for index, (length, checksum) in enumerate(table):
        chunk = frame.take(length)
        if zlib.crc32(chunk) != checksum:
            raise NativeFileError(f"{name}, chunk {index}: the checksum is another")
        chunks.append(chunk)
    frame.end()
    return Packed(name, coded_shape(entry), entry, head, chunks)


class Fields:
    """Bytes that are read one field after another."""

    def __init__(self, data: bytes | memoryview, what: str):
        self.data, self.what, self.position = memoryview(data), what, 0

    def take(self, count: int) -> bytes:
        if count > len(self.data) - self.position:
            raise NativeFileError(f"{self.what}: it is cut short")
        self.position += count
        return bytes(self.data[self.position - count : self.position])

    def array(self, dtype: str, count: int) -> np.ndarray:
        return np.frombuffer(self.take(count * np.dtype(dtype).itemsize), dtype)

    def float32(self) -> np.float32:
        return self.array("<f4", 1)[0]

    def float16s(self, count: int) -> np.ndarray:
        """float16 numbers, as float32."""
        return self.array("<f2", count).astype(np.float32)

    def codes(self, bits: int, count: int) -> np.ndarray:
        stream = np.unpackbits(self.array("u1", -(-count * bits // 8)), count=count * bits, bitorder="little")
        return from_bits(stream, bits, count).astype(np.uint8)

    def end(self) -> None:
        if self.position != len(self.data):
            raise NativeFileError(f"{self.what}: it has {len(self.data) - self.position} bytes too many")


def from_bits(stream: np.ndarray, width: int, count: int) -> np.ndarray:
    """Whole numbers of `width` bits each, least significant bit first."""
    numbers = np.zeros(count, np.int64 if width > 8 else np.uint8)
    for bit in range(width):
        numbers |= stream[bit::width].astype(numbers.dtype) << numbers.dtype.type(bit)
    return numbers


def each(decode: Callable[[Packed], np.ndarray]) -> Callable[[list[Packed]], list[np.ndarray]]:
    """A method that has nothing to gain from several tensors at once."""
    return lambda tensors: [decode(tensor) for tensor in tensors]


def weights_of_groups(group_size: int) -> int:
    """Weights of a chunk, in the methods with chunks of groups."""
    return max(1, 2**18 // group_size) * group_size


def spread(values: np.ndarray, group_size: int, count: int) -> np.ndarray:
    """Each group's value for each of its weights."""
    return np.repeat(values, group_size)[:count] if group_size < count else np.repeat(values, count)


# rtn: round to nearest


def rtn(tensor: Packed) -> np.ndarray:
    bits, group_size = tensor.number("bits", 2, 8), tensor.number("groupSize", 1, 2**53)
    unit = tensor.unit()
    pieces = []
    for size, chunk in tensor.chunks_of(weights_of_groups(group_size)):
        groups = -(-size // group_size)
        if tensor.coding.get("symmetric") is True:
            zeros = np.full(groups, 2 ** (bits - 1), np.float32)
        else:
            zeros = chunk.codes(bits, groups).astype(np.float32)
        steps = unit * chunk.float16s(groups)
        codes = chunk.codes(bits, size).astype(np.float32)
        pieces.append(spread(steps, group_size, size) * (codes - spread(zeros, group_size, size)))
    return np.concatenate(pieces)


# nf4, lloyd-max, rotated-lloyd-max, kmeans: levels

NF4_LEVELS = np.array([
    -1, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453,
    -0.28444138169288635, -0.18477343022823334, -0.09105003625154495, 0,
    0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224,
    0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1,
], np.float32)  # fmt: skip


def scaled_levels(size: int, chunk: Fields, unit: np.float32, levels: np.ndarray, group_size: int) -> np.ndarray:
    scales = unit * chunk.float16s(-(-size // group_size))
    codes = chunk.codes(len(levels).bit_length() - 1, size)
    return spread(scales, group_size, size) * levels[codes]


def nf4(tensor: Packed) -> np.ndarray:
    group_size = tensor.number("groupSize", 1, 2**53)
    unit = tensor.unit()
    chunks = tensor.chunks_of(weights_of_groups(group_size))
    return np.concatenate([scaled_levels(*piece, unit, NF4_LEVELS, group_size) for piece in chunks])


def lloyd_max_head(tensor: Packed) -> tuple[np.float32, np.ndarray]:
    """The unit and the levels."""
    head = tensor.head_fields()
    unit = head.float32()
    upper = head.float16s(2 ** (tensor.number("bits", 1, 8) - 1))
    head.end()
    return unit, np.append(-upper[::-1], upper)


def lloyd_max(tensor: Packed) -> np.ndarray:
    group_size = tensor.number("groupSize", 1, 2**53)
    unit, levels = lloyd_max_head(tensor)
    chunks = tensor.chunks_of(weights_of_groups(group_size))
    return np.concatenate([scaled_levels(*piece, unit, levels, group_size) for piece in chunks])


def rotated_lloyd_max(tensor: Packed) -> np.ndarray:
    group_size, seed = tensor.number("groupSize", 1, 2**53), tensor.number("seed", 0, 2**32 - 1)
    unit, levels = lloyd_max_head(tensor)
    columns = matrix_columns(tensor.shape)
    pieces = []
    for piece in tensor.chunks_of(weights_of_groups(columns)):
        rows = scaled_levels(*piece, np.float32(1), levels, group_size).reshape(-1, columns)
        pieces.append(unit * involution(rows, seed) if unit != 0 else np.zeros_like(rows))
    return np.concatenate(pieces).reshape(-1)


def kmeans(tensor: Packed) -> np.ndarray:
    bits = tensor.number("bits", 1, 8)
    head = tensor.head_fields()
    levels = head.float32() * head.float16s(2**bits)
    head.end()
    return np.concatenate([levels[chunk.codes(bits, size)] for size, chunk in tensor.chunks_of(2**18)])


# kashin-greedy, kashin-alternating, kashin-truncation: x = scale · (u + Q v)


def kashin(tensor: Packed) -> np.ndarray:
    length, seed = tensor.number("vectorLength", 1, 2**53), tensor.number("seed", 0, 2**32 - 1)
    unit = tensor.unit()
    vectors = max(1, (2 * tensor.size + length) // (2 * length))
    in_chunk = max(1, 2**18 // length)
    pieces = []
    last = -(-vectors // in_chunk) - 1
    sizes = lambda index: in_chunk * length if index < last else tensor.size - last * in_chunk * length
    for index, (size, chunk) in enumerate(tensor.each_chunk(last + 1, sizes)):
        count = min(in_chunk, vectors - index * in_chunk)
        scales = unit * chunk.float16s(count)
        u, v = kashin_factors(tensor, size, chunk)
        # All vectors but the last one have one length.
        for begin, end in ((0, count - 1), (count - 1, count)):
            rows = slice(begin * length, end * length if end < count else size)
            if begin < end:
                piece = u[rows].reshape(end - begin, -1), v[rows].reshape(end - begin, -1)
                pieces.append(kashin_sum(tensor, seed, scales[begin:end, None], *piece).reshape(-1))
    return np.concatenate(pieces)


def kashin_factors(tensor: Packed, size: int, chunk: Fields) -> tuple[np.ndarray, np.ndarray]:
    """u and v of a chunk."""
    bits = tensor.number("bits", 2, 8)
    if tensor.coding.get("codebook") == "joint":
        pairs = chunk.float16s(2 * 2**bits).reshape(-1, 2)
        return tuple(pairs[chunk.codes(bits, size)].T)
    if tensor.coding.get("codebook") != "separate" or bits != 4:
        raise NativeFileError(f"{tensor.name}: its codebook is impossible")
    group_size = tensor.number("groupSize", 1, 2**53)
    groups = -(-size // group_size)
    levels = chunk.float16s(4 * groups).reshape(groups, 2, 2)
    signed = np.concatenate([levels, -levels], axis=2)  # [groups, u or v, code]
    group, codes = spread(np.arange(groups), group_size, size), chunk.codes(4, size)
    return signed[group, 0, codes & 3], signed[group, 1, codes >> 2]


def kashin_sum(tensor: Packed, seed: int, scales: np.ndarray, u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """float32 matrices of a vector in each row."""
    if "columns" in tensor.coding:
        columns = tensor.number("columns", 1, tensor.size)
        if tensor.size % columns or v.size != tensor.size:
            raise NativeFileError(f"{tensor.name}: columns is {columns}")
        turned = involution(v.reshape(-1, columns).T, seed)
        w = involution(turned.T, seed + 1 & 0xFFFFFFFF).reshape(1, -1)
    else:
        w = involution(v, seed)
    return np.where(scales != 0, scales * (u + w), np.float32(0))


# trellis, kashin-search: numbers behind a transform that spreads every weight over its row and its column

CHUNK = 65536
EIGHTH_OCTAVES = np.array(
    [1, 1.09050775, 1.18920708, 1.29683959, 1.41421354, 1.54221082, 1.68179286, 1.8340081], np.float32
)
Numbers = Callable[[Fields, int, int], np.ndarray]


def spread_chunks(tensor: Packed, numbers_of: Numbers) -> np.ndarray:
    """The weights, where `numbers_of` decodes so many numbers in rows of so many from the rest of a chunk."""
    if tensor.head:
        raise NativeFileError(f"{tensor.name}, its head: it has {len(tensor.head)} bytes too many")
    columns, seed = tensor.number("columns", 1, tensor.size), tensor.number("seed", 0, 2**32 - 1)
    rows_a_scale, mixing = tensor.number("rowsAScale", 1, 2**53), tensor.coding.get("mixing")
    if mixing not in ("rows", "both") or tensor.size % columns != 0:
        raise NativeFileError(f"{tensor.name}: mixing is {mixing!r} in rows of {columns}")
    sides = chunk_sides(tensor.size, columns)
    pieces = []
    for index, (size, chunk) in enumerate(tensor.each_chunk(len(sides), lambda index: math.prod(sides[index]))):
        rows, width = sides[index]
        unit = chunk.float32()
        if not np.isfinite(unit):
            raise NativeFileError(f"{chunk.what}: its unit is not finite")
        codes = chunk.array("u1", -(-rows // rows_a_scale)).astype(np.int64)
        octaves = np.ldexp(np.float32(1), (codes // 8 - 16).astype(np.int32))
        scales = np.where(codes == 0, np.float32(0), EIGHTH_OCTAVES[codes % 8] * octaves)
        numbers = numbers_of(chunk, size, width if mixing == "rows" else size).reshape(rows, width)
        weights = mixed_back(numbers * np.repeat(scales, rows_a_scale)[:rows, None], seed)
        if mixing == "both":
            weights = mixed_back(weights.T, seed + 2).T
        pieces.append((weights * unit).reshape(-1))
    return np.concatenate(pieces)


def chunk_sides(size: int, columns: int) -> list[tuple[int, int]]:
    """Rows and columns of each chunk."""
    if columns > CHUNK:
        part = -(-columns // -(-columns // CHUNK))
        parts = [min(part, columns - start) for start in range(0, columns, part)]
        return [(1, width) for _ in range(size // columns) for width in parts]
    most = 1 << (CHUNK // columns).bit_length() - 1
    rows = size // columns
    return [(min(most, rows - start), columns) for start in range(0, rows, most)]


def mixed_back(rows: np.ndarray, seed: int) -> np.ndarray:
    """Tᵀ z for each row z."""
    length = rows.shape[1]
    seeds = [seed] if length & length - 1 == 0 else [seed + 1, seed]
    for s in seeds:
        rows = involution(np.ascontiguousarray(rows), s & 0xFFFFFFFF)
    return rows


def trellis(tensor: Packed) -> np.ndarray:
    bits, window_bits = tensor.number("bits", 2, 4), tensor.number("windowBits", 2, 13)
    table = trellis_table(tensor, bits, window_bits)

    def numbers(chunk: Fields, size: int, _: int) -> np.ndarray:
        entering = np.concatenate([np.zeros(window_bits - 1, np.int64), chunk.codes(1, size)])
        buckets = chunk.codes(bits - 1, size)
        windows = sum(entering[window_bits - 1 - age : window_bits - 1 - age + size] << age for age in range(window_bits))
        return table[buckets, windows]

    return spread_chunks(tensor, numbers)


def trellis_table(tensor: Packed, bits: int, window_bits: int) -> np.ndarray:
    """The numbers of each bucket and window."""
    scale, text = tensor.number("scale", 1, 2**15), member_of(tensor.coding, "table", str, tensor.name)
    half, windows = 2 ** (bits - 2), 2**window_bits
    try:
        fields = Fields(base64.b64decode(text, validate=True), f"{tensor.name}, its table")
    except binascii.Error as error:
        raise NativeFileError(f"{tensor.name}: its table is no base64") from error
    upper = np.empty((half, windows), np.int64)
    for bucket in upper:
        least = int(fields.array("<i2", 1)[0])
        bucket[:] = least + fields.array("u1", windows).astype(np.int64)
    fields.end()
    return np.concatenate([-upper[::-1, ::-1], upper]).astype(np.float32) / np.float32(scale)


def kashin_search(tensor: Packed) -> np.ndarray:
    bits, seed = tensor.number("bits", 2, 4), tensor.number("seed", 0, 2**32 - 1)
    signs = random_signs(512, random_words(seed + 4 & 0xFFFFFFFF))

    def numbers(chunk: Fields, size: int, row: int) -> np.ndarray:
        positive = chunk.float16s(2 ** (bits - 2))
        b = chunk.float16s(1)[0]
        if not np.isfinite(positive).all() or not np.isfinite(b):
            raise NativeFileError(f"{chunk.what}: its levels are not finite")
        v = 2 * chunk.codes(1, size).astype(np.int64) - 1
        a = np.concatenate([-positive[::-1], positive])[chunk.codes(bits - 1, size)]
        result = np.empty(size, np.float32)
        for start, end in search_blocks(size, row):
            length = end - start
            h = hadamard_sums(v[None, start:end], axis=1)[0].astype(np.float32)
            result[start:end] = signs[:length] * (a[start:end] + b * (h * np.float32(1 / math.sqrt(length))))
        return result

    return spread_chunks(tensor, numbers)


def search_blocks(size: int, row: int) -> Iterator[tuple[int, int]]:
    """Blocks of 512 in each row, and what is left of it in powers of two."""
    for begin in range(0, size, row):
        start, end = begin, min(begin + row, size)
        while start < end:
            length = min(512, 1 << (end - start).bit_length() - 1)
            yield start, start + length
            start += length


# The matrix P


def involution(vectors: np.ndarray, seed: int) -> np.ndarray:
    """P v for each row v of a float32 matrix."""
    batch, length = vectors.shape
    run = length & -length  # 2^k
    rows = length // run
    signs = involution_signs(length, seed)
    z = hadamard(vectors.reshape(batch, rows, run), axis=2)
    if rows == 1:
        return hadamard(z * signs[0], axis=2).reshape(batch, length)
    span = 1 << rows.bit_length() - 1

    def transform_columns(start: int) -> None:
        z[:, start : start + span] = hadamard(z[:, start : start + span], axis=1)

    first, last, middle = 0, rows - span, (rows - span) // 2
    transform_columns(first)
    z *= signs[1]
    transform_columns(last)
    z *= signs[2]
    transform_columns(middle)
    z *= signs[0]
    transform_columns(middle)
    z *= signs[2]
    transform_columns(last)
    z *= signs[1]
    transform_columns(first)
    return hadamard(z, axis=2).reshape(batch, length)


def hadamard(z: np.ndarray, axis: int) -> np.ndarray:
    """The transform along one axis, a new array."""
    length = z.shape[axis]
    return hadamard_sums(z, axis) * np.float32(1 / math.sqrt(length)) if length > 1 else z.copy()


def hadamard_sums(z: np.ndarray, axis: int) -> np.ndarray:
    """The same without the last scaling."""
    length, after = z.shape[axis], math.prod(z.shape[axis + 1 :])
    result = z
    distance = 1
    while distance < length:
        pairs = result.reshape(-1, 2, distance * after)
        a, b = pairs[:, 0], pairs[:, 1]
        result = np.stack([a + b, a - b], axis=1)
        distance *= 2
    return result.reshape(z.shape)


@lru_cache(maxsize=8)
def involution_signs(length: int, seed: int) -> list[np.ndarray]:
    """The signs D, and D₁ and D₂ where there are any, as ±1 in rows of 2^k."""
    run = length & -length
    words = random_words(seed)
    return [random_signs(length, words).reshape(-1, run) for _ in range(1 if run == length else 3)]


def random_signs(length: int, words: Iterator[int]) -> np.ndarray:
    drawn = np.fromiter((next(words) for _ in range(-(-length // 32))), "<u4")
    negated = np.unpackbits(drawn.view(np.uint8), count=length, bitorder="little")
    return np.where(negated, np.float32(-1), np.float32(1))


def random_words(seed: int) -> Iterator[int]:
    """xoshiro128** (Blackman and Vigna, 2018)."""
    mask = 0xFFFFFFFF
    state = []
    for _ in range(4):
        seed = seed + 0x9E3779B9 & mask
        t = (seed ^ seed >> 16) * 0x21F0AAAD & mask
        t = (t ^ t >> 15) * 0x735A2D97 & mask
        state.append(t ^ t >> 15)
    s0, s1, s2, s3 = state
    while True:
        t = s1 * 5 & mask
        yield (t << 7 & mask | t >> 25) * 9 & mask
        t = s1 << 9 & mask
        s2 ^= s0
        s3 ^= s1
        s1 ^= s2
        s0 ^= s3
        s2 ^= t
        s3 = s3 << 11 & mask | s3 >> 21


# dependent: integers on a trellis, with an entropy code

POLYNOMIALS = {
    3: (0o13, 0o4), 4: (0o33, 0o2), 5: (0o67, 0o24), 6: (0o153, 0o72), 8: (0o551, 0o346), 10: (0o2747, 0o1022),
    12: (0o16707, 0o6676),
}  # fmt: skip
QUARTER_OCTAVES = np.array([1, 1.1892070770263672, 1.4142135381698608, 1.6817928552627563], np.float32)
ESCAPE = 1 << 16
# Weights that are decoded together, which bounds the memory: about a quarter of a gigabyte.
TOGETHER = 2**24


def dependent(tensors: list[Packed]) -> list[np.ndarray]:
    """Streams are sequential, so NumPy takes one step of all streams of many tensors at a time."""
    decoded: list[np.ndarray] = []
    while len(decoded) < len(tensors):
        count = len(decoded) + 1
        while count < len(tensors) and sum(tensor.size for tensor in tensors[len(decoded) : count + 1]) <= TOGETHER:
            count += 1
        decoded += decode_streams([open_dependent(tensor) for tensor in tensors[len(decoded) : count]])
    return decoded


@dataclass
class Table:
    """Frequencies of consecutive symbols, and that of the escape behind them."""

    first: int
    frequencies: list[int]

    def values(self) -> np.ndarray:
        return np.append(np.arange(self.first, self.first + len(self.frequencies) - 1), ESCAPE)


@dataclass
class Stream:
    what: str
    size: int
    words: np.ndarray


@dataclass
class Dependent:
    size: int
    row_steps: np.ndarray  # [rows]
    columns: int
    classes: np.ndarray  # [size]
    tables: list[Table]  # of even and of odd integers, class by class
    polynomials: tuple[int, int]
    streams: list[Stream]

    def weights(self, integers: np.ndarray) -> np.ndarray:
        return np.repeat(self.row_steps, self.columns)[: self.size] * integers.astype(np.float32)


def open_dependent(tensor: Packed) -> Dependent:
    state_bits = tensor.number("stateBits", 3, 12)
    if state_bits not in POLYNOMIALS:
        raise NativeFileError(f"{tensor.name}: stateBits is {state_bits}")
    columns = tensor.number("columns", 1, tensor.size)
    rows = -(-tensor.size // columns)
    chunks = tensor.chunks_of(tensor.number("chunk", 16384, 393216))
    streams = [stream for size, chunk in chunks for stream in cut_chunk(size, chunk)]
    head = Bits(tensor.head, f"{tensor.name}, its head")
    step = np.array(head.number(32), np.uint32).view(np.float32)[()]
    if not 2.0**-126 <= step < math.inf:
        raise NativeFileError(f"{head.what}: its step is {step}")
    has_steps, has_row_levels, has_column_levels = (head.number(1) for _ in range(3))
    quarters = head.list(rows) if has_steps else np.zeros(rows, np.int64)
    row_levels = head.list(rows) if has_row_levels else np.zeros(rows, np.int64)
    column_levels = head.list(columns) if has_column_levels else np.zeros(columns, np.int64)
    class_count = head.number(4) + 1
    first_levels = np.append(0, head.numbers(class_count - 1, 7))
    if np.any(np.diff(first_levels) <= 0):
        raise NativeFileError(f"{head.what}: its classes are in disorder")
    tables = [read_table(head, parity) for _ in range(class_count) for parity in (0, 1)]
    head.end()
    class_of_level = np.searchsorted(first_levels, np.arange(256), side="right").astype(np.uint8) - np.uint8(1)
    return Dependent(
        size=tensor.size,
        row_steps=np.ldexp(step * QUARTER_OCTAVES[quarters & 3], quarters >> 2),
        columns=columns,
        classes=class_of_level[np.add.outer(row_levels, column_levels).reshape(-1)[: tensor.size]],
        tables=tables,
        polynomials=POLYNOMIALS[state_bits],
        streams=streams,
    )


def cut_chunk(size: int, chunk: Fields) -> list[Stream]:
    if size < 16384:
        sizes, lengths = [size], [len(chunk.data)]
    else:
        sizes = [size // 4] * 3 + [size - 3 * (size // 4)]
        lengths = chunk.array("<u4", 3).tolist()
        lengths.append(len(chunk.data) - 12 - sum(lengths))
    if any(length < 4 or length % 2 for length in lengths):
        raise NativeFileError(f"{chunk.what}: its streams have impossible lengths")
    return [Stream(chunk.what, count, chunk.array("<u2", length // 2)) for count, length in zip(sizes, lengths)]


class Bits:
    """A stream of bits whose numbers stand least significant bit first."""

    def __init__(self, data: bytes, what: str):
        self.bits, self.what, self.position = np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little"), what, 0

    def numbers(self, count: int, width: int) -> np.ndarray:
        self.position += count * width
        if self.position > len(self.bits):
            raise NativeFileError(f"{self.what}: it is cut short")
        return from_bits(self.bits[self.position - count * width : self.position], width, count).astype(np.int64)

    def number(self, width: int) -> int:
        return int(self.numbers(1, width)[0])

    def list(self, count: int) -> np.ndarray:
        return self.numbers(count, self.number(3))

    def end(self) -> None:
        rest = self.bits[self.position :]
        if len(rest) >= 8 or rest.any():
            raise NativeFileError(f"{self.what}: it does not end where it should")


def read_table(head: Bits, parity: int) -> Table:
    symmetric, has_escape = head.number(1), head.number(1)
    escape = head.number(12) if has_escape else 0
    if symmetric:
        others, width = [], 12
        for _ in range(head.number(10)):
            others.append(head.number(width))
            width = others[-1].bit_length()
        first = -len(others) - parity
        middle, rest = divmod(4096 - escape - 2 * sum(others), parity + 1)
        frequencies = others[::-1] + [middle] * (parity + 1) + others
    else:
        first = head.number(11) - 1023
        frequencies = head.numbers(head.number(11), 12).tolist()
        middle, rest = 4096 - escape - sum(frequencies), 0
        frequencies.append(middle)
    if middle < 0 or rest or first + len(frequencies) > 1024:
        raise NativeFileError(f"{head.what}: its frequencies are impossible")
    return Table(first, [*frequencies, escape])


class Codes:
    """The tables of several tensors one after another, and which of them each weight is coded by."""

    def __init__(self, tensors: list[Dependent]):
        tables = [table for tensor in tensors for table in tensor.tables]
        self.value = np.concatenate([table.values() for table in tables])
        self.frequency = np.concatenate([np.array(table.frequencies) for table in tables])
        self.first_place = np.cumsum(self.frequency) - self.frequency & 4095
        # Which of them stands at each of the 4096 places of each table.
        self.symbol_at = np.repeat(np.arange(len(self.frequency), dtype=np.int32), self.frequency)
        counts = [len(tensor.tables) for tensor in tensors]
        first_tables = np.cumsum(counts) - counts
        self.even_table = np.concatenate(
            [2 * tensor.classes.astype(np.int32) + np.int32(first) for tensor, first in zip(tensors, first_tables)]
        )


@dataclass
class Lanes:
    """The state of streams that are decoded side by side, an entry for each."""

    x: np.ndarray
    w: np.ndarray
    weight: np.ndarray  # index of the next one
    word: np.ndarray  # index of the next one
    h0: np.ndarray  # halved, as h1
    h1: np.ndarray

    def first(self, count: int) -> Lanes:
        """Views of the first ones."""
        return Lanes(*(values[:count] for values in vars(self).values()))


def decode_streams(tensors: list[Dependent]) -> list[np.ndarray]:
    streams = [stream for tensor in tensors for stream in tensor.streams]
    sizes = np.array([stream.size for stream in streams])
    word_counts = np.array([len(stream.words) for stream in streams])
    words = np.concatenate([stream.words for stream in streams]).astype(np.int64)
    polynomials = np.array([tensor.polynomials for tensor in tensors for _ in tensor.streams])
    # Longest streams first: those that go on are always the first ones.
    order = np.argsort(-sizes, kind="stable")
    weight = (np.cumsum(sizes) - sizes)[order]
    word = (np.cumsum(word_counts) - word_counts)[order]
    ends = word + word_counts[order]
    sizes, (h0, h1) = sizes[order], polynomials[order].T >> 1
    lanes = Lanes(words[word] << 16 | words[word + 1], np.zeros(len(streams), np.int64), weight, word + 2, h0, h1)

    codes, integers = Codes(tensors), np.empty(sum(sizes), np.int32)
    done = 0
    while done < sizes[0]:
        going = np.count_nonzero(sizes > done)
        take_steps(lanes.first(going), sizes[going - 1] - done, codes, words, integers)
        done = sizes[going - 1]
    for lane in np.flatnonzero((lanes.x != 65536) | (lanes.word != ends))[:1]:
        raise NativeFileError(f"{streams[order[lane]].what}: its codes do not end where they should")
    ends_of_tensors = np.cumsum([tensor.size for tensor in tensors])
    return [tensor.weights(part) for tensor, part in zip(tensors, np.split(integers, ends_of_tensors))]


def take_steps(lanes: Lanes, count: int, codes: Codes, words: np.ndarray, integers: np.ndarray) -> None:
    """Decodes `count` weights of each stream. A damaged one may run over its words; its end then gives it away."""
    x, w = lanes.x, lanes.w
    for _ in range(count):
        odd = w & 1
        slot = x & 4095
        symbol = codes.symbol_at[(codes.even_table[lanes.weight] + odd << 12) + slot]
        x[:] = codes.frequency[symbol] * (x >> 12) + slot - codes.first_place[symbol]
        small = np.flatnonzero(x < 65536)
        x[small] = x[small] << 16 | words.take(lanes.word[small], mode="clip")
        lanes.word[small] += 1
        k = codes.value[symbol]
        escaped = np.flatnonzero(k == ESCAPE)
        if len(escaped):
            low = x[escaped] & 0xFFFF
            k[escaped] = low - ((low & 0x8000) << 1)
            x[escaped] += words.take(lanes.word[escaped], mode="clip") - low
            lanes.word[escaped] += 1
        integers[lanes.weight] = 2 * k + odd
        w[:] = w >> 1 ^ odd * lanes.h0 ^ (k & 1) * lanes.h1
        lanes.weight += 1


METHODS: dict[str, Callable[[list[Packed]], list[np.ndarray]]] = {
    "rtn": each(rtn),
    "nf4": each(nf4),
    "lloyd-max": each(lloyd_max),
    "rotated-lloyd-max": each(rotated_lloyd_max),
    "kmeans": each(kmeans),
    "kashin-greedy": each(kashin),
    "kashin-alternating": each(kashin),
    "kashin-truncation": each(kashin),
    "kashin-search": each(kashin_search),
    "trellis": each(trellis),
    "dependent": dependent,
}


# The command line


def main() -> int:
    parser = argparse.ArgumentParser(description="Turns a model in Weightroom's native form into NumPy arrays.")
    parser.add_argument("model", metavar="MODEL", help="a .safetensors file, or a model.json of TensorFlow.js")
    parser.add_argument("output", metavar="OUT.npz", help="the file to write; numpy.load reads it")
    arguments = parser.parse_args()
    try:
        save(load(arguments.model), arguments.output)
    except (NativeFileError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def save(tensors: dict[str, np.ndarray], path: str) -> None:
    """As numpy.savez does, which takes no tensor by the name `file`."""
    with zipfile.ZipFile(path, "w", allowZip64=True) as archive:
        for name, values in tensors.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as file:
                np.lib.format.write_array(file, np.asanyarray(values), allow_pickle=False)


if __name__ == "__main__":
    sys.exit(main())
