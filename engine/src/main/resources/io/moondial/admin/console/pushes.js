// Dialogs that the network begins: the latest, one of them, and orders.
import { html, nothing } from '/lib/lit-html/lit-html.js';
import { call, get, Lost, segment } from '/client.js';
import { count, empty, Fetched, time, values } from '/parts.js';
import { words } from '/words.js';

const w = words.pushes;
const PAGE = 50;
const MOST_WAITING = 500;
const MOMENT = 250;
/** Who loses events loses more of them: the whole list is read this often. */
const EVERY = 2000;
const BAD = ['failed', 'unknown'];
const CAN_BE_WITHDRAWN = ['queued', 'routing'];

export function pushes(app, [pushId]) {
  return pushId ? onePush(app, pushId) : list(app);
}

const url = (query) => {
  const text = new URLSearchParams(query);
  return `/pushes${text.size ? `?${text}` : ''}`;
};

function list(app) {
  const filter = app.query;
  const order = new Order(app);
  let waiting = [];
  let lost = 0;
  let planned = 0;
  const page = new Fetched(
    async (signal) => {
      waiting = [];
      const answer = await get('/v1/pushes', { ...filter, limit: PAGE }, signal);
      // what was told meanwhile may be newer than the answer
      return { ...answer, pushes: merged(answer.pushes, waiting.splice(0)) };
    },
    () => app.redraw(),
  );
  let stop = null;

  /** Where the rules have no pushes, there is nothing to ask for. */
  function begin() {
    page.load();
    stop = app.events.listen({ topics: ['pushes'] }, told);
  }

  function told(name, value) {
    if (name === 'push') {
      waiting.push(value);
      if (waiting.length > MOST_WAITING) waiting = waiting.slice(-MOST_WAITING);
      planned ||= setTimeout(take, MOMENT);
    } else if (name === 'lost') {
      lost += value.count ?? 0;
      page.soon(EVERY);
    } else if (name === 'open') {
      page.soon();
    }
  }

  const matches = (it) => (!filter.msisdn || it.msisdn.startsWith(filter.msisdn)) && (!filter.state || it.state === filter.state);

  function merged(all, told) {
    const known = new Map(all.map((it) => [it.push_id, it]));
    for (const it of told) matches(it) ? known.set(it.push_id, it) : known.delete(it.push_id);
    const sorted = [...known.values()].sort((a, b) => (a.accepted < b.accepted ? 1 : a.accepted > b.accepted ? -1 : 0));
    if (sorted.length > PAGE && page.value) page.value.more = true;
    return sorted.slice(0, PAGE);
  }

  function take() {
    planned = 0;
    if (page.value && !page.busy) {
      const shown = page.value.pushes.length;
      page.value.pushes = merged(page.value.pushes, waiting.splice(0));
      if (page.value.pushes.length < shown && page.value.more) page.soon(EVERY); // older ones have room
    }
    app.redraw();
  }

  function search(event) {
    event.preventDefault();
    app.go(url(values(event.currentTarget.closest('form'))));
  }

  function view() {
    if (!app.status) return html`<p class="empty" role="status">${words.loading}</p>`;
    if (!app.status.pushes) return empty(w.off);
    if (!stop) begin();
    return html`${standing(app.status.pushes)}
      <form class="bar" role="search" @submit=${search}>
        <label>${w.number}<input name="msisdn" inputmode="numeric" ?data-search=${app.may('operator')} .value=${filter.msisdn ?? ''} ?disabled=${!app.may('operator')}></label>
        <label>${w.state}<select name="state" @change=${search}><option value="">${words.any}</option>${Object.entries(w.states).map(([value, text]) => html`<option value=${value} ?selected=${filter.state === value}>${text}</option>`)}</select></label>
        <button class="main">${w.search}</button>
      </form>
      ${app.may('operator') ? nothing : html`<p class="quiet small">${words.dialogs.masked}</p>`}
      ${lost ? html`<p class="note warn" role="status">${words.dialogs.lost(lost)}</p>` : nothing}
      ${page.show((value) => html`
        ${value.pushes.length === 0 ? empty(Object.keys(filter).length ? w.noMatch : w.none) : table(value.pushes)}
        ${value.more ? html`<p class="quiet">${w.more}</p>` : nothing}
        ${order.view(value.scripts)}`)}`;
  }

  return {
    view: () => html`<h1>${words.pages.pushes}</h1>${view()}`,
    close() {
      stop?.();
      clearTimeout(planned);
      page.close();
    },
  };
}

