import type { externalLinks } from '../../native/contract/window.ts';

/** Addresses of the only pages the application opens outside itself. */
export const linkAddresses: Record<(typeof externalLinks)[number], string> = {
  'forum-thread': 'https://discuss.pytorch.org/t/178758',
  onnx: 'https://onnx.ai/',
  netron: 'https://netron.app/',
  pytorch: 'https://pytorch.org/docs/stable/index.html',
  tensorflow: 'https://www.tensorflow.org/',
};
