import { flushSync } from 'svelte';

/** Text of an element, including hidden parts, in one line. */
const textOf = (element: Element | null | undefined): string =>
  (element?.textContent ?? '').replaceAll(/\s+/g, ' ').trim();

const notesOf = (element: Element): string =>
  textOf(document.getElementById(element.getAttribute('aria-describedby') ?? ''));

const labelOf = (control: HTMLElement): string =>
  textOf(document.querySelector(`label[for="${control.id}"]`) ?? control.closest('label')) ||
  (control.getAttribute('aria-label') ?? '');

function choices(select: HTMLSelectElement): string {
  return Array.from(select.options, (option) => {
    const marks = `${option.selected ? '*' : ''}${option.disabled ? ' (disabled)' : ''}`;
    return `${textOf(option)} <${option.value}>${marks}`;
  }).join(' | ');
}

const placeholderOf = ({ placeholder }: HTMLInputElement): string => (placeholder === '' ? '' : `(${placeholder})`);

function lineOf(element: Element): string | undefined {
  if (element instanceof HTMLSelectElement) return `${labelOf(element)}: ${choices(element)}`;
  if (element instanceof HTMLInputElement) {
    const value =
      element.type === 'radio' ? (element.checked ? '(*)' : '( )') : `[${element.value || placeholderOf(element)}]`;
    return `${labelOf(element)}: ${value}`;
  }
  if (element.getAttribute('role') === 'switch') {
    return `${labelOf(element as HTMLElement)}: ${element.getAttribute('aria-checked') === 'true' ? 'on' : 'off'}`;
  }
  if (/^(H2|H3|SUMMARY|LEGEND)$/.test(element.tagName)) return `# ${textOf(element)}`;
  return element.tagName === 'BUTTON' ? `<${textOf(element)}>` : undefined;
}

/** A form as text: one line per heading, control and button, in page order. */
export function formText(form: Element): string {
  for (const details of form.querySelectorAll('details')) details.open = true;
  flushSync();
  return Array.from(form.querySelectorAll('*'), (element) => {
    const line = lineOf(element);
    if (line === undefined) return [];
    const disabled = element.matches(':disabled') ? ' (disabled)' : '';
    const notes = notesOf(element);
    return [`${line}${disabled}${notes === '' ? '' : `\n    ${notes}`}`];
  })
    .flat()
    .join('\n');
}

/** The numbers that each number field of a form refuses, with the messages. */
export function rangesText(form: Element, numbers = ['-1', '0', '0.5', '1', '1e12']): string {
  const inputs = Array.from(form.querySelectorAll<HTMLInputElement>('input[inputmode]:enabled'));
  return inputs
    .map((input) => {
      const label = labelOf(input);
      const answers = numbers.map((text) => {
        input.value = text;
        input.dispatchEvent(new Event('input', { bubbles: true }));
        flushSync();
        const wrong = input.getAttribute('aria-invalid') === 'true';
        const problem = textOf(
          document.getElementById(input.getAttribute('aria-describedby') ?? '')?.querySelector('.negative'),
        );
        return `    ${text}: ${wrong ? problem : 'taken'}`;
      });
      input.dispatchEvent(new Event('blur'));
      flushSync();
      return [label, ...answers].join('\n');
    })
    .join('\n');
}
