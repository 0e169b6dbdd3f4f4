/** "Try this": the loop in seven steps. Each marks itself done when it has been done here. */

import { button, h, tool } from "./dom.js";
import { actAs, appChannel, onDone, redraw, show, store } from "./state.js";

const KEPT = "kbot.guide";
const ANA = "U0ANA";
const BEN = "U0BEN";
const CLEO = "U0CLEO";

const done = new Set(JSON.parse(sessionStorage.getItem(KEPT) ?? "[]"));

/** As somebody in #platform, at the composer. */
async function inPlatform(person) {
  await actAs(person);
  const channel = store.state.channels.find(({ name }) => name === "platform")?.id;
  show({ channel, tab: "messages", thread: null, writeTo: "channel" });
}

/** As somebody in the conversation with kbot. */
async function withKbot(person) {
  await actAs(person);
  show({ channel: appChannel()?.id, tab: "messages", thread: null });
}

const looksAtKbot = (person) => store.ui.as === person && store.ui.channel === appChannel()?.id;

/** A step is done `by` an action, or when something is `seen`. */
const STEPS = [
  {
    id: "flag", title: "Flag what is worth keeping", go: () => inPlatform(CLEO),
    text: "As Cleo, point at what Ana wrote about locks in #platform and press 💡.",
    by: (action, { name }) => action === "react" && name === store.state.flag_emoji[0],
  },
  {
    id: "told", title: "Ana is told", go: () => withKbot(ANA),
    text: "As Ana, open kbot. It is hers: she can edit it, go unnamed or take it back.",
    seen: () => done.has("flag") && looksAtKbot(ANA),
  },
  {
    id: "ask", title: "Ask", go: () => inPlatform(BEN),
    text: "As Ben, write “@kbot what holds a lock?” in #platform, or ask in kbot’s Messages.",
    by: (action, { text, channel }) =>
      (action === "say" && (channel === appChannel()?.id || text.includes("@kbot"))) ||
      (action === "command" && text.startsWith("/kb ask")),
  },
  {
    id: "time", title: "Let time pass",
    text: "Move time forward a week, then to the next morning: kbot writes in people’s working hours only.",
    by: (action) => action === "move_time",
  },
  {
    id: "answer", title: "Did it help?", go: () => withKbot(BEN),
    text: "As Ben, open kbot. It asks once; one tap answers. Let it tell Ana.",
    by: (action) => action === "click" && done.has("time") && looksAtKbot(BEN),
  },
  {
    id: "heard", title: "Ana hears what became of it", go: () => withKbot(ANA),
    text: "Move time on by another week, then be Ana and open kbot.",
    seen: () => done.has("answer") && looksAtKbot(ANA),
  },
  {
    id: "review", title: "The broker’s week", go: () => inPlatform(CLEO),
    text: "As Cleo, write /kb review in #platform.",
    by: (action, { text }) => action === "command" && text.startsWith("/kb review"),
  },
];

function finish(step) {
  if (done.has(step.id)) return;
  done.add(step.id);
  sessionStorage.setItem(KEPT, JSON.stringify([...done]));
  redraw();
}

onDone((action, fields, { ok }) => ok && STEPS.filter((step) => step.by?.(action, fields)).forEach(finish));

/** Steps that are done by looking are noticed when the page is drawn. */
export const notice = () => STEPS.filter((step) => step.seen?.()).forEach(finish);

export function guide() {
  const next = STEPS.find((step) => !done.has(step.id));
  return h("section", { class: "guide", "aria-label": "Try this", key: "guide" },
    h("header", null, h("h2", null, "Try this"), h("small", { class: "grow" }, `${done.size} of ${STEPS.length}`),
      tool("Close guide", "close", () => show({ guide: false }))),
    h("p", { class: "intro" },
      "kbot keeps what colleagues share, answers from it, asks later whether it helped, and tells the one who shared. " +
      "This is a small Slack of your own: be anybody in it, nothing leaves this machine."),
    h("ol", null, STEPS.map((step, index) => row(step, index, step === next))),
    !next && h("p", { class: "all-done" }, "That is the loop. What else would you try?"));
}

function row(step, index, isNext) {
  const isDone = done.has(step.id);
  return h("li", { key: step.id, class: isDone ? "done" : isNext ? "next" : null, "data-step": step.id },
    h("span", { class: "tick", role: "img", "aria-label": isDone ? "done" : `step ${index + 1}` },
      isDone ? "✓" : index + 1),
    h("div", null, h("b", null, step.title), isNext && h("p", null, step.text),
      isNext && step.go && button("button", step.go, "Take me there")));
}
