"""Writes fixtures.json: small files by NumPy and PyArrow, in base64, with the values they must be read as.

python -m pip install numpy==2.4.6 pyarrow==26.0.1 && python native/data/testing/make_fixtures.py
"""

import base64
import datetime
import io
import json
import pathlib

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq


def written(write):
    buffer = io.BytesIO()
    write(buffer)
    return base64.b64encode(buffer.getvalue()).decode()


def array(values):
    flat = values.reshape(len(values), -1).astype(float)
    return {"file": written(lambda file: np.save(file, values)), "values": flat.tolist()}


grid = np.arange(12).reshape(4, 3)
halves = np.array([[0.5, -2, 65504], [6e-8, 1 / 3, -0.0], [1, 2, 3], [4, 5, 6]], dtype="<f2")
longs = np.array([[1, -2, 2**53], [-(2**40), 5, 6], [7, 8, 9], [0, 1, 2]], dtype="<i8")
arrays = {
    "float64": array((grid * 1.5 - 3).astype("<f8")),
    "float32, big-endian": array((grid / 4).astype(">f4")),
    "float16": array(halves),
    "int64": array(longs),
    "uint64, big-endian": array(np.array([[1, 2, 3]] * 4, dtype=">u8")),
    "int32, big-endian": array((grid - 6).astype(">i4")),
    "uint16": array((grid * 5000).astype("<u2")),
    "int8": array((grid - 6).astype("i1")),
    "bool": array(grid % 2 == 0),
    "three dimensions": array(np.arange(24, dtype="u1").reshape(3, 2, 4)),
    "one dimension": array(np.arange(5, dtype="f4")),
}
refused = {
    "object": np.array([1, "a", None] * 2, dtype=object),
    "fortran": np.asfortranarray(grid.astype(float)),
    "text": np.array(["a", "b"]),
    "complex": np.array([1j, 2]),
    "structured": np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")]),
    "scalar": np.array(3.0),
    "date": np.array(["2020-01-01"], dtype="M8[D]"),
}
named = {"x": grid.astype("f4"), "layer1": grid[:, :2].astype("i2"), "y": np.arange(4.0)}
days = [datetime.date(2020, 1, day + 1) for day in range(4)]
table = pa.table(
    {
        "whole": pa.array([1, 2, None, 4], pa.int64()),
        "small": pa.array([1, 2, 3, 255], pa.uint8()),
        "real": pa.array([0.5, 1.5, 2.5, None], pa.float32()),
        "money": pa.array([1, 2, 3, 4], pa.decimal128(10, 2)),
        "text": pa.array(["a", "b", None, "a"]).dictionary_encode(),
        "flag": pa.array([True, False, None, True]),
        "day": pa.array(days),
        "list": pa.array([[1], [2], [], [3]]),
        "raw": pa.array([b"a", b"b", b"c", b"d"]),
    }
)
with_nan = pa.table({"x": [1.0, float("nan"), 3.0, 4.0], "y": [1.0, 2.0, 3.0, 4.0]})
fixtures = {
    "arrays": arrays,
    "refused": {
        name: written(lambda file, values=values: np.save(file, values, allow_pickle=True))
        for name, values in refused.items()
    },
    "npz": written(lambda file: np.savez(file, **named)),
    "npzCompressed": written(lambda file: np.savez_compressed(file, **named)),
    "npzRagged": written(lambda file: np.savez_compressed(file, x=grid, y=np.arange(5.0))),
    "parquet": written(lambda file: pq.write_table(table, file, compression="zstd")),
    "parquetNan": written(lambda file: pq.write_table(with_nan, file)),
    "parquetEmpty": written(lambda file: pq.write_table(pa.table({"x": pa.array([], pa.float64())}), file)),
}
path = pathlib.Path(__file__).parent / "fixtures.json"
path.write_text(json.dumps(fixtures, indent=2) + "\n")
