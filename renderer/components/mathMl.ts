import temml from 'temml';

/** Cache by LaTeX text: the same few formulas are shown repeatedly. */
const made = new Map<string, DocumentFragment>();

/** Converts LaTeX to MathML nodes, without HTML strings; invalid LaTeX is shown as text. */
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
