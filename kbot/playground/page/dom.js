/**
 * A small keyed virtual DOM. Strings become text nodes and nothing else: there is no way from a member's
 * words to markup. Nodes are kept between two renderings, so focus, scroll and half-typed text stay.
 */

const SVG = "http://www.w3.org/2000/svg";
const LIVE = new Set(["value", "checked", "selected", "open", "indeterminate"]); // properties, not attributes
const HOOKS = new Set(["key", "onmount", "onremove"]);
const mounted = [];
const made = new WeakMap(); // node -> what it was drawn from; nodes that others put in are left alone

/** What an element should look like. A class, so that nothing that came as JSON can pass for one. */
class Wanted {
  constructor(tag, props, kids) {
    Object.assign(this, { tag, props, kids, key: props.key });
  }
}

/** Describe an element. `false`, `null` and empty strings among the children are left out. */
export function h(tag, props, ...kids) {
  const shown = kids.flat(Infinity).filter((kid) => ![null, undefined, true, false, ""].includes(kid));
  return new Wanted(tag, props ?? {}, shown.map((kid) => (kid instanceof Wanted ? kid : String(kid))));
}

/** An icon of icons.svg, silent for screen readers. */
export const icon = (name) =>
  h("svg", { class: "icon", "aria-hidden": "true" }, h("use", { href: `/page/icons.svg#${name}` }));

/** A button that submits nothing. `look`: its class names. */
export const button = (look, onclick, kids, props = {}) =>
  h("button", { type: "button", class: look || null, onclick, ...props }, kids);

/** A button with a picture; its label is read out and shown as a tooltip. */
export function tool(label, picture, onclick, props = {}) {
  const drawn = typeof picture === "string" ? icon(picture) : picture;
  return button("quiet", onclick, drawn, { "aria-label": label, title: label, ...props });
}

/** Make the children of `parent` look like `kids`. `onmount` hooks run when all of it stands in the page. */
export function patch(parent, kids) {
  reconcile(parent, h("", null, kids).kids);
  for (const [hook, node] of mounted.splice(0)) hook(node);
}

function reconcile(parent, kids) {
  const old = [...parent.childNodes].filter((node) => made.has(node));
  const keyOf = (node) => made.get(node).key;
  const keyed = new Map(old.filter((node) => keyOf(node) !== undefined).map((node) => [keyOf(node), node]));
  const loose = old.filter((node) => keyOf(node) === undefined);
  const plan = kids.map((kid) => {
    if (kid.key === undefined) return matching(loose, kid);
    const node = keyed.get(kid.key);
    keyed.delete(kid.key);
    return node && made.get(node).tag === kid.tag ? node : null;
  });
  const kept = new Set(plan);
  for (const node of old) if (!kept.has(node)) remove(node); // first, or keeping order would move (and blur) the rest
  let next = parent.firstChild;
  kids.forEach((kid, index) => {
    while (next && !made.has(next)) next = next.nextSibling;
    const node = plan[index] ?? create(kid);
    if (node === next) next = next.nextSibling;
    else parent.insertBefore(node, next);
    if (plan[index]) update(node, kid);
    else if (kid.props?.onmount) mounted.push([kid.props.onmount, node]);
  });
}

function matching(loose, kid) {
  const index = loose.findIndex((node) => made.get(node).tag === kid.tag);
  return index < 0 ? null : loose.splice(0, index + 1).at(-1);
}

function create(kid) {
  if (!kid.tag) {
    const text = document.createTextNode(kid);
    made.set(text, { text: kid });
    return text;
  }
  const drawing = kid.tag === "svg" || kid.tag === "use";
  const node = drawing ? document.createElementNS(SVG, kid.tag) : document.createElement(kid.tag);
  made.set(node, kid);
  reconcile(node, kid.kids);
  setProps(node, {}, kid.props);
  return node;
}

function update(node, kid) {
  const before = made.get(node);
  if (!kid.tag) {
    if (before.text !== kid) node.data = kid;
    made.set(node, { text: kid });
    return;
  }
  made.set(node, kid);
  reconcile(node, kid.kids);
  setProps(node, before.props, kid.props);
}

function remove(node) {
  made.get(node).props?.onremove?.(node);
  node.remove();
}

function setProps(node, before, after) {
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const value = after[name];
    if (HOOKS.has(name) || before[name] === value) continue;
    if (name.startsWith("on")) node[name] = value ?? null;
    else if (LIVE.has(name)) {
      if (node[name] !== value) node[name] = value ?? "";
    } else if (value === false || value === null || value === undefined) node.removeAttribute(name);
    else node.setAttribute(name, value === true ? "" : value);
  }
}
