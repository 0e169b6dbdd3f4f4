/** Slack's window: the channels, the open conversation or Home tab, and the open thread. */

import { button, h, icon, tool } from "./dom.js";
import { blocks } from "./blocks.js";
import { composer, say } from "./composer.js";
import { openMenu } from "./menu.js";
import { avatar, list } from "./messages.js";
import { act, app, appChannel, here, isReply, me, messagesOf, show, store, unread } from "./state.js";

/** Show a conversation, and in it a message (by ts), in its thread where it has one. */
export function goTo(channel, ts = null, thread = null) {
  const message = messagesOf(channel).find((one) => one.ts === ts);
  const inThread = thread ?? (message && isReply(message) ? message.thread_ts : null);
  show({ channel, tab: "messages", thread: inThread, nav: false, editing: null, marked: ts });
}

function openApp(tab) {
  show({ channel: appChannel().id, tab, thread: null, nav: false });
  return act(tab === "home" ? "open_home" : "open_messages");
}

const SIGNS = {
  private: () => icon("lock"),
  shared: () => icon("shared"),
  public: () => h("span", { class: "hash", "aria-hidden": "true" }, "#"),
  im: () => avatar(app(), "mini"),
};

export function sidebar() {
  const { state, ui } = store;
  const own = appChannel();
  const person = me();
  return h("nav", { class: ui.nav ? "sidebar open" : "sidebar", "aria-label": "Channels", key: "nav" },
    h("div", { class: "workspace" }, state.team.name),
    h("h2", null, "Channels"), h("ul", null, state.channels.filter(({ kind }) => kind !== "im").map(channelLink)),
    own && [h("h2", null, "Apps"), h("ul", null, channelLink(own))],
    h("p", { class: "you" }, avatar(person, "small"),
      h("span", null, h("b", null, person.real_name), h("small", null, `${person.title} · ${person.local_time}`))));
}

function channelLink(channel) {
  const { state, ui } = store;
  const isOpen = ui.channel === channel.id;
  const fresh = isOpen ? 0 : unread(ui.as, channel.id, state);
  const open = (event) => {
    event.preventDefault();
    if (channel.kind === "im") void openApp("messages");
    else goTo(channel.id);
  };
  const look = [fresh && "fresh", !channel.is_member && channel.kind !== "im" && "outside"].filter(Boolean).join(" ");
  return h("li", { key: channel.id },
    h("a", {
      href: `#as=${ui.as}&in=${channel.id}`, "data-channel": channel.id, class: look || null,
      "aria-current": isOpen ? "page" : null, onclick: open,
    }, SIGNS[channel.kind](), h("span", { class: "grow" }, channel.name),
      fresh > 0 && h("span", { class: "count", "aria-label": `${fresh} new` }, fresh)));
}

export function conversation(world) {
  const channel = here();
  if (!channel) return h("main", { key: "main" }, h("p", { class: "empty" }, "Choose a channel."));
  const isApp = channel.kind === "im";
  return h("main", { key: "main", "aria-label": isApp ? channel.name : `#${channel.name}` },
    heading(channel, isApp), isApp && tabs(),
    isApp && store.ui.tab === "home"
      ? homeTab(world)
      : [channelMessages(channel, isApp, world), writing(channel, isApp)]);
}

function channelMessages(channel, isApp, world) {
  const shown = messagesOf(channel.id).filter((message) => !isReply(message) || message.broadcast);
  if (shown.length) return list(channel, shown, world);
  const words = isApp ? "Ask kbot something, or wait for what it has to say." : "Nothing has been said here yet.";
  return h("div", { class: "list", key: "none" }, h("p", { class: "empty" }, words));
}

function writing(channel, isApp) {
  const note = (...kids) => h("p", { class: "outside-note", key: "note" }, kids);
  if (channel.archived) return note("This channel is archived.");
  if (isApp) return [prompts(channel), composer(channel, null, "Ask kbot")];
  if (channel.is_member) return composer(channel, null, `Message #${channel.name}`);
  const join = () => act("join", { channel: channel.id });
  return note(`You are not in #${channel.name}.`, button("button primary", join, "Join channel"));
}

