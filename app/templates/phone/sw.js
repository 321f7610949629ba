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
const claim = async (url, answer, born) => {
  const whose = answer.headers.get("Kept-For"), own = whose != "all";
  if (whose && born == era && (own || /me$|\d$/.test(url.pathname))) await drop(own && whose);
  return whose;
};
const keep = async (url, answer, born) => {
  const whose = await claim(url, answer, born);
  if (!answer.ok || !/^(all|me:)/.test(whose) || !/^\/(jobs(\/\d+)?|calendar|help|me)?$/.test(url.pathname)) return;
  const page = html(await answer.text()), cache = await caches.open(whose);
  if (born == era) await Promise.all([whose != "all" && cache.put("/sure", new Response), cache.put(key(url), page)]);
  const keys = await cache.keys();
  if (keys.length > 40) await cache.delete(keys.find(one => /\d/.test(one.url)));
};
const refresh = async (href, born = era) => keep(new URL(href, location), await fetch(href), born);
const look = async (event, url) => {
  const born = era, ask = fetch(event.request);
  event.waitUntil(ask.then(async answer => {
    await keep(url, answer.clone(), born);
    if (/(lang|area|size)=|\/$/.test(url)) await (await caches.open(FILES)).add("/offline");
    await send();
  }).catch(() => 0));
  const kept = await (await mine())?.match(key(url)) || await (await caches.open("all")).match(key(url));
  try {
    const answer = await (kept ? within(3000, ask) : ask);
    if (answer.type == "opaqueredirect") await (/me$/.test(url.pathname) ? forget() : unsure());
    await claim(url, answer, born);
    const said = answer.ok && await notes(1);
    return said ? above(await answer.text(), said) : answer;
  } catch (_) {
    if (!kept) return instead("nothing");
    const text = await kept.text(), at = new Date(+kept.headers.get("At")).toLocaleString(/lang="(.*?)"/.exec(text)[1], {
      month: "long", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "Asia/Shanghai"});
    return above(text, await say("line", {at}) + await notes(1));
  }
};

{# Doing something. Whoever did it may be signed in as somebody else after it, unless the answer says that it is the
same person. What may have reached the server and has no answer is kept all the same: it is one deed, by its key. #}
const deed = async (event, path) => {
  const {request} = event, copy = request.clone(), out = /^\/me\/(forget|finished)$/.test(path);
  const number = /\d+(?=\/signup)/.exec(path), cache = await mine();
  if (out) await forget();
  era++;
  try {
    const answer = await (number ? within(20000, fetch(request)) : fetch(request));
    if (out) await forget();
    else if (!await caches.has(answer.headers.get("Kept-For"))) await unsure();
    if (answer.redirected) await keep(new URL(answer.url), answer.clone(), era);
    if (cache && /^\/jobs/.test(path)) event.waitUntil(refresh("/me").catch(() => 0));
    return answer;
  } catch (_) {
    if (!number) return instead(out ? "left" : "undone");
    const form = [...await copy.formData()], once = (form.find(([name]) => name == "once") || [])[1];
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
  for (const one of await unsent(cache)) if (one.once == once && !one.said) await cache.delete("/unsent?" + once);
  await sending?.catch(() => 0);
  return Response.redirect("/me", 303);
};
const send = () => sending = sending || sendAll().finally(() => sending = 0);
const sendAll = async () => {
  const cache = await mine();
  for (const one of await unsent(cache)) if (!one.said) {
    const me = await fetch("/me"), form = new URLSearchParams(one.form);
    if (!await caches.has(me.headers.get("Kept-For"))) return;
    form.set("_csrf_token", /_csrf_token" value="(.*?)"/.exec(await me.text())[1]);
    form.set("late", Math.max(0, Date.now() - one.at) / 1000 | 0);
    {# It may have been taken back while we asked. #}
    if (!await cache.match("/unsent?" + one.once)) continue;
    const answer = await fetch(one.path, {method: "POST", body: form});
    if (answer.status > 422 || answer.status == 403) throw 0;
    one.said = (await answer.text()).replace(/[<&]/g, sign => `&#${sign.charCodeAt()};`);
    await note(cache, one);
    await refresh("/me");
    for (const client of await clients.matchAll()) client.postMessage(await notes());
  }
};

{# What the browser tells #}
onfetch = event => {
  const {request} = event, url = new URL(request.url), path = url.pathname;
  if (url.origin != location.origin || /^\/(office|gateway|health|phones|metrics)\b/.test(path)) return;
  if (request.method == "POST") event.respondWith(path == "/unsent" ? takeBack(request) : deed(event, path));
  else if (/^\/static\/(phone|htmx)\b/.test(path)) event.respondWith(caches.match(request).then(file => file || fetch(request)));
  else if (request.mode == "navigate") event.respondWith(look(event, url));
};
onmessage = event => event.waitUntil(event.data == "forget" ? forget() : event.data ? refresh(event.data) : send());
onsync = event => event.waitUntil(send());
oninstall = event => event.waitUntil(caches.open(FILES).then(cache => cache.addAll(
  [new Request("/offline", {cache: "reload"}), "{{ asset('phone.js') }}", "{{ asset('htmx.min.js') }}"])).then(skipWaiting()));
onactivate = event => event.waitUntil(caches.keys().then(names => Promise.all(names.map(
  name => /^files:/.test(name) && name != FILES && caches.delete(name)))).then(() => clients.claim()));
