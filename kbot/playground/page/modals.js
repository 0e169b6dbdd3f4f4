/** The stack of modals an app has opened, last on top; and what Slack itself has to say. */

import { button, h, icon, tool } from "./dom.js";
import { blocks } from "./blocks.js";
import { forgetViews, valuesOf } from "./elements.js";
import { plain } from "./mrkdwn.js";
import { act, dropToast, redraw, store } from "./state.js";

const sending = new Set();

/** One dialog for each open view. */
export function modals(world) {
  const { views, home } = store.state;
  forgetViews(home ? [...views, home] : views);
  return views.map((view) => dialog(view, world));
}

function dialog(view, world) {
  const close = () => act("close", { view_id: view.id });
  const cancel = (event) => {
    event.preventDefault(); // the app decides what closing means
    void close();
  };
  const from = { view_id: view.id };
  const isSending = sending.has(view.id);
  return h("dialog", {
    class: "modal", key: view.id, "data-view": view.callback_id || view.id, "aria-labelledby": `${view.id}-title`,
    onmount: open, onremove: (node) => node.close(), oncancel: cancel,
  },
    h("form", { novalidate: true, onsubmit: (event) => submit(event, view), onkeydown: quickSubmit },
      h("header", null,
        h("h2", { id: `${view.id}-title` }, plain(view.title.text, world)), tool("Close", "close", close)),
      h("div", { class: "modal-body" }, blocks(view.blocks, { world, view, name: view.id, from, errors: view.errors })),
      h("footer", null,
        button("button", close, plain(view.close?.text ?? "Cancel", world)),
        view.submit && h("button", {
          type: "submit", class: "button primary", disabled: isSending, "aria-busy": isSending ? "true" : null,
        }, plain(view.submit.text, world)))));
}

function open(dialog) {
  dialog.showModal();
  const first = ["[data-autofocus]", ".modal-body :is(input, textarea, select)", "footer .button:last-child"]
    .map((selector) => dialog.querySelector(selector)).find(Boolean);
  first?.focus();
}

/** Ctrl+Enter sends a form from inside a long text. */
function quickSubmit(event) {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.currentTarget.requestSubmit();
}

async function submit(event, view) {
  event.preventDefault();
  const form = event.currentTarget;
  if (sending.has(view.id)) return;
  sending.add(view.id);
  redraw();
  await act("submit", { view_id: view.id, values: valuesOf(view) });
  sending.delete(view.id);
  redraw();
  queueMicrotask(() => form.querySelector("[aria-invalid=true]")?.focus());
}

/** What Slack itself says, and refusals of this page. */
export function notices() {
  const row = (one, drop) => h("div", { class: "toast", key: one.id },
    icon("alert"), h("span", { class: "grow" }, one.text), tool("Dismiss", "close", drop));
  return h("div", { class: "toasts", role: "alert" },
    store.state.notices.map((one) => row(one, () => act("dismiss_notice", { id: one.id }))),
    store.toasts.map((one) => row(one, () => dropToast(one.id))));
}