/** How it stands, as the engine's status has it. */
function standing(now) {
  const ended = Object.entries(now.ended ?? {});
  return html`<p class="strip" role="status">
    <span>${w.waiting(count(now.waiting), count(now.max))}</span>
    <span>${w.running(count(now.running))}</span>
    ${now.held ? html`<span class="warn">${w.held(w.holds[now.held] ?? now.held)}${now.holder ? ` (${now.holder})` : ''}</span>` : nothing}
    ${ended.map(([state, n]) => html`<span class=${BAD.includes(state) ? 'bad' : ''}>${w.states[state] ?? state}: ${count(n)}</span>`)}
    ${ended.length ? html`<span class="quiet">${w.sinceStart}</span>` : nothing}</p>`;
}

function table(all) {
  return html`<div class="scroll"><table class="stack">
    <caption>${w.live}</caption>
    <thead><tr><th>${w.ordered}</th><th>${w.number}</th><th>${w.what}</th><th>${w.state}</th><th class="number">${w.attempts}</th><th>${w.next}</th><th>${w.by}</th></tr></thead>
    <tbody>${all.map((it) => html`<tr>
      <td data-label=${w.ordered} class="nowrap"><a href="/pushes/${segment(it.push_id)}">${time(it.accepted, { exact: true })}</a></td>
      <td data-label=${w.number} class="mono">${it.msisdn}</td>
      <td data-label=${w.what} class="name">${it.what}${it.priority === 'normal' ? nothing : html` <span class="quiet small">${w.priorities[it.priority]}</span>`}</td>
      <td data-label=${w.state} class="wide">${state(it)}</td>
      <td data-label=${w.attempts} class="number">${it.attempts}</td>
      <td data-label=${w.next} class="nowrap">${it.next_attempt ? time(it.next_attempt, { exact: true }) : ''}</td>
      <td data-label=${w.by}>${it.by}</td>
    </tr>`)}</tbody></table></div>`;
}

function state(it) {
  const mood = BAD.includes(it.state) ? 'bad' : it.state === 'completed' ? 'good' : '';
  return html`<span class=${mood}>${w.states[it.state] ?? it.state}</span>
    ${it.reason ? html`<span class="quiet small">${w.reasons[it.reason] ?? it.reason}${it.error_code === undefined ? '' : ` (${w.error(it.error_code)})`}</span>` : nothing}`;
}

const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((it) => it.toString(16).padStart(2, '0')).join('');

/** The form that orders a push. What was typed stays until the order is accepted. */
class Order {
  #app;
  #busy = false;
  #problem = '';
  #wrong = {};
  #last = null;
  #what = 'notify';
  /** What was sent last, and its key: the same order sent again is no other one. */
  #sent = '';
  #key = '';

  constructor(app) {
    this.#app = app;
  }

