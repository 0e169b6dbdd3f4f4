/** Block Kit's interactive elements. What they do goes to `act`; a view keeps its values until it is submitted. */

import { button, h, icon } from "./dom.js";
import { confirmed, openMenu } from "./menu.js";
import { plain } from "./mrkdwn.js";
import { act, humans, redraw, store } from "./state.js";

const drafts = new Map(); // "view/block/action" -> what the person chose or typed, until the view is gone
const busy = new Set(); // presses that the app has not acknowledged yet
const chosen = new Map(); // feedback buttons: the last one pressed

const place = (ctx, block, element) => `${ctx.name}/${block}/${element.action_id}`;
const text = (object) => object?.text ?? "";

/** What a stateful element holds now: what the person put there, else what the app put there. */
function valueOf(ctx, block, element) {
  const kept = drafts.get(place(ctx, block, element));
  if (kept !== undefined) return kept;
  const [initial] = Object.keys(element).filter((key) => key.startsWith("initial_"));
  if (initial === "initial_option") return element.initial_option.value;
  if (initial === "initial_options") return element.initial_options.map(({ value }) => value);
  const value = element[initial] ?? null;
  return typeof value === "number" ? String(value) : value;
}

/** Everything that a view holds: block_id -> action_id -> value. */
export function valuesOf(view) {
  const all = {};
  for (const block of view.blocks) {
    const inside = [block.element, block.accessory, ...(block.type === "actions" ? block.elements : [])];
    for (const one of inside.filter((it) => it && DRAW[it.type] && !WITHOUT_VALUE.includes(it.type))) {
      (all[block.block_id] ??= {})[one.action_id] = valueOf({ name: view.id }, block.block_id, one);
    }
  }
  return all;
}

/** Forget what was typed in views that are gone. */
export function forgetViews(open) {
  for (const key of drafts.keys()) if (!open.some(({ id }) => key.startsWith(`${id}/`))) drafts.delete(key);
}

async function press(ctx, block, element, value) {
  if (element.confirm && !(await confirmed(question(element.confirm)))) return;
  const at = place(ctx, block, element);
  busy.add(at);
  redraw();
  const sent = { ...ctx.from, block_id: block, action_id: element.action_id };
  if (ctx.view) sent.values = valuesOf(ctx.view);
  if (value !== undefined) sent.value = value;
  const answer = await act("click", sent);
  if (answer.ok && element.type === "feedback_buttons") chosen.set(at, value);
  busy.delete(at);
  redraw();
}

const question = ({ title, text: body, confirm, deny, style }) => (
  { title: text(title), text: text(body), confirm: text(confirm), deny: text(deny), danger: style === "danger" });

function changed(ctx, block, element, value) {
  if (ctx.view) drafts.set(place(ctx, block, element), value);
  if (ctx.dispatch) void press(ctx, block, element, value);
}

// --- buttons ---

function pressButton(ctx, block, element) {
  const isLink = element.url && /^https?:/.test(element.url);
  const onclick = () => {
    if (isLink) window.open(element.url, "_blank", "noopener");
    void press(ctx, block, element);
  };
  return button(`button ${element.style ?? ""}`, onclick, plain(text(element.text), ctx.world), {
    "aria-label": element.accessibility_label ?? null, "aria-busy": busy.has(place(ctx, block, element)) ? "true" : null,
  });
}

const pictureButton = (label, picture, onclick, props) =>
  button("button icon-only", onclick, icon(picture), { "aria-label": label, title: label, ...props });

function overflow(ctx, block, element) {
  const items = element.options.map((one) => (
    { label: text(one.text), hint: text(one.description), pick: () => press(ctx, block, element, one.value) }));
  const open = (event) => openMenu(event.currentTarget, items, { label: "More options" });
  return pictureButton("More options", "more", open, { "aria-haspopup": "menu" });
}

function feedback(ctx, block, element) {
  const now = chosen.get(place(ctx, block, element));
  const one = (part, picture) =>
    pictureButton(part.accessibility_label ?? text(part.text), picture, () => press(ctx, block, element, part.value), {
      "aria-pressed": String(now === part.value), title: text(part.text),
    });
  return h("span", { class: "row" }, one(element.positive_button, "up"), one(element.negative_button, "down"));
}

function iconButton(ctx, block, element) {
  const { visible_to_user_ids: only } = element;
  if (only && !only.includes(store.ui.as)) return null;
  return pictureButton(element.accessibility_label ?? text(element.text), "bin", () => press(ctx, block, element));
}

// --- menus, boxes ---

const bots = () => store.state.people.filter((person) => person.is_bot);
const option = (value, label) => ({ value, text: { text: label } });
const channels = (kinds) =>
  store.state.channels.filter(({ kind }) => kinds.includes(kind === "shared" ? "public" : kind))
    .map(({ id, kind, name }) => option(id, kind === "im" ? `@${name}` : `#${name}`));

/** The options of a menu, by the kind of menu. */
const OPTIONS = {
  static: ({ options = [] }) => options,
  users: () => [...humans(), ...bots()].map((one) => option(one.id, one.real_name)),
  channels: () => channels(["public"]),
  conversations: ({ filter }) => channels(filter?.include ?? ["public", "private", "im"]),
};
const optionsOf = (element) => OPTIONS[element.type.replace(/^multi_/, "").replace(/_select$/, "")](element);

