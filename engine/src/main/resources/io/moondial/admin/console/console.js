// The frame: who is logged in, which page is shown, how the engine stands; keys.
import { html, nothing, render } from '/lib/lit-html/lit-html.js';
import { call, Events, get, Lost, post, Refused } from '/client.js';
import { clockText, time, zone } from '/parts.js';
import { words } from '/words.js';
import { now } from '/now.js';
import { dialogs } from '/dialogs.js';
import { phone } from '/phone.js';
import { scripts } from '/scripts.js';
import { rules } from '/rules.js';
import { edrs } from '/edrs.js';
import { links } from '/links.js';

const PAGES = { now, dialogs, phone, scripts, rules, edrs, links };
const ROLES = ['viewer', 'operator', 'admin'];
const TROUBLE = /no_link|heap_full|too_many_dialogs|edrs_failing|edrs_lost|script_switched_off/;

/** What pages find around them. */
class App {
  #drawn = false;
  #root = document.getElementById('console');
  #page = null;
  #name = '';
  #leave = null;
  #going = 0;

  constructor() {
    this.who = undefined;
    this.status = null;
    this.error = '';
    this.events = new Events(() => this.redraw());
    addEventListener('popstate', () => this.#show());
    addEventListener('click', (event) => this.#followed(event));
    addEventListener('keydown', (event) => this.#pressed(event));
  }

  async start() {
    try {
      this.#loggedIn(await get('/v1/session'));
    } catch (e) {
      if (e instanceof Lost) {
        this.error = words.logIn.lost;
        setTimeout(() => this.start(), 3000);
      }
      this.who = null;
      this.redraw();
    }
  }

  /** Whether whoever is logged in has this role, or more. */
  may(role) {
    return ROLES.indexOf(this.who?.role) >= ROLES.indexOf(role);
  }

  /** The query of the page's own URL. */
  get query() {
    return Object.fromEntries(new URLSearchParams(location.search));
  }

  /** Goes to a URL of the console. */
  go(url, { replace = false } = {}) {
    if (url === location.pathname + location.search) return;
    history[replace ? 'replaceState' : 'pushState'](null, '', url);
    if (!replace) this.#show(true);
  }

  /** Draws everything anew, once, before the browser paints. */
  redraw() {
    if (!this.#drawn) {
      this.#drawn = true;
      requestAnimationFrame(() => {
        this.#drawn = false;
        render(this.#frame(), this.#root);
        this.#page?.drawn?.();
      });
    }
  }

  /** For a call of somebody who has logged out, or whose session is over. */
  loggedOut() {
    if (this.who) {
      this.who = null;
      this.events.close();
      this.#leave?.();
      this.#leave = null;
      this.#page?.close?.();
      this.#page = null;
      this.redraw();
    }
  }

  #loggedIn(who) {
    this.who = who;
    this.error = '';
    this.events.listen({ topics: ['status'] }, (name, value) => {
      if (name === 'status') {
        this.status = value;
        this.redraw();
      }
    });
    get('/v1/status').then((status) => {
      this.status ??= status;
      this.redraw();
    }, (e) => e.status === 401 && this.loggedOut());
    this.#show();
  }

  #show(focus = false) {
    if (!this.who) return;
    const [, name = '', ...rest] = location.pathname.split('/');
    this.#page?.close?.();
    this.#name = name || 'now';
    const create = PAGES[this.#name];
    this.#page = create ? create(this, rest.map(decodeURIComponent)) : null;
    document.title = `${words.pages[this.#name] ?? words.notFound} · ${words.name}`;
    this.redraw();
    if (focus) requestAnimationFrame(() => document.querySelector('main')?.focus());
  }

  #followed(event) {
    const link = event.target.closest?.('a[href]');
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || link.target || link.download || link.origin !== location.origin || link.getAttribute('href').startsWith('#')) return;
    event.preventDefault();
    this.go(link.pathname + link.search);
  }

  #pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.who) return;
    const typing = event.target.closest('input, select, textarea, dialog');
    if (event.key === 'Escape') {
      for (const open of document.querySelectorAll('header details[open]')) {
        open.open = false;
        open.querySelector('summary').focus();
      }
      if (event.target.matches('input, textarea')) event.target.blur();
      else if (!typing) this.#page?.escape?.();
      return;
    }
    if (typing) return;
    if (performance.now() - this.#going < 1500) {
      const page = Object.keys(PAGES).find((it) => it[0] === event.key);
      this.#going = -Infinity;
      if (page) {
        event.preventDefault();
        this.go(page === 'now' ? '/' : `/${page}`);
      }
    } else if (event.key === 'g') {
      this.#going = performance.now();
    } else if (event.key === '/') {
      const search = document.querySelector('main [data-search]');
      if (search) {
        event.preventDefault();
        search.focus();
        search.select?.();
      }
    } else if (event.key === '?') {
      document.getElementById('keyboard').showModal();
    }
  }

