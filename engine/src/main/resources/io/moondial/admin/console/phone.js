// Handsets on the page: they dial the engine or take what it pushes, and beside each stands what happened.
import { html, nothing } from '/lib/lit-html/lit-html.js';
import { live } from '/lib/lit-html/directives/live.js';
import { repeat } from '/lib/lit-html/directives/repeat.js';
import { call, get, Lost, post, Refused, segment } from '/client.js';
import { LiveDialog } from '/dialogs.js';
import { dialogHead, history, saveAsTest } from '/parts.js';
import { words } from '/words.js';

const w = words.phone;
const WAIT = 25_000;
const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'];

/** At most so many wait at the engine for their next screen; others ask again and again. A browser has six connections. */
const MOST_WAITING = 3;
const PAUSE = 700;
const AFTER_FAULT = 2000;

/** They stay when somebody looks at another page, and come back with their dialogs. */
const phones = [];
let numbered = 0;
let waiting = 0;
let holder = null;

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

// Phones are of whoever dials with them: after a new login they go on, for somebody else they are gone.
addEventListener('who', ({ detail: name }) => {
  if (name === null) {
    phones.forEach((it) => it.rest());
  } else {
    if (name !== holder) phones.splice(0).forEach((it) => it.rest());
    holder = name;
    phones.forEach((it) => it.back());
  }
});

/** Ends all calls, and puts the phones away. */
export async function hangUp() {
  await Promise.allSettled(phones.splice(0).map((it) => it.off()));
}

export function phone(app) {
  if (!app.may('operator')) return { view: () => html`<h1>${words.pages.phone}</h1><p class="note">${words.roleNeeded('operator')}</p>` };
  const another = () => phones.push(new Phone(app));
  if (phones.length === 0) another();
  phones.forEach((it) => it.shown());
  return {
    view: () => html`
      <h1>${words.pages.phone}</h1>
      <p class="quiet">${w.explain}</p>
      <div class="phones">${repeat(phones, (it) => it, (it) => it.view(phones.length > 1))}</div>
      <p><button @click=${() => { another(); phones.at(-1).shown(); app.redraw(); }}>${w.another}</button></p>`,
    close: () => phones.forEach((it) => it.hidden(false)),
  };
}

class Phone {
  #app;
  #id = null;
  #screens = [];
  #state = 'idle';
  #typed = '';
  #problem = '';
  #gone = false;
  #lost = false;
  #isSeen = false;
  #live = null;
  #instanceId = null;
  #isOn = false;
  #onId = null; // the phone of the engine that takes pushes, also while this one is in a dialog that it dialled
  #kept = null; // the last screen of a dialog that it dialled, shown until something is pushed
  #keptAt = 0;
  #number = ++numbered;
  #settings = { msisdn: '27761234567' };
  #asking = new AbortController();

  constructor(app) {
    this.#app = app;
  }

  shown() {
    this.#isSeen = true;
    if (this.#instanceId && !this.#live) this.#live = new LiveDialog(this.#app, this.#instanceId);
  }

  hidden(isSeen = this.#isSeen) {
    this.#isSeen = isSeen;
    this.#live?.close();
    this.#live = null;
  }

  get #busy() {
    return this.#state === 'menu' || this.#state === 'notify' || this.#state === 'waiting';
  }

