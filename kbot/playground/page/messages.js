/** Messages as people see them: grouped, with reactions, thread, and what one can do with them. */

import { button, h, icon, tool } from "./dom.js";
import { blocks } from "./blocks.js";
import { confirmed, openMenu } from "./menu.js";
import { emoji, mrkdwn, typed } from "./mrkdwn.js";
import { act, app, isReply, messagesOf, show, store } from "./state.js";

const COLOURS = 8;
const TOGETHER_SECONDS = 300;

/** A person's picture: initials on a colour that belongs to them. kbot has its own. */
export function avatar(person, size = "") {
  if (person && person.id === app()?.id) return h("img", { class: `avatar ${size}`, src: "/page/icon.svg", alt: "" });
  const sum = [...(person?.id ?? "?")].reduce((total, letter) => total + letter.charCodeAt(0) * 7, 0);
  const words = (person?.real_name || person?.name || "?").split(/\s+/);
  const initials = words.slice(0, 2).map((word) => word[0]).join("").toUpperCase();
  return h("span", { class: `avatar ${size} colour-${sum % COLOURS}`, "aria-hidden": "true" }, initials);
}

/** Day and time of a message, as the acting person's clock has it ("Mon 23 Nov, 14:05"). */
function when({ sent_at: at }) {
  const [day, time] = at.split(", ");
  return { day, time: time ?? day };
}

const count = (number, singular, plural) => `${number} ${number === 1 ? singular : plural}`;

/** A list of messages with a line between days. `thread`: the ts of the thread they are, or null in a channel. */
export function list(channel, shown, world, thread = null) {
  const rows = shown.flatMap((message, index) => {
    const before = shown[index - 1];
    const { day } = when(message);
    const newDay = !before || (!thread && when(before).day !== day);
    const firstReply = thread && index === 1;
    const line = (look, key, words) => h("div", { class: look, key, role: "separator" }, h("span", null, words));
    return [
      newDay && line("day", `day-${day}-${index}`, day),
      firstReply && line("replies-count", "replies-count", count(shown.length - 1, "reply", "replies")),
      one(channel, message, world, {
        thread, together: !newDay && !firstReply && goTogether(before, message), last: index === shown.length - 1,
      }),
    ];
  });
  return h("div", {
    class: "list", key: `${store.ui.as}/${channel.id}/${thread ?? ""}`, "data-stick": thread ? "thread" : "channel",
    onkeydown: walk, onmount: (node) => (node.scrollTop = node.scrollHeight),
  }, h("div", { class: "list-inner" }, rows));
}

/** Whether two messages share one picture and name. */
function goTogether(before, message) {
  if ([before, message].some((it) => it.ephemeral || it.deleted || it.system)) return false;
  const sameAuthor = before.user === message.user && before.username === message.username;
  return sameAuthor && message.ts - before.ts < TOGETHER_SECONDS && when(before).day === when(message).day;
}

