/**
 * Draws icon.png from icon.svg with an installed Chromium; electron-builder converts it to the formats of each system.
 *
 *   node build/packaging/makeIcon.mjs
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright';
import { findBrowser } from '../start/applicationWindow.mjs';

/** In pixels; the largest size that any system requires. */
const size = 1024;
const folder = import.meta.dirname;

const executablePath = findBrowser();
if (executablePath === undefined) throw new Error('No Chromium-family browser was found to draw the icon with.');
const browser = await chromium.launch({ executablePath });
const page = await browser.newPage({ viewport: { width: size, height: size } });
const svg = readFileSync(path.join(folder, 'icon.svg'), 'utf8');
await page.setContent(`<style>body{margin:0}svg{display:block;width:${String(size)}px}</style>${svg}`);
await page.screenshot({ path: path.join(folder, 'icon.png'), omitBackground: true });
await browser.close();
