// Turns an element into a newer version of itself, touching only what differs: focus, selection
// and what the pointer is on stay where they are.

/** Writes the differences of `fresh` into `old`. */
export function morph(old: Node, fresh: Node): void {
  if (old.isEqualNode(fresh) || isKept(old) || isHeld(old, fresh)) return;
  if (old instanceof Element && fresh instanceof Element && old.nodeName === fresh.nodeName) {
    copyAttributes(old, fresh);
    copyChildren(old, fresh);
  } else if (old instanceof Text && fresh instanceof Text) {
    old.data = fresh.data;
  } else {
    old.parentNode?.replaceChild(fresh, old);
  }
}

function copyAttributes(old: Element, fresh: Element): void {
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
}

function copyChildren(old: Element, fresh: Element): void {
  const [before, after] = [[...old.childNodes], [...fresh.childNodes]];
  after.forEach((node, index) => {
    const known = before[index];
    if (known) morph(known, node);
    else old.append(node);
  });
  for (const gone of before.slice(after.length)) gone.remove();
}

/** What a script drew is its own: data-keep. */
const isKept = (old: Node) => old instanceof HTMLElement && old.dataset["keep"] !== undefined;

/** Rows do not jump while the pointer is on them: another order waits. */
function isHeld(old: Node, fresh: Node): boolean {
  return old instanceof HTMLTableSectionElement && old.matches(":hover") && order(old) !== order(fresh as Element);
}

const order = (rows: Element) => [...rows.querySelectorAll("a")].map((link) => link.getAttribute("href")).join();
