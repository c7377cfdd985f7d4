"""PyTorch, fused Adam, rows gathered by number. Mode `eager`, or `compiled`: torch.compile of the whole step."""

import time

import torch

from measure import coefficient, inputs, measure, method, mode, order, report, rows, sizes, steps, targets, weights

device = "cuda" if torch.cuda.is_available() else "cpu"
x, y = torch.from_numpy(inputs).to(device), torch.from_numpy(targets).to(device)
parameters = [torch.from_numpy(array).to(device).requires_grad_() for pair in weights() for array in pair]
multipliers = torch.zeros(rows, sizes[-1], device=device)
optimizer = torch.optim.Adam(parameters, lr=torch.tensor(1e-4) if mode == "compiled" else 1e-4, fused=True)


def predict(h):
    for i in range(0, len(parameters) - 2, 2):
        h = torch.relu(torch.addmm(parameters[i + 1], h, parameters[i]))
    return torch.addmm(parameters[-1], h, parameters[-2])


def step(numbers):
    optimizer.zero_grad(set_to_none=True)
    prediction = predict(x[numbers])
    loss = torch.mean((prediction - y[numbers]) ** 2)
    if method == "penalty":
        loss = loss + coefficient * torch.mean(torch.relu(-prediction) ** 2)
    if method == "augmented-lagrangian":
        known = multipliers[numbers]
        pushed = torch.relu(known - coefficient * prediction)
        loss = loss + torch.mean(pushed**2 - known**2) / (2 * coefficient)
    loss.backward()
    optimizer.step()
    if method == "augmented-lagrangian":
        with torch.no_grad():
            multipliers[numbers] = pushed.detach()
    return loss.detach()


one = torch.compile(step) if mode == "compiled" else step
batches = [torch.from_numpy(numbers).long().to(device) for numbers in order(min(steps, 50))]


def work():
    for numbers in batches:
        loss = one(numbers)
    loss.item()


one(batches[0]).item()
first = time.time()
work()
report(first, measure(len(batches), work), f"torch {torch.__version__} {device}")
