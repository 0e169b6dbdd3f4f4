/** Block Kit as elements, for messages, the Home tab and modals. */

import { h, icon } from "./dom.js";
import { element } from "./elements.js";
import { address, channel, date, emoji, link, markdown, mrkdwn, plain, user } from "./mrkdwn.js";

/**
 * Draw a list of blocks.
 * `ctx`: {world, name (unique place of these blocks), from (what a click is sent with), view and errors (of a view)}.
 */
export function blocks(list, ctx) {
  return list.map((block, index) => {
    const look = DRAW[block.type] ? block.type : "unknown";
    const key = block.block_id ?? `#${index}`;
    return h("div", { class: `block ${look}`, key }, draw(block, { ...ctx, dispatch: true }));
  });
}

function draw(block, ctx) {
  try {
    return (DRAW[block.type] ?? unknown)(block, ctx);
  } catch (error) {
    console.error(error); // one odd block must not take the whole page away
    return unknown(block, ctx);
  }
}

const said = (object, world) =>
  object.type === "mrkdwn" ? mrkdwn(object.text, world) : h("p", null, plain(object.text, world));

function unknown(block, ctx) {
  const text = [block.text, block.text?.text, block.title, block.title?.text].find((one) => typeof one === "string");
  const note = h("small", null, `(a block of the type ${block.type}, which this page cannot show)`);
  return [note, text && mrkdwn(text, ctx.world)];
}

function section(block, ctx) {
  const { text, fields, accessory } = block;
  const words = h("div", { class: "grow" },
    text && said(text, ctx.world),
    fields && h("div", { class: "fields" }, fields.map((field) => h("div", null, said(field, ctx.world)))));
  if (!accessory) return words;
  const beside = accessory.type === "image" ? picture(accessory) : element(ctx, block.block_id, accessory);
  return h("div", { class: "with-accessory" }, words, h("div", { class: "accessory" }, beside));
}

/** Pictures from elsewhere are not fetched: their description stands for them. */
function picture(block) {
  const url = address(block.image_url ?? block.slack_file?.url);
  if (url?.origin === location.origin) return h("img", { src: url.href, alt: block.alt_text });
  return h("span", { class: "no-picture" }, icon("file"), block.alt_text || "picture");
}

/** A labelled field. Its label, hint and error are tied to it for screen readers. */
function input(block, ctx) {
  const id = `${ctx.name}/${block.block_id}`;
  const error = ctx.errors?.[block.block_id];
  const isGroup = /^(checkboxes|radio_buttons|multi_)/.test(block.element.type);
  const attributes = {
    ...(isGroup ? { "aria-labelledby": `${id}-label` } : { id }),
    "aria-describedby": [block.hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ") || null,
    "aria-invalid": error ? "true" : null,
  };
  const inner = { ...ctx, attributes, optional: block.optional, dispatch: Boolean(block.dispatch_action) };
  const optional = block.optional && h("small", null, " (optional)");
  return [
    h(isGroup ? "span" : "label", { class: "label", id: `${id}-label`, for: isGroup ? null : id },
      plain(block.label.text, ctx.world), optional),
    element(inner, block.block_id, block.element),
    error && h("div", { class: "error", id: `${id}-error`, role: "alert" }, icon("alert"), error),
    block.hint && h("div", { class: "hint", id: `${id}-hint` }, plain(block.hint.text, ctx.world)),
  ];
}

function table(block, ctx) {
  const [head, ...rows] = block.rows;
  const row = (cells, tag, props) => h("tr", null, cells.map((cell, index) =>
    h(tag, { class: block.column_settings?.[index]?.align ?? null, ...props },
      cell.type === "rich_text" ? richText(cell, ctx) : plain(cell.text, ctx.world))));
  return h("div", { class: "scroll-x", tabindex: "0", role: "region", "aria-label": "Table" },
    h("table", null,
      h("thead", null, row(head, "th", { scope: "col" })),
      h("tbody", null, rows.map((cells) => row(cells, "td", {})))));
}

function alert(block, ctx) {
  const level = ["info", "warning", "error", "success"].find((one) => one === block.level) ?? "";
  return h("div", { class: `alert-box ${level}`, role: "note" },
    icon("alert"), h("div", { class: "grow" }, said(block.text, ctx.world)));
}

const elements = (block, ctx) => block.elements.map((one) => element(ctx, block.block_id, one));

const DRAW = {
  __proto__: null, // a type is what somebody sent
  section, input, table, alert,
  header: ({ text }, { world }) => h("p", { class: "title", role: "heading", "aria-level": "3" }, plain(text.text, world)),
  context: (block, ctx) => block.elements.map((one) => (one.type === "image" ? picture(one) : said(one, ctx.world))),
  actions: elements,
  context_actions: elements,
  divider: () => h("hr"),
  image: (block, ctx) =>
    h("figure", null, block.title && h("figcaption", null, plain(block.title.text, ctx.world)), picture(block)),
  markdown: (block, ctx) => markdown(block.text, ctx.world),
  rich_text: (block, ctx) => richText(block, ctx),
};

function richText(block, { world }) {
  const runs = (part) => part.elements.map((one) => run(one, world));
  return block.elements.map((part) => {
    if (part.type === "rich_text_preformatted") return h("pre", null, runs(part));
    if (part.type === "rich_text_quote") return h("blockquote", null, h("div", null, runs(part)));
    if (part.type !== "rich_text_list") return h("div", { class: "rich" }, runs(part));
    const start = part.offset ? String(part.offset + 1) : null;
    const look = `indent-${Math.min(part.indent ?? 0, 4)}`;
    return h(part.style === "ordered" ? "ol" : "ul", { class: look, start }, part.elements.map((row) => h("li", null, runs(row))));
  });
}

const STYLES = { bold: "strong", italic: "em", strike: "s", code: "code", underline: "u" };
const RUNS = {
  __proto__: null,
  text: (one) => one.text.split("\n").flatMap((row, index) => (index ? [h("br"), row] : [row])),
  emoji: (one, world) => emoji(one.name, world),
  link: (one, world) => link(one.url, one.text || one.url, world),
  user: (one, world) => user(one.user_id, world),
  channel: (one, world) => channel(one.channel_id, world),
  usergroup: () => h("span", { class: "mention" }, "@group"),
  broadcast: (one) => h("span", { class: "mention broadcast" }, `@${one.range}`),
  date: (one, world) => date(["", one.timestamp, one.format, one.url], one.fallback ?? "", world),
  color: (one) => h("code", null, one.value),
};

/** One run of rich text. Its words are shown exactly as they are, but for line ends. */
function run(one, world) {
  const words = RUNS[one.type]?.(one, world) ?? `(${one.type})`;
  const styles = Object.entries(STYLES).filter(([style]) => one.style?.[style]);
  return styles.reduce((shown, [, tag]) => h(tag, null, shown), words);
}
