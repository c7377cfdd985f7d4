"""The network of the step benches in PyTorch, and the loop over its batches; for the scripts on PyTorch's base."""

import time

import torch

from measure import inputs, measure, order, report, steps, targets, weights

device = "cuda" if torch.cuda.is_available() else "cpu"
x, y = torch.from_numpy(inputs).to(device), torch.from_numpy(targets).to(device)
parameters = [torch.from_numpy(array).to(device).requires_grad_() for pair in weights() for array in pair]
batches = [torch.from_numpy(numbers).long().to(device) for numbers in order(min(steps, 50))]


def predict(h):
    for i in range(0, len(parameters) - 2, 2):
        h = torch.relu(torch.addmm(parameters[i + 1], h, parameters[i]))
    return torch.addmm(parameters[-1], h, parameters[-2])


def run(step, version):
    """Times `step`, which takes row numbers and gives the loss as a tensor."""

    def work():
        for numbers in batches:
            loss = step(numbers)
        loss.item()

    step(batches[0]).item()
    first = time.time()
    work()
    report(first, measure(len(batches), work), f"{version} {device}")
