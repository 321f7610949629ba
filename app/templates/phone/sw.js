{# The residents' worker: keeps the pages that were seen, and a sign-up that finds no signal. Remarks stay here, and
line ends too, so each statement ends with a semicolon.

Caches: "files:…" (scripts and the words of /offline), "all" (everybody's pages), "me:…" (pages and unsent sign-ups of one
session, named by its header). Where somebody may have signed in or out since a page was asked for, `era` is another one
and the page is not kept. While it is not certain whose the device is, "me:…" has no /sure, and nothing of it is shown. #}
const FILES = "files:{{ version }}";
let era = 0, sending;
const within = (ms, wanted) => Promise.race([wanted, new Promise((_, no) => setTimeout(no, ms))]);
const html = text => new Response(text, {headers: {"Content-Type": "text/html;charset=utf-8", At: Date.now()}});
const key = url => /\d/.test(url.pathname) ? url.href : url.pathname;

{# Whose #}
const drop = async but => {
  for (const name of await caches.keys()) if (/^me:/.test(name) && name != but) await caches.delete(name);
};
const mine = async () => {
  const name = (await caches.keys()).find(name => /^me:/.test(name)), cache = name && await caches.open(name);
  return cache && await cache.match("/sure") && cache;
};
const forget = () => (era++, drop());
const unsure = async () => (era++, (await mine())?.delete("/sure"));

{# What is said instead of a page, or above it #}
const offline = async () => (await caches.match("/offline")).text();
const say = async (name, values = {}) =>
  (await offline()).split(`<!--${name}-->`)[1].replace(/{(\w+)}/g, (_, word) => values[word]);
const above = (text, said) => html(text.replace(/<main.*?>/, main => main + said));
const instead = async (name, values) =>
  above((await offline()).replace(/(<main.*?>)[^]*(?=<\/main>)/, "$1"), await say(name, values) + await notes(1));
const unsent = async cache =>
  Promise.all(cache ? (await cache.matchAll("/unsent", {ignoreSearch: true})).map(found => found.json()) : []);
const note = (cache, one) => cache.put("/unsent?" + one.once, new Response(JSON.stringify(one)));
const notes = async seen => {
  const cache = await mine();
  let text = "";
  for (const one of await unsent(cache)) {
    text += await say(one.said ? "told" : "waits", one);
    if (one.said && seen) await cache.delete("/unsent?" + one.once);
  }
  return text && `<div id="unsent">${text}</div>`;
};

{# Looking at a page #}
const keep = async (url, answer, born) => {
  const whose = answer.headers.get("Kept-For") || /public/.test(answer.headers.get("Cache-Control")) && "all";
  if (!answer.ok || !whose) return;
  const page = html(await answer.text()), own = whose != "all";
  if (born == era && (own || /me$|\d$/.test(url.pathname))) await drop(own && whose);
  const cache = await caches.open(whose);
  if (born == era) await Promise.all([own && cache.put("/sure", new Response), cache.put(key(url), page)]);
  const keys = await cache.keys();
  if (keys.length > 40) await cache.delete(keys.find(one => /\d/.test(one.url)));
};
const look = async (event, url) => {
  const born = era, ask = fetch(event.request);
  event.waitUntil(ask.then(async answer => {
    if (answer.ok) await keep(url, answer.clone(), born);
    else if (/me$/.test(url.pathname)) await forget();
    if (/lang=|area=|size=/.test(url)) await (await caches.open(FILES)).add("/offline");
    await send();
  }).catch(() => 0));
  const kept = await (await mine())?.match(key(url)) || await (await caches.open("all")).match(key(url));
  try {
    const answer = await (kept ? within(3000, ask) : ask), said = answer.ok && await notes(1);
    return said ? above(await answer.text(), said) : answer;
  } catch (_) {
    const at = kept && new Date(+kept.headers.get("At")).toLocaleString("sv", {timeZone: "Asia/Shanghai"}).slice(5, 16);
    return kept ? above(await kept.text(), await say("line", {at}) + await notes(1)) : instead("nothing");
  }
};

{# Doing something #}
const deed = async (event, path) => {
  const {request} = event, copy = request.clone(), out = /forget|end$/.test(path), number = /\d+(?=\/signup)/.exec(path);
  if (out) await forget();
  era++;
  try {
    const answer = await (number ? within(20000, fetch(request)) : fetch(request));
    await (out ? forget() : unsure());
    return answer;
  } catch (_) {
    const form = [...await copy.formData()], once = (form.find(([name]) => name == "once") || [])[1], cache = await mine();
    if (!number) return instead(out ? "left" : "undone");
    if (!once || !cache || !request.referrer.startsWith(location.origin)) return instead("by_text", {number});
    const page = await cache.match(key(new URL(request.referrer)));
    const title = page ? /<title>(.*)</.exec(await page.text())[1] : number[0];
    await note(cache, {once, title, path, form, at: Date.now()});
    await registration.sync?.register("send").catch(() => 0);
    return instead("unsent");
  }
};
const takeBack = async request => {
  const once = (await request.formData()).get("once"), cache = await mine();
  await sending?.catch(() => 0);
  for (const one of await unsent(cache)) if (one.once == once && !one.said) await cache.delete("/unsent?" + once);
  return Response.redirect("/me", 303);
};
const send = () => sending = sending || sendAll().finally(() => sending = 0);
const sendAll = async () => {
  const cache = await mine();
  for (const one of await unsent(cache)) if (!one.said) {
    const me = await fetch("/me"), form = new URLSearchParams(one.form);
    if (!await caches.has(me.headers.get("Kept-For"))) return;
    form.set("_csrf_token", /_csrf_token" value="(.*?)"/.exec(await me.text())[1]);
    form.set("late", (Date.now() - one.at) / 1000 | 0);
    const answer = await fetch(one.path, {method: "POST", body: form});
    if (answer.status > 422 || answer.status == 403) throw 0;
    one.said = (await answer.text()).replace(/[<&]/g, sign => `&#${sign.charCodeAt()};`);
    await note(cache, one);
    for (const client of await clients.matchAll()) client.postMessage(await notes());
  }
};

{# What the browser tells #}
onfetch = event => {
  const {request} = event, url = new URL(request.url), path = url.pathname, moves = request.mode == "navigate";
  if (url.origin != location.origin || /^\/(office|gateway|health|phones|metrics)\b/.test(path)) return;
  if (request.method == "POST") event.respondWith(path == "/unsent" ? takeBack(request) : deed(event, path));
  else if (/^\/static\/(phone|htmx)\b/.test(path)) event.respondWith(caches.match(request).then(file => file || fetch(request)));
  else if (moves && /^\/(jobs(\/\d+)?|calendar|help|me)?$/.test(path)) event.respondWith(look(event, url));
  else if (moves) event.waitUntil(unsure());
};
onmessage = event => event.waitUntil(event.data == "forget" ? forget() : event.data ?
  fetch(event.data).then(answer => keep(new URL(event.data), answer, era)) : send());
onsync = event => event.waitUntil(send());
oninstall = event => event.waitUntil(caches.open(FILES).then(cache => cache.addAll(
  [new Request("/offline", {cache: "reload"}), "{{ asset('phone.js') }}", "{{ asset('htmx.min.js') }}"])).then(skipWaiting()));
onactivate = event => event.waitUntil(caches.keys().then(names => Promise.all(names.map(
  name => /^files:/.test(name) && name != FILES && caches.delete(name)))).then(() => clients.claim()));
