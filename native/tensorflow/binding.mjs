import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/** @typedef {import('./plan.mjs').Plan} Plan */

const require = createRequire(import.meta.url);

/** Name of the compiled addon, and of the note beside it about its compiler. */
export const bindingFile = 'tfjs_binding.node';
export const bindingNote = 'binding.json';

const sourceFiles = [
  'tfjs_backend.cc',
  'tfjs_binding.cc',
  'tfjs_backend.h',
  'utils.h',
  'napi_auto_ref.h',
  'tf_auto_status.h',
  'tf_auto_tensor.h',
  'tfe_auto_op.h',
];

/**
 * Changes made to a copy of the package's source, each with how often its text must occur.
 *
 * The package numbers tensor handles with 32 bits and never reuses a number: a small network trained at full speed uses
 * 2^31 of them in hours, and from then on handles leak, later they collide (tfjs issue 8735). With 64 bits,
 * which a JavaScript number holds exactly up to 2^53, that takes thousands of years. The first number lies above 2^32,
 * so that any place that still cuts it to 32 bits fails for every tensor.
 *
 * It opens every session with TensorFlow's defaults. With the patch `loadSavedModel` takes a serialised ConfigProto as a
 * third argument (compile/sessionConfig.ts explains its use).
 *
 * On cards from Ampere on, TensorFlow and XLA round the factors of matrix products to ten binary digits (TF32). An output
 * of 1e-4 may then be negative where the exported model runs, so that is switched off: TensorFlow has no C function for
 * this, only a C++ one, which its library exports. Without CUDA there is nothing to switch.
 *
 * @type {readonly { file: string, from: string, to: string, times: number }[]}
 */
const patches = [
  { file: 'tfjs_backend.h', from: 'int32_t InsertHandle(', to: 'int64_t InsertHandle(', times: 1 },
  {
    file: 'tfjs_backend.h',
    from: 'unordered_map<int32_t, TFE_TensorHandle *>',
    to: 'unordered_map<int64_t, TFE_TensorHandle *>',
    times: 1,
  },
  { file: 'tfjs_backend.h', from: 'int32_t next_tensor_id_;', to: 'int64_t next_tensor_id_;', times: 1 },
  {
    file: 'tfjs_backend.cc',
    from: 'next_tensor_id_(0), next_savedmodel_id_(0) {\n',
    to: `next_tensor_id_(INT64_C(1) << 32), next_savedmodel_id_(0) {
#ifdef __linux__
  tsl::enable_tensor_float_32_execution(false);
#endif
`,
    times: 1,
  },
  {
    file: 'tfjs_backend.cc',
    from: '#include "utils.h"\n',
    to: `#include "utils.h"

#ifdef __linux__
namespace tsl {
void enable_tensor_float_32_execution(bool enabled);
}
#endif
`,
    times: 1,
  },
  {
    // TensorFlow would use an aligned array in place and release it on any of its threads, where N-API must not be called.
    file: 'tfjs_backend.cc',
    from: `  NapiAutoRef *auto_ref = new NapiAutoRef();
  nstatus = auto_ref->Init(env, array_value);
  if (nstatus != napi_ok) {
    delete auto_ref;
  }
  ENSURE_NAPI_OK_RETVAL(env, nstatus, nullptr);
`,
    to: '',
    times: 1,
  },
  {
    file: 'tfjs_backend.cc',
    from: `  TF_AutoTensor tensor(TF_NewTensor(dtype, shape, shape_length, array_data,
                                    byte_size, DeallocTensor, auto_ref));
`,
    to: `  TF_AutoTensor tensor(TF_AllocateTensor(dtype, shape, shape_length, byte_size));
  memcpy(TF_TensorData(tensor.tensor), array_data, byte_size);
`,
    times: 1,
  },
  {
    file: 'tfjs_backend.cc',
    from: `  if (TF_GetCode(tf_status.status) != TF_OK) {
    delete auto_ref;
    TFE_DeleteTensorHandle(tfe_tensor_handle);
`,
    to: `  if (TF_GetCode(tf_status.status) != TF_OK) {
    TFE_DeleteTensorHandle(tfe_tensor_handle);
`,
    times: 1,
  },
  {
    file: 'tfjs_backend.cc',
    from: 'int32_t TFJSBackend::InsertHandle(',
    to: 'int64_t TFJSBackend::InsertHandle(',
    times: 1,
  },
  {
    file: 'tfjs_backend.cc',
    from: 'napi_create_int32(env, InsertHandle(',
    to: 'napi_create_int64(env, InsertHandle(',
    times: 2,
  },
  { file: 'tfjs_backend.cc', from: 'int32_t tensor_id;', to: 'int64_t tensor_id;', times: 2 },
  {
    file: 'tfjs_backend.cc',
    from: 'napi_get_value_int32(env, tensor_id_value,',
    to: 'napi_get_value_int64(env, tensor_id_value,',
    times: 2,
  },
  { file: 'tfjs_backend.cc', from: 'int32_t cur_input_tensor_id;', to: 'int64_t cur_input_tensor_id;', times: 2 },
  {
    file: 'tfjs_backend.cc',
    from: 'napi_get_value_int32(env, cur_input_id,',
    to: 'napi_get_value_int64(env, cur_input_id,',
    times: 2,
  },
  { file: 'tfjs_backend.cc', from: '(tensor_id: %d)', to: '(tensor_id: %lld)', times: 5 },
  {
    file: 'tfjs_binding.cc',
    from: 'export_dir, tags:\n  size_t argc = 2;\n  napi_value args[2];',
    to: 'export_dir, tags, config:\n  size_t argc = 3;\n  napi_value args[3];',
    times: 1,
  },
  {
    file: 'tfjs_binding.cc',
    from: 'backend->LoadSavedModel(env, args[0], args[1]);',
    to: 'backend->LoadSavedModel(env, args[0], args[1], args[2]);',
    times: 1,
  },
  {
    file: 'tfjs_backend.h',
    from: 'napi_value export_dir,\n                            napi_value tags_value);',
    to: 'napi_value export_dir,\n                            napi_value tags_value, napi_value config_value);',
    times: 1,
  },
  {
    file: 'tfjs_backend.cc',
    from: 'napi_value tags_value) {\n  TF_SessionOptions *session_options = TF_NewSessionOptions();\n',
    to: `napi_value tags_value, napi_value config_value) {
  TF_SessionOptions *session_options = TF_NewSessionOptions();
  size_t config_length = 0;
  void *config = nullptr;
  // A value that is not an array of bytes means TensorFlow's defaults; N-API passes missing arguments as undefined.
  if (napi_get_typedarray_info(env, config_value, nullptr, &config_length, &config, nullptr, nullptr) == napi_ok) {
    TF_AutoStatus config_status;
    TF_SetConfig(session_options, config, config_length, config_status.status);
    if (TF_GetCode(config_status.status) != TF_OK) {
      TF_DeleteSessionOptions(session_options);
      NAPI_THROW_ERROR(env, "%s", TF_Message(config_status.status));
      return nullptr;
    }
  }
`,
    times: 1,
  },
];

