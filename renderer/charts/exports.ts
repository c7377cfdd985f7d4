import { toCsv } from '../logic/csv.ts';
import type { ChartTable } from '../logic/chartData.ts';
import { saveAs } from '../logic/saveAs.ts';
import { framedPicture, type LegendEntry } from './chartPicture.ts';

/** Export of a chart as an image or a CSV file. */

const fileName = (title: string, ending: string): string =>
  `${title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}.${ending}`;

function saveBlob(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob);
  saveAs(address, name);
  setTimeout(() => {
    URL.revokeObjectURL(address);
  }, 60_000);
}

/** @param drawing - the chart alone; title and legend are drawn above it */
export function savePicture(drawing: HTMLCanvasElement, title: string, legend: readonly LegendEntry[]): void {
  framedPicture(drawing, title, legend).toBlob((blob) => {
    if (blob !== null) saveBlob(blob, fileName(title, 'png'));
  });
}

export function saveCsv(title: string, { header, rows }: ChartTable): void {
  saveBlob(new Blob([toCsv(header, rows)], { type: 'text/csv' }), fileName(title, 'csv'));
}