  async #dial() {
    const { as, ...settings } = this.#settings;
    const number = (name) => (settings[name] ? { [name]: Number(settings[name]) } : {});
    const text = this.#typed;
    this.rest();
    this.hidden();
    this.#id = null;
    this.#screens = [];
    this.#instanceId = null;
    this.#state = 'waiting';
    await this.#try(async () => {
      this.#take(await post('/v1/phone', { ...settings, ...number('ssn'), ...number('dcs'), [as === 'notify' ? 'notify' : 'code']: text }));
      this.#typed = '';
      this.goOn();
    });
    if (this.#problem) {
      this.#state = 'idle';
      if (this.#isOn) this.#listen();
    }
    this.#app.redraw();
  }

  /** Waits for what is pushed, beginning with what the phone shows now. */
  async #listen() {
    this.rest();
    const kept = this.#screens.at(-1) ?? this.#kept;
    await this.#try(async () => {
      let phone = null;
      if (this.#onId) phone = await get(`/v1/phone/${segment(this.#onId)}`).catch((e) => (e.status === 404 ? null : Promise.reject(e)));
      if (!this.#isOn) return;
      phone ??= await post('/v1/phone', { on: this.#settings.msisdn });
      this.#onId = phone.phone_id;
      this.#kept = kept;
      this.#keptAt = phone.screens.length;
      this.#id = null;
      this.#take(phone);
      this.goOn();
    });
    if (this.#problem) {
      this.#isOn = false;
      this.#app.redraw();
    }
  }

  async #switch(isOn) {
    this.#isOn = isOn;
    if (isOn && !this.#busy) await this.#listen();
    else if (!isOn) await this.#turnOff();
    this.#app.redraw();
  }

  async #turnOff() {
    const id = this.#onId;
    this.#onId = null;
    if (!id) return;
    if (id === this.#id) {
      this.rest();
      this.#state = this.#busy ? 'ended' : 'idle';
    }
    await this.#try(() => call('DELETE', `/v1/phone/${segment(id)}`));
    if (this.#gone) this.#problem = '';
  }

  /** Ends its call, and takes no pushes any more. */
  async off() {
    this.#isOn = false;
    await this.end();
    await this.#turnOff();
  }

  async #answer() {
    const text = this.#typed;
    const before = this.#state;
    const body = before === 'menu' ? { text } : {};
    this.#typed = '';
    this.#state = 'waiting';
    await this.#try(async () => this.#take(await post(`/v1/phone/${segment(this.#id)}/answer`, body)));
    if (this.#problem && this.#state === 'waiting') {
      this.#typed = text;
      this.#state = before;
      this.goOn(); // it tells at once how the phone really is
    }
    this.#app.redraw();
  }

  /** Hangs up; a phone that is not in a call is cleared. */
  async end() {
    if (this.#busy && this.#id) {
      const id = this.#id;
      await this.#try(() => call('DELETE', `/v1/phone/${segment(id)}`));
      if (this.#problem && !this.#gone) return;
      this.rest();
      this.#state = 'ended';
      if (this.#isOn) await this.#listen();
    } else if (this.#state === 'on') {
      this.#kept = null;
      this.#keptAt = this.#screens.length;
      this.#typed = '';
    } else if (this.#state !== 'waiting') {
      this.#state = 'idle';
      this.#screens = [];
      this.#typed = '';
      this.#problem = '';
    }
    this.#app.redraw();
  }

  async #try(action) {
    this.#problem = '';
    this.#gone = false;
    this.#app.redraw();
    try {
      await action();
    } catch (e) {
      this.#failed(e);
    }
    this.#app.redraw();
  }

  #failed(e) {
    this.#problem = e instanceof Lost ? words.logIn.lost : e.message;
    this.#gone = e.status === 404;
  }

  #take(phone) {
    // two answers can overtake each other, and screens only ever get more
    if (phone.phone_id === this.#id && (phone.screens.length < this.#screens.length || this.#state === 'ended')) return;
    const fresh = phone.screens.length > this.#screens.length;
    this.#id = phone.phone_id;
    this.#screens = phone.screens;
    this.#state = phone.state;
    if (phone.instance_id && phone.instance_id !== this.#instanceId) {
      this.#instanceId = phone.instance_id;
      this.hidden();
      if (this.#isSeen) this.shown();
    } else if (fresh) {
      this.#live?.fetched.soon();
    }
    this.#app.redraw();
    if (fresh && phone.state === 'menu') requestAnimationFrame(() => this.#focus());
  }

  /** Who types somewhere else goes on there. */
  #focus() {
    const field = document.getElementById(`typed-${this.#number}`);
    if (field && (document.activeElement === document.body || field.form.contains(document.activeElement))) field.focus();
  }

  /** Asks for the next screen until the dialog is over. */
  async goOn() {
    this.rest();
    const asking = (this.#asking = new AbortController());
    let wait = 0; // the first answer tells how the phone is now
    while (this.#id && (this.#busy || this.#state === 'on')) {
      const long = waiting < MOST_WAITING;
      if (long) waiting++;
      try {
        const next = await get(`/v1/phone/${segment(this.#id)}`, { after: this.#screens.length, wait_ms: long ? wait : 0 }, asking.signal);
        if (asking.signal.aborted) return;
        this.#take(next);
        if (this.#lost) this.#problem = '';
        this.#lost = false;
      } catch (e) {
        if (asking.signal.aborted || e.status === 401) return;
        this.#failed(e);
        this.#lost = true;
        if (e instanceof Refused && e.status < 500 && e.status !== 429) this.#state = 'ended';
        this.#app.redraw();
      } finally {
        if (long) waiting--;
      }
      if (this.#lost) await pause(AFTER_FAULT);
      else if (!long) await pause(PAUSE);
      if (asking.signal.aborted) return;
      wait = WAIT;
    }
    if (this.#isOn && this.#state === 'ended') this.#listen();
  }

  /** Asks no more. */
  rest() {
    this.#asking.abort();
  }

  /** Asks again. */
  back() {
    this.#problem = '';
    this.goOn();
  }

  #glass() {
    const last = this.#state === 'on' && this.#screens.length === this.#keptAt ? this.#kept : this.#screens.at(-1);
    if (this.#state === 'on' && !last) return html`<span class="quiet">${w.isOn}</span>`;
    if (this.#state === 'idle') return html`<span class="quiet">${w.idle}</span>`;
    if (!last) return html`<span class="quiet">${this.#state === 'ended' ? w.ended : w.waiting}</span>`;
    const said = { decline: w.declined(last.code), abort: w.aborted, close: w.closed, acknowledge: w.acknowledged }[last.kind];
    return html`${last.text || (said ? html`<span class="quiet">${said}</span>` : nothing)}${last.text && said ? html`\n<span class="quiet">${said}</span>` : nothing}${this.#state === 'waiting' ? html`\n<span class="quiet">${w.waiting}</span>` : nothing}`;
  }

  #go(event) {
    event?.preventDefault();
    if (this.#state === 'menu' || this.#state === 'notify') this.#answer();
    else if (!this.#busy && this.#typed) this.#dial();
  }

  async #save() {
    await this.#try(() => saveAsTest(this.#instanceId, this.#live.value.dialog.script));
  }

  view(several) {
    const secret = this.#state === 'menu' && this.#screens.at(-1)?.secret_answer;
    const set = (event) => { this.#settings[event.target.name] = event.target.value; };
    const field = (name, label, unset = '') => html`<label>${label}<input name=${name} inputmode="numeric" placeholder=${unset} .value=${this.#settings[name] ?? ''} @input=${set} ?disabled=${this.#busy || (this.#isOn && name === 'msisdn')}></label>`;
    const label = this.#state === 'menu' ? (secret ? w.secretAnswer : w.answer) : this.#settings.as === 'notify' ? w.notifyText : w.code;
    return html`<section class="phone-row" aria-label=${w.phoneNumber(this.#number)}>
      <form class="phone" @submit=${(event) => this.#go(event)}>
        <div class="glass" role="log" aria-live="polite" aria-label=${w.screen} tabindex="0">${this.#glass()}</div>
        <label>${label}<input id="typed-${this.#number}" name="typed" type=${secret ? 'password' : 'text'} autocomplete="off" inputmode="tel" .value=${live(this.#typed)} @input=${(e) => { this.#typed = e.target.value; }} ?data-search=${this.#number === phones[0].#number} ?disabled=${this.#state === 'notify' || this.#state === 'waiting'}></label>
        <div class="keys" role="group" aria-label=${w.keypad}>${KEYS.map((key) => html`<button type="button" @click=${() => { this.#typed += key; this.#app.redraw(); }} ?disabled=${this.#state === 'waiting' || this.#state === 'notify'}>${key}</button>`)}</div>
        <div class="calls">
          <button class="main" ?disabled=${this.#state === 'waiting'}>${this.#state === 'menu' ? w.send : this.#state === 'notify' ? w.ok : w.call}</button>
          <button type="button" @click=${() => this.end()}>${w.end}</button>
        </div>
        <p class="bad small" role="alert">${this.#problem}</p>
      </form>
      <div class="settings">
        <h2 class="small">${w.settings}</h2>
        ${field('msisdn', w.number)} ${field('imsi', w.imsi)} ${field('ssn', w.ssn, '6')} ${field('dcs', w.dcs, '15')} ${field('destination', w.destination)}
        <label>${w.sends}<select name="as" @change=${(event) => { set(event); this.#app.redraw(); }} ?disabled=${this.#busy}><option value="">${w.dials}</option><option value="notify" ?selected=${this.#settings.as === 'notify'}>${w.notify}</option></select></label>
        <label class="check"><input type="checkbox" name="on" .checked=${live(this.#isOn)} @change=${(event) => this.#switch(event.target.checked)} ?disabled=${!this.#settings.msisdn}> ${w.on}</label>
        ${several ? html`<button type="button" @click=${() => this.#putAway()}>${w.remove}</button>` : nothing}
      </div>
      <div>
        <h2 class="small">${w.history}</h2>
        ${this.#history()}
      </div>
    </section>`;
  }

  #history() {
    const told = (value) => html`${dialogHead(value.dialog)}
      <p class="bar"><a href="/dialogs/${segment(value.dialog.instance_id)}" class="mono">${value.dialog.instance_id}</a>
      ${value.dialog.outcome === 'open' ? nothing : html`<button type="button" @click=${() => this.#save()}>${w.saveAsTest}</button>`}</p>
      ${history(value.entries, value.left_out)}`;
    const fetched = this.#live?.fetched;
    // one that has just begun is not kept yet, one that newer ones have displaced not any more
    if (!fetched || fetched.error?.status === 404) return fetched?.value ? told(fetched.value) : html`<p class="quiet">${w.noHistory}</p>`;
    return fetched.show(told);
  }

  async #putAway() {
    await this.off();
    this.rest();
    this.hidden();
    phones.splice(phones.indexOf(this), 1);
    this.#app.redraw();
  }
}