  async #send(event) {
    event.preventDefault();
    const form = event.target;
    const { what, args, msisdn, text, expires, priority } = values(form);
    this.#problem = '';
    this.#wrong = {};
    const order = { msisdn: msisdn ?? '', expires, priority };
    if (what.startsWith('script:')) {
      order.script = what.slice('script:'.length);
      try {
        if (args) order.args = JSON.parse(args);
      } catch {
        this.#wrong = { args: w.argsJson };
        this.#app.redraw();
        return;
      }
    } else {
      Object.assign(order, { text: form.text.value, kind: what });
    }
    const sent = JSON.stringify(order);
    if (sent !== this.#sent) this.#key = newKey();
    this.#sent = sent;
    this.#busy = true;
    this.#app.redraw();
    try {
      this.#last = await call('POST', '/v1/pushes', { body: order, headers: { 'Idempotency-Key': this.#key } });
      this.#sent = '';
      form.reset();
      this.#what = 'notify';
    } catch (e) {
      this.#last = null;
      for (const it of e.answer?.problems ?? []) this.#wrong[it.field] = it.text;
      // what is said beside its field is not said twice
      const isSaid = Object.keys(this.#wrong).length > 0 && Object.keys(this.#wrong).every((it) => form.elements[it === 'script' ? 'what' : it]);
      this.#problem = e instanceof Lost ? w.lost : isSaid ? '' : e.message;
    }
    this.#busy = false;
    this.#app.redraw();
  }

  view(scripts) {
    if (!this.#app.may('operator')) return html`<h2>${w.order}</h2><p class="note">${words.roleNeeded('operator')}</p>`;
    const isScript = this.#what.startsWith('script:');
    const wrong = (name) => (this.#wrong[name] ? html`<span class="bad small">${this.#wrong[name]}</span>` : nothing);
    return html`<h2>${w.order}</h2>
      <form class="order" @submit=${(event) => this.#send(event)}>
        <label>${w.number}<input name="msisdn" inputmode="numeric" required>${wrong('msisdn')}</label>
        <label>${w.what}<select name="what" @change=${(event) => { this.#what = event.target.value; this.#app.redraw(); }}>
          <option value="notify" ?selected=${this.#what === 'notify'}>${w.notify}</option>
          <option value="menu" ?selected=${this.#what === 'menu'}>${w.menu}</option>
          ${scripts.map((it) => html`<option value=${`script:${it}`} ?selected=${this.#what === `script:${it}`}>${w.script(it)}</option>`)}
        </select>${wrong('script')}</label>
        <label>${w.priority}<select name="priority">${['normal', 'urgent', 'low'].map((it) => html`<option value=${it}>${w.priorities[it]}</option>`)}</select></label>
        <label>${w.expiresAfter}<input name="expires" size="8" placeholder="${w.asRules}">${wrong('expires')}</label>
        ${isScript
          ? html`<label class="wide">${w.args}<textarea name="args" rows="2" placeholder='{"amount": 50}'></textarea>${wrong('args')}</label>`
          : html`<label class="wide">${w.text}<textarea name="text" rows="3" required></textarea>${wrong('text')}</label>`}
        <p class="wide"><button class="main" ?disabled=${this.#busy}>${w.send}</button>
          <span class="bad" role="alert">${this.#problem}</span>
          ${this.#last ? html`<span role="status">${w.accepted} <a class="mono" href="/pushes/${segment(this.#last.push_id)}">${this.#last.push_id}</a></span>` : nothing}</p>
      </form>`;
  }
}

function onePush(app, pushId) {
  let problem = '';
  const page = new Fetched((signal) => get(`/v1/pushes/${segment(pushId)}`, {}, signal), () => app.redraw());
  page.load();
  const stop = app.events.listen({ topics: ['pushes'] }, (name, value) => {
    if (name === 'push' && value.push_id === pushId && page.value) {
      page.value = value;
      app.redraw();
    } else if (name === 'lost' || name === 'open') {
      page.soon(name === 'lost' ? EVERY : undefined);
    }
  });

  async function withdraw() {
    problem = '';
    try {
      page.value = await call('DELETE', `/v1/pushes/${segment(pushId)}`);
    } catch (e) {
      problem = e instanceof Lost ? words.logIn.lost : e.message;
    }
    app.redraw();
  }

  const row = (name, value) => (value === undefined || value === '' ? nothing : html`<dt>${name}</dt><dd>${value}</dd>`);
  const at = (value) => (value ? time(value, { exact: true }) : undefined);

  return {
    view: () => html`
      <p><a href="/pushes">← ${w.back}</a></p>
      ${page.error?.status === 404
        ? html`<h1 class="mono">${pushId}</h1><p class="empty">${w.gone}</p>`
        : page.show((it) => html`
          <div class="head"><h1>${it.what}</h1><span class="nowrap">${w.to} <span class="mono">${it.msisdn}</span></span> <span>${state(it)}</span></div>
          <p class="small quiet mono">${it.push_id}</p>
          <dl class="facts">
            ${row(w.ordered, at(it.accepted))} ${row(w.by, it.by)} ${row(w.priority, w.priorities[it.priority])}
            ${row(w.changed, at(it.changed))} ${row(w.expires, at(it.expires))}
            ${row(w.attempts, String(it.attempts))} ${row(w.next, at(it.next_attempt))}
            ${row(w.answer, it.answer)} ${row(w.callback, it.callback ? w.yes : w.no)}
            ${row(w.dialog, it.instance_id ? html`<a class="mono" href="/dialogs/${segment(it.instance_id)}">${it.instance_id}</a>` : undefined)}
          </dl>
          <p class="bar">
            <button @click=${withdraw} ?disabled=${!app.may('operator') || !CAN_BE_WITHDRAWN.includes(it.state)} title=${app.may('operator') ? nothing : words.roleNeeded('operator')}>${w.withdraw}</button>
            ${it.instance_id ? html`<a href="/edrs?instance_id=${segment(it.instance_id)}">${words.dialogs.records}</a>` : nothing}
          </p>
          ${problem ? html`<p class="note bad" role="alert">${problem}</p>` : nothing}`)}`,
    escape: () => app.go('/pushes'),
    close() {
      stop();
      page.close();
    },
  };
}
