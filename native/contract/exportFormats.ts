import { keysOf } from '../base/keysOf.ts';

/** How it is verified that an exported file is the trained model: each text follows "Verified". */
export const exportVerifiers = {
  'onnx-runtime': { how: 'in ONNX Runtime', predicting: 'in ONNX Runtime, which predicted' },
  /** By Orthant's float64 reference, with what stands in the file. */
  safetensors: { how: 'by reading it back', predicting: 'by reading the safetensors file back and predicting' },
} as const;

export type ExportVerifier = keyof typeof exportVerifiers;
export const exportVerifierIds = keysOf(exportVerifiers);

/** What there is to say of a file that a model is written to; how it is made is in native/export/exportModel.ts. */
interface ExportFormat {
  readonly title: string;
  /** What is in it and what it is for: a sentence. */
  readonly help: string;
  /** How names of such files end, without the dot. */
  readonly ending: string;
  readonly verifier: ExportVerifier;
}

export const exportFormats = {
  'onnx-json': {
    title: 'ONNX as JSON',
    help: 'The same model as text: for reading, comparing and Netron.',
    ending: 'onnx.json',
    verifier: 'onnx-runtime',
  },
  onnx: {
    title: 'ONNX',
    help: 'Runs anywhere; scaling of inputs and outputs inside, evidence in its metadata.',
    ending: 'onnx',
    verifier: 'onnx-runtime',
  },
  safetensors: {
    title: 'safetensors',
    help: "Weights with the keys of PyTorch's nn.Sequential; scaling in its metadata.",
    ending: 'safetensors',
    verifier: 'safetensors',
  },
} as const satisfies Record<string, ExportFormat>;

export type ExportFormatId = keyof typeof exportFormats;
export const exportFormatIds = keysOf(exportFormats);
