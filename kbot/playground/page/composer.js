/** Where one writes: text, @names, #channels and /kb. Enter sends, Shift+Enter starts a line. */

import { h, tool } from "./dom.js";
import { openMenu } from "./menu.js";
import { act, app, isReply, messagesOf, redraw, show, store } from "./state.js";

const ROOM_FOR_THREAD = 1000; // px: below it an opened thread would hide the channel
const written = new Map(); // composer -> text not yet sent
const offer = { name: null, options: [], at: 0 }; // what could complete the word being typed, in which composer

/** The composer of a channel, or (`thread`: its ts) of one of its threads. */
export function composer(channel, thread, placeholder) {
  const place = { channel, thread, name: `${store.ui.as}/${channel.id}/${thread ?? ""}` };
  const open = isOffering(place.name);
  const id = `write-${thread ? "thread" : "channel"}`;
  const text = written.get(place.name) ?? "";
  const submit = (event) => {
    event.preventDefault();
    void send(event.currentTarget.elements.text, place);
  };
  return h("form", { class: "composer", key: `composer-${place.name}`, onsubmit: submit },
    open && offers(id, place.name),
    h("textarea", {
      key: "text", name: "text", id, rows: "1", placeholder, "aria-label": placeholder, value: text,
      oninput: (event) => typing(event.currentTarget, place.name), onkeydown: (event) => onKey(event, place),
      onblur: () => offer.name === place.name && closeOffers(),
      "aria-autocomplete": "list", "aria-controls": open ? `${id}-offers` : null,
      "aria-activedescendant": open ? `${id}-offer-${offer.at}` : null,
    }),
    h("div", { class: "tools", key: "tools" }, tools(place), h("span", { class: "grow" }),
      tool("Send", "send", null, { type: "submit", class: "send", disabled: !text.trim() })));
}

function tools({ thread, name }) {
  const { commands, shortcuts } = store.state;
  const bot = app();
  const put = (words, atStart) => (event) => {
    const box = event.currentTarget.closest("form").elements.text;
    const at = atStart ? 0 : box.selectionStart;
    const gap = at > 0 && !/\s$/.test(box.value.slice(0, at)) ? " " : "";
    box.setRangeText(`${gap}${words} `, at, atStart ? 0 : box.selectionEnd, "end");
    box.focus();
    typing(box, name);
  };
  const items = shortcuts.global.map(({ callback_id, name: label }) => (
    { label, hint: "kbot", icon: "bolt", pick: () => act("shortcut", { callback_id }) }));
  const globals = (event) => openMenu(event.currentTarget, items, { label: "Shortcuts" });
  return [
    bot && tool(`Mention @${bot.name}`, "at", put(`@${bot.name}`)),
    !thread && commands.slice(0, 1).map(({ command }) => tool(`Use ${command}`, "slash", put(command, true))),
    items.length > 0 && tool("Shortcuts", "bolt", globals, { "aria-haspopup": "menu" }),
  ];
}

// --- completing a word ---

const isOffering = (name) => offer.name === name && offer.options.length > 0;

function offers(id, name) {
  const row = (one, index) => h("li", {
    role: "option", id: `${id}-offer-${index}`, key: one.put, "aria-selected": String(index === offer.at),
    onmousedown: (event) => {
      event.preventDefault(); // the focus stays in the text
      take(event.currentTarget.closest("form").elements.text, one, name);
    },
  }, h("b", null, one.label), h("small", null, one.hint));
  return h("ul", { class: "offers", role: "listbox", id: `${id}-offers`, "aria-label": "Suggestions", key: "offers" },
    offer.options.map(row));
}

function typing(box, name) {
  written.set(name, box.value);
  Object.assign(offer, { name, options: candidates(box.value.slice(0, box.selectionStart)), at: 0 });
  redraw();
}

function closeOffers() {
  offer.options = [];
  redraw();
}

/** What fits the text before the caret: {label, hint, put: the words, over: how many characters they replace}. */
function candidates(before) {
  const { people, channels, commands } = store.state;
  if (/^\/\w*$/.test(before)) {
    const fitting = commands.filter(({ command }) => command.startsWith(before));
    return fitting.map(({ command, usage_hint: hint }) => (
      { label: command, hint, put: `${command} `, over: before.length }));
  }
  const [, mark, start] = /(?:^|[\s(])([@#])([\w-]*)$/.exec(before) ?? [];
  if (!mark) return [];
  const fits = (words) => words.some((word) => word.toLowerCase().startsWith(start.toLowerCase()));
  const first = (one) => Number(one.id === app()?.id);
  const found = mark === "@"
    ? people.filter((one) => fits([one.name, ...one.real_name.split(" ")])).sort((a, b) => first(b) - first(a))
    : channels.filter((one) => one.kind !== "im" && fits([one.name]));
  return found.slice(0, 8).map((one) => (
    { label: mark + one.name, hint: one.real_name, put: `${mark}${one.name} `, over: start.length + 1 }));
}

function take(box, one, name) {
  box.setRangeText(one.put, box.selectionStart - one.over, box.selectionStart, "end");
  typing(box, name);
}

function onKey(event, place) {
  const box = event.currentTarget;
  const open = isOffering(place.name);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.isComposing) return;
  if (open && step) {
    offer.at = (offer.at + step + offer.options.length) % offer.options.length;
    redraw();
  } else if (open && ["Enter", "Tab"].includes(event.key)) take(box, offer.options[offer.at], place.name);
  else if (open && event.key === "Escape") closeOffers();
  else if (event.key === "Enter" && !event.shiftKey) void send(box, place);
  else return;
  event.preventDefault();
}

// --- sending ---

async function send(box, { channel, thread, name }) {
  const text = box.value.trim();
  if (!text) return;
  written.delete(name);
  box.value = "";
  offer.options = [];
  const isCommand = text.startsWith("/");
  const answer = await (isCommand ? act("command", { channel: channel.id, text }) : say(channel, text, thread));
  if (answer.ok || box.value) return;
  written.set(name, text); // a refusal gives the words back
  redraw();
}

/** Say something in a channel or a thread. kbot answers in a thread: that is opened where there is room for it. */
export async function say(channel, text, thread = null) {
  const answer = await act("say", { channel: channel.id, text, ...(thread ? { thread_ts: thread } : {}) });
  const asked = channel.kind === "im" || text.includes(`@${app()?.name}`);
  if (answer.ok && asked && !thread && innerWidth > ROOM_FOR_THREAD && store.ui.channel === channel.id) {
    const mine = messagesOf(channel.id).filter((message) => message.user === store.ui.as && !isReply(message));
    show({ thread: mine.at(-1)?.ts ?? null });
  }
  return answer;
}