/**
 * Applies `patches` to `sources`; throws if the source is not the one they were written for.
 * @param {Record<string, string>} sources Text by file name.
 * @returns {Record<string, string>}
 */
export function patchSources(sources) {
  const patched = { ...sources };
  for (const { file, from, to, times } of patches) {
    const parts = (patched[file] ?? '').split(from);
    if (parts.length !== times + 1) {
      throw new Error(
        `the source of the TensorFlow binding is not the one Orthant knows: ${file} has "${from}" ${String(parts.length - 1)} times instead of ${String(times)}`,
      );
    }
    patched[file] = parts.join(to);
  }
  return patched;
}

/**
 * The binding's source for the compiler, and the path of the result.
 * @param {Plan} plan
 * @returns {{ sources: Record<string, string>, folder: string, file: string, nodeHeaders: string, nodeSymbols: string }}
 *   `folder` is named by a hash of the source, of the headers' version and of TensorFlow's wheel; `file` is the addon in it.
 */
export function describeBinding(plan) {
  const packageFolder = path.dirname(require.resolve('@tensorflow/tfjs-node-gpu/package.json'));
  const headersFolder = path.dirname(require.resolve('node-api-headers/package.json'));
  /** @type {Record<string, string>} */
  const original = {};
  for (const name of sourceFiles) original[name] = readFileSync(path.join(packageFolder, 'binding', name), 'utf8');
  const sources = patchSources(original);
  const { version } = JSON.parse(readFileSync(path.join(headersFolder, 'package.json'), 'utf8'));
  const tensorflow = path.basename(plan.wheels[0]?.folder ?? '');
  const key = createHash('sha256')
    .update(JSON.stringify([sources, version, tensorflow, plan.wheels[0]?.sha256]))
    .digest('hex')
    .slice(0, 16);
  const folder = path.join(plan.cache, `binding-${plan.version}-${plan.platform}-${plan.device}-${key}`);
  return {
    sources,
    folder,
    file: path.join(folder, bindingFile),
    nodeHeaders: path.join(headersFolder, 'include'),
    nodeSymbols: path.join(headersFolder, 'def', 'node_api.def'),
  };
}

/**
 * The compiled binding of a plan, if there is one.
 * @param {Plan} plan
 * @returns {string | undefined} Path of the addon.
 */
export function findBinding(plan) {
  if (plan.engine !== 'tensorflow') return undefined;
  const { file, folder } = describeBinding(plan);
  // The folder is renamed into place when it is complete; the note is the last file written to it.
  return existsSync(path.join(folder, bindingNote)) ? file : undefined;
}
