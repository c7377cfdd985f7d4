import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import config, { fuses } from './electron-builder.config.mjs';
import { filesFor } from './packForTest.mjs';

describe('the package', () => {
  it('19. of the security checklist: has its fuses set', () => {
    expect(config.electronFuses).toEqual({
      runAsNode: false,
      enableCookieEncryption: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      loadBrowserProcessSpecificV8Snapshot: false,
      grantFileProtocolExtraPrivileges: false,
    });
    // Only a build for Playwright can be debugged.
    expect(fuses({ ORTHANT_INSPECTABLE: '1' })).toEqual({ ...fuses({}), enableNodeCliInspectArguments: true });
  });

  it('is made for three systems, each with an icon', () => {
    for (const system of ['linux', 'mac', 'win'] as const) {
      expect(config[system]?.target, system).toBeDefined();
      expect(config[system]?.icon, system).toBe('icon.png');
    }
    const icon = readFileSync(path.join(import.meta.dirname, 'icon.png'));
    expect(icon.subarray(1, 4).toString()).toBe('PNG');
    // Width and height in the header; macOS asks for 1024.
    expect([icon.readUInt32BE(16), icon.readUInt32BE(20)]).toEqual([1024, 1024]);
  });

  it('is packed for tests with the native modules of this system', () => {
    const rules = filesFor(config.files ?? [], { platform: 'darwin', arch: 'arm64' });
    expect(rules).toContain('!node_modules/onnxruntime-node/bin/napi-v6/!(darwin)/**');
    expect(rules).toContain('!node_modules/onnxruntime-node/bin/napi-v6/darwin/!(arm64)/**');
    expect(JSON.stringify(rules)).not.toMatch(/\$\{/);
    expect(rules).toHaveLength([config.files].flat().length);
  });

  it('opens configurations', () => {
    expect(config.fileAssociations).toMatchObject([{ ext: 'orthant', role: 'Editor' }]);
  });
});