function walk(event) {
  if (!event.target.matches?.(".message") || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
  const all = [...event.currentTarget.querySelectorAll(".message")];
  event.preventDefault();
  all[all.indexOf(event.target) + (event.key === "ArrowUp" ? -1 : 1)]?.focus();
}

function one(channel, message, world, { together, last, thread }) {
  const unknown = { id: message.username ?? "?", name: message.username ?? "unknown" };
  const author = world.user(message.user) ?? unknown;
  const { time, day } = when(message);
  const name = author.real_name || author.name;
  const look = ["message", together && "together", message.ephemeral && "ephemeral", message.system && "system"];
  if (store.ui.marked === message.ts) look.push("marked");
  return h("article", {
    class: look.filter(Boolean).join(" "), key: message.key, "data-key": message.key, "data-ts": message.ts,
    tabindex: last ? "0" : "-1", "aria-label": `${name}, ${day} ${time}`,
  },
    together ? h("time", { class: "gutter", "aria-hidden": "true" }, time) : avatar(author),
    h("div", { class: "body" },
      message.ephemeral && h("div", { class: "only-you" }, icon("eye"), "Only visible to you"),
      !together && byline(author, name, message),
      store.ui.editing === editing(message, thread) ? editBox(channel, message, world) : content(channel, message, world),
      (message.attachments ?? []).map((it) => attachment(it, world)),
      (message.files ?? []).map((file) => h("div", { class: "file" }, icon("file"), file.name)),
      reactions(channel, message, world),
      !thread && summary(channel, message, world),
      message.ephemeral && button("text-button", () => act("dismiss", { key: message.key }), "Dismiss message")),
    !message.deleted && !message.ephemeral && !message.system && toolbar(channel, message, world, thread));
}

function byline(author, name, message) {
  const badges = [message.bot && "APP", author.is_guest && "GUEST", author.is_stranger && "OTHER ORG"].filter(Boolean);
  return h("div", { class: "by" },
    h("span", { class: "name" }, name), badges.map((words) => h("span", { class: "app-badge" }, words)),
    h("time", { title: message.sent_at }, when(message).time));
}

function content(channel, message, world) {
  if (message.deleted) return h("div", { class: "words deleted" }, "This message was deleted.");
  const edited = message.edited && h("small", { class: "edited" }, " (edited)");
  // People's own words are mrkdwn; what apps send is blocks.
  if (!message.bot || !message.blocks.length) return h("div", { class: "words" }, mrkdwn(message.text, world), edited);
  const from = { key: message.key, channel: channel.id, ts: message.ts };
  return h("div", { class: "words blocks" }, blocks(message.blocks, { world, from, name: message.key }), edited);
}

const attachment = (it, world) =>
  h("blockquote", { class: "attachment" }, h("b", null, it.title ?? ""), mrkdwn(it.text ?? it.fallback ?? "", world));

function reactions(channel, message, world) {
  if (!message.reactions.length) return null;
  return h("div", { class: "reactions" }, message.reactions.map(({ name, users }) => {
    const mine = users.includes(store.ui.as);
    const who = users.map((id) => (id === store.ui.as ? "you" : world.user(id)?.name ?? id)).join(", ");
    const toggle = () => act(mine ? "unreact" : "react", { channel: channel.id, ts: message.ts, name });
    return button("reaction", toggle, [emoji(name, world), h("span", null, users.length)], {
      key: name, "aria-pressed": String(mine), "aria-label": `${name}, ${users.length}: ${who}`,
      title: `${who} reacted with :${name}:`,
    });
  }));
}

/** What stands below a message that has a thread; or what kbot says it is doing about it. */
function summary(channel, message, world) {
  const replies = messagesOf(channel.id).filter((reply) => isReply(reply) && reply.thread_ts === message.ts);
  const status = store.state.statuses[message.ts];
  if (!replies.length) return status && h("p", { class: "status", role: "status" }, `${app().name} ${status}`);
  const who = [...new Set(replies.map(({ user }) => user))].slice(0, 4);
  return button("thread-summary", () => show({ thread: message.ts, marked: null }), [
    who.map((id) => avatar(world.user(id), "tiny")), h("b", null, count(replies.length, "reply", "replies")),
    h("small", null, `last ${replies.at(-1).sent_at}`),
  ]);
}

function toolbar(channel, message, world, thread) {
  const flag = store.state.flag_emoji[0];
  const react = (name) => act("react", { channel: channel.id, ts: message.ts, name });
  const pick = (event) => openMenu(event.currentTarget, picker(react, world), { label: "Reactions", grid: true });
  const reply = () => show({ thread: message.thread_ts ?? message.ts, marked: null, writeTo: "thread" });
  const more = (event) => openMenu(event.currentTarget, actions(channel, message, thread), { label: "More actions" });
  return h("div", { class: "toolbar", role: "toolbar", "aria-label": "Message actions" },
    flag && tool(`React with :${flag}:`, emoji(flag, world), () => react(flag)),
    tool("Add reaction", "react", pick, { "aria-haspopup": "menu" }),
    !thread && tool("Reply in thread", "reply", reply),
    tool("More actions", "more", more, { "aria-haspopup": "menu" }));
}

function picker(react, world) {
  const first = store.state.flag_emoji;
  const rest = Object.keys(store.state.emoji).filter((name) => !first.includes(name));
  return [...first, ...rest].map((name) => ({ label: name, emoji: world.emoji(name) ?? name, pick: () => react(name) }));
}

const editing = (message, thread) => `${thread ?? ""}/${message.key}`; // a reply may be drawn twice

function actions(channel, message, thread) {
  const at = { channel: channel.id, ts: message.ts };
  const shortcuts = store.state.shortcuts.message.map(({ callback_id, name }) => (
    { label: name, hint: "kbot", icon: "bolt", pick: () => act("shortcut", { callback_id, ...at }) }));
  if (message.user !== store.ui.as) return shortcuts;
  const remove = async () => {
    const text = "Delete this message? This cannot be undone.";
    if (await confirmed({ title: "Delete message", text, confirm: "Delete", danger: true })) void act("delete", at);
  };
  return [
    ...shortcuts,
    { label: "Edit message", icon: "pen", pick: () => show({ editing: editing(message, thread) }) },
    { label: "Delete message", icon: "bin", danger: true, pick: remove },
  ];
}

function editBox(channel, message, world) {
  const stop = () => show({ editing: null });
  const save = async (event) => {
    event.preventDefault();
    const text = event.currentTarget.elements.text.value.trim();
    if ((await act("edit", { channel: channel.id, ts: message.ts, text })).ok) stop();
  };
  const keys = (event) => {
    if (event.key === "Escape") {
      event.preventDefault();
      stop();
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      event.currentTarget.form.requestSubmit();
    }
  };
  return h("form", { class: "edit-box", onsubmit: save, onmount: (node) => node.elements.text.focus() },
    h("textarea", {
      name: "text", rows: "2", "aria-label": "Edit message", value: typed(message.text, world), onkeydown: keys,
    }),
    h("div", { class: "row" },
      button("button", stop, "Cancel"), h("button", { type: "submit", class: "button primary" }, "Save")));
}
