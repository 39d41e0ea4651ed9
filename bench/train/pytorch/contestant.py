"""A contestant of PyTorch: contestant.py NETWORK default|best PROBLEM; see contestant/protocol.ts."""

import json
import sys
import time

import torch
import torch.nn.functional as F

from networks import NETWORKS
from problem import read_problem

FIRST_STEPS = 10


def main(name, settings, file):
    is_best = settings == "best"
    problem = read_problem(file)
    network = NETWORKS[name](problem.weights)
    batches = [(network.input(x), y) for x, y in problem.batches]
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
        processor, start = time.process_time(), time.perf_counter()
        for _ in range(steps):
            step()
        seconds = time.perf_counter() - start
        used = time.process_time() - processor
        say({"steps": steps, "milliseconds": 1000 * seconds, "processor": used})


def say(message):
    print(json.dumps(message), flush=True)


main(*sys.argv[1:])
