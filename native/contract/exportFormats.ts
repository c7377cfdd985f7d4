import { keysOf } from '../base/keysOf.ts';

/** Ways to verify that an exported file is the trained model; each text follows "Verified". */
export const exportVerifiers = {
  'onnx-runtime': { how: 'in ONNX Runtime', predicting: 'in ONNX Runtime, which predicted' },
  /** Orthant's float64 reference predicts with the content of the file. */
  safetensors: { how: 'by reading it back', predicting: 'by reading the safetensors file back and predicting' },
} as const;

export type ExportVerifier = keyof typeof exportVerifiers;
export const exportVerifierIds = keysOf(exportVerifiers);

/** A format of exported models; native/export/exportModel.ts writes them. */
interface ExportFormat {
  readonly title: string;
  /** Content and purpose, in one sentence. */
  readonly help: string;
  /** File name extension, without the dot. */
  readonly ending: string;
  readonly mediaType: string;
  readonly verifier: ExportVerifier;
}

export const exportFormats = {
  'onnx-json': {
    title: 'ONNX as JSON',
    help: 'The same model as text: for reading, comparing and Netron.',
    ending: 'onnx.json',
    mediaType: 'application/json',
    verifier: 'onnx-runtime',
  },
  onnx: {
    title: 'ONNX',
    help: 'Runs anywhere; scaling of inputs and outputs inside, evidence in its metadata.',
    ending: 'onnx',
    mediaType: 'application/octet-stream',
    verifier: 'onnx-runtime',
  },
  safetensors: {
    title: 'safetensors',
    help: "Weights with the keys of PyTorch's nn.Sequential; scaling in its metadata.",
    ending: 'safetensors',
    mediaType: 'application/octet-stream',
    verifier: 'safetensors',
  },
} as const satisfies Record<string, ExportFormat>;

export type ExportFormatId = keyof typeof exportFormats;
export const exportFormatIds = keysOf(exportFormats);