function heading(channel, isApp) {
  const absent = !isApp && channel.is_member && !channel.bot_is_member && !channel.archived;
  const isPrivate = channel.kind === "private";
  return h("header", { class: "channel-head", key: "head" },
    tool("Channels", "menu", () => show({ nav: !store.ui.nav }), {
      class: "quiet phone-only", "aria-expanded": String(store.ui.nav),
    }),
    h("h1", null, isApp || isPrivate ? channel.name : `# ${channel.name}`, isPrivate && icon("lock")),
    channel.kind === "shared" && h("small", { class: "wide-only" }, "shared with another organization"),
    h("span", { class: "grow" }),
    absent && button("button", () => act("invite", { channel: channel.id, user: app().id }), "Invite kbot"),
    !isApp && button("button", (event) => members(event.currentTarget, channel), [
      icon("people"), channel.members.length,
    ], {
      "aria-haspopup": "menu", "aria-label": `${channel.members.length} members`,
    }));
}

function members(anchor, channel) {
  const at = { channel: channel.id };
  const { people } = store.state;
  const bot = app();
  const inside = people.filter(({ id }) => channel.members.includes(id));
  const outside = people.filter((one) => !inside.includes(one) && (!one.is_bot || one === bot));
  const items = [{ heading: inside.map((one) => one.real_name || one.name).join(", ") }];
  if (channel.is_member) {
    for (const { id, name } of outside) {
      items.push({ label: `Invite ${name}`, pick: () => act("invite", { ...at, user: id }) });
    }
    if (channel.bot_is_member) {
      items.push({ label: `Remove ${bot.name}`, danger: true, pick: () => act("remove", { ...at, user: bot.id }) });
    }
    items.push(channel.kind === "shared"
      ? { label: "Stop sharing with the other organization", pick: () => act("unshare", at) }
      : { label: "Share with another organization", pick: () => act("share", at) });
    items.push({ label: "Leave channel", danger: true, pick: () => act("leave", at) });
  }
  if (store.state.app_open) items.push({ label: `Close ${bot.name} beside it`, pick: () => act("close_app") });
  openMenu(anchor, items, { label: "Members" });
}

function tabs() {
  const tab = (name, label) => button("", () => openApp(name), label, {
    role: "tab", id: `tab-${name}`, "aria-selected": String(store.ui.tab === name),
  });
  return h("div", { class: "tabs", role: "tablist", "aria-label": "kbot", key: "tabs" },
    tab("home", "Home"), tab("messages", "Messages"));
}

function homeTab(world) {
  const { home } = store.state;
  const words = home
    ? h("div", { class: "words blocks" }, blocks(home.blocks, { world, view: home, from: { home: true }, name: home.id }))
    : h("p", { class: "empty" }, "kbot has not drawn a Home tab for you yet.");
  return h("div", { class: "home", key: `home-${store.ui.as}`, role: "tabpanel", "aria-labelledby": "tab-home" }, words);
}

function prompts(channel) {
  const offered = store.state.suggested_prompts;
  if (!offered.length) return null;
  return h("div", { class: "prompts", key: "prompts", role: "group", "aria-label": "Suggested prompts" },
    offered.map(({ title, message }) => button("button", () => say(channel, message), title, { key: title })));
}

export function threadPane(world) {
  const channel = here();
  const { thread, tab } = store.ui;
  if (!channel || !thread || (channel.kind === "im" && tab === "home")) return null;
  const all = messagesOf(channel.id);
  const replies = all.filter((message) => isReply(message) && message.thread_ts === thread);
  const shown = [...all.filter(({ ts }) => ts === thread), ...replies];
  if (!shown.length) return null;
  const status = store.state.statuses[thread];
  return h("aside", { class: "thread", key: "thread", "aria-label": "Thread" },
    h("header", { class: "channel-head" },
      h("h2", null, "Thread"), h("small", { class: "grow" }, channel.kind === "im" ? channel.name : `#${channel.name}`),
      tool("Close thread", "close", () => show({ thread: null }))),
    list(channel, shown, world, thread),
    status && h("p", { class: "status", role: "status", key: "status" }, `${app().name} ${status}`),
    (channel.is_member || channel.kind === "im") && composer(channel, thread, "Reply…"));
}