  async #logIn(event) {
    event.preventDefault();
    const form = event.target;
    this.error = '';
    try {
      this.#loggedIn(await post('/v1/session', { user: form.user.value, password: form.password.value }));
    } catch (e) {
      this.error = e instanceof Lost ? words.logIn.lost : e instanceof Refused && e.status === 401 ? words.logIn.wrong : e.message;
      form.password.value = '';
      form.password.focus();
    }
    this.redraw();
  }

  async #logOut() {
    try {
      await call('DELETE', '/v1/session');
    } finally {
      this.loggedOut();
    }
  }

  #frame() {
    if (this.who === undefined) return html`<p class="empty" role="status">${words.loading}</p>`;
    if (this.who === null) return this.#logInForm();
    return html`
      <a class="skip" href="#page" @click=${(e) => { e.preventDefault(); document.querySelector('main').focus(); }}>${words.skip}</a>
      <header class="top">
        <a class="name" href="/">${words.name}</a>
        <nav aria-label=${words.name}>
          ${Object.keys(PAGES).map((name) => html`<a href=${name === 'now' ? '/' : `/${name}`} aria-current=${name === this.#name ? 'page' : nothing}>${words.pages[name]}</a>`)}
        </nav>
        ${this.#whoIs()} ${this.#state()}
      </header>
      ${this.events.lostSince ? html`<p class="news" role="status">${words.noNews(clockText(this.events.lostSince))}</p>` : nothing}
      <main id="page" tabindex="-1">${this.#page ? this.#page.view() : html`<p class="empty">${words.notFound}</p>`}</main>
      <dialog id="keyboard" aria-labelledby="keyboard-title">
        <h2 id="keyboard-title">${words.keyboardHelp}</h2>
        <dl class="keyboard">${words.keys.map(([keys, meaning]) => html`<dt>${keys.split(' ').map((key) => html`<kbd>${key}</kbd> `)}</dt><dd>${meaning}</dd>`)}</dl>
        <p class="quiet">${words.zone(zone)}</p>
        <form method="dialog"><button>${words.close}</button></form>
      </dialog>`;
  }

  #whoIs() {
    return html`<div class="who"><details>
      <summary>${this.who.name} <span aria-hidden="true">▾</span></summary>
      <div class="drop">
        <p>${words.role(this.who.role)}</p>
        <p class="bar"><button @click=${() => document.getElementById('keyboard').showModal()}>${words.keyboardHelp}</button>
        <button @click=${() => this.#logOut()}>${words.logOut}</button></p>
      </div>
    </details></div>`;
  }

  #state() {
    const all = this.status?.attention ?? [];
    const state = !this.status || this.events.lostSince ? 'unknown' : all.length === 0 ? 'ok' : all.some((it) => TROUBLE.test(it.what)) ? 'trouble' : 'attention';
    return html`<div class="state"><details>
      <summary aria-live="polite"><span class="dot ${state}"></span> ${words.state[state]}</summary>
      <div class="drop">
        <h2 class="visually-hidden">${words.needsAttention}</h2>
        ${all.length === 0
          ? html`<p>${words.nothingToDo}</p>`
          : html`<ul>${all.map((it) => html`<li>${it.text}${it.since ? html` <span class="quiet nowrap">${words.since} ${time(it.since)}</span>` : nothing}</li>`)}</ul>`}
      </div>
    </details></div>`;
  }

  #logInForm() {
    return html`<main class="log-in" id="page" tabindex="-1">
      <h1>${words.name}</h1>
      <form class="log-in-form" @submit=${(event) => this.#logIn(event)}>
        <label>${words.logIn.user}<input name="user" autocomplete="username" autocapitalize="none" required autofocus></label>
        <label>${words.logIn.password}<input name="password" type="password" autocomplete="current-password" required></label>
        <p><button class="main">${words.logIn.button}</button></p>
        <p class="bad" role="alert">${this.error}</p>
      </form>
    </main>`;
  }
}

new App().start();
