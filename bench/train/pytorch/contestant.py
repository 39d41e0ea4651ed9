"""A contestant of PyTorch: contestant.py NETWORK default|best cpu|gpu PROBLEM; see contestant/protocol.ts."""

import json
import sys
import time

import torch
import torch.nn.functional as F

from networks import NETWORKS
from problem import read_problem

FIRST_STEPS = 10


def main(name, settings, device_name, file):
    is_best = settings == "best"
    device = torch.device("cuda" if device_name == "gpu" else "cpu")
    problem = read_problem(file)
    network = NETWORKS[name](problem.weights).to(device)
    batches = [(network.input(x.to(device)), y.to(device)) for x, y in problem.batches]
    if is_best and network.is_convolutional:
        network = network.to(memory_format=torch.channels_last)
        batches = [(x.contiguous(memory_format=torch.channels_last), y) for x, y in batches]
    optimizer = network.optimizer(fused=True) if is_best else network.optimizer()
    count = 0

    def step():
        nonlocal count
        x, y = batches[count % len(batches)]
        count += 1
        optimizer.zero_grad()
        loss = F.cross_entropy(network(x), y)
        loss.backward()
        optimizer.step()
        return loss

    say({"losses": [step().item() for _ in range(FIRST_STEPS)]})
    for line in sys.stdin:
        steps = int(line)
        synchronize(device)
        processor, start = time.process_time(), time.perf_counter()
        for _ in range(steps):
            step()
        synchronize(device)
        seconds = time.perf_counter() - start
        used = time.process_time() - processor
        say({"steps": steps, "milliseconds": 1000 * seconds, "processor": used})


def synchronize(device):
    """Waits until the device has done what it was given."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def say(message):
    print(json.dumps(message), flush=True)


main(*sys.argv[1:])
