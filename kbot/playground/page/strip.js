/** The strip above Slack's window: whom one is, what time it is, the log and the guide. */

import { button, h, icon } from "./dom.js";
import { violations } from "./log.js";
import { openMenu } from "./menu.js";
import { avatar } from "./messages.js";
import { act, actAs, appChannel, humans, me, show, store, unread } from "./state.js";

const firstName = (person) => (person.real_name || person.name).split(" ")[0];
const weekdayAndTime = (local) => local.replace(/^(\w+) .*, /, "$1 ");
const days = (seconds) =>
  seconds >= 86400 ? `+${Math.round(seconds / 86400)}d` : `+${Math.max(1, Math.round(seconds / 3600))}h`;
const ahead = (seconds) => (seconds ? `People’s time is ${days(seconds)} ahead` : "People’s time is real time");

export function strip() {
  const { ahead: seconds } = store.state.clock;
  const bad = violations();
  return h("header", { class: "strip" },
    h("div", { class: "brand" },
      h("img", { src: "/page/icon.svg", alt: "" }), h("span", null, "kbot ", h("small", null, "playground"))),
    h("div", { class: "people", role: "group", "aria-label": "Act as" },
      h("span", { class: "wide-only act-as" }, "Act as"), humans().map(chip)),
    h("div", { class: "strip-tools" },
      stripButton("clock", "Move time forward", seconds > 0 && h("span", { class: "count calm" }, days(seconds)), {
        onclick: moveTime, "aria-haspopup": "menu", title: ahead(seconds),
      }),
      stripButton("log", "Log", bad > 0 && h("span", { class: "count" }, bad), {
        ...toggling("log"), "aria-label": bad ? `Log, ${bad} that Slack would refuse` : "Log",
      }),
      stripButton("guide", "Guide", null, toggling("guide"))));
}

const stripButton = (picture, label, extra, { onclick, ...props }) =>
  button("strip-button", onclick, [icon(picture), h("span", { class: "wide-only" }, label), extra], {
    "aria-label": label, ...props,
  });

const toggling = (name) => ({
  "aria-pressed": String(store.ui[name]), onclick: () => show({ [name]: !store.ui[name] }),
});

function chip(person) {
  const { as } = store.ui;
  const other = person.id !== as && store.others.get(person.id);
  const waiting = other ? unread(person.id, appChannel(other)?.id, other) : 0;
  const about = [`${person.real_name}, ${person.title || "member"}`, `${person.local_time} in ${person.tz_label}`];
  if (waiting) about.push(`${waiting} new from kbot`);
  return button("chip", () => actAs(person.id, { tab: "messages" }), [
    avatar(person, "small"),
    h("span", { class: "chip-text" },
      h("b", null, firstName(person)), h("small", null, weekdayAndTime(person.local_time))),
    waiting > 0 && h("span", { class: "count", "aria-hidden": "true" }, waiting),
  ], {
    key: person.id, "data-person": person.id, "aria-pressed": String(person.id === as),
    "aria-label": `Act as ${about.join(", ")}`, title: about.join(", "),
  });
}

function moveTime(event) {
  const go = (to) => () => act("move_time", { to });
  openMenu(event.currentTarget, [
    { heading: ahead(store.state.clock.ahead) },
    { label: `To ${firstName(me())}’s next morning`, pick: go("next_morning") },
    { label: "To next Monday", pick: go("next_monday") },
    { label: "A week", pick: go("week") },
  ], { label: "Move time forward" });
}

/** What is wrong, if anything: the playground does not answer, or kbot is not connected. */
export function banner() {
  const words = !store.reachable
    ? "The playground does not answer. Start it again, this page will come back by itself."
    : !store.state.connected ? "kbot is not connected. What you do here waits until it is running." : null;
  return words && h("p", { class: "banner", key: "banner", role: "status" }, icon("alert"), words);
}
