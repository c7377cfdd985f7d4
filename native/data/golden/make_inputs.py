"""Writes the files of input/ that need NumPy or PyArrow, and checks that output/ has the arrays' values.

python -m pip install numpy==2.4.6 pyarrow==26.0.1 && python native/data/golden/make_inputs.py
"""

import datetime
import json
import pathlib

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

folder = pathlib.Path(__file__).parent


def write(name, save):
    with open(folder / "input" / name, "wb") as file:
        save(file)


grid = np.arange(12).reshape(4, 3)
arrays = {
    "float64": (grid * 1.5 - 3).astype("<f8"),
    "float32-big-endian": (grid / 4).astype(">f4"),
    "float16": np.array([[0.5, -2, 65504], [6e-8, 1 / 3, -0.0], [1, 2, 3], [4, 5, 6]], dtype="<f2"),
    "int64": np.array([[1, -2, 2**53], [-(2**40), 5, 6], [7, 8, 9], [0, 1, 2]], dtype="<i8"),
    "uint64-big-endian": np.array([[1, 2, 3]] * 4, dtype=">u8"),
    "int32-big-endian": (grid - 6).astype(">i4"),
    "uint16": (grid * 5000).astype("<u2"),
    "int8": (grid - 6).astype("i1"),
    "bool": grid % 2 == 0,
    "three-dimensions": np.arange(24, dtype="u1").reshape(3, 2, 4),
    "one-dimension": np.arange(5, dtype="f4"),
}
for name, values in arrays.items():
    write(f"array-{name}.npy", lambda file: np.save(file, values))
    output = folder / "output" / f"array-{name}.npy.json"
    if output.exists():
        rows = np.array(json.loads(output.read_text())["firstRows"], dtype=float)
        np.testing.assert_array_equal(rows, values.reshape(len(values), -1).astype(float))
        np.testing.assert_array_equal(np.signbit(rows), np.signbit(values.reshape(len(values), -1).astype(float)))

refused = {
    "object": np.array([1, "a", None] * 2, dtype=object),
    "fortran": np.asfortranarray(grid.astype(float)),
    "text": np.array(["a", "b"]),
    "complex": np.array([1j, 2]),
    "structured": np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")]),
    "scalar": np.array(3.0),
    "date": np.array(["2020-01-01"], dtype="M8[D]"),
}
for name, values in refused.items():
    write(f"refused-{name}.npy", lambda file: np.save(file, values, allow_pickle=True))

named = {"x": grid.astype("f4"), "layer1": grid[:, :2].astype("i2"), "y": np.arange(4.0)}
write("arrays.npz", lambda file: np.savez(file, **named))
write("arrays-compressed.npz", lambda file: np.savez_compressed(file, **named))
write("arrays-ragged.npz", lambda file: np.savez_compressed(file, x=grid, y=np.arange(5.0)))

table = pa.table(
    {
        "whole": pa.array([1, 2, None, 4], pa.int64()),
        "small": pa.array([1, 2, 3, 255], pa.uint8()),
        "real": pa.array([0.5, 1.5, 2.5, None], pa.float32()),
        "money": pa.array([1, 2, 3, 4], pa.decimal128(10, 2)),
        "text": pa.array(["a", "b", None, "a"]).dictionary_encode(),
        "flag": pa.array([True, False, None, True]),
        "day": pa.array([datetime.date(2020, 1, day + 1) for day in range(4)]),
        "list": pa.array([[1], [2], [], [3]]),
        "raw": pa.array([b"a", b"b", b"c", b"d"]),
    }
)
with_nan = pa.table({"x": [1.0, float("nan"), 3.0, 4.0], "y": [1.0, 2.0, 3.0, 4.0]})
write("table.parquet", lambda file: pq.write_table(table, file, compression="zstd"))
write("nan.parquet", lambda file: pq.write_table(with_nan, file))
write("rowless.parquet", lambda file: pq.write_table(pa.table({"x": pa.array([], pa.float64())}), file))
