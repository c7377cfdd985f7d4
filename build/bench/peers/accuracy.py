"""The Python side of `npm run bench:accuracy`: python accuracy.py divide|fit JOB.json; prints one line of JSON.

`divide` writes a table with a column `part` (train, validation, test), one file for each way to divide its rows. Its rows
with a missing value are left out, so that both sides have the same rows.
`fit` trains scikit-learn's models on the rows of one such file whose part is `train`, and tests them on `test`.
"""

import json
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

PART = "part"
CHUNK = 20_000


def read(path, divisors):
    """A table as CSV, perhaps gzipped, or NumPy's NPZ, whose arrays become columns as they do in Orthant."""
    if not path.endswith(".npz"):
        return pd.read_csv(path, float_precision="round_trip")
    columns = {}
    for name, array in np.load(path).items():
        values = array / divisors.get(name, 1)
        flat = values.reshape(len(values), -1)
        names = [name] if values.ndim == 1 else [f"{name}{i}" for i in range(flat.shape[1])]
        columns.update(zip(names, flat.T))
    return pd.DataFrame(columns)


def drawn(rows, seed):
    """The part of each row: 70 % train, 10 % validation, 20 % test."""
    order = np.random.default_rng(seed).permutation(rows)
    a, b = int(0.7 * rows), int(0.8 * rows)
    parts = np.full(rows, "test", dtype=object)
    parts[order[:a]] = "train"
    parts[order[a:b]] = "validation"
    return parts


def box(train):
    """The range of each number and the categories of every other column."""
    return {
        name: {"low": float(values.min()), "high": float(values.max())}
        if pd.api.types.is_numeric_dtype(values)
        else {"categories": sorted(values.astype(str).unique())}
        for name, values in train.items()
    }


def divide(job):
    table = read(job["path"], job["divisors"])
    in_file = len(table)
    table = table.dropna().reset_index(drop=True)
    flags = table.select_dtypes("bool").columns
    table[flags] = table[flags].astype(int)
    own = table.pop(PART) if PART in table else job.get("parts")
    few = len(table) < job["fewRows"]
    divisions = [drawn(len(table), seed) for seed in range(job["splits"])] if few else [drawn(len(table), 0) if own is None else own]
    files = []
    for index, parts in enumerate(divisions):
        file = str(Path(job["out"]) / f"{index}.csv")
        table.assign(**{PART: parts}).to_csv(file, index=False)
        inputs = table.drop(columns=job["targets"])
        files.append({"file": file, "box": box(inputs[np.asarray(parts) == "train"])})
    return {"few": few, "rows": len(table), "leftOut": in_file - len(table), "files": files}


def encoder(inputs):
    from sklearn.compose import ColumnTransformer
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    numbers = inputs.select_dtypes("number").columns
    categories = inputs.columns.difference(numbers, sort=False)
    one_hot = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    return ColumnTransformer([("numbers", StandardScaler(), numbers), ("categories", one_hot, categories)]).fit(inputs)


def mean(x, y, seed):
    return lambda z: np.tile(y.mean(0), (len(z), 1))


def line(x, y, seed):
    from sklearn.linear_model import LinearRegression

    return LinearRegression().fit(x, y).predict


def network(**settings):
    def fit(x, y, seed):
        from sklearn.neural_network import MLPRegressor

        shift, scale = y.mean(0), y.std(0)
        scaled = (y - shift) / scale
        model = MLPRegressor(random_state=seed, **settings).fit(x, scaled if y.shape[1] > 1 else scaled[:, 0])
        return lambda z: model.predict(z).reshape(len(z), -1) * scale + shift

    return fit


def boosting(x, y, seed):
    from sklearn.ensemble import GradientBoostingRegressor

    models = [GradientBoostingRegressor(random_state=seed).fit(x, column) for column in y.T]
    return lambda z: np.maximum(np.stack([model.predict(z) for model in models], 1), 0)


MODELS = {
    "mean": mean,
    "linear": line,
    "mlp": network(),
    "mlp-early": network(hidden_layer_sizes=(64, 64), early_stopping=True, max_iter=500),
    "boosting": boosting,
}


def points(inputs, count):
    """Uniform points of the training box, in chunks."""
    random = np.random.default_rng(0)
    for first in range(0, count, CHUNK):
        rows = min(CHUNK, count - first)
        yield pd.DataFrame(
            {
                name: random.uniform(side["low"], side["high"], rows)
                if "low" in side
                else random.choice(side["categories"], rows)
                for name, side in box(inputs).items()
            }
        )


def fit(job):
    table = pd.read_csv(job["file"], float_precision="round_trip")
    parts = table.pop(PART)
    targets = table[job["targets"]].to_numpy(float)
    inputs = table.drop(columns=job["targets"])
    train, test = (parts == "train").to_numpy(), (parts == "test").to_numpy()
    encode = encoder(inputs[train]).transform
    x, z, y, wanted = encode(inputs[train]), encode(inputs[test]), targets[train], targets[test]
    results, predictors = {}, {}
    for name, model in MODELS.items():
        started = time.perf_counter()
        predict = predictors[name] = model(x, y, job["seed"])
        predicted = predict(z)
        results[name] = {
            "rmse": np.sqrt(((predicted - wanted) ** 2).mean(0)).tolist(),
            "negative": (predicted < 0).mean(0).tolist(),
            "below": np.zeros(y.shape[1]),
            "seconds": time.perf_counter() - started,
        }
    for chunk in points(inputs[train], job["points"]):
        encoded = encode(chunk)
        for name, predict in predictors.items():
            results[name]["below"] += (predict(encoded) < 0).sum(0) / job["points"]
    return {name: {**result, "below": result["below"].tolist()} for name, result in results.items()}


warnings.filterwarnings("ignore")
with open(sys.argv[2], encoding="utf8") as file:
    print(json.dumps({"divide": divide, "fit": fit}[sys.argv[1]](json.load(file))))
