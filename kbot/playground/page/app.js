/** The playground's page: draws it, keeps focus and place, and reads out what is new. */

import { h, patch } from "./dom.js";
import { guide, notice } from "./guide.js";
import { log } from "./log.js";
import { modals, notices } from "./modals.js";
import { conversation, goTo, sidebar, threadPane } from "./slack.js";
import { FIRST, act, here, markRead, messagesOf, names, redraw, show, start, store } from "./state.js";
import { banner, strip } from "./strip.js";

const root = document.getElementById("app");
const news = document.getElementById("news");
let drawnAs = null;
let looking = ""; // what Slack was last told that one looks at

function draw() {
  const { ui, state } = store;
  if (!state) return;
  root.querySelector(".loading")?.remove();
  if (!here()) Object.assign(ui, { channel: firstChannel(state)?.id, thread: null });
  if (here() && !document.hidden && ui.tab !== "home") markRead(ui.as, state, ui.channel);
  notice();
  const before = whereOneWas();
  const world = names(state, goTo);
  patch(root, [
    strip(),
    banner(),
    h("div", { class: "stage", key: "stage" },
      h("div", { class: "slack" }, sidebar(), conversation(world), threadPane(world)),
      ui.guide && guide()),
    ui.log && log(),
    h("div", { key: "modals" }, modals(world)),
    notices(),
  ]);
  goBack(before);
  tell();
  const place = new URLSearchParams({ as: ui.as, in: ui.channel ?? "" });
  if (ui.thread) place.set("thread", ui.thread);
  if (ui.tab === "home") place.set("tab", "home");
  history.replaceState(null, "", `#${place}`);
  look();
}

/** Tell Slack what one has open: an app whose tab is open beside it hears of it. */
function look() {
  const { as, channel, thread } = store.ui;
  const now = `${as}/${channel}/${thread ?? ""}`;
  if (now === looking || here()?.kind === "im") return;
  looking = now;
  void act("look", thread ? { channel, thread_ts: thread } : { channel });
}

const firstChannel = ({ channels }) =>
  channels.find(({ name, is_member: isMember }) => isMember && name === "platform") ??
  channels.find(({ is_member: isMember }) => isMember) ??
  channels[0];

/** Which lists stand at their end (and follow what comes), and in which message the focus is. */
function whereOneWas() {
  const lists = [...root.querySelectorAll("[data-stick]")];
  return {
    atEnd: lists.filter((node) => node.scrollHeight - node.scrollTop - node.clientHeight < 60),
    key: document.activeElement?.closest("[data-key]")?.dataset.key,
  };
}

function goBack({ atEnd, key }) {
  const { as, writeTo, marked } = store.ui;
  for (const node of atEnd) if (node.isConnected) node.scrollTop = node.scrollHeight;
  const inView = { block: "nearest", inline: "nearest" };
  if (drawnAs !== as) root.querySelector(".chip[aria-pressed=true]")?.scrollIntoView(inView);
  drawnAs = as;
  if (writeTo) {
    store.ui.writeTo = null;
    document.getElementById(`write-${writeTo}`)?.focus();
  } else if (key && document.activeElement === document.body) {
    root.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus(); // the pressed button is gone: stay with its message
  }
  if (marked) root.querySelector(".marked")?.scrollIntoView(inView);
}

const told = new Map(); // conversation -> ts of the last message that was read out

/** Tell screen readers what has come in the open conversation. */
function tell() {
  const { as, channel } = store.ui;
  const key = `${as}/${channel}`;
  if (key !== news.dataset.of) news.replaceChildren(); // what one person was told is not for the next
  news.dataset.of = key;
  const all = messagesOf(channel);
  const last = told.get(key) ?? Infinity;
  told.set(key, all.reduce((most, { ts }) => Math.max(most, Number(ts)), 0));
  for (const { user, text } of all.filter((one) => Number(one.ts) > last && one.user !== as)) {
    const name = store.state.people.find(({ id }) => id === user)?.name ?? "someone";
    const line = Object.assign(document.createElement("p"), { textContent: `${name}: ${text}` });
    news.append(line);
    setTimeout(() => line.remove(), 5000);
  }
}

document.addEventListener("keydown", (event) => {
  const above = document.querySelector("dialog[open], [popover]:popover-open");
  if (event.key !== "Escape" || event.defaultPrevented || above) return;
  if (store.ui.nav) show({ nav: false });
  else if (store.ui.thread) show({ thread: null, writeTo: "channel" });
});
document.addEventListener("visibilitychange", redraw);

const asked = new URLSearchParams(location.hash.slice(1));
Object.assign(store.ui, {
  channel: asked.get("in"),
  thread: asked.get("thread"),
  tab: asked.get("tab") ?? "messages",
});
void start(draw, asked.get("as") ?? FIRST);
