"""Reads exported models with packages that share no code with Orthant, for its tests.

Every folder below the given one is a case: `model.onnx`, `model.onnx.json`, `model.safetensors` (any of them may be
absent) and `rows.json`: the graph's inputs by name (null for NaN), and `features`, the network's scaled inputs.
Prints what was found as one JSON object; ends with a traceback where a reader refuses a file. Each JSON model is
written once more by Python's own writer (snake_case) as `python.json`.
"""

import json
import pathlib
import sys

import numpy
import onnx
import onnxruntime
from safetensors import safe_open


def floats(rows):
    return numpy.array([[numpy.nan if value is None else value for value in row] for row in rows], numpy.float32)


def listed(array):
    """Numbers for JSON: NaN and infinities as text."""
    return [value if numpy.isfinite(value) else str(value) for value in numpy.asarray(array).ravel().tolist()]


def check(model):
    onnx.checker.check_model(model, full_check=True)
    inferred = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    values = [*inferred.graph.value_info, *inferred.graph.output]
    shapes = {
        value.name: [dim.dim_param or dim.dim_value for dim in value.type.tensor_type.shape.dim] for value in values
    }
    made = {name for node in model.graph.node for name in node.output}
    return {"shapes": shapes, "without_shape": sorted(made - set(shapes))}


def run(model, rows):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    feeds = {}
    for value in session.get_inputs():
        column = rows["inputs"][value.name]
        feeds[value.name] = floats(column) if value.type == "tensor(float)" else numpy.array(column, object)
    names = [value.name for value in session.get_outputs()]
    outputs = session.run(names, feeds)
    return {
        "outputs": {name: listed(output) for name, output in zip(names, outputs)},
        "metadata": session.get_modelmeta().custom_metadata_map,
    }


def softplus(x):
    return numpy.logaddexp(0, x)


MODULES = {
    "ReLU": lambda x: numpy.maximum(x, 0),
    "LeakyReLU": lambda x, negative_slope: numpy.where(x > 0, x, negative_slope * x),
    "ELU": lambda x: numpy.where(x > 0, x, numpy.expm1(numpy.minimum(x, 0))),
    "Tanh": numpy.tanh,
    "Sigmoid": lambda x: numpy.exp(-softplus(-x)),
    "Softplus": softplus,
    "GELU": lambda x, approximate: x / 2 * (1 + numpy.tanh(numpy.sqrt(2 / numpy.pi) * (x + 0.044715 * x**3))),
}
TRANSFORMS = {
    "relu": lambda x, _: numpy.maximum(x, 0),
    "softplus": lambda x, _: softplus(x),
    "exp": lambda x, about: numpy.exp(numpy.minimum(x, about["exponentLimit"])),
    "square": lambda x, _: x**2,
}


def run_sequential(path, rows):
    """Output of torch.nn.Sequential in float64: module by module, weights [out, in] by position."""
    with safe_open(path, "np") as file:
        metadata = file.metadata()
        weights = {key: file.get_tensor(key).astype(numpy.float64) for key in file.keys()}
    about = {key: json.loads(value) for key, value in metadata.items() if key != "format"}
    shapes = {key: list(value.shape) for key, value in weights.items()}
    x = floats(rows["features"]).astype(numpy.float64)
    for position, (name, settings) in enumerate(about["orthant.modules"]):
        if name == "Linear":
            weight = weights.pop(f"{position}.weight")
            assert weight.shape == (settings["out_features"], settings["in_features"])
            x = x @ weight.T + weights.pop(f"{position}.bias")
        else:
            x = MODULES[name](x, **settings)
    assert not weights, f"keys that no module takes: {list(weights)}"
    transform = about.get("orthant.transform")
    if transform is not None:
        x = TRANSFORMS[transform["kind"]](x, transform) * numpy.asarray(transform.get("factor", 1)) + transform["epsilon"]
    return {"metadata": metadata, "shapes": shapes, "outputs": listed(x * about["orthant.targetScale"])}


def read(case):
    rows = json.loads((case / "rows.json").read_text(encoding="utf-8"))
    found = {}
    if (case / "model.onnx").exists():
        binary = onnx.load(case / "model.onnx")
        found["binary"] = {"ir_version": binary.ir_version, **check(binary), **run(binary, rows)}
        found["opsets"] = {opset.domain: opset.version for opset in binary.opset_import}
    if (case / "model.onnx.json").exists():
        text = onnx.load(case / "model.onnx.json")
        found["json"] = {**check(text), **run(text, rows)}
        found["same"] = text.SerializeToString(deterministic=True) == binary.SerializeToString(deterministic=True)
        onnx.save(text, case / "python.json")
    if (case / "model.safetensors").exists():
        found["sequential"] = run_sequential(case / "model.safetensors", rows)
    return found


folder = pathlib.Path(sys.argv[1])
with numpy.errstate(all="ignore"):
    results = {case.name: read(case) for case in sorted(folder.iterdir())}
print(json.dumps(results, allow_nan=False))
