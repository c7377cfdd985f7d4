import { attr, DataType, functionDef, node, type FunctionDef, type NodeDef } from './graphDef.ts';
import { call, concat, int, placeholder, reshape, slice } from './nodes.ts';
import { graphNames, type Forward, type ProgramSpecification } from './program.ts';

/** The pass over one block, and over all blocks of a call, which TensorFlow computes in parallel. */
export function forwardFunctions(program: ProgramSpecification, forward: Forward): FunctionDef[] {
  const { name, body, rows, blockRows, features } = forward;
  const block = functionDef({
    name: `${name}_block`,
    inputs: [...program.state, { name: 'batch', type: DataType.float }],
    outputs: [{ name: 'prediction_out', type: DataType.float }],
    nodes: [node('batch_now', 'Identity', ['batch'], { T: attr.type(DataType.float) }), ...body.nodes],
    returns: { prediction_out: body.results.prediction ?? '' },
  });
  const blocks = blockStarts(rows, blockRows).map((start, index) => blockNodes(program, forward, start, index));
  // The last block starts earlier, so that all have the same size; rows that the previous block has too are cut off.
  const known = blockRows * blocks.length - rows;
  const last = blocks.length - 1;
  const pieces = blocks.map((_, index) => (index === last && known > 0 ? 'rest:output:0' : `block${index}:output:0`));
  const run = functionDef({
    name: `${name}_run`,
    inputs: [
      ...program.state,
      { name: 'rows', type: DataType.float },
      ...(forward.inputs === undefined ? [] : [{ name: 'start', type: DataType.int32 }]),
    ],
    outputs: [{ name: 'prediction_out', type: DataType.float }],
    nodes: [
      int('axis', [0]),
      int('zero', [0], [1]),
      int('single', [1], [1]),
      int('size', [blockRows, features], [2]),
      ...(forward.inputs === undefined ? [] : [reshape('given', 'start', 'single:output:0', DataType.int32)]),
      ...blocks.flat(),
      int('known', [known, 0], [2]),
      int('all', [-1, -1], [2]),
      ...(known > 0 ? [slice('rest', `block${last}:output:0`, 'known:output:0', 'all:output:0')] : []),
      ...(pieces.length > 1 ? [concat('joined', pieces, 'axis:output:0', DataType.float)] : []),
    ],
    returns: { prediction_out: pieces.length > 1 ? 'joined:output:0' : (pieces[0] ?? '') },
  });
  return [block, run];
}

const blockStarts = (rows: number, blockRows: number): number[] =>
  Array.from({ length: Math.ceil(rows / blockRows) }, (_, block) => Math.min(block * blockRows, rows - blockRows));

/** The pass over the block that starts `start` rows after the call's first row. */
function blockNodes(program: ProgramSpecification, forward: Forward, start: number, index: number): NodeDef[] {
  const at = (piece: string): string => `${piece}${index}`;
  const offset = `${at('offset')}:output:0`;
  const resident = forward.inputs !== undefined;
  return [
    int(at('offset'), [start], [1]),
    ...(resident ? [node(at('first'), 'AddV2', ['given:output:0', offset], { T: attr.type(DataType.int32) })] : []),
    concat(at('begin'), [resident ? `${at('first')}:z:0` : offset, 'zero:output:0'], 'axis:output:0', DataType.int32),
    slice(at('rows'), 'rows', `${at('begin')}:output:0`, 'size:output:0'),
    // Without XLA: these are only large matrix products, which gain nothing and need a compilation for each number of
    // rows.
    call(
      at('block'),
      `${forward.name}_block`,
      [...program.state, { name: `${at('rows')}:output:0`, type: DataType.float }],
      [DataType.float],
    ),
  ];
}

/** A call of the forward pass. */
export function forwardNodes(program: ProgramSpecification, forward: Forward): NodeDef[] {
  const { name, inputs, rows, features } = forward;
  const start = graphNames.start(name);
  const batch = graphNames.batch(name);
  const data =
    inputs === undefined
      ? [{ name: batch, type: DataType.float }]
      : [
          { name: graphNames.read(inputs), type: DataType.float },
          { name: start, type: DataType.int32 },
        ];
  return [
    inputs === undefined
      ? placeholder(batch, DataType.float, [rows, features])
      : placeholder(start, DataType.int32, []),
    call(
      `call_${name}`,
      `${name}_run`,
      [...program.state.map((variable) => ({ name: graphNames.read(variable.name), type: variable.type })), ...data],
      [DataType.float],
    ),
    node(graphNames.prediction(name), 'Identity', [`call_${name}:0`], { T: attr.type(DataType.float) }),
  ];
}
