"""Shared code of the peers' step benches: the case from the command line, data, timing, the line of JSON."""

import json
import sys
import time

import numpy as np

mode = sys.argv[1]
case = json.loads(sys.argv[2])
sizes, rows, batch, method, steps = (case[key] for key in ("sizes", "rows", "batch", "method", "steps"))
# As our method's defaults; the cost of a step does not depend on them.
coefficient = 100.0
random = np.random.default_rng(0)
inputs = random.standard_normal((rows, sizes[0]), dtype=np.float32)
targets = random.standard_normal((rows, sizes[-1]), dtype=np.float32) ** 2


def weights():
    """He-uniform kernels [inputs, units] and zero biases."""
    return [
        (random.uniform(-1, 1, (n, m)).astype("f") * np.sqrt(6 / n).astype("f"), np.zeros(m, "f"))
        for n, m in zip(sizes, sizes[1:])
    ]


def order(count):
    """Row numbers of `count` steps, [count, batch]: permutations of all rows, one after the other."""
    if batch == rows:
        return np.tile(np.arange(rows, dtype="i4"), (count, 1))
    each = rows // batch
    epochs = [random.permutation(rows)[: each * batch].reshape(each, batch) for _ in range(-(-count // each))]
    return np.concatenate(epochs)[:count].astype("i4")


def measure(units, work):
    """Milliseconds a step of each sample; `work` makes `units` steps and waits for them."""

    def milliseconds(times):
        before = time.perf_counter()
        for _ in range(times):
            work()
        return (time.perf_counter() - before) * 1000

    times = max(1, round(case["seconds"] * 1000 / milliseconds(1)))
    return [milliseconds(times) / (times * units) for _ in range(case["samples"])]


def report(samples, version):
    print(json.dumps({"samples": samples, "version": version}))
