"""The networks of networks/, written as users of PyTorch write them, with the same weights and optimizers."""

import torch
import torch.nn.functional as F
from torch import nn


class Network(nn.Module):
    is_convolutional = False

    def input(self, x):
        """A batch in PyTorch's layout."""
        return x.permute(0, 3, 1, 2).contiguous() if self.is_convolutional else x

    def optimizer(self, **options):
        return torch.optim.Adam(self.trainable(), 1e-3, eps=1e-7, **options)

    def trainable(self):
        return [parameter for parameter in self.parameters() if parameter.requires_grad]


def filled(module, **parameters):
    """The module with these values in its parameters."""
    with torch.no_grad():
        for name, values in parameters.items():
            getattr(module, name).copy_(values)
    return module


def linear(weights, name):
    kernel, bias = weights[f"{name}/kernel"], weights[f"{name}/bias"]
    return filled(nn.Linear(*kernel.shape), weight=kernel.T, bias=bias)


def convolution(weights, name, stride=1, has_bias=False):
    kernel = weights[f"{name}/kernel"]
    size, _, inputs, filters = kernel.shape
    layer = nn.Conv2d(inputs, filters, size, stride, padding=size // 2, bias=has_bias)
    filled(layer, weight=kernel.permute(3, 2, 0, 1))
    return filled(layer, bias=weights[f"{name}/bias"]) if has_bias else layer


def batch_norm(weights, name):
    gamma, beta = weights[f"{name}/gamma"], weights[f"{name}/beta"]
    return filled(nn.BatchNorm2d(len(gamma), eps=1e-3, momentum=0.01), weight=gamma, bias=beta)


def head_of_images(weights, channels, side):
    """A dense layer on images that are flattened channel by channel, not pixel by pixel."""
    kernel, bias = weights["head/kernel"], weights["head/bias"]
    inputs, classes = kernel.shape
    by_channel = kernel.reshape(side, side, channels, classes).permute(2, 0, 1, 3).reshape(inputs, classes)
    return filled(nn.Linear(inputs, classes), weight=by_channel.T, bias=bias)


class Mlp(Network):
    def __init__(self, weights):
        super().__init__()
        self.layers = nn.Sequential(linear(weights, "hidden"), nn.ReLU(), linear(weights, "head"))

    def forward(self, x):
        return self.layers(x)


class Cnn(Network):
    is_convolutional = True

    def __init__(self, weights):
        super().__init__()
        layers = []
        for i in (1, 2):
            layers += [convolution(weights, f"conv{i}", has_bias=True), nn.ReLU(), nn.MaxPool2d(2)]
        self.layers = nn.Sequential(*layers, nn.Flatten(), head_of_images(weights, 32, 7))

    def forward(self, x):
        return self.layers(x)


class CnnBatchnorm(Network):
    is_convolutional = True

    def __init__(self, weights):
        super().__init__()
        layers = []
        for i in (1, 2):
            norm = batch_norm(weights, f"norm{i}")
            layers += [convolution(weights, f"conv{i}"), norm, nn.ReLU(), nn.MaxPool2d(2)]
        self.layers = nn.Sequential(*layers, nn.Flatten(), head_of_images(weights, 32, 7))

    def forward(self, x):
        return self.layers(x)


class Block(nn.Module):
    def __init__(self, weights, name, stride):
        super().__init__()
        self.inner = normalized(weights, f"{name}-a", stride)
        self.outer = normalized(weights, f"{name}-b", 1)
        is_wider = f"{name}-shortcut/kernel" in weights
        self.shortcut = normalized(weights, f"{name}-shortcut", stride) if is_wider else nn.Identity()

    def forward(self, x):
        return F.relu(self.outer(F.relu(self.inner(x))) + self.shortcut(x))


def normalized(weights, name, stride):
    return nn.Sequential(convolution(weights, name, stride), batch_norm(weights, f"{name}-norm"))


class Resnet20(Network):
    is_convolutional = True

    def __init__(self, weights):
        super().__init__()
        self.stem = normalized(weights, "stem", 1)
        self.blocks = nn.Sequential(
            *(
                Block(weights, f"stage{stage}-block{block}", 2 if stage > 0 and block == 0 else 1)
                for stage in range(3)
                for block in range(3)
            )
        )
        self.head = linear(weights, "head")

    def forward(self, x):
        return self.head(self.blocks(F.relu(self.stem(x))).mean((2, 3)))

    def optimizer(self, **options):
        return torch.optim.SGD(self.trainable(), 0.01, momentum=0.9, **options)


class Transformer(Network):
    def __init__(self, weights):
        super().__init__()
        tokens, positions = weights["tokens"], weights["positions"]
        self.tokens = filled(nn.Embedding(*tokens.shape), weight=tokens)
        self.positions = filled(nn.Embedding(*positions.shape), weight=positions)
        self.blocks = nn.Sequential(*(TransformerBlock(weights, f"block{i}") for i in range(4)))
        self.norm = layer_norm(weights, "norm")
        self.head = linear(weights, "head")

    def input(self, x):
        return x.long()

    def forward(self, x):
        h = self.tokens(x) + self.positions.weight
        return self.head(self.norm(self.blocks(h))).flatten(0, 1)

    def optimizer(self, **options):
        return torch.optim.AdamW(self.trainable(), 1e-3, eps=1e-7, weight_decay=0.01, **options)


class TransformerBlock(nn.Module):
    HEADS = 4

    def __init__(self, weights, name):
        super().__init__()
        self.norm1 = layer_norm(weights, f"{name}-norm1")
        self.qkv = linear(weights, f"{name}-qkv")
        self.out = linear(weights, f"{name}-out")
        self.norm2 = layer_norm(weights, f"{name}-norm2")
        self.up = linear(weights, f"{name}-up")
        self.down = linear(weights, f"{name}-down")

    def forward(self, x):
        batch, time, width = x.shape
        joint = self.qkv(self.norm1(x)).view(batch, time, 3, self.HEADS, width // self.HEADS)
        q, k, v = joint.permute(2, 0, 3, 1, 4).unbind(0)
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(mixed.transpose(1, 2).reshape(batch, time, width))
        return x + self.down(F.gelu(self.up(self.norm2(x)), approximate="tanh"))


def layer_norm(weights, name):
    gamma, beta = weights[f"{name}/gamma"], weights[f"{name}/beta"]
    return filled(nn.LayerNorm(len(gamma)), weight=gamma, bias=beta)


class Recurrent(Network):
    def __init__(self, weights, kind, gates):
        """`gates` is PyTorch's order of TensorFlow's gates. PyTorch's second bias is frozen at 0."""
        super().__init__()
        kernel, recurrent = weights["recurrent/kernel"], weights["recurrent/recurrent_kernel"]
        inputs, units = len(kernel), len(recurrent)

        def ordered(values):
            parts = values.split(units, dim=-1)
            return torch.cat([parts[gate] for gate in gates], dim=-1)

        self.layer = filled(
            kind(inputs, units, batch_first=True),
            weight_ih_l0=ordered(kernel).T,
            weight_hh_l0=ordered(recurrent).T,
            bias_ih_l0=ordered(weights["recurrent/bias"]),
            bias_hh_l0=torch.zeros(len(gates) * units),
        )
        self.layer.bias_hh_l0.requires_grad_(False)
        self.head = linear(weights, "head")

    def forward(self, x):
        return self.head(self.layer(x)[0][:, -1])


NETWORKS = {
    "mlp": Mlp,
    "cnn": Cnn,
    "cnnBatchnorm": CnnBatchnorm,
    "resnet20": Resnet20,
    "transformer": Transformer,
    "lstm": lambda weights: Recurrent(weights, nn.LSTM, [0, 1, 2, 3]),
    "gru": lambda weights: Recurrent(weights, nn.GRU, [1, 0, 2]),
}
