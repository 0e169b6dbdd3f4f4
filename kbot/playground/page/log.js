/** What Slack sent and what kbot called, line by line; what Slack would not have accepted in red. */

import { h, tool } from "./dom.js";
import { redraw, show, store } from "./state.js";

const opened = new Set();
const DIRECTIONS = {
  to_app: ["→", "Slack sent"],
  from_app: ["←", "kbot called"],
  violation: ["✕", "Slack would refuse"],
  note: ["·", "note"],
};

/** How many things kbot did that Slack would not accept. */
export const violations = () => store.log.filter(({ direction }) => direction === "violation").length;

export function log() {
  const bad = violations();
  const nothing = h("p", { class: "empty" }, "Nothing yet. Do something in a channel.");
  return h("section", { class: "log", "aria-label": "Log", key: "log" },
    h("header", null,
      h("h2", null, "What Slack sent, what kbot called"),
      h("span", { class: bad ? "badge bad" : "badge" }, `${bad || "nothing that"} Slack would refuse`),
      h("span", { class: "grow" }), tool("Close log", "close", () => show({ log: false }))),
    h("div", {
      class: "log-lines", tabindex: "0", role: "region", "aria-label": "Log entries", "data-stick": "log",
      onmount: (node) => (node.scrollTop = node.scrollHeight),
    }, store.log.length ? store.log.map(line) : nothing));
}

function line(entry) {
  const [sign, words] = DIRECTIONS[entry.direction];
  const toggle = ({ currentTarget }) => {
    if (currentTarget.open === opened.has(entry.n)) return;
    if (currentTarget.open) opened.add(entry.n);
    else opened.delete(entry.n);
    redraw();
  };
  const look = `line ${entry.direction}${entry.ok ? "" : " failed"}`;
  return h("details", { key: `n${entry.n}`, class: look, ontoggle: toggle },
    h("summary", null,
      h("time", null, entry.at), h("span", { class: "sign", title: words, role: "img", "aria-label": words }, sign),
      h("b", null, entry.what), h("span", { class: "what" }, entry.summary)),
    opened.has(entry.n) && h("pre", null, JSON.stringify(entry.detail, null, 2)));
}
