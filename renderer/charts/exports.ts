import { chartTable, type ChartData } from '../logic/curves.ts';
import { toCsv } from '../logic/csv.ts';
import { saveAs } from '../state/files.ts';

/** A chart's picture and figures as files. */

const fileName = (title: string, ending: string): string =>
  `${title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}.${ending}`;

function saveBlob(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob);
  saveAs(address, name);
  setTimeout(() => {
    URL.revokeObjectURL(address);
  }, 60_000);
}

export function savePicture(title: string, canvas: HTMLCanvasElement): void {
  canvas.toBlob((blob) => {
    if (blob !== null) saveBlob(blob, fileName(title, 'png'));
  });
}

export function saveCsv(
  title: string,
  header: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
): void {
  saveBlob(new Blob([toCsv(header, rows)], { type: 'text/csv' }), fileName(title, 'csv'));
}

export function saveChartCsv(chart: ChartData): void {
  const { header, rows } = chartTable(chart);
  saveCsv(chart.title, header, rows);
}
