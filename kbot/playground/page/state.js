/** What the page knows: the world as the acting person sees it, what this browser shows of it, and how to act. */

export const FIRST = "U0CLEO"; // whom one is at first
const READ = "kbot.read"; // what each person has read, for this tab only

export const store = {
  state: null, // GET /play/state, see the control API
  others: new Map(), // person -> state, for the marks beside the people one is not
  reachable: true,
  toasts: [], // refusals, in a sentence
  log: [],
  ui: {
    as: null, // whom one is
    channel: null,
    tab: "messages", // of kbot: or "home"
    thread: null, // the ts of the open thread
    log: false,
    guide: true,
    nav: false, // on phones: whether the list of channels is open
    editing: null, // which message is being edited, see messages.js
    marked: null, // the ts of the message that a link led to
    writeTo: null, // which composer gets the focus at the next drawing: "channel" or "thread"
  },
};

let draw = () => {};
let stream = null;
let queued = false;
const heard = []; // called with (action, fields, answer) after each thing done
const read = new Map(JSON.parse(sessionStorage.getItem(READ) ?? "[]"));

/** Draw soon, once for however many changes. */
export function redraw() {
  if (queued) return;
  queued = true;
  queueMicrotask(() => {
    queued = false;
    draw();
  });
}

/** Change what is shown. */
export function show(changes) {
  Object.assign(store.ui, changes);
  redraw();
}

/** Call `listener(action, fields, answer)` after everything that is done here. */
export const onDone = (listener) => heard.push(listener);

/** Do something as the acting person. Answers what the server answers; a refusal is also shown as a toast. */
export async function act(action, fields = {}) {
  const body = JSON.stringify({ as: store.ui.as, do: action, ...fields });
  let answer;
  try {
    const response = await fetch("/play/do", { method: "POST", headers: { "Content-Type": "application/json" }, body });
    answer = await response.json();
  } catch {
    answer = { ok: false, error: "The playground does not answer. Is it still running?" };
  }
  const before = store.state.notices.length;
  for (const listener of heard) listener(action, fields, answer);
  await refresh();
  if (answer.error && store.state.notices.length <= before) toast(answer.error); // else Slack has said so itself
  return answer;
}

/** Say a sentence at the bottom of the page. */
export function toast(text) {
  if (store.toasts.some((one) => one.text === text)) return;
  const one = { id: `t${Date.now()}`, text };
  store.toasts.push(one);
  setTimeout(() => dropToast(one.id), 8000);
  redraw();
}

export function dropToast(id) {
  store.toasts = store.toasts.filter((one) => one.id !== id);
  redraw();
}

async function json(url) {
  const response = await fetch(url, { cache: "no-store" });
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response.json();
}

const stateOf = (person) => json(`/play/state?as=${encodeURIComponent(person)}`);
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Never two of `work` at once: a call that comes while it runs is answered by one more run after it. */
function onceAtATime(work) {
  let running = null;
  let next = null;
  return function run() {
    if (running) return (next ??= running.then(() => ((next = null), run())));
    running = work()
      .catch(() => {
        store.reachable = false;
        redraw();
      })
      .finally(() => (running = null));
    return running;
  };
}

/** Read the world again. */
export const refresh = onceAtATime(async () => {
  const as = store.ui.as;
  const state = await stateOf(as);
  store.reachable = true;
  if (as !== store.ui.as) return;
  store.state = state;
  redraw();
  void readLog();
  void lookAtOthers();
});

const readLog = onceAtATime(async () => {
  const after = store.log.at(-1)?.n ?? 0;
  const { entries } = await json(`/play/log?after=${after}`);
  if (!entries.length) return;
  store.log = [...store.log, ...entries.filter((entry) => entry.n > after)].slice(-500);
  redraw();
});

const lookAtOthers = onceAtATime(async () => {
  await pause(300);
  for (const { id } of humans()) {
    if (id === store.ui.as) continue;
    store.others.set(id, await stateOf(id));
  }
  redraw();
});

/** Become another person; everything is read anew from their side. */
export async function actAs(person, changes = {}) {
  stream?.close();
  const inApp = here()?.kind === "im";
  Object.assign(store.ui, { as: person, thread: null, editing: null, nav: false }, changes);
  await refresh();
  if (inApp && !here()) show({ channel: appChannel()?.id }); // each has their own conversation with kbot
  stream = new EventSource(`/play/stream?as=${encodeURIComponent(person)}`);
  stream.addEventListener("changed", ({ data }) => {
    if (JSON.parse(data).revision !== store.state?.revision) void refresh();
  });
  stream.addEventListener("error", () => void refresh());
}

/** Begin: `drawing` is called whenever something has changed. */
export async function start(drawing, person) {
  try {
    const { people } = await stateOf(person);
    const unknown = read.size ? [] : humans({ people });
    for (const { id } of unknown) markRead(id, await stateOf(id)); // what was there before one came is not news
  } catch {
    await pause(2000);
    return start(drawing, FIRST);
  }
  draw = drawing;
  await actAs(person);
  setInterval(() => document.hidden || (store.ui.log && void readLog()), 1500);
}

/** The people one can be. */
export const humans = ({ people } = store.state) => people.filter((person) => !person.is_bot && !person.deleted);

/** The acting person. */
export const me = () => store.state.people.find(({ id }) => id === store.ui.as);

/** The conversation shown, or null. */
export const here = () => store.state?.channels.find(({ id }) => id === store.ui.channel) ?? null;

/** The conversation with kbot; people of other organizations have none. */
export const appChannel = (state = store.state) => state?.channels.find(({ kind }) => kind === "im") ?? null;

/** kbot among the people. */
export const app = () => store.state?.people.find((person) => person.is_bot) ?? null;

/** All visible messages of a conversation, replies included, oldest first. */
export const messagesOf = (channel, state = store.state) => state?.messages[channel] ?? [];

/** A message's thread is named by the ts of its first message. */
export const isReply = (message) => Boolean(message.thread_ts) && message.thread_ts !== message.ts;

/** How many messages of others a person has not seen, in one conversation. */
export function unread(person, channel, state) {
  const last = Number(read.get(`${person}/${channel}`) ?? 0);
  const isNew = ({ ts, user, system }) => !system && user !== person && Number(ts) > last;
  return messagesOf(channel, state).filter(isNew).length;
}

/** Remember that a person has seen what a conversation (or, without `only`, every one) holds. */
export function markRead(person, state, only = null) {
  let changed = false;
  for (const { id } of only ? [{ id: only }] : state.channels) {
    const last = messagesOf(id, state).reduce((most, { ts }) => Math.max(most, Number(ts)), 0);
    const key = `${person}/${id}`;
    if (read.has(key) && read.get(key) >= last) continue;
    read.set(key, last);
    changed = true;
  }
  if (changed) sessionStorage.setItem(READ, JSON.stringify([...read]));
  return changed;
}

/** Who and what the ids in messages are, for one state of the world. */
export function names(state, goTo = null) {
  const users = new Map(state.people.map((person) => [person.id, person]));
  const channels = new Map(state.channels.map((channel) => [channel.id, channel]));
  const emoji = (name) => {
    const found = Object.hasOwn(state.emoji, name) ? state.emoji[name] : "";
    if (found.startsWith("alias:")) return emoji(found.slice(6));
    return found.includes("/") ? null : found; // a picture from elsewhere is shown as its name
  };
  return {
    me: store.ui.as,
    zone: users.get(store.ui.as)?.tz,
    user: (id) => users.get(id),
    channel: (id) => channels.get(id),
    emoji,
    goTo,
  };
}
