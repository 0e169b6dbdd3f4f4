/** Menus that open at a button: message actions, overflow menus, emoji, time. Escape and a click elsewhere close them. */

import { button, h, icon, patch } from "./dom.js";

/**
 * Open a menu below (or above) `anchor`.
 * `items`: {label, pick, icon?, emoji?, hint?, danger?} or {heading}. `grid` lays them out as emoji.
 */
export function openMenu(anchor, items, { label = "Menu", grid = false } = {}) {
  const menu = document.createElement("div");
  menu.popover = "auto";
  menu.className = grid ? "menu grid" : "menu";
  menu.setAttribute("role", "menu");
  menu.setAttribute("aria-label", label);
  patch(menu, items.map((item) => row(item, menu)));
  (anchor.closest("dialog") ?? document.body).append(menu);
  anchor.setAttribute("aria-expanded", "true");
  menu.addEventListener("toggle", ({ newState }) => {
    if (newState !== "closed") return;
    anchor.removeAttribute("aria-expanded"); // the browser has given the focus back by now
    menu.remove();
  });
  menu.addEventListener("keydown", (event) => move(event, menu, grid));
  menu.showPopover();
  place(menu, anchor);
  menu.querySelector("button")?.focus();
}

function row(item, menu) {
  if (item.heading) return h("div", { class: "menu-heading", role: "presentation" }, item.heading);
  const pick = () => {
    menu.hidePopover();
    item.pick();
  };
  const attributes = { role: "menuitem", tabindex: "-1" };
  if (item.emoji) return button("", pick, item.emoji, { ...attributes, "aria-label": item.label, title: item.label });
  return button(item.danger ? "danger" : "", pick, [
    item.icon && icon(item.icon), h("span", { class: "grow" }, item.label), item.hint && h("small", null, item.hint),
  ], attributes);
}

function move(event, menu, grid) {
  const buttons = [...menu.querySelectorAll("button")];
  const at = buttons.indexOf(document.activeElement);
  const columns = grid ? buttons.filter((one) => one.offsetTop === buttons[0].offsetTop).length : 1;
  const steps = { ArrowDown: at + columns, ArrowUp: at - columns, Home: 0, End: buttons.length - 1 };
  if (grid) Object.assign(steps, { ArrowRight: at + 1, ArrowLeft: at - 1 });
  const to = steps[event.key];
  if (event.key === "Tab") menu.hidePopover();
  if (to === undefined) return;
  event.preventDefault();
  buttons[(to + buttons.length) % buttons.length]?.focus();
}

function place(menu, anchor) {
  const at = anchor.getBoundingClientRect();
  const { offsetWidth: wide, offsetHeight: high } = menu;
  const below = at.bottom + 4 + high < innerHeight || at.top < high;
  menu.style.left = `${Math.max(8, Math.min(at.left, innerWidth - wide - 8))}px`;
  menu.style.top = `${Math.max(8, below ? Math.min(at.bottom + 4, innerHeight - high - 8) : at.top - high - 4)}px`;
}

/** Ask before something that cannot be taken back. `ask`: {title, text, confirm, deny, danger}. Resolves to yes or no. */
export function confirmed({ title, text, confirm, deny, danger = false }) {
  return new Promise((resolve) => {
    const dialog = document.createElement("dialog");
    dialog.className = "modal small";
    dialog.setAttribute("aria-label", title);
    const choice = (value, label, look) => h("button", { type: "submit", class: `button ${look}`, value }, label);
    patch(dialog, [
      h("form", { method: "dialog" },
        h("header", null, h("h2", null, title)),
        h("div", { class: "modal-body" }, text),
        h("footer", null, choice("no", deny ?? "Cancel", ""), choice("yes", confirm, danger ? "danger" : "primary"))),
    ]);
    document.body.append(dialog);
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    dialog.showModal();
  });
}
