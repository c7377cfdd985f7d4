import { forwardFunctions, forwardNodes } from './forwardGraph.ts';
import { attr, DataType, node, savedModel, type FunctionDef, type NodeDef } from './graphDef.ts';
import { loopFunctions, loopNodes } from './loopGraph.ts';
import { placeholder } from './nodes.ts';
import { graphNames, type ProgramSpecification, type Resident } from './program.ts';

/** The bytes of a saved model that holds the whole program. */
export function writeProgram(program: ProgramSpecification): Uint8Array {
  const nodes: NodeDef[] = [];
  const functions: FunctionDef[] = [];
  for (const resident of [...program.state, ...program.data]) nodes.push(...residentNodes(resident));
  for (const loop of program.loops) {
    functions.push(...loopFunctions(program, loop));
    nodes.push(...loopNodes(program, loop));
  }
  for (const forward of program.forwards) {
    functions.push(...forwardFunctions(program, forward));
    nodes.push(...forwardNodes(program, forward));
  }
  return savedModel(nodes, functions);
}

/** A variable with nodes to set it (feed, then fetch `assign`) and to read it. */
function residentNodes({ name, type, shape }: Resident): NodeDef[] {
  const value = graphNames.value(name);
  const variable = `variable_${name}`;
  const dtype = attr.type(type);
  return [
    node(variable, 'VarHandleOp', [], {
      dtype,
      shape: attr.shape(shape),
      shared_name: attr.string(name),
      container: attr.string(''),
    }),
    node(graphNames.read(name), 'ReadVariableOp', [variable], { dtype }),
    placeholder(value, type, shape),
    node(`set_${name}`, 'AssignVariableOp', [variable, value], { dtype }),
    // runSavedModel fetches only tensors, so a constant depends on the assignment.
    node(graphNames.assign(name), 'Const', [`^set_${name}`], {
      dtype: attr.type(DataType.int32),
      value: attr.tensor(DataType.int32, [], new Int32Array([1])),
    }),
  ];
}