function select(ctx, block, element) {
  const now = valueOf(ctx, block, element);
  const draw = (one) => h("option", { value: one.value, selected: now === one.value }, text(one.text));
  const groups = element.option_groups ?? [];
  const label = text(element.placeholder) || "Choose an option";
  return h("select", {
    ...ctx.attributes, class: "select", "aria-label": ctx.attributes ? null : label,
    onchange: ({ currentTarget }) => changed(ctx, block, element, currentTarget.value || null),
  },
    h("option", { value: "", disabled: !ctx.optional, selected: !now }, label),
    optionsOf(element).map(draw),
    groups.map((group) => h("optgroup", { label: text(group.label) }, group.options.map(draw))));
}

function several(ctx, block, element) {
  const groups = element.option_groups ?? [];
  const options = element.type === "checkboxes" ? element.options : optionsOf(element);
  const now = valueOf(ctx, block, element) ?? [];
  const toggle = ({ currentTarget }) => {
    const boxes = [...currentTarget.closest("[role=group]").querySelectorAll("input:checked")];
    changed(ctx, block, element, boxes.map(({ value }) => value));
  };
  const all = [...options, ...groups.flatMap((group) => group.options)];
  const isOn = (value) => now.includes(value);
  return choices(ctx, block, element, all, { role: "group", type: "checkbox", isOn, toggle });
}

function radio(ctx, block, element) {
  const now = valueOf(ctx, block, element);
  const toggle = ({ currentTarget }) => changed(ctx, block, element, currentTarget.value);
  const isOn = (value) => now === value;
  return choices(ctx, block, element, element.options, { role: "radiogroup", type: "radio", isOn, toggle });
}

function choices(ctx, block, element, options, { role, type, isOn, toggle }) {
  const look = element.type.startsWith("multi_") ? "choices boxed" : "choices";
  const label = ctx.attributes ? null : text(element.placeholder) || "Choose";
  const name = place(ctx, block, element);
  const words = (object) => plain(text(object), ctx.world);
  const row = (one) => h("label", { class: "choice", key: one.value },
    h("input", { type, name, value: one.value, checked: isOn(one.value), onchange: toggle }),
    h("span", null, words(one.text), one.description && h("small", null, words(one.description))));
  return h("div", { role, class: look, "aria-label": label, ...ctx.attributes }, options.map(row));
}

// --- fields ---

const PICKERS = { datepicker: "date", timepicker: "time", datetimepicker: "datetime-local" };
const TEXTS = {
  plain_text_input: "text",
  rich_text_input: "text",
  email_text_input: "email",
  url_text_input: "url",
  number_input: "number",
};

/** A date, a time, or both; Slack keeps both as seconds. */
function picker(ctx, block, element) {
  const type = PICKERS[element.type];
  const isBoth = type === "datetime-local";
  const seconds = (value) => String(Math.floor(new Date(value).getTime() / 1000) || "");
  const local = (value) => new Date(value * 1000 - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
  const now = valueOf(ctx, block, element) ?? "";
  return h("input", {
    ...ctx.attributes, class: "field", type, value: isBoth && now ? local(now) : now,
    "aria-label": ctx.attributes ? null : text(element.placeholder) || "Date or time",
    onchange: ({ currentTarget: { value } }) => changed(ctx, block, element, isBoth ? seconds(value) : value),
  });
}

function textField(ctx, block, element) {
  const when = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const atEachLetter = ctx.dispatch && when.includes("on_character_entered");
  const value = valueOf(ctx, block, element);
  const onkeydown = (event) => {
    if (!ctx.dispatch || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    if (when.includes("on_enter_pressed")) void press(ctx, block, element, event.currentTarget.value);
  };
  const attributes = {
    ...ctx.attributes, class: "field", value: typeof value === "string" ? value : "", onkeydown,
    oninput: (event) => changed({ ...ctx, dispatch: atEachLetter }, block, element, event.currentTarget.value),
    placeholder: text(element.placeholder) || null, maxlength: element.max_length ?? null,
    "aria-label": ctx.attributes ? null : text(element.placeholder) || "Text",
    "data-autofocus": element.focus_on_load || null,
  };
  if (element.multiline || element.type === "rich_text_input") return h("textarea", { ...attributes, rows: "4" });
  const { min_value: min = null, max_value: max = null, is_decimal_allowed: isDecimal } = element;
  const numbers = { min, max, step: isDecimal ? "any" : null };
  return h("input", { ...attributes, ...numbers, type: TEXTS[element.type] });
}

const WITHOUT_VALUE = ["button", "overflow", "feedback_buttons", "icon_button"];
const DRAW = {
  __proto__: null, button: pressButton, overflow, feedback_buttons: feedback, icon_button: iconButton,
  radio_buttons: radio, checkboxes: several,
};
for (const kind of Object.keys(PICKERS)) DRAW[kind] = picker;
for (const kind of Object.keys(TEXTS)) DRAW[kind] = textField;
for (const kind of Object.keys(OPTIONS)) {
  DRAW[`${kind}_select`] = select;
  DRAW[`multi_${kind}_select`] = several;
}

/**
 * Draw one element of a block.
 * `ctx.dispatch`: a change is sent at once; `ctx.attributes`: what ties an input to its label, hint and error.
 */
export function element(ctx, block, one) {
  const draw = DRAW[one?.type];
  if (draw) return draw(ctx, block, one);
  return h("span", { class: "unknown" }, `(an element of the type ${one?.type}, which this page cannot show)`);
}
