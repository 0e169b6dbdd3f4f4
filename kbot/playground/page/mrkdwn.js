/** Slack's mrkdwn, and the standard Markdown of `markdown` blocks, as elements. Unknown marks stay as they were typed. */

import { button, h } from "./dom.js";

// Each run of text is bounded by its own mark, so that hostile text cannot make matching slow.
const words = (stop) => `[^\\s${stop}](?:[^${stop}\\n]*[^\\s${stop}])?`;
const pair = (name, mark, stop) => `(?<![\\w${stop}])${mark}(?<${name}>${words(stop)})${mark}(?![\\w${stop}])`;
const BOTH = [
  "`(?<code>[^`\\n]+)`",
  "<(?<angle>[^<>\\n]+)>",
  ":(?<emoji>[a-z0-9_+'-]+(?:::skin-tone-[2-6])?):",
  "(?<url>https?://[^\\s<>|]*[^\\s<>|.,;:!?)'\"])",
];
const DIALECTS = {
  mrkdwn: [...BOTH, pair("strong", "\\*", "*"), pair("em", "_", "_"), pair("s", "~", "~")],
  markdown: [
    "\\\\(?<escaped>[^\\w\\s]|_)", "\\[(?<label>(?:\\\\.|[^[\\]\\n\\\\])+)\\]\\((?<target>[^()\\s]+)\\)", ...BOTH,
    "(?<![\\w*_])(?:\\*\\*|__)(?<strong>(?:\\\\.|[^*\\n\\\\])+?)(?:\\*\\*|__)(?![\\w*_])",
    pair("em", "[*_]", "*_"), pair("s", "~~", "~"),
  ],
};
for (const name of Object.keys(DIALECTS)) DIALECTS[name] = new RegExp(DIALECTS[name].join("|"), "g");
const STYLES = ["strong", "em", "s"];

/** mrkdwn text -> elements. `world` answers who and what the ids are (see state.js: `names`). */
export const mrkdwn = (text, world) => paragraphs(text ?? "", world, "mrkdwn");

/** Standard Markdown -> elements. */
export const markdown = (text, world) => paragraphs(text ?? "", world, "markdown");

