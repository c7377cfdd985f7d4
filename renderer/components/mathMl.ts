import temml from 'temml';

/** What was made of LaTeX before: the same few formulas are shown again and again. */
const made = new Map<string, DocumentFragment>();

/** MathML by the DOM, never as a string of HTML; what is not LaTeX is shown as it stands. */
export function mathOf(latex: string): Node {
  let fragment = made.get(latex);
  if (fragment === undefined) {
    const element = document.createElement('span');
    try {
      temml.render(`\\displaystyle ${latex}`, element, { wrap: 'tex' });
    } catch {
      element.textContent = latex;
    }
    fragment = document.createDocumentFragment();
    fragment.append(...element.childNodes);
    made.set(latex, fragment);
  }
  return fragment.cloneNode(true);
}
