"""PyTorch, rows gathered by number. Mode `eager`: backward() and fused Adam. Mode `compiled`: torch.compile of the whole
step as one graph, with Adam written out, since PyTorch's own breaks the graph."""

import torch

from measure import coefficient, inputs, measure, method, mode, order, report, rows, sizes, steps, targets, weights

device = "cuda" if torch.cuda.is_available() else "cpu"
x, y = torch.from_numpy(inputs).to(device), torch.from_numpy(targets).to(device)
parameters = [torch.from_numpy(array).to(device).requires_grad_() for pair in weights() for array in pair]
batches = [torch.from_numpy(numbers).long().to(device) for numbers in order(min(steps, 50))]
rate, decay1, decay2, small = 1e-4, 0.9, 0.999, 1e-8
multipliers = torch.zeros(rows, sizes[-1], device=device)


def predict(h):
    for i in range(0, len(parameters) - 2, 2):
        h = torch.relu(torch.addmm(parameters[i + 1], h, parameters[i]))
    return torch.addmm(parameters[-1], h, parameters[-2])


def objective(numbers):
    """The objective, and the multipliers that follow from it."""
    prediction = predict(x[numbers])
    loss = torch.mean((prediction - y[numbers]) ** 2)
    if method == "penalty":
        return loss + coefficient * torch.mean(torch.relu(-prediction) ** 2), None
    if method == "augmented-lagrangian":
        known = multipliers[numbers]
        pushed = torch.relu(known - coefficient * prediction)
        return loss + torch.mean(pushed**2 - known**2) / (2 * coefficient), pushed.detach()
    return loss, None


if mode == "compiled":
    torch._dynamo.config.trace_autograd_ops = True
    firsts, seconds = ([torch.zeros_like(parameter) for parameter in parameters] for _ in range(2))
    count = torch.zeros((), device=device)

    @torch.no_grad()
    def update(gradients):
        count.add_(1)
        factor = rate / (1 - decay1**count)
        root = torch.sqrt(1 - decay2**count)
        for parameter, gradient, first, second in zip(parameters, gradients, firsts, seconds):
            first.lerp_(gradient, 1 - decay1)
            second.mul_(decay2).addcmul_(gradient, gradient, value=1 - decay2)
            parameter.sub_(factor * first / (second.sqrt() / root + small))

else:
    optimizer = torch.optim.Adam(parameters, lr=rate, betas=(decay1, decay2), eps=small, fused=True)

    def update(gradients):
        for parameter, gradient in zip(parameters, gradients):
            parameter.grad = gradient
        optimizer.step()


def step(numbers):
    loss, pushed = objective(numbers)
    update(torch.autograd.grad(loss, parameters))
    if pushed is not None:
        multipliers[numbers] = pushed
    return loss.detach()


run = torch.compile(step, fullgraph=True) if mode == "compiled" else step


def work():
    for numbers in batches:
        loss = run(numbers)
    loss.item()


work()
report(measure(len(batches), work), f"torch {torch.__version__} {device}")