/** Plain text: only emoji names are drawn. */
export function plain(text, world) {
  const parts = String(text ?? "").split(/:([a-z0-9_+'-]+):/);
  return parts.map((part, index) => (index % 2 ? emoji(part, world) : part));
}

/** The character for an emoji name, or `:name:`. */
export function emoji(name, world) {
  const known = world.emoji(name.split("::")[0]); // a skin tone is dropped
  if (!known) return `:${name}:`;
  return h("span", { class: "emoji", role: "img", "aria-label": `${name} emoji`, title: `:${name}:` }, known);
}

/** A whole address as a URL; null for everything else. */
export const address = (text) => (URL.canParse(text ?? "") ? new URL(text) : null);

/** A link that cannot carry script: other schemes than these stay text. Links to messages open here. */
export function link(url, label, world) {
  const parsed = address(url);
  if (!["http:", "https:", "mailto:"].includes(parsed?.protocol)) return label;
  const there = /^\/archives\/(\w+)\/p(\d+)(\d{6})$/.exec(parsed.pathname);
  const go = (event) => {
    event.preventDefault();
    world.goTo(there[1], `${there[2]}.${there[3]}`, parsed.searchParams.get("thread_ts"));
  };
  return h("a", { href: parsed.href, target: "_blank", rel: "noopener noreferrer", onclick: there ? go : null }, label);
}

function paragraphs(text, world, dialect) {
  return String(text).split(/```\n?([\s\S]*?)\n?```/).flatMap((part, index) => {
    if (index % 2) return h("pre", null, decode(part.replace(/<([^<>|\n]+\|)?([^<>\n]+)>/g, "$2")));
    const rows = index ? part.replace(/^\n/, "") : part;
    return rows ? lines(rows.split("\n"), world, dialect) : [];
  });
}

const GROUPS = [
  { tag: "blockquote", at: /^(?:&gt;|>) ?/ },
  { tag: "ul", at: /^\s*[•*-] +(?=\S)/ },
  { tag: "ol", at: /^\s*(\d{1,3})[.)] +(?=\S)/ },
];
const HEADING = /^#{1,6} +/;

/** What a line belongs to: a quote, a list, a heading, or (undefined) a paragraph. */
const groupOf = (line, dialect) =>
  GROUPS.find(({ at }) => at.test(line)) ?? (dialect === "markdown" && HEADING.test(line) ? HEADING : undefined);

function lines(all, world, dialect) {
  const out = [];
  for (let i = 0; i < all.length; ) {
    const group = groupOf(all[i], dialect);
    const rows = [all[i]];
    for (i += 1; i < all.length && groupOf(all[i], dialect) === group && group !== HEADING; i += 1) rows.push(all[i]);
    const shown = rows.map((row) => inline(row.replace(group?.at ?? (group || /^/), ""), world, dialect));
    const broken = shown.flatMap((words, index) => (index ? [h("br"), words] : [words]));
    if (group === undefined) out.push(h("p", null, broken));
    else if (group === HEADING) out.push(h("p", { class: "heading" }, shown));
    else if (group.tag === "blockquote") out.push(h("blockquote", null, broken));
    else {
      const start = group.tag === "ol" ? group.at.exec(rows[0])[1] : null;
      out.push(h(group.tag, { start }, shown.map((words) => h("li", null, words))));
    }
  }
  return out;
}

function inline(text, world, dialect, depth = 0) {
  const out = [];
  let from = 0;
  if (depth > 4) return [decode(text)];
  for (const found of text.matchAll(DIALECTS[dialect])) {
    out.push(decode(text.slice(from, found.index)));
    from = found.index + found[0].length;
    const is = found.groups;
    const style = STYLES.find((name) => is[name] !== undefined);
    const deeper = (words) => inline(words, world, dialect, depth + 1);
    if (style) out.push(h(style, null, deeper(is[style])));
    else if (is.code !== undefined) out.push(h("code", null, decode(is.code)));
    else if (is.angle !== undefined) out.push(special(is.angle, world, found[0]));
    else if (is.emoji !== undefined) out.push(emoji(is.emoji, world));
    else if (is.escaped !== undefined) out.push(is.escaped);
    else if (is.label !== undefined) out.push(link(decode(is.target), deeper(is.label), world));
    else out.push(link(decode(is.url), decode(is.url), world));
  }
  out.push(decode(text.slice(from)));
  return out;
}

/** What stands in <...>: a person, a channel, a group, a date, a broadcast or a link. */
function special(inside, world, whole) {
  const bar = inside.indexOf("|");
  const target = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? "" : decode(inside.slice(bar + 1));
  if (target.startsWith("@")) return user(target.slice(1), world, label);
  if (target.startsWith("#")) return channel(target.slice(1), world, label);
  if (target.startsWith("!date^")) return date(target.split("^"), label, world);
  if (target.startsWith("!subteam^")) return h("span", { class: "mention" }, label || "@group");
  if (target.startsWith("!")) return h("span", { class: "mention broadcast" }, `@${target.slice(1)}`);
  return /^(https?:|mailto:)/.test(target) ? link(decode(target), label || decode(target), world) : decode(whole);
}

/** A person's name as a mention. */
export function user(id, world, label = "") {
  const name = world.user(id)?.name ?? (label || id);
  return h("span", { class: id === world.me ? "mention me" : "mention" }, `@${name}`);
}

/** A channel's name as a mention; opens the channel where the person sees it. */
export function channel(id, world, label = "") {
  const known = world.channel(id);
  if (known) return button("mention", () => world.goTo(id), `#${known.name}`);
  return h("span", { class: "mention" }, `#${label || "private channel"}`);
}

/** A moment in the reader's own zone. */
export function date([, seconds, format, url], fallback, world) {
  const when = new Date(Number(seconds) * 1000);
  if (Number.isNaN(when.getTime())) return fallback;
  const as = (options) => new Intl.DateTimeFormat("en-GB", { timeZone: world.zone, ...options }).format(when);
  const day = { day: "numeric", month: "long", year: "numeric" };
  const minute = { hour: "2-digit", minute: "2-digit" };
  const known = {
    date_num: as({ year: "numeric", month: "2-digit", day: "2-digit" }),
    date_short: as({ ...day, month: "short" }),
    date_long: as({ weekday: "long", ...day }),
    date: as(day),
    ago: as(day),
    time: as(minute),
    time_secs: as({ ...minute, second: "2-digit" }),
  };
  const words = String(format).replace(/\{(\w+?)(?:_pretty)?\}/g, (whole, name) =>
    (Object.hasOwn(known, name) ? known[name] : whole));
  return url ? link(decode(url), words, world) : h("time", { title: fallback }, words);
}

/** Slack escapes three characters and no others. */
function decode(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

/** What Slack keeps -> what a person would type, for the edit box. */
export function typed(text, world) {
  return decode(
    text
      .replace(/<@(\w+)(?:\|[^>]*)?>/g, (_, id) => `@${world.user(id)?.name ?? id}`)
      .replace(/<#(\w+)(?:\|[^>]*)?>/g, (_, id) => `#${world.channel(id)?.name ?? id}`)
      .replace(/<(https?:[^>|]+)>/g, "$1"),
  );
}
