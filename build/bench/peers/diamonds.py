"""The table of the whole-run bench, prepared as our own command line does: categories one-hot, numbers standardised,
price divided by its standard deviation, a tenth of the rows each for validation and test."""

import csv
import json
import sys

import numpy as np

settings = json.loads(sys.argv[1])
epochs, batch = settings["epochs"], settings["batch"]
hidden = (64, 64)

with open(settings["file"], newline="") as file:
    table = list(csv.DictReader(file))


def columns():
    for name in table[0]:
        if name == "price":
            continue
        values = [row[name] for row in table]
        try:
            numbers = np.array(values, "f")
            yield (numbers - numbers.mean()) / numbers.std()
        except ValueError:
            for category in sorted(set(values)):
                yield np.array([value == category for value in values], "f")


x = np.stack(list(columns()), axis=1)
y = np.array([[row["price"]] for row in table], "f")
scale = y.std()
y /= scale
shuffled = np.random.default_rng(0).permutation(len(x))
tenth = len(x) // 10
validation, training = shuffled[tenth : 2 * tenth], shuffled[2 * tenth :]


def report(predictions, version):
    """`predictions` of the validation rows: the root of their mean squared error, in the price's own units."""
    error = float(scale * np.sqrt(np.mean((np.asarray(predictions).reshape(-1) - y[validation, 0]) ** 2)))
    print(json.dumps({"error": error, "version": version}))
